"""A layer that behaves otherwise while training."""

import numpy as np

import steepest as st
from steepest import keras


class CustomDropout(keras.layers.Layer):
    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, inputs, training=None):
        if training:
            return inputs * (1 - self.rate)
        return inputs


layer = CustomDropout(0.25)
x = st.ones((1, 4))
print(layer(x, training=True).numpy(), layer(x).numpy())
model = keras.Sequential([
    keras.Input((4,)),
    layer,
    keras.layers.Dense(1, kernel_initializer="ones"),
])
print(
    model(x, training=True).numpy(),
    model(x, training=False).numpy(),
    model.predict(np.ones((1, 4)), verbose=0),
)
model.compile("sgd", "mse")
print(model.train_on_batch(np.ones((2, 4)), np.ones((2, 1))))
