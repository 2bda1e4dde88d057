"""A layer with its weights made in the constructor."""

import steepest as st
from steepest import keras


class Linear(keras.layers.Layer):
    def __init__(self, units=32, input_dim=32):
        super().__init__()
        self.w = self.add_weight(shape=(input_dim, units), initializer="ones", trainable=True)
        self.b = self.add_weight(shape=(units,), initializer="zeros", trainable=True)

    def call(self, inputs):
        return keras.ops.matmul(inputs, self.w) + self.b


x = st.ones((2, 2))
linear_layer = Linear(4, 2)
y = linear_layer(x)
print(y.numpy())
print(len(linear_layer.weights), [tuple(w.shape) for w in linear_layer.weights])
