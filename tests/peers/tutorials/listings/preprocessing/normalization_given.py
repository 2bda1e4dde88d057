"""A mean and a variance given."""

import numpy as np

from steepest import keras

layer = keras.layers.Normalization(mean=3.0, variance=2.0)
print(layer(np.array([[1.0], [2.0], [3.0], [4.0], [5.0]])).numpy().ravel())
layer = keras.layers.Normalization(axis=-1, mean=[1.0, 10.0], variance=[4.0, 25.0])
print(layer(np.array([[1.0, 10.0], [3.0, 0.0]])).numpy())
