"""Confusion matrix and IoU."""

import numpy as np

from steepest import keras

m = keras.metrics.MeanIoU(num_classes=2)
m.update_state([0, 0, 1, 1], [0, 1, 0, 1])
print(float(m.result()))
m.reset_state()
m.update_state([0, 0, 1, 1], [0, 1, 1, 1])
print(
    float(m.result()),
    float(keras.metrics.IoU(num_classes=2, target_class_ids=[0])([0, 0, 1, 1], [0, 1, 0, 1])),
)
print(
    float(
        keras.metrics.BinaryIoU(target_class_ids=[0, 1], threshold=0.3)(
            [0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7]
        )
    )
)
for metric in (
    keras.metrics.TruePositives(),
    keras.metrics.FalsePositives(),
    keras.metrics.TrueNegatives(thresholds=[0.3, 0.7]),
    keras.metrics.FalseNegatives(),
):
    metric.update_state([0, 1, 1, 1], [0.1, 0.2, 0.8, 0.9])
    print(metric.name, np.array(metric.result()))
f1 = keras.metrics.F1Score(threshold=0.5)
f1.update_state(
    np.array([[1, 1, 1], [1, 0, 0], [1, 1, 0]], "float32"),
    np.array([[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]], "float32"),
)
print(
    f1.result().numpy(),
    float(
        keras.metrics.FBetaScore(average="macro", beta=2.0, threshold=0.5)(
            np.array([[1.0, 0.0]]), np.array([[0.7, 0.6]])
        )
    ),
)
