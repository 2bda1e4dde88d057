"""Metrics of regression."""

import numpy as np

from steepest import keras

y_true = np.array([[1.0], [2.0], [4.0], [8.0]], "float32")
y_pred = np.array([[1.5], [1.5], [5.0], [7.0]], "float32")
for metric in (
    keras.metrics.MeanSquaredError(),
    keras.metrics.RootMeanSquaredError(),
    keras.metrics.MeanAbsoluteError(),
    keras.metrics.MeanAbsolutePercentageError(),
    keras.metrics.MeanSquaredLogarithmicError(),
    keras.metrics.LogCoshError(),
    keras.metrics.CosineSimilarity(axis=0),
    keras.metrics.R2Score(),
    keras.metrics.Poisson(),
    keras.metrics.KLDivergence(),
):
    metric.update_state(y_true, y_pred)
    print(metric.name, float(metric.result()))
