"""Inputs, outputs and layers of a model."""

from steepest.keras import layers

from steepest import keras

inputs = keras.Input(shape=(3,), name="x")
hidden = layers.Dense(4, name="hidden")(inputs)
outputs = layers.Dense(2, name="y")(hidden)
model = keras.Model(inputs, outputs)
print(inputs.shape, inputs.dtype)
print([tuple(t.shape) for t in model.inputs], [tuple(t.shape) for t in model.outputs])
print(model.input_shape, model.output_shape)
print([layer.name for layer in model.layers])
print(model.get_layer("hidden").output.shape, model.get_layer("y").input.shape)
