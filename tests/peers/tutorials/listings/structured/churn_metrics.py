"""Precision, recall and AUC of a rare class."""

import numpy as np

from steepest import keras

scores = np.array([0.1, 0.4, 0.35, 0.8, 0.65, 0.2, 0.9, 0.05])
labels = np.array([0, 0, 1, 1, 0, 0, 1, 0])
for metric in [
    keras.metrics.Precision(),
    keras.metrics.Recall(),
    keras.metrics.Precision(thresholds=0.3),
    keras.metrics.AUC(),
    keras.metrics.AUC(curve="PR"),
    keras.metrics.BinaryAccuracy(threshold=0.6),
    keras.metrics.PrecisionAtRecall(0.6),
    keras.metrics.SensitivityAtSpecificity(0.5),
    keras.metrics.F1Score(threshold=0.5, average="micro"),
]:
    values = (labels[:, None].astype("float32"), scores[:, None].astype("float32"))
    metric.update_state(*values)
    print(metric.name.rsplit("_1")[0], float(metric.result()))
