"""Shapes changed by composition of the primitives: stacking, tiling, padding. Leans on ops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.core import ops
from steepest.core.primitives import broadcast_shapes, show
from steepest.core.tensor import Axis, Tensor, TensorLike
from steepest.errors import ShapeError


def expand_dims(x: TensorLike, axis: int) -> Tensor:
    """A new axis of size 1 at a place.

    >>> expand_dims([1, 2], 0).shape
    (1, 2)
    """
    tensor = ops.as_tensor(x)
    (place,) = ops.axes_of(axis, tensor.ndim + 1)
    return ops.reshape(tensor, (*tensor.shape[:place], 1, *tensor.shape[place:]))


def squeeze(x: TensorLike, axis: Axis = None) -> Tensor:
    """Axes of size 1 taken away: the named ones, or all.

    >>> squeeze([[[1, 2]]]).shape
    (2,)
    """
    tensor = ops.as_tensor(x)
    if axis is None:
        return ops.without_axes(tensor, [a for a, size in enumerate(tensor.shape) if size == 1])
    axes = ops.axes_of(axis, tensor.ndim)
    if any(tensor.shape[place] != 1 for place in axes):
        raise ShapeError(f"squeeze: axis {axis} of shape {show(tensor.shape)} is not of size 1")
    return ops.without_axes(tensor, axes)


def move_axis(x: TensorLike, source: int, destination: int) -> Tensor:
    """One axis taken out and put in at another place.

    >>> move_axis(np.zeros((2, 3, 4)), 0, 2).shape
    (3, 4, 2)
    """
    tensor = ops.as_tensor(x)
    (origin,), (target,) = (ops.axes_of(a, tensor.ndim) for a in (source, destination))
    order = [axis for axis in np.arange(tensor.ndim).tolist() if axis != origin]
    order.insert(target, origin)
    return ops.transpose(tensor, order)


def stack(values: Sequence[TensorLike], axis: int = 0) -> Tensor:
    """Tensors of one shape joined along a new axis.

    >>> stack([[1, 2], [3, 4]], axis=1).tolist()
    [[1, 3], [2, 4]]
    """
    return ops.concat([expand_dims(value, axis) for value in values], axis)


def unstack(x: TensorLike, axis: int = 0) -> list[Tensor]:
    """The entries along an axis as a list.

    >>> [part.tolist() for part in unstack([[1, 2], [3, 4]])]
    [[1, 2], [3, 4]]
    """
    tensor = ops.as_tensor(x)
    (place,) = ops.axes_of(axis, tensor.ndim)
    parts = ops.split(tensor, tensor.shape[place] or 0, place)
    return [ops.without_axes(part, [place]) for part in parts]


def tile(x: TensorLike, multiples: Sequence[int]) -> Tensor:
    """The whole tensor repeated along each axis.

    >>> tile([1, 2], [2]).tolist()
    [1, 2, 1, 2]
    """
    tensor = ops.as_tensor(x)
    if len(multiples) != tensor.ndim:
        raise ShapeError(f"tile: one multiple an axis, {tensor.ndim}, got {list(multiples)}")
    for axis, times in enumerate(multiples):
        tensor = ops.concat([tensor] * times, axis) if times != 1 else tensor
    return tensor


def repeat(x: TensorLike, repeats: int, axis: int | None = None) -> Tensor:
    """Each entry repeated along an axis.

    >>> repeat([1, 2], 2).tolist()
    [1, 1, 2, 2]
    """
    tensor = ops.as_tensor(x) if axis is not None else ops.reshape(x, (-1,))
    (place,) = ops.axes_of(axis or 0, tensor.ndim)
    wide = expand_dims(tensor, place + 1)
    sizes = [*tensor.shape[: place + 1], repeats, *tensor.shape[place + 1 :]]
    merged = [*tensor.shape[:place], (tensor.shape[place] or 0) * repeats]
    return ops.reshape(ops.broadcast_to(wide, sizes), (*merged, *tensor.shape[place + 1 :]))


def pad(x: TensorLike, paddings: Sequence[Sequence[int]], constant_values: float = 0) -> Tensor:
    """Values put before and after along each axis; `paddings` has a (before, after) for each.

    >>> pad([1, 2], [(1, 2)]).tolist()
    [0, 1, 2, 0, 0]
    """
    tensor = ops.as_tensor(x)
    if len(paddings) != tensor.ndim:
        raise ShapeError(f"pad: one pair an axis, {tensor.ndim}, got {paddings}")
    pairs = list(zip(tensor.shape, paddings, strict=True))
    ranges = tuple((before, size, 1) for size, (before, _) in pairs)
    target = tuple(
        size if size is None else before + size + after for size, (before, after) in pairs
    )
    placed = ops.place(tensor, ranges, target)
    if constant_values == 0:
        return placed
    ones = ops.broadcast_to(ops.constant(1, "int32"), tensor.shape)
    inside = ops.place(ones, ranges, target)
    return ops.where(ops.equal(inside, 1), placed, constant_values)


def identity(x: TensorLike) -> Tensor:
    """The same tensor.

    >>> identity([1.0]).tolist()
    [1.0]
    """
    return ops.as_tensor(x)


def rank(x: TensorLike) -> int:
    """The number of axes.

    >>> rank([[1.0]])
    2
    """
    return ops.as_tensor(x).ndim


def size(x: TensorLike) -> int:
    """The number of values.

    >>> size([[1.0, 2.0]])
    2
    """
    return ops.as_tensor(x).size


def broadcast_shape(*shapes: Any) -> Any:
    """The shape to which several shapes broadcast.

    >>> broadcast_shape((2, 1), (3,))
    (2, 3)
    """
    return broadcast_shapes("broadcast", *(tuple(shape) for shape in shapes))
