"""Precision at recall, AUC."""

import numpy as np

from steepest import keras

y_true, y_pred = np.array([0, 0, 0, 1, 1]), np.array([0, 0.3, 0.8, 0.3, 0.8])
for metric in (
    keras.metrics.PrecisionAtRecall(0.5),
    keras.metrics.RecallAtPrecision(0.8),
    keras.metrics.SensitivityAtSpecificity(0.5),
    keras.metrics.SpecificityAtSensitivity(0.5),
    keras.metrics.AUC(num_thresholds=3),
    keras.metrics.AUC(num_thresholds=3, curve="PR", name="pr"),
    keras.metrics.AUC(summation_method="majoring", name="majoring"),
    keras.metrics.Precision(thresholds=0.5),
    keras.metrics.Recall(),
):
    metric.update_state(y_true, y_pred)
    print(metric.name, float(metric.result()))
m = keras.metrics.Precision(thresholds=[0.2, 0.5])
m.update_state(y_true, y_pred)
print(
    m.result().numpy(),
    keras.metrics.Precision(top_k=2)(np.array([[0, 1, 1]]), np.array([[0.1, 0.9, 0.8]])).numpy(),
)
