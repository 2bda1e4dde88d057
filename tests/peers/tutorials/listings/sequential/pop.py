"""A layer removed again."""

from steepest.keras import layers

from steepest import keras

model = keras.Sequential(name="my_sequential")
model.add(layers.Dense(2, activation="relu", name="layer1"))
model.add(layers.Dense(3, activation="relu", name="layer2"))
model.add(layers.Dense(4, name="layer3"))
print(len(model.layers))
model.pop()
print(len(model.layers), [layer.name for layer in model.layers])
model.build((None, 5))
print(model.output_shape, model.count_params())
