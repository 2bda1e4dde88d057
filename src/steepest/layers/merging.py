"""Layers that merge several tensors into one: Add, Multiply, Concatenate, Dot and others.

Depends on the Layer base.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

from steepest.arguments import one_or_tuple
from steepest.core import ops
from steepest.core.masks import spread
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, ShapeError
from steepest.functions import composed, nn
from steepest.layers.layer import Layer


class Merge(Layer):
    """The base of layers that take a list of tensors: a subclass writes `merge(a, b)`.

    >>> class Hypotenuse(Merge):
    ...     def merge(self, a, b):
    ...         return ops.sqrt(a * a + b * b)
    >>> Hypotenuse()([np.array([[3.0]]), np.array([[4.0]])]).tolist()
    [[5.0]]
    """

    def call(self, inputs: Any) -> Tensor:
        """Returns the inputs merged from the first to the last."""
        return functools.reduce(self.merge, self.as_list(inputs))

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        """Returns two tensors merged."""
        raise NotImplementedError

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Returns the steps that count in any input; None where an input has no mask."""
        if mask is None or any(one is None for one in mask):
            return None
        return functools.reduce(ops.logical_or, mask)

    def as_list(self, inputs: Any) -> list[Tensor]:
        """Returns the inputs as a list of tensors; raises unless they are a list or tuple."""
        if not isinstance(inputs, (list, tuple)):
            one = isinstance(inputs, Tensor)
            got = f"one of shape {show(inputs.shape)}" if one else f"a {type(inputs).__name__}"
            got = "an empty list" if one and inputs.shape == (0,) else got
            raise ArgumentError(
                f"layer {self.name!r} merges a list of tensors, got {got}; give it [a, b]"
            )
        return list(inputs)


class Add(Merge):
    """The sum of tensors.

    >>> Add()([np.array([[1.0]]), np.array([[2.0]])]).tolist()
    [[3.0]]
    """

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        """Returns a + b."""
        return a + b


class Multiply(Merge):
    """The product of tensors, element by element.

    >>> Multiply()([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[6.0]]
    """

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        """Returns a * b."""
        return a * b


class Maximum(Merge):
    """The maximum of tensors, element by element.

    >>> Maximum()([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[3.0]]
    """

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        """Returns the greater of a and b, element by element."""
        return ops.maximum(a, b)


class Minimum(Merge):
    """The minimum of tensors, element by element.

    >>> Minimum()([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[2.0]]
    """

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        """Returns the lesser of a and b, element by element."""
        return ops.minimum(a, b)


class Average(Add):
    """The mean of tensors, element by element.

    >>> Average()([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[2.5]]
    """

    def call(self, inputs: Any) -> Tensor:
        """Returns the mean of the inputs."""
        return super().call(inputs) / float(len(inputs))


class Subtract(Merge):
    """The first tensor minus the second.

    >>> Subtract()([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[1.0]]
    """

    def as_list(self, inputs: Any) -> list[Tensor]:
        """Returns the two inputs; raises unless there are two."""
        return _pair(self, super().as_list(inputs))

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        """Returns a - b."""
        return a - b


def _pair(layer: Layer, inputs: list[Tensor]) -> list[Tensor]:
    if len(inputs) != 2:
        raise ArgumentError(f"layer {layer.name!r} takes two tensors, got {len(inputs)}")
    return inputs


class Concatenate(Merge):
    """Tensors concatenated along an axis.

    >>> Concatenate()([np.array([[1.0]]), np.array([[2.0, 3.0]])]).tolist()
    [[1.0, 2.0, 3.0]]
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Any) -> Tensor:
        """Returns the inputs concatenated."""
        return ops.concat(self.as_list(inputs), self.axis)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Returns the masks concatenated; along features, the steps that count in any input."""
        if mask is None:
            return None
        full = [
            spread(ops.constant(True) if one is None else one, x.shape)
            for x, one in zip(inputs, mask, strict=True)
        ]
        return composed.reduce_any(ops.concat(full, self.axis), axis=-1)


class Dot(Merge):
    """The dot product of two tensors over an axis of each; with `normalize` the cosine similarity.

    `axes` is one axis for both or a pair; the batch is axis 0.

    >>> Dot(axes=1)([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])]).tolist()
    [[11.0]]
    """

    def __init__(self, axes: int | Sequence[int], normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axes = one_or_tuple(axes)
        self.normalize = normalize

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        """Returns None: the products have no steps."""

    def call(self, inputs: Any) -> Tensor:
        """Returns the dot products, or the cosines."""
        pair = _pair(self, self.as_list(inputs))
        axes = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        summed = [axis % tensor.ndim for axis, tensor in zip(axes, pair, strict=True)]
        if 0 in summed or pair[0].shape[summed[0]] != pair[1].shape[summed[1]]:
            raise ShapeError(
                f"layer {self.name!r}: axes {axes} of {show(pair[0].shape)} and "
                f"{show(pair[1].shape)} must be of one size, and not the batch"
            )
        if self.normalize:
            pair = [nn.l2_normalize(x, axis) for x, axis in zip(pair, summed, strict=True)]
        left, left_sizes = _as_matrix(pair[0], summed[0])
        right, right_sizes = _as_matrix(pair[1], summed[1])
        product = ops.matmul(left, right, transpose_b=True)
        return ops.reshape(product, (product.shape[0], *(left_sizes + right_sizes or [1])))


def _as_matrix(x: Tensor, summed: int) -> tuple[Tensor, list[int]]:
    """Returns the tensor as (batch, rows, summed axis), and the sizes that became the rows."""
    others = [axis for axis in range(1, x.ndim) if axis != summed]
    sizes = [x.shape[axis] or 0 for axis in others]
    moved = ops.transpose(x, (0, *others, summed))
    return ops.reshape(moved, (x.shape[0], math.prod(sizes), x.shape[summed])), sizes


# ---------------------------------------------------------------- the same as functions


def add(inputs: Sequence[Any], **kwargs: Any) -> Tensor:
    """Returns `Add()(inputs)`.

    >>> add([np.array([[1.0]]), np.array([[2.0]])]).tolist()
    [[3.0]]
    """
    return Add(**kwargs)(inputs)


def subtract(inputs: Sequence[Any], **kwargs: Any) -> Tensor:
    """Returns `Subtract()(inputs)`.

    >>> subtract([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[1.0]]
    """
    return Subtract(**kwargs)(inputs)


def multiply(inputs: Sequence[Any], **kwargs: Any) -> Tensor:
    """Returns `Multiply()(inputs)`.

    >>> multiply([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[6.0]]
    """
    return Multiply(**kwargs)(inputs)


def average(inputs: Sequence[Any], **kwargs: Any) -> Tensor:
    """Returns `Average()(inputs)`.

    >>> average([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[2.5]]
    """
    return Average(**kwargs)(inputs)


def maximum(inputs: Sequence[Any], **kwargs: Any) -> Tensor:
    """Returns `Maximum()(inputs)`.

    >>> maximum([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[3.0]]
    """
    return Maximum(**kwargs)(inputs)


def minimum(inputs: Sequence[Any], **kwargs: Any) -> Tensor:
    """Returns `Minimum()(inputs)`.

    >>> minimum([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[2.0]]
    """
    return Minimum(**kwargs)(inputs)


def concatenate(inputs: Sequence[Any], axis: int = -1, **kwargs: Any) -> Tensor:
    """Returns `Concatenate(axis)(inputs)`.

    >>> concatenate([np.array([[1.0]]), np.array([[2.0, 3.0]])]).tolist()
    [[1.0, 2.0, 3.0]]
    """
    return Concatenate(axis, **kwargs)(inputs)


def dot(
    inputs: Sequence[Any], axes: int | Sequence[int] = -1, normalize: bool = False, **kwargs: Any
) -> Tensor:
    """Returns `Dot(axes, normalize)(inputs)`.

    >>> dot([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])], axes=1).tolist()
    [[11.0]]
    """
    return Dot(axes, normalize, **kwargs)(inputs)
