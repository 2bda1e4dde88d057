"""Functions of tensors between layers."""

import numpy as np
from steepest.keras import layers, ops

from steepest import keras

inputs = keras.Input(shape=(3,))
x = layers.Dense(4, kernel_initializer="ones")(inputs)
x = ops.relu(x - 2.0)
x = ops.concatenate([x, ops.square(x)], axis=1)
outputs = ops.mean(x, axis=-1, keepdims=True) * 2 + 1
model = keras.Model(inputs, outputs)
print(model(np.array([[1.0, 2.0, 3.0], [0.0, 0.5, 1.0]])).numpy())
print(model.output_shape)
