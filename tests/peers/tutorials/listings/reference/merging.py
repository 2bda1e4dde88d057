"""Layers that merge."""

import numpy as np
from steepest.keras import layers

from steepest import keras

a, b = np.array([[1.0, 2.0, 3.0]]), np.array([[4.0, 0.0, -1.0]])
for layer in (
    layers.Add(),
    layers.Subtract(),
    layers.Multiply(),
    layers.Average(),
    layers.Maximum(),
    layers.Minimum(),
    layers.Concatenate(axis=-1),
    layers.Dot(axes=1),
):
    print(type(layer).__name__, layer([a, b]).numpy())
print(
    layers.add([a, b, a]).numpy(),
    layers.maximum([a, b]).numpy(),
    layers.dot([a, b], axes=1, normalize=True).numpy(),
)
input1, input2 = keras.Input((2,)), keras.Input((2,))
model = keras.Model(
    [input1, input2], layers.Multiply()([input1, layers.Concatenate()([input2, input2])[:, :2]])
)
print(model([np.array([[2.0, 3.0]]), np.array([[5.0, 7.0]])]).numpy())
