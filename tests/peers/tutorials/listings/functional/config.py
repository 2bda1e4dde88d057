"""A model from its configuration."""

import numpy as np

import steepest as keras
from steepest import layers

inputs = keras.Input(shape=(3,), name="in")
hidden = layers.Dense(4, activation="relu", name="hidden")(inputs)
model = keras.Model(inputs, layers.Dense(1, name="out")(hidden), name="small")
config = model.get_config()
same = keras.Model.from_config(config)
same.set_weights([np.ones(w.shape) for w in model.get_weights()])
print(same.name, [layer.name for layer in same.layers])
print(same(np.array([[1.0, 2.0, 3.0]])).numpy())
print(
    same.get_layer("hidden").get_config()["units"],
    same.get_layer("hidden").get_config()["activation"],
)
