"""Layers that learn from the training set how to prepare inputs: scaling, components, gaps.

What is learned are weights, so that it is saved in the model and every later set is treated
alike. Leans on preparing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np

from steepest.arguments import is_whole
from steepest.core import ops
from steepest.core.dtype import is_float
from steepest.core.tensor import Operators, Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, DataError, SteepestError
from steepest.functions import elementary
from steepest.layers import call_context
from steepest.layers.preprocessing.base import Preparing


def gathered(data: Any, name: str) -> np.ndarray:
    """All examples that are given, as one array: from an array, a Dataset, or batches.

    >>> gathered(iter([np.zeros((2, 3)), np.ones((1, 3))]), "scaling").shape
    (3, 3)
    """
    batches = list(batches_of(data))
    if not any(map(len, batches)):
        raise ArgumentError(f"layer {name!r}: adapt was given no examples")
    return batches[0] if len(batches) == 1 else np.concatenate(batches)


def batches_of(data: Any) -> Iterator[np.ndarray]:
    """An array as one batch, or the arrays that a Dataset or another iterable gives in turn.

    >>> [len(batch) for batch in batches_of([[1.0], [2.0], [3.0]])]
    [3]
    """
    if hasattr(data, "toarray"):  # SciPy's sparse matrices
        data = data.toarray()
    if isinstance(data, (np.ndarray, Operators, list, tuple)) or hasattr(data, "__array__"):
        yield np.asarray(data)
        return
    for batch in data:
        yield np.asarray(batch[0] if isinstance(batch, tuple) else batch)


class Remembering(Preparing):
    """The base of layers that learn what is no tensor of a known size: vocabularies, boundaries.

    Files keep it beside the weights, in the words of JSON.
    """

    def get_learned(self) -> dict[str, Any]:
        """What was learned, in the words of JSON."""
        raise NotImplementedError

    def set_learned(self, learned: dict[str, Any]) -> None:
        """Take over what `get_learned` of an equal layer gave."""
        raise NotImplementedError


class Learned(Preparing):
    """The base: `learn(values)` assigns the weights that `build` made; NaN is what they begin as.

    >>> layer = MinMaxScaling().fit([[0.0], [4.0]])
    >>> layer.transform([[1.0]]).tolist(), layer.inverse_transform([[0.25]]).tolist()
    ([[0.25]], [[1.0]])
    """

    def learn(self, values: np.ndarray) -> None:
        """Learn from examples in float64, one a row."""
        raise NotImplementedError

    def learned(self, name: str, shape: Sequence[int]) -> Variable:
        """A weight that `learn` will fill."""
        return self.add_weight(name, shape, lambda s, dtype: ops.constant(
            np.full(s, np.nan), dtype), trainable=False)  # fmt: skip

    def adapt(self, data: Any) -> None:
        """Learn from the training set alone: an array, a Dataset, or batches."""
        values = gathered(data, self.name)
        if values.dtype.kind not in "fiub":
            raise DataError(f"layer {self.name!r}: {values.dtype} values are no numbers")
        self.ensure_built((None, *values.shape[1:]))
        self.learn(values.reshape(-1, values.shape[-1]).astype(np.float64))

    def inverse_transform(self, data: Any) -> np.ndarray:
        """Prepared data as they were."""
        self.require_learned()
        return super().inverse_transform(data)

    def require_learned(self) -> None:
        """Raise while nothing was learned."""
        if call_context.only_shapes():
            return
        if not self.weights or np.isnan(self.weights[0].array).any():
            raise SteepestError(
                f"layer {self.name!r} knows no data yet: call adapt(data) with the training set "
                "before it is used"
            )

    def check_shapes(self, shapes: Any) -> None:
        """Raise unless the features are those that were learned from."""
        super().check_shapes(shapes)
        self.require_learned()
        self.require_size(shapes)

    def fractions(self, inputs: Tensor) -> Tensor:
        """The inputs in the layer's kind of number."""
        return inputs if is_float(inputs.dtype) else ops.cast(inputs, self.dtype)


class MinMaxScaling(Learned):
    """Each feature from its least and greatest value to a range; one that never varies to its low.

    >>> MinMaxScaling().fit_transform([[1.0, 5.0], [3.0, 5.0]]).tolist()
    [[0.0, 0.0], [1.0, 0.0]]
    """

    scales = True

    def __init__(self, feature_range: Sequence[float] = (0.0, 1.0), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if len(feature_range) != 2 or not feature_range[0] < feature_range[1]:
            raise ArgumentError(f"feature_range: (low, high) was expected, got {feature_range}")
        self.feature_range = (feature_range[0], feature_range[1])

    def build(self, input_shape: Any) -> None:
        """Make the least and the greatest."""
        size = self.size_along(input_shape)
        self.least, self.greatest = self.learned("least", [size]), self.learned("greatest", [size])

    def learn(self, values: np.ndarray) -> None:
        """Find both."""
        self.least.assign(np.nanmin(values, axis=0))
        self.greatest.assign(np.nanmax(values, axis=0))

    def _span(self) -> Tensor:
        span = self.greatest - self.least
        return ops.where(ops.equal(span, 0.0), 1.0, span)

    def call(self, inputs: Tensor) -> Tensor:
        """The inputs in the range."""
        low, high = self.feature_range
        return (self.fractions(inputs) - self.least) / self._span() * (high - low) + low

    def restore(self, inputs: Tensor) -> Tensor:
        """Out of the range."""
        low, high = self.feature_range
        return (inputs - low) / (high - low) * self._span() + self.least


class RobustScaling(Learned):
    """(x - median) / (distance between two quantiles): outliers do not move it.

    >>> RobustScaling().fit_transform([[0.0], [1.0], [2.0], [3.0], [9.0]])[:4].tolist()
    [[-1.0], [-0.5], [0.0], [0.5]]
    """

    scales = True

    def __init__(self, quantiles: Sequence[float] = (0.25, 0.75), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if len(quantiles) != 2 or not 0 <= quantiles[0] < quantiles[1] <= 1:
            raise ArgumentError(f"quantiles: two shares from 0 to 1 in order, got {quantiles}")
        self.quantiles = (quantiles[0], quantiles[1])

    def build(self, input_shape: Any) -> None:
        """Make the median and the distance."""
        size = self.size_along(input_shape)
        self.median, self.spread = self.learned("median", [size]), self.learned("spread", [size])

    def learn(self, values: np.ndarray) -> None:
        """Find both."""
        low, middle, high = np.nanquantile(values, (self.quantiles[0], 0.5, self.quantiles[1]), 0)
        self.median.assign(middle)
        self.spread.assign(np.where(high > low, high - low, 1.0))

    def call(self, inputs: Tensor) -> Tensor:
        """The inputs around 0."""
        return (self.fractions(inputs) - self.median) / self.spread

    def restore(self, inputs: Tensor) -> Tensor:
        """The inputs where they were."""
        return inputs * self.spread + self.median


class PrincipalComponents(Learned):
    """Coordinates along the directions of greatest variance; `whiten` gives each variance 1.

    `components` is their number or, as a fraction, the share of the variance that they are to hold:
    `adapt` then finds the number. `explained_variance_ratio` tells each direction's share. The sign
    of a direction is such that its greatest entry is positive.

    >>> layer = PrincipalComponents(1).fit([[0.0, 0.0], [3.0, 4.0], [6.0, 8.0]])
    >>> layer.transform([[3.0, 4.0], [6.0, 8.0]]).round(4).tolist()
    [[0.0], [5.0]]
    """

    def __init__(self, components: int | float, whiten: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        is_share = isinstance(components, float) and 0.0 < components < 1.0
        is_count = is_whole(components) and components >= 1
        if not (is_share or is_count):
            raise ArgumentError(
                "components: a whole number from 1, or a share of the variance between 0.0 and "
                f"1.0, was expected, got {components!r}"
            )
        self.components, self.whiten = components, whiten

    def adapt(self, data: Any) -> None:
        """Learn from the training set alone; a share of the variance becomes a number first."""
        if isinstance(self.components, float):
            data = gathered(data, self.name)
            values = data.reshape(-1, data.shape[-1]).astype(np.float64)
            variances, _ = _spectrum(values - values.mean(axis=0))
            held = np.cumsum(variances) / max(variances.sum(), np.finfo(float).tiny)
            self.components = min(int(np.searchsorted(held, self.components)) + 1, len(held))
        super().adapt(data)

    def _count(self) -> int:
        if isinstance(self.components, float):
            raise SteepestError(
                f"layer {self.name!r} knows no data yet: call adapt(data) with the training set, "
                f"which finds how many components hold {self.components:.0%} of its variance"
            )
        return self.components

    def build(self, input_shape: Any) -> None:
        """Make the mean, the directions and their deviations."""
        size, count = self.size_along(input_shape), self._count()
        if count > size:
            raise ArgumentError(f"components={count}: the data have {size} features")
        self.mean = self.learned("mean", [size])
        self.directions = self.learned("directions", [size, count])
        self.deviations = self.learned("deviations", [count])
        self.shares = self.learned("shares", [count])

    @property
    def explained_variance_ratio(self) -> np.ndarray | None:
        """Each direction's share of the variance; None before it is known."""
        known = self.built and not np.isnan(self.shares.array).any()
        return self.shares.numpy() if known else None

    def learn(self, values: np.ndarray) -> None:
        """By the eigenvectors of the covariance, or singular vectors where rows are fewer."""
        rows, count = len(values), self._count()
        if rows < max(2, count):
            raise DataError(f"{rows} rows do not have {count} principal components")
        mean = values.mean(axis=0)
        variances, directions = _spectrum(values - mean)
        signs = np.sign(directions[np.abs(directions).argmax(axis=0), np.arange(len(variances))])
        self.mean.assign(mean)
        self.directions.assign((directions * signs)[:, :count])
        kept = variances[:count]
        self.deviations.assign(np.where(kept > 0, np.sqrt(kept), 1.0))
        self.shares.assign(kept / max(variances.sum(), np.finfo(float).tiny))

    def call(self, inputs: Tensor) -> Tensor:
        """The coordinates."""
        found = ops.matmul(self.fractions(inputs) - self.mean, self.directions)
        return found / self.deviations if self.whiten else found

    def restore(self, inputs: Tensor) -> Tensor:
        """The points that have these coordinates and 0 in all others."""
        lengths = inputs * self.deviations if self.whiten else inputs
        return ops.matmul(lengths, ops.transpose(self.directions)) + self.mean


def _spectrum(centred: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Variances in falling order, and their directions as columns."""
    rows, size = centred.shape
    if rows >= size:
        variances, directions = np.linalg.eigh(centred.T @ centred / (rows - 1))
        return np.maximum(variances[::-1], 0.0), directions[:, ::-1]
    _, lengths, directions = np.linalg.svd(centred, full_matrices=False)
    return lengths**2 / (rows - 1), directions.T


Strategy = Literal["mean", "median", "constant"]


class MissingValues(Learned):
    """NaN replaced by the feature's mean or median, or a constant; then 1 where there was a gap.

    Without `indicator` only the filled features come out.

    >>> MissingValues("mean").fit_transform([[1.0], [np.nan], [3.0]]).tolist()
    [[1.0, 0.0], [2.0, 1.0], [3.0, 0.0]]
    """

    takes_gaps = True

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
        """Make the values to fill with."""
        self.filling = self.learned("filling", [self.size_along(input_shape)])

    def learn(self, values: np.ndarray) -> None:
        """Find them among the values that are there."""
        empty = np.isnan(values).all(axis=0)
        if empty.any() and self.strategy != "constant":
            raise DataError(f"column {int(empty.argmax())} holds no value at all; drop it")
        if self.strategy == "constant":
            self.filling.assign(np.full(values.shape[1], self.fill_value))
        else:
            typical = np.nanmean if self.strategy == "mean" else np.nanmedian
            self.filling.assign(typical(values, axis=0))

    def call(self, inputs: Tensor) -> Tensor:
        """The inputs without gaps, and where they were."""
        x = self.fractions(inputs)
        gaps = elementary.is_nan(x)
        filled = ops.where(gaps, self.filling, x)
        if not self.indicator:
            return filled
        return ops.concat([filled, ops.cast(gaps, filled.dtype)], axis=-1)
