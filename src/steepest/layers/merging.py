"""Layers that make one tensor of several: sums, products, extremes, joins.

Leans on the layer contract.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

from steepest.arguments import one_or_tuple
from steepest.core import ops
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, ShapeError
from steepest.functions import nn
from steepest.layers.layer import Layer


class Merge(Layer):
    """The base of layers over a list of tensors: `merge(a, b)` is what a subclass writes.

    >>> class Hypotenuse(Merge):
    ...     def merge(self, a, b):
    ...         return ops.sqrt(a * a + b * b)
    >>> Hypotenuse()([np.array([[3.0]]), np.array([[4.0]])]).tolist()
    [[5.0]]
    """

    def call(self, inputs: Any) -> Tensor:
        """The inputs merged from the first to the last."""
        return functools.reduce(self.merge, self.several(inputs))

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        """What becomes of two tensors."""
        raise NotImplementedError

    def several(self, inputs: Any) -> list[Tensor]:
        """The inputs as a list of tensors; raises if they are not."""
        if not isinstance(inputs, (list, tuple)):
            raise ArgumentError(
                f"layer {self.name!r} merges a list of tensors, got {_told(inputs)}; give it [a, b]"
            )
        return list(inputs)


def _told(inputs: Any) -> str:
    if isinstance(inputs, Tensor):
        return f"one of shape {show(inputs.shape)}"
    return f"a {type(inputs).__name__}"


class Add(Merge):
    """The sum of tensors.

    >>> Add()([np.array([[1.0]]), np.array([[2.0]])]).tolist()
    [[3.0]]
    """

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        """a + b."""
        return a + b


class Multiply(Merge):
    """The product of tensors, entry by entry.

    >>> Multiply()([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[6.0]]
    """

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        """a b."""
        return a * b


class Maximum(Merge):
    """The greatest of tensors, entry by entry.

    >>> Maximum()([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[3.0]]
    """

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        """The greater."""
        return ops.maximum(a, b)


class Minimum(Merge):
    """The least of tensors, entry by entry.

    >>> Minimum()([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[2.0]]
    """

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        """The lesser."""
        return ops.minimum(a, b)


class Average(Add):
    """The mean of tensors, entry by entry.

    >>> Average()([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[2.5]]
    """

    def call(self, inputs: Any) -> Tensor:
        """The mean of the inputs."""
        return super().call(inputs) / float(len(inputs))


class Subtract(Merge):
    """The first tensor less the second.

    >>> Subtract()([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[1.0]]
    """

    def several(self, inputs: Any) -> list[Tensor]:
        """The two inputs."""
        return _two(self, super().several(inputs))

    def merge(self, a: Tensor, b: Tensor) -> Tensor:
        """a - b."""
        return a - b


def _two(layer: Layer, inputs: list[Tensor]) -> list[Tensor]:
    if len(inputs) != 2:
        raise ArgumentError(f"layer {layer.name!r} takes two tensors, got {len(inputs)}")
    return inputs


class Concatenate(Merge):
    """Tensors joined along an axis.

    >>> Concatenate()([np.array([[1.0]]), np.array([[2.0, 3.0]])]).tolist()
    [[1.0, 2.0, 3.0]]
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Any) -> Tensor:
        """The inputs joined."""
        return ops.concat(self.several(inputs), self.axis)


class Dot(Merge):
    """The sum of products of two tensors over an axis of each; `normalize` makes it the cosine.

    `axes` is one axis for both or a pair; the batch is axis 0.

    >>> Dot(axes=1)([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])]).tolist()
    [[11.0]]
    """

    def __init__(self, axes: int | Sequence[int], normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axes = one_or_tuple(axes)
        self.normalize = normalize

    def call(self, inputs: Any) -> Tensor:
        """The sums of products, or cosines."""
        pair = _two(self, self.several(inputs))
        axes = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        places = [axis % tensor.ndim for axis, tensor in zip(axes, pair, strict=True)]
        if 0 in places or pair[0].shape[places[0]] != pair[1].shape[places[1]]:
            raise ShapeError(
                f"layer {self.name!r}: axes {axes} of {show(pair[0].shape)} and "
                f"{show(pair[1].shape)} must be of one size, and not the batch"
            )
        if self.normalize:
            pair = [nn.l2_normalize(x, place) for x, place in zip(pair, places, strict=True)]
        return _contracted(*(_as_rows(x, place) for x, place in zip(pair, places, strict=True)))


def _as_rows(x: Tensor, place: int) -> tuple[Tensor, list[int]]:
    """The tensor as (batch, rows, summed) and the sizes that became the rows."""
    others = [axis for axis in range(1, x.ndim) if axis != place]
    sizes = [x.shape[axis] or 0 for axis in others]
    moved = ops.transpose(x, (0, *others, place))
    return ops.reshape(moved, (x.shape[0], math.prod(sizes), x.shape[place])), sizes


def _contracted(left: tuple[Tensor, list[int]], right: tuple[Tensor, list[int]]) -> Tensor:
    (rows, ours), (columns, theirs) = left, right
    product = ops.matmul(rows, columns, transpose_b=True)
    return ops.reshape(product, (product.shape[0], *(ours + theirs or [1])))


# ---------------------------------------------------------------- as functions


def add(inputs: Sequence[Any], **kwargs: Any) -> Tensor:
    """`Add()(inputs)`.

    >>> add([np.array([[1.0]]), np.array([[2.0]])]).tolist()
    [[3.0]]
    """
    return Add(**kwargs)(inputs)


def subtract(inputs: Sequence[Any], **kwargs: Any) -> Tensor:
    """`Subtract()(inputs)`.

    >>> subtract([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[1.0]]
    """
    return Subtract(**kwargs)(inputs)


def multiply(inputs: Sequence[Any], **kwargs: Any) -> Tensor:
    """`Multiply()(inputs)`.

    >>> multiply([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[6.0]]
    """
    return Multiply(**kwargs)(inputs)


def average(inputs: Sequence[Any], **kwargs: Any) -> Tensor:
    """`Average()(inputs)`.

    >>> average([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[2.5]]
    """
    return Average(**kwargs)(inputs)


def maximum(inputs: Sequence[Any], **kwargs: Any) -> Tensor:
    """`Maximum()(inputs)`.

    >>> maximum([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[3.0]]
    """
    return Maximum(**kwargs)(inputs)


def minimum(inputs: Sequence[Any], **kwargs: Any) -> Tensor:
    """`Minimum()(inputs)`.

    >>> minimum([np.array([[3.0]]), np.array([[2.0]])]).tolist()
    [[2.0]]
    """
    return Minimum(**kwargs)(inputs)


def concatenate(inputs: Sequence[Any], axis: int = -1, **kwargs: Any) -> Tensor:
    """`Concatenate(axis)(inputs)`.

    >>> concatenate([np.array([[1.0]]), np.array([[2.0, 3.0]])]).tolist()
    [[1.0, 2.0, 3.0]]
    """
    return Concatenate(axis, **kwargs)(inputs)


def dot(
    inputs: Sequence[Any], axes: int | Sequence[int] = -1, normalize: bool = False, **kwargs: Any
) -> Tensor:
    """`Dot(axes, normalize)(inputs)`.

    >>> dot([np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])], axes=1).tolist()
    [[11.0]]
    """
    return Dot(axes, normalize, **kwargs)(inputs)
