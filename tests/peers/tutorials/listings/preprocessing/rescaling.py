"""Bytes to [0, 1]."""

import numpy as np
from steepest.keras import layers

from steepest import keras

images = np.array([[0, 51, 102], [153, 204, 255]], dtype="uint8")
print(layers.Rescaling(1.0 / 255)(images).numpy())
print(layers.Rescaling(scale=1.0 / 127.5, offset=-1)(images).numpy())
model = keras.Sequential([
    keras.Input((3,)),
    layers.Rescaling(1 / 255),
    layers.Dense(1, kernel_initializer="ones"),
])
print(model.predict(images, verbose=0))
