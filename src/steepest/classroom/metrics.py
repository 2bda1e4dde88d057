"""The metrics of the numpy course: functions of labels and predictions. Depends on metrics."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest import metrics
from steepest.core.tensor import Tensor

__all__ = ["accuracy", "mse"]

Array = np.ndarray


def accuracy(y_true: Array, y_pred: Array) -> float:
    """The share of correct predictions: of one unit by rounding, of several by the largest.

    >>> accuracy(np.array([[1], [0]]), np.array([[0.9], [0.8]]))
    0.5
    >>> accuracy(np.array([1, 0]), np.array([[0.2, 0.8], [0.9, 0.1]]))
    1.0
    """
    return measured("accuracy", y_true, y_pred)


def mse(y_true: Array, y_pred: Array) -> float:
    """The mean of the squared errors.

    >>> mse(np.array([[1.0], [0.0]]), np.array([[1.0], [2.0]]))
    2.0
    """
    return measured("mse", y_true, y_pred)


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
