"""Values of the losses of regression."""

import numpy as np

from steepest import keras

y_true = np.array([[0.5, 1.0], [2.0, 0.25]], "float32")
y_pred = np.array([[1.0, 1.0], [0.5, 0.5]], "float32")
for loss in (
    keras.losses.MeanSquaredError(),
    keras.losses.MeanAbsoluteError(),
    keras.losses.MeanAbsolutePercentageError(),
    keras.losses.MeanSquaredLogarithmicError(),
    keras.losses.Huber(delta=0.7),
    keras.losses.LogCosh(),
    keras.losses.CosineSimilarity(axis=1),
    keras.losses.KLDivergence(),
    keras.losses.Poisson(),
):
    print(
        loss.name,
        float(loss(y_true, y_pred)),
        float(loss(y_true, y_pred, sample_weight=[0.7, 0.3])),
    )
print(
    keras.losses.mean_squared_error(y_true, y_pred).numpy(),
    keras.losses.mean_absolute_error(y_true, y_pred).numpy(),
)
