"""`Input` as the first layer."""

from steepest.keras import layers

from steepest import keras

model = keras.Sequential()
model.add(keras.Input(shape=(4,)))
model.add(layers.Dense(2, activation="relu"))
print(model.built, [tuple(w.shape) for w in model.weights])
print([layer.name[:5] for layer in model.layers])
print(model.inputs[0].shape, model.outputs[0].shape)
print(model.layers[0].get_weights()[1].tolist())
