"""Kinds of reduction."""

import numpy as np

from steepest import keras

y_true, y_pred = (
    np.array([[0.0, 1.0], [0.0, 0.0], [1.0, 1.0]]),
    np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 0.5]]),
)
for reduction in ("sum_over_batch_size", "sum", "none", None):
    loss = keras.losses.MeanSquaredError(reduction=reduction)
    print(
        np.array(loss(y_true, y_pred)),
        np.array(loss(y_true, y_pred, sample_weight=np.array([1.0, 0.5, 0.0]))),
    )
print(
    float(
        keras.losses.MeanSquaredError(reduction="mean_with_sample_weight")(
            y_true, y_pred, sample_weight=np.array([1.0, 0.5, 0.0])
        )
    )
)
