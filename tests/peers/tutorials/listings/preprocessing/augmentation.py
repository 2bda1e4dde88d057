"""Noise and dropout while training only."""

import numpy as np
from steepest.keras import layers

from steepest import keras

augmentation = keras.Sequential([layers.GaussianNoise(0.1, seed=1), layers.Dropout(0.5, seed=2)])
x = np.ones((200, 50), "float32")
print(augmentation(x).numpy().mean(), augmentation(x, training=False).numpy().std())
noisy = augmentation(x, training=True).numpy()
print(noisy.shape, abs(noisy.mean() - 1) < 0.1, 0.45 < (noisy == 0).mean() < 0.55)
