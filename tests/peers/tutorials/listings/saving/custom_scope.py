"""A scope of custom objects."""

import numpy as np

from steepest import keras


class Shift(keras.layers.Layer):
    def call(self, x):
        return x + 1.0


def twice(x):
    return 2 * x


model = keras.Sequential([keras.Input((2,)), Shift(), keras.layers.Activation(twice)])
config = model.get_config()
with keras.saving.custom_object_scope({"Shift": Shift, "twice": twice}):
    new_model = keras.Sequential.from_config(config)
print(new_model(np.array([[1.0, 2.0]])).numpy())
