"""A call with a second argument."""

import steepest as st
from steepest import keras


class Mixer(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(2, kernel_initializer="ones")

    def call(self, inputs, context=None, scale=1.0):
        x = self.dense(inputs) * scale
        if context is not None:
            x = x + context
        return x


layer = Mixer()
a = st.constant([[1.0, 2.0]])
print(layer(a).numpy())
print(layer(a, context=st.constant([[10.0, 20.0]])).numpy())
print(layer(a, scale=2.0).numpy())
print(layer(inputs=a, context=a).numpy())
