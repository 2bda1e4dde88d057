"""Rescaling, Normalization, MinMaxScaling and RobustScaling.

Depends on the bases of preprocessing layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest import initializers
from steepest.arguments import one_or_tuple, suggests_arguments
from steepest.core import ops
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError, DataError, ShapeError, SteepestError
from steepest.layers import call_context
from steepest.layers.inputs import as_float
from steepest.layers.layer import Layer
from steepest.layers.preprocessing.base import AdaptedLayer, PreprocessingLayer, batches_of


class Rescaling(Layer):
    """x scale + offset: `Rescaling(1 / 255)` maps the bytes of an image to the range 0 to 1.

    >>> Rescaling(1 / 255)(np.array([[0, 255]], np.uint8)).tolist()
    [[0.0, 1.0]]
    """

    single_input = True
    supports_masking = True

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name, value in (("scale", scale), ("offset", offset)):
            numbers = np.asarray(value)
            if numbers.dtype.kind not in "iuf" or np.isnan(numbers).any():
                raise ArgumentError(f"Rescaling: {name} is a number, or an array, got {value!r}")
        self.scale, self.offset = scale, offset

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the rescaled inputs."""
        x = as_float(inputs, self.dtype)
        scale, offset = (
            value if isinstance(value, (int, float)) else np.asarray(value, np.float32)
            for value in (self.scale, self.offset)
        )
        return x * scale + offset


class Normalization(PreprocessingLayer):
    """(x - mean) / deviation, with the mean and standard deviation of the data given to `adapt`.

    There is one mean for each index along `axis` (one axis or several; None: one for all values).
    They are part of the model, so that later data are scaled like the training set. A feature that
    never varies is only centered. `invert` makes it the inverse: x deviation + mean.

    >>> layer = Normalization()
    >>> layer.adapt([[1.0], [3.0]])
    >>> layer([[5.0]]).tolist(), layer.inverse_transform([[3.0]]).tolist()
    ([[3.0]], [[5.0]])
    """

    supports_masking = True

    _mean: Variable
    _variance: Variable
    _spread: tuple[int, ...]

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
        if variance is not None and np.min(variance) < 0:
            raise ArgumentError(f"Normalization: variance: 0 or more was expected, got {variance}")
        self._given = None if mean is None else (np.asarray(mean), np.asarray(variance))

    def build(self, input_shape: Any) -> None:
        """Creates the mean and the variance."""
        axes = self._axes(len(input_shape))
        sizes = [input_shape[axis] for axis in axes]
        along = [input_shape[axis] if axis in axes else 1 for axis in range(len(input_shape))]
        self._spread = tuple(along)
        unknown = initializers.Constant(np.nan)
        self._mean = self.add_weight("mean", sizes, unknown, trainable=False)
        self._variance = self.add_weight("variance", sizes, unknown, trainable=False)
        if self._given is not None:
            self._assign(*self._given)

    def _axes(self, rank: int) -> list[int]:
        """The axes along which there is one mean for each index, in order, counted from 0."""
        axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
        if not rank:
            raise ShapeError(f"layer {self.name!r} takes a batch, got a single number")
        for axis in axes:
            if axis is not None and not -rank <= axis < rank:
                raise ArgumentError(
                    f"layer {self.name!r}: axis {axis} is not one of the {rank} axes of its "
                    f"inputs; give {-rank} to {rank - 1}"
                )
        return sorted(axis % rank for axis in axes if axis is not None)

    def _assign(self, mean: Any, variance: Any) -> None:
        for weight, values in ((self._mean, mean), (self._variance, variance)):
            given, shape = np.squeeze(values), weight.array.shape
            if given.ndim and given.shape != shape:
                raise ShapeError(
                    f"layer {self.name!r}: {weight.name} has the shape {show(given.shape)}, the "
                    f"inputs have {show(shape)} features; give one number, or one for each"
                )
            weight.assign(np.broadcast_to(given, shape))

    @property
    def mean(self) -> Tensor | None:
        """The mean that is subtracted, in a shape that broadcasts with the inputs.

        None before it is known.
        """
        if not self.built:
            return None if self._given is None else ops.as_tensor(self._given[0])
        return ops.reshape(self._mean, self._spread) if self._is_known() else None

    @property
    def variance(self) -> Tensor | None:
        """The variance, whose square root is divided by, in the shape of the mean.

        None before it is known.
        """
        if not self.built:
            return None if self._given is None else ops.as_tensor(self._given[1])
        return ops.reshape(self._variance, self._spread) if self._is_known() else None

    def _is_known(self) -> bool:
        return not np.isnan(self._mean.array).any()

    @suggests_arguments
    def adapt(self, data: Any) -> None:
        """Computes mean and variance of an array of examples, or of batches of them."""
        total: _Moments | None = None
        for batch in batches_of(data, self.name):
            self.ensure_built((None, *batch.shape[1:]))
            axes = self._axes(batch.ndim)
            if tuple(batch.shape[axis] for axis in axes) != self._mean.shape:
                raise ShapeError(
                    f"layer {self.name!r}: adapt was given data of shape {show(batch.shape)}, and "
                    f"the layer has {show(self._mean.shape)} means; make a new layer for such data"
                )
            others = tuple(axis for axis in range(batch.ndim) if axis not in axes)
            part = _Moments.of(batch.astype(np.float64), others)
            total = part if total is None else total.combined(part)
        if total is None or total.count == 0:
            raise ArgumentError(f"layer {self.name!r}: adapt was given no examples")
        if np.isnan(total.mean).any():
            raise DataError(
                f"layer {self.name!r}: adapt was given NaN; put MissingValues() before it, or drop "
                "the examples that contain it"
            )
        self._assign(total.mean, total.variance)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Returns the shape of the inputs."""
        return input_shape

    def check_shapes(self, shapes: Any) -> None:
        """Raises unless the sizes along `axis` are those of the training set."""
        super().check_shapes(shapes)
        if tuple(shapes[axis] for axis in self._axes(len(shapes))) != self._mean.shape:
            raise ShapeError(
                f"layer {self.name!r}: learned the mean of {show(self._mean.shape)} features, got "
                f"an input of shape {show(shapes)}; adapt it to such data, or give it the others"
            )

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the normalized inputs, or with `invert` the inputs converted back."""
        return self._scaled(inputs, self.invert)

    def inverse_call(self, inputs: Tensor) -> Tensor:
        """Returns the inputs of `call` for its outputs."""
        return self._scaled(inputs, not self.invert)

    @property
    def scales(self) -> bool:  # type: ignore[override]
        """Whether it normalizes, which `invert` reverses."""
        return not self.invert

    def _scaled(self, inputs: Tensor, invert: bool) -> Tensor:
        if not (self._is_known() or call_context.inferring_shapes()):
            raise SteepestError(
                f"layer {self.name!r} knows no mean and deviation yet: call adapt(data), or give "
                "mean= and variance=, before the model is used"
            )
        x = as_float(inputs, self.dtype)
        deviation = ops.where(ops.equal(self._variance, 0.0), 1.0, ops.sqrt(self._variance))
        mean, deviation = self._broadcastable(self._mean, x), self._broadcastable(deviation, x)
        return x * deviation + mean if invert else (x - mean) / deviation

    def _broadcastable(self, value: Any, x: Tensor) -> Tensor:
        """The numbers of the features in a shape that broadcasts along `axis` of x."""
        axes = self._axes(x.ndim)
        shape = [x.shape[axis] if axis in axes else 1 for axis in range(x.ndim)]
        return ops.reshape(value, tuple(shape[min(axes, default=x.ndim) :]))


class _Moments:
    """Count, mean and variance of examples, which can be combined with those of further ones.

    Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample
    variances", 1979.
    """

    def __init__(self, count: int, mean: np.ndarray, variance: np.ndarray) -> None:
        self.count, self.mean, self.variance = count, mean, variance

    @classmethod
    def of(cls, values: np.ndarray, axes: tuple[int, ...]) -> _Moments:
        """Returns those of one array."""
        count = int(np.prod([values.shape[axis] for axis in axes]))
        if count == 0:
            empty = np.zeros(np.delete(values.shape, axes))
            return cls(0, empty, empty)
        return cls(count, values.mean(axes), values.var(axes))

    def combined(self, other: _Moments) -> _Moments:
        """Returns those of all examples of both."""
        count = self.count + other.count
        share = other.count / max(count, 1)
        difference = other.mean - self.mean
        variance = (1 - share) * self.variance + share * other.variance
        between = share * (1 - share) * difference * difference
        return _Moments(count, self.mean + share * difference, variance + between)


class MinMaxScaling(AdaptedLayer):
    """Maps the minimum and maximum of each feature to the ends of a range.

    A feature that never varies is mapped to the low end.

    >>> MinMaxScaling().fit_transform([[1.0, 5.0], [3.0, 5.0]]).tolist()
    [[0.0, 0.0], [1.0, 0.0]]
    """

    scales = True

    least: Variable
    greatest: Variable

    def __init__(self, feature_range: Sequence[float] = (0.0, 1.0), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if len(feature_range) != 2 or not feature_range[0] < feature_range[1]:
            raise ArgumentError(f"feature_range: (low, high) was expected, got {feature_range}")
        self.feature_range = (feature_range[0], feature_range[1])

    def build(self, input_shape: Any) -> None:
        """Creates the minimum and the maximum of each feature."""
        size = self.size_along(input_shape)
        self.least = self.add_adapted_weight("least", [size])
        self.greatest = self.add_adapted_weight("greatest", [size])

    def adapt_weights(self, values: np.ndarray) -> None:
        """Computes the minimum and maximum of each feature, without NaN."""
        self.least.assign(np.nanmin(values, axis=0))
        self.greatest.assign(np.nanmax(values, axis=0))

    def _span(self) -> Tensor:
        """The width of each feature's range, 1 where it is 0."""
        span = self.greatest - self.least
        return ops.where(ops.equal(span, 0.0), 1.0, span)

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the inputs scaled to the range."""
        low, high = self.feature_range
        return (as_float(inputs, self.dtype) - self.least) / self._span() * (high - low) + low

    def inverse_call(self, inputs: Tensor) -> Tensor:
        """Returns the inputs of `call` for its outputs."""
        low, high = self.feature_range
        return (inputs - low) / (high - low) * self._span() + self.least


class RobustScaling(AdaptedLayer):
    """(x - median) / (difference of two quantiles), which outliers hardly change.

    >>> RobustScaling().fit_transform([[0.0], [1.0], [2.0], [3.0], [9.0]])[:4].tolist()
    [[-1.0], [-0.5], [0.0], [0.5]]
    """

    scales = True

    median: Variable
    spread: Variable

    def __init__(self, quantiles: Sequence[float] = (0.25, 0.75), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if len(quantiles) != 2 or not 0 <= quantiles[0] < quantiles[1] <= 1:
            raise ArgumentError(f"quantiles: two fractions from 0 to 1 in order, got {quantiles}")
        self.quantiles = (quantiles[0], quantiles[1])

    def build(self, input_shape: Any) -> None:
        """Creates the median and the difference of the quantiles, for each feature."""
        size = self.size_along(input_shape)
        self.median = self.add_adapted_weight("median", [size])
        self.spread = self.add_adapted_weight("spread", [size])

    def adapt_weights(self, values: np.ndarray) -> None:
        """Computes median and quantiles, without NaN."""
        low, middle, high = np.nanquantile(values, (self.quantiles[0], 0.5, self.quantiles[1]), 0)
        self.median.assign(middle)
        self.spread.assign(np.where(high > low, high - low, 1.0))

    def call(self, inputs: Tensor) -> Tensor:
        """Returns the scaled inputs."""
        return (as_float(inputs, self.dtype) - self.median) / self.spread

    def inverse_call(self, inputs: Tensor) -> Tensor:
        """Returns the inputs of `call` for its outputs."""
        return inputs * self.spread + self.median
