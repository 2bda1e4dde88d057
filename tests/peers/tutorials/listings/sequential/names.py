"""Names of the model and of its layers."""

from steepest.keras import layers

from steepest import keras

model = keras.Sequential(name="my_model")
model.add(keras.Input(shape=(4,), name="features"))
model.add(layers.Dense(2, name="first"))
model.add(layers.Dense(3, name="second"))
print(model.name)
print([layer.name for layer in model.layers])
print(model.get_layer("second").units, model.get_layer(index=0).name)
print(model.weights[0].path)
try:
    model.get_layer("third")
except ValueError:
    print("no such layer")
