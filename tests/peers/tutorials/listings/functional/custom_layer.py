"""A layer of the user's own in a functional model."""

import numpy as np

import steepest as st
from steepest import keras


class CustomDense(keras.layers.Layer):
    def __init__(self, units=32):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(
            shape=(input_shape[-1], self.units), initializer="ones", trainable=True
        )
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True)

    def call(self, inputs):
        return st.matmul(inputs, self.w) + self.b

    def get_config(self):
        return {"units": self.units}


inputs = keras.Input((4,))
outputs = CustomDense(3)(inputs)
model = keras.Model(inputs, outputs)
print(model(np.array([[1.0, 2.0, 3.0, 4.0]])).numpy())
config = model.get_config()
new_model = keras.Model.from_config(config, custom_objects={"CustomDense": CustomDense})
print(new_model.count_params(), new_model.output_shape)
