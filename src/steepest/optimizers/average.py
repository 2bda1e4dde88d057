"""The exponentially weighted average of a series. Depends on NumPy alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.errors import ArgumentError


def exponential_average(values: Any, beta: float = 0.9, bias_correction: bool = True) -> np.ndarray:
    """V_t = beta V_{t-1} + (1 - beta) x_t from V_0 = 0, along the first axis.

    V_t averages about 1 / (1 - beta) values. The first ones are too small, because V starts at 0;
    the bias correction divides by 1 - beta^t.

    >>> import steepest as st
    >>> st.optimizers.exponential_average([1.0, 1.0], beta=0.5, bias_correction=False)
    array([0.5 , 0.75])
    >>> st.optimizers.exponential_average([1.0, 1.0], beta=0.5)
    array([1., 1.])
    """
    if not 0.0 <= beta < 1.0:
        raise ArgumentError(f"exponential_average: beta must be from 0 to below 1, got {beta!r}")
    given = np.asarray(values, dtype=np.float64)
    if not given.ndim:
        raise ArgumentError("exponential_average: expected a series of values, got one number")
    averages = np.empty_like(given)
    average = np.zeros(given.shape[1:])
    for index, value in enumerate(given):
        average = beta * average + (1.0 - beta) * value
        averages[index] = average / (1.0 - beta ** (index + 1)) if bias_correction else average
    return averages
