"""The metrics of the numpy course: functions of labels and predictions. Depends on metrics."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steepest import metrics
from steepest.core.tensor import Tensor

__all__ = ["accuracy", "mse"]

Array = np.ndarray


def accuracy(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """The share of correct predictions: of one unit by rounding, of several by the largest.

    Predictions that are whole numbers are classes, and right where they equal the label.

    >>> accuracy(np.array([[1], [0]]), np.array([[0.9], [0.8]]))
    0.5
    >>> accuracy(np.array([1, 0]), np.array([[0.2, 0.8], [0.9, 0.1]]))
    1.0
    >>> accuracy([0, 2, 2], [0, 2, 1]) == 2 / 3
    True
    """
    labels, made = np.asarray(y_true), np.asarray(y_pred)
    if made.dtype.kind in "iu" and made.shape[1:] in ((), (1,)) and made.size == labels.size:
        return float(np.mean(made.ravel() == labels.ravel()))
    return measured("accuracy", labels, made)


def mse(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """The mean of the squared errors.

    >>> mse(np.array([[1.0], [0.0]]), np.array([[1.0], [2.0]]))
    2.0
    """
    return measured("mse", np.asarray(y_true), np.asarray(y_pred))


BY_NAME = {accuracy: "accuracy", mse: "mse"}
"""The metric of `st.metrics` that a compiled training computes for a function."""


def measured(metric: Any, y_true: Array, y_pred: Array) -> float:
    """The value of a function of (y_true, y_pred), or of a metric or its name.

    >>> measured("binary_accuracy", np.array([[1]]), np.array([[0.7]]))
    1.0
    """
    if callable(metric) and not isinstance(metric, metrics.Metric):
        return float(np.asarray(metric(y_true, y_pred)))
    measure = metrics.get(metric, target=Tensor(y_true), prediction=Tensor(y_pred))
    measure.reset_state()
    measure.update_state(y_true, y_pred)
    return float(np.asarray(measure.result()))
