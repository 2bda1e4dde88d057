"""A stack of layers given as a list."""

import numpy as np
from steepest.keras import layers

from steepest import keras

model = keras.Sequential([
    layers.Dense(2, activation="relu", name="layer1", kernel_initializer="ones"),
    layers.Dense(3, activation="relu", name="layer2", kernel_initializer="ones"),
    layers.Dense(4, name="layer3", kernel_initializer="ones"),
])
x = np.ones((3, 3))
y = model(x)
print(y.shape, float(y[0, 0]))
print(len(model.layers), len(model.weights))
y2 = model.layers[2](model.layers[1](model.layers[0](x)))
print(y2.numpy().tolist())
