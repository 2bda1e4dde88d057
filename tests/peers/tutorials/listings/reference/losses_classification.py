"""Values of the losses of classes."""

import numpy as np

from steepest import keras

y_true = np.array([[0, 1, 0], [0, 0, 1]])
y_pred = np.array([[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]])
print(float(keras.losses.CategoricalCrossentropy()(y_true, y_pred)))
print(float(keras.losses.CategoricalCrossentropy(label_smoothing=0.1)(y_true, y_pred)))
print(float(keras.losses.SparseCategoricalCrossentropy()(np.array([1, 2]), y_pred)))
print(
    keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction=None)(
        np.array([1, 2]), y_pred
    ).numpy()
)
print(
    float(keras.losses.BinaryCrossentropy()(y_true, y_pred)),
    float(keras.losses.BinaryCrossentropy(from_logits=True)(y_true, y_pred)),
)
print(
    float(keras.losses.BinaryFocalCrossentropy(gamma=2)(y_true, y_pred)),
    float(keras.losses.CategoricalFocalCrossentropy()(y_true, y_pred)),
)
print(keras.losses.binary_crossentropy(np.array([[0.0, 1.0]]), np.array([[0.4, 0.6]])).numpy())
print(float(keras.losses.SparseCategoricalCrossentropy(ignore_class=-1)(np.array([1, -1]), y_pred)))
print(
    float(keras.losses.Dice()(y_true.astype("float32"), y_pred.astype("float32"))),
    float(keras.losses.Tversky()(y_true.astype("float32"), y_pred.astype("float32"))),
)
