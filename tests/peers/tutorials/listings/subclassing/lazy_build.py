"""Weights made in `build`."""

from steepest.keras import layers

import steepest as st
from steepest import keras


class Linear(layers.Layer):
    def __init__(self, units=32):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(
            shape=(input_shape[-1], self.units),
            initializer=keras.initializers.Constant(0.5),
            trainable=True,
        )
        self.b = self.add_weight(shape=(self.units,), initializer="ones", trainable=True)

    def call(self, inputs):
        return st.matmul(inputs, self.w) + self.b


linear_layer = Linear(3)
print(linear_layer.built, len(linear_layer.weights))
print(linear_layer(st.constant([[1.0, 2.0]])).numpy())
print(linear_layer.built, linear_layer.w.shape)
