"""MissingValues, a layer that fills NaN. Depends on the base of adapted layers."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, DataError
from steepest.functions import elementary
from steepest.layers.inputs import as_float
from steepest.layers.preprocessing.base import AdaptedLayer

Strategy = Literal["mean", "median", "constant"]


class MissingValues(AdaptedLayer):
    """Replaces NaN by the mean or median of the feature, or by a constant.

    With `indicator`, further features follow the filled ones: 1 where there was a NaN, else 0.

    >>> MissingValues("mean").fit_transform([[1.0], [np.nan], [3.0]]).tolist()
    [[1.0, 0.0], [2.0, 1.0], [3.0, 0.0]]
    """

    takes_gaps = True

    filling: Variable

    def __init__(
        self,
        strategy: Strategy = "median",
        fill_value: float = 0.0,
        indicator: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if strategy not in ("mean", "median", "constant"):
            raise ArgumentError(
                f"strategy: 'mean', 'median' or 'constant' was expected, got {strategy!r}"
            )
        self.strategy, self.fill_value, self.indicator = strategy, fill_value, indicator

    def build(self, input_shape: Any) -> None:
        """Creates the values to fill in, one for each feature."""
        self.filling = self.add_adapted_weight("filling", [self.size_along(input_shape)])

    def adapt_weights(self, values: np.ndarray) -> None:
        """Computes the values to fill in from those that are present."""
        empty = np.isnan(values).all(axis=0)
        if empty.any() and self.strategy != "constant":
            raise DataError(f"column {int(empty.argmax())} holds no value at all; drop it")
        if self.strategy == "constant":
            self.filling.assign(np.full(values.shape[1], self.fill_value))
        else:
            typical = np.nanmean if self.strategy == "mean" else np.nanmedian
            self.filling.assign(typical(values, axis=0))

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the inputs without NaN, and with `indicator` where it was."""
        x = as_float(inputs, self.dtype)
        gaps = elementary.is_nan(x)
        filled = ops.where(gaps, self.filling, x)
        if not self.indicator:
            return filled
        return ops.concat([filled, ops.cast(gaps, filled.dtype)], axis=-1)
