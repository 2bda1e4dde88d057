"""Layers that change the shape."""

import numpy as np
from steepest.keras import layers

from steepest import keras

x = np.arange(12.0).reshape(2, 6)
print(
    layers.Reshape((2, 3))(x).shape,
    layers.Reshape((-1, 2))(x).numpy()[0],
    layers.Flatten()(x.reshape(2, 3, 2)).shape,
)
print(layers.Permute((2, 1))(x.reshape(2, 3, 2)).numpy()[0], layers.RepeatVector(3)(x).shape)
print(layers.Identity()(x).shape, layers.Activation("relu")(x - 5).numpy()[0])
model = keras.Sequential([
    keras.Input((2, 3)),
    layers.Flatten(),
    layers.Dense(4, kernel_initializer="ones"),
    layers.Reshape((2, 2)),
])
print(model.output_shape, model.predict(x.reshape(2, 2, 3), verbose=0)[1])
print(
    layers.Dense(2, kernel_initializer="ones")(np.ones((2, 3, 4))).shape,
    layers.UnitNormalization()(x[:, :3]).numpy()[0],
)
