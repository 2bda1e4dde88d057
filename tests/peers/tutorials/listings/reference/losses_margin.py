"""Hinge losses."""

import numpy as np

from steepest import keras

y_true, y_pred = np.array([[0.0, 1.0], [0.0, 0.0]]), np.array([[0.6, 0.4], [0.4, 0.6]])
print(
    float(keras.losses.Hinge()(y_true, y_pred)), float(keras.losses.SquaredHinge()(y_true, y_pred))
)
print(float(keras.losses.CategoricalHinge()(y_true, y_pred)))
print(
    float(keras.losses.Hinge()(y_true, y_pred, sample_weight=[1, 0])),
    keras.losses.hinge([[-1.0, 1.0]], [[0.5, 0.5]]).numpy(),
)
print(keras.losses.squared_hinge(np.array([[1.0, -1.0]]), np.array([[0.3, 0.3]])).numpy())
print(keras.losses.get("hinge").__name__, type(keras.losses.get(keras.losses.Hinge())).__name__)
