"""A layer with a configuration."""

import numpy as np

from steepest import keras


class Linear(keras.layers.Layer):
    def __init__(self, units=32, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="ones")

    def call(self, inputs):
        return keras.ops.matmul(inputs, self.w)

    def get_config(self):
        config = super().get_config()
        config.update({"units": self.units})
        return config


layer = Linear(3, name="mine")
config = layer.get_config()
print(config["units"], config["name"], config["trainable"])
new_layer = Linear.from_config(config)
print(new_layer(np.ones((1, 2))).numpy())
