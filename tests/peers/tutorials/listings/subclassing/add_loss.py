"""A layer that adds a loss of its own."""

import numpy as np
from steepest.keras import layers

import steepest as st
from steepest import keras


class ActivityRegularizationLayer(layers.Layer):
    def __init__(self, rate=1e-2):
        super().__init__()
        self.rate = rate

    def call(self, inputs):
        self.add_loss(self.rate * st.reduce_sum(inputs))
        return inputs


class OuterLayer(layers.Layer):
    def __init__(self):
        super().__init__()
        self.activity_reg = ActivityRegularizationLayer(1e-2)

    def call(self, inputs):
        return self.activity_reg(inputs)


layer = OuterLayer()
print(len(layer.losses))
layer(st.ones((2, 3)))
print(len(layer.losses), float(layer.losses[0]))
layer(st.ones((1, 1)))
print(len(layer.losses), float(layer.losses[0]))
inputs = keras.Input(shape=(3,))
model = keras.Model(
    inputs, ActivityRegularizationLayer(0.1)(layers.Dense(2, kernel_initializer="ones")(inputs))
)
model.compile(optimizer="sgd", loss="mse")
print(model.train_on_batch(np.ones((4, 3)), np.zeros((4, 2))))
print(model.get_weights()[0])
