"""Layers that prepare inputs as part of the model, so that every later set is treated alike.

Leans on the layer contract.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest import initializers
from steepest.arguments import one_or_tuple
from steepest.core import ops
from steepest.core.dtype import is_float
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, DataError, ShapeError, SteepestError
from steepest.layers import call_context
from steepest.layers.layer import Layer
from steepest.layers.preprocessing.base import Preparing
from steepest.layers.preprocessing.learned import batches_of


class Rescaling(Layer):
    """x scale + offset: `Rescaling(1 / 255)` brings the bytes of a picture between 0 and 1.

    >>> Rescaling(1 / 255)(np.array([[0, 255]], np.uint8)).tolist()
    [[0.0, 1.0]]
    """

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name, value in (("scale", scale), ("offset", offset)):
            numbers = np.asarray(value)
            if numbers.dtype.kind not in "iuf" or np.isnan(numbers).any():
                raise ArgumentError(f"Rescaling: {name} is a number, or an array, got {value!r}")
        self.scale, self.offset = scale, offset

    def call(self, inputs: Tensor) -> Tensor:
        """The rescaled inputs."""
        x = inputs if is_float(inputs.dtype) else ops.cast(inputs, self.dtype)
        return x * _numbers(self.scale) + _numbers(self.offset)


def _numbers(value: Any) -> Any:
    return value if isinstance(value, (int, float)) else np.asarray(value, np.float32)


class Normalization(Preparing):
    """(x - mean) / deviation, by the mean and deviation of the data given to `adapt`.

    They are kept along `axis` (one or several; None: over everything) and belong to the model:
    every later set is brought to the training set's scale. A feature that never varies is only
    centred. `invert` undoes it: x deviation + mean.

    >>> layer = Normalization()
    >>> layer.adapt([[1.0], [3.0]])
    >>> layer([[5.0]]).tolist(), layer.inverse_transform([[3.0]]).tolist()
    ([[3.0]], [[5.0]])
    """

    def __init__(
        self,
        axis: int | Sequence[int] | None = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if (mean is None) != (variance is None):
            raise ArgumentError("Normalization: give both mean and variance, or neither")
        self.axis = None if axis is None else one_or_tuple(axis)
        self.invert = invert
        self._given = None if mean is None else (np.asarray(mean), np.asarray(variance))

    def build(self, input_shape: Any) -> None:
        """Make the mean and the variance."""
        sizes = [input_shape[axis] for axis in self._kept(len(input_shape))]
        self._mean, self._variance = self._unknown("mean", sizes), self._unknown("variance", sizes)
        if self._given is not None:
            self._take(*self._given)

    def _unknown(self, name: str, sizes: Sequence[int]) -> Variable:
        return self.add_weight(name, sizes, initializers.Constant(np.nan), trainable=False)

    def _kept(self, rank: int) -> list[int]:
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        if not rank:
            raise ShapeError(f"layer {self.name!r} takes a batch, got a single number")
        return sorted(axis % rank for axis in axes if axis is not None)

    def _take(self, mean: Any, variance: Any) -> None:
        for weight, values in ((self._mean, mean), (self._variance, variance)):
            weight.assign(np.broadcast_to(np.squeeze(values), weight.array.shape))

    @property
    def mean(self) -> np.ndarray | None:
        """The mean that is taken away; None before it is known."""
        if not self.built:
            return None if self._given is None else self._given[0]
        return self._mean.numpy() if self._is_known() else None

    @property
    def variance(self) -> np.ndarray | None:
        """The square of the deviation that is divided by; None before it is known."""
        if not self.built:
            return None if self._given is None else self._given[1]
        return self._variance.numpy() if self._is_known() else None

    def _is_known(self) -> bool:
        return not np.isnan(self._mean.array).any()

    def adapt(self, data: Any) -> None:
        """Learn mean and variance from an array, or from batches of arrays, of examples."""
        total: _Moments | None = None
        for batch in batches_of(data):
            self.ensure_built((None, *batch.shape[1:]))
            others = [a for a in range(batch.ndim) if a not in self._kept(batch.ndim)]
            part = _Moments.of(batch.astype(np.float64), tuple(others))
            total = part if total is None else total.joined(part)
        if total is None or total.count == 0:
            raise ArgumentError(f"layer {self.name!r}: adapt was given no examples")
        if np.isnan(total.mean).any():
            raise DataError(
                f"layer {self.name!r}: adapt was given NaN; put MissingValues() before it, or drop "
                "the examples that hold it"
            )
        self._take(total.mean, total.variance)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the inputs."""
        return input_shape

    def check_shapes(self, shapes: Any) -> None:
        """Raise unless the sizes along the kept axes are those that were learned from."""
        super().check_shapes(shapes)
        rank = len(shapes)
        found = tuple(shapes[axis] for axis in self._kept(rank)) if self._reaches(rank) else None
        if found != self._mean.shape:
            raise ShapeError(
                f"layer {self.name!r}: learned the mean of {show(self._mean.shape)} features, got "
                f"an input of shape {show(shapes)}; adapt it to such data, or give it the others"
            )

    def _reaches(self, rank: int) -> bool:
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        return all(axis is None or -rank <= axis < rank for axis in axes)

    def call(self, inputs: Tensor) -> Tensor:
        """The inputs at the scale of the data that were learned from, or back from it."""
        return self._moved(inputs, self.invert)

    def restore(self, inputs: Tensor) -> Tensor:
        """The other way round."""
        return self._moved(inputs, not self.invert)

    @property
    def scales(self) -> bool:  # type: ignore[override]
        """Whether it goes to the scale that was learned, not back from it."""
        return not self.invert

    def _moved(self, inputs: Tensor, back: bool) -> Tensor:
        if not (self._is_known() or call_context.only_shapes()):
            raise SteepestError(
                f"layer {self.name!r} knows no mean and deviation yet: call adapt(data), or give "
                "mean= and variance=, before the model is used"
            )
        x = inputs if is_float(inputs.dtype) else ops.cast(inputs, self.dtype)
        mean, deviation = (self._spread(value, x) for value in (self._mean, self._deviation()))
        return x * deviation + mean if back else (x - mean) / deviation

    def _deviation(self) -> Tensor:
        return ops.where(ops.equal(self._variance, 0.0), 1.0, ops.sqrt(self._variance))

    def _spread(self, value: Any, x: Tensor) -> Tensor:
        kept = self._kept(x.ndim)
        shape = [x.shape[axis] if axis in kept else 1 for axis in range(x.ndim)]
        return ops.reshape(value, tuple(shape[min(kept, default=x.ndim) :]))


class _Moments:
    """Count, mean and variance of examples, which can be joined with those of further ones.

    Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample
    variances", 1979.
    """

    def __init__(self, count: int, mean: np.ndarray, variance: np.ndarray) -> None:
        self.count, self.mean, self.variance = count, mean, variance

    @classmethod
    def of(cls, values: np.ndarray, axes: tuple[int, ...]) -> _Moments:
        """Those of one array."""
        count = int(np.prod([values.shape[axis] for axis in axes]))
        if count == 0:
            empty = np.zeros(np.delete(values.shape, axes))
            return cls(0, empty, empty)
        return cls(count, values.mean(axes), values.var(axes))

    def joined(self, other: _Moments) -> _Moments:
        """Those of both together."""
        count = self.count + other.count
        share = other.count / max(count, 1)
        apart = other.mean - self.mean
        variance = (1 - share) * self.variance + share * other.variance
        spread = share * (1 - share) * apart * apart
        return _Moments(count, self.mean + share * apart, variance + spread)
