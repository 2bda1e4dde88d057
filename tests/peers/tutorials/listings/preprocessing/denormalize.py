"""The inverse of a normalisation."""

import numpy as np

from steepest import keras

prices = np.array([[100.0], [200.0], [400.0]])
forward = keras.layers.Normalization(axis=-1)
forward.adapt(prices)
back = keras.layers.Normalization(axis=-1, invert=True)
back.adapt(prices)
print(back(forward(prices)).numpy().ravel())
print(back(np.array([[0.0], [1.0]])).numpy().ravel())
