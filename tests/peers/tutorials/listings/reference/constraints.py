"""Constraints applied."""

import numpy as np

from steepest import keras

weights = np.array([[1.0, -2.0], [3.0, 0.5]], "float32")
for constraint in (
    keras.constraints.MaxNorm(2.0),
    keras.constraints.NonNeg(),
    keras.constraints.UnitNorm(axis=0),
    keras.constraints.MinMaxNorm(min_value=0.5, max_value=1.0, rate=0.5),
    keras.constraints.get("non_neg"),
):
    print(type(constraint).__name__, np.array(constraint(weights)))


class CenterAround(keras.constraints.Constraint):
    def __init__(self, ref_value):
        self.ref_value = ref_value

    def __call__(self, w):
        return w - keras.ops.mean(w) + self.ref_value

    def get_config(self):
        return {"ref_value": self.ref_value}


layer = keras.layers.Dense(2, kernel_initializer="ones", kernel_constraint=CenterAround(0.5))
model = keras.Sequential([keras.Input((2,)), layer])
model.compile(keras.optimizers.SGD(0.1), "mse")
model.fit(np.array([[1.0, 0.0], [0.5, 1.0]]), np.zeros((2, 2)), verbose=0)
print(layer.get_weights()[0])
