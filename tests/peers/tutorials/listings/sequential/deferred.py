"""Weights that are made at the first call."""

import numpy as np

import steepest as st
from steepest import keras

model = keras.Sequential([keras.layers.Dense(2, activation="relu"), keras.layers.Dense(3)])
print(model.built)
layer = keras.layers.Dense(3)
print(layer.weights)
y = model(st.ones((1, 4)))
print(model.built, len(model.weights), y.shape)
layer(np.ones((2, 5)))
print([tuple(w.shape) for w in layer.weights])
