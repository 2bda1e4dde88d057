"""A custom layer loaded by name."""

import numpy as np

from steepest import keras


class Doubled(keras.layers.Layer):
    def __init__(self, factor=2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


def custom_fn(x):
    return keras.ops.square(x)


model = keras.Sequential([keras.Input((2,)), Doubled(3.0), keras.layers.Activation(custom_fn)])
model.save("custom.keras")
loaded = keras.models.load_model(
    "custom.keras", custom_objects={"Doubled": Doubled, "custom_fn": custom_fn}
)
print(loaded.predict(np.array([[1.0, -2.0]]), verbose=0))
print(loaded.layers[0].factor)
