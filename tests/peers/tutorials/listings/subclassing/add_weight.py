"""Kinds of `add_weight`."""

import numpy as np

from steepest import keras


class Scale(keras.Layer):
    def build(self, input_shape):
        self.scale = self.add_weight(
            name="scale",
            shape=(input_shape[-1],),
            initializer="ones",
            regularizer=keras.regularizers.L1(0.1),
            constraint=keras.constraints.NonNeg(),
        )
        self.steps = self.add_weight(
            name="steps", shape=(), dtype="int32", initializer="zeros", trainable=False
        )

    def call(self, x):
        return x * self.scale


layer = Scale()
layer(np.ones((1, 3)))
print(
    [w.name for w in layer.weights],
    [w.trainable for w in layer.weights],
    [str(w.dtype) for w in layer.weights],
)
print(float(layer.losses[0]), layer.scale.numpy(), int(layer.steps))
model = keras.Sequential([keras.Input((3,)), layer])
model.compile(keras.optimizers.SGD(5.0), "mse")
model.fit(np.ones((2, 3)), -np.ones((2, 3)), verbose=0)
print(layer.scale.numpy())
