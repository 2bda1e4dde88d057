"""Changes of shape: stacking, tiling, padding, rolling. Depends on ops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.arguments import as_tuple, is_whole
from steepest.core import ops
from steepest.core.primitives import broadcast_shapes, show
from steepest.core.sizes import Size, TensorShape
from steepest.core.tensor import Axis, Operators, Tensor, TensorLike
from steepest.errors import ArgumentError, ShapeError, UnknownSizeError

__all__ = [
    "broadcast_dynamic_shape", "broadcast_shape", "broadcast_static_shape", "expand_dims",
    "identity", "is_tensor", "meshgrid", "move_axis", "pad", "rank", "repeat", "roll",
    "squeeze", "stack", "tile", "unstack",
]  # fmt: skip


def expand_dims(x: TensorLike, axis: int) -> Tensor:
    """The tensor with a new axis of size 1 at a position.

    >>> expand_dims([1, 2], 0).shape
    (1, 2)
    """
    tensor = ops.convert_to_tensor(x)
    (along,) = ops.axes_of(axis, tensor.ndim + 1)
    return ops.reshape(tensor, (*tensor.shape[:along], 1, *tensor.shape[along:]))


def squeeze(x: TensorLike, axis: Axis = None) -> Tensor:
    """The tensor without axes of size 1: the given ones, or all.

    >>> squeeze([[[1, 2]]]).shape
    (2,)
    """
    tensor = ops.as_tensor(x)
    if axis is None:
        return ops.without_axes(tensor, [a for a, size in enumerate(tensor.shape) if size == 1])
    axes = ops.axes_of(axis, tensor.ndim)
    if any(tensor.shape[along] != 1 for along in axes):
        raise ShapeError(f"squeeze: axis {axis} of shape {show(tensor.shape)} is not of size 1")
    return ops.without_axes(tensor, axes)


def move_axis(x: TensorLike, source: int, destination: int) -> Tensor:
    """The tensor with one axis moved to another position.

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
    if not len(values):
        raise ArgumentError("stack: nothing to join; give at least one tensor")
    parts = ops.meet(*values)
    for part in parts:
        if part.shape != parts[0].shape:
            raise ShapeError(
                f"stack: shapes {show(parts[0].shape)} and {show(part.shape)} must be equal; "
                "concat joins along an existing axis"
            )
    return ops.concat([expand_dims(part, axis) for part in parts], axis)


def unstack(x: TensorLike, axis: int = 0) -> list[Tensor]:
    """The entries along an axis as a list.

    >>> [part.tolist() for part in unstack([[1, 2], [3, 4]])]
    [[1, 2], [3, 4]]
    """
    tensor = ops.as_tensor(x)
    (along,) = ops.axes_of(axis, tensor.ndim)
    parts = ops.split(tensor, tensor.shape[along] or 0, along)
    return [ops.without_axes(part, [along]) for part in parts]


def tile(x: TensorLike, multiples: Sequence[int]) -> Tensor:
    """The whole tensor repeated along each axis.

    >>> tile([1, 2], [2]).tolist()
    [1, 2, 1, 2]
    """
    tensor = ops.as_tensor(x)
    counts = as_tuple(multiples)
    if len(counts) != tensor.ndim:
        raise ShapeError(
            f"tile: one multiple per axis ({tensor.ndim}) was expected, got {multiples}"
        )
    for axis, times in enumerate(map(ops.as_size, counts)):
        if times is None:
            tensor = _over_batch("tile", tensor, axis)
        elif times != 1:
            tensor = ops.concat([tensor] * times, axis)
    return tensor


def _over_batch(name: str, x: Tensor, axis: int) -> Tensor:
    """The only entry of an axis repeated for each example of the batch."""
    if x.shape[axis] != 1:
        raise UnknownSizeError(
            f"{name}: inside a program only an axis of size 1 can be repeated to the size of the "
            f"batch, axis {axis} of {show(x.shape)} is not"
        )
    return ops.broadcast_to(x, (*x.shape[:axis], None, *x.shape[axis + 1 :]))


def repeat(x: TensorLike, repeats: int | Sequence[int], axis: int | None = None) -> Tensor:
    """Each entry repeated along an axis, by one count or by a count for each.

    >>> repeat([1, 2], 2).tolist()
    [1, 1, 2, 2]
    >>> repeat([1, 2], [3, 1]).tolist()
    [1, 1, 1, 2]
    """
    tensor = ops.as_tensor(x) if axis is not None else ops.reshape(x, (-1,))
    (along,) = ops.axes_of(axis or 0, tensor.ndim)
    if isinstance(repeats, Tensor) and repeats.is_symbolic and ops.as_size(repeats) is None:
        return _over_batch("repeat", tensor, along)
    if not is_whole(repeats):
        counts, entries = as_tuple(repeats), tensor.shape[along]
        if np.shape(counts) not in ((entries,), (1,)):
            raise ShapeError(f"repeat: one count for each of the {entries} entries, got {counts}")
        return ops.gather(tensor, np.repeat(np.arange(entries or 0), np.asarray(counts)), along)
    wide = expand_dims(tensor, along + 1)
    sizes = [*tensor.shape[: along + 1], repeats, *tensor.shape[along + 1 :]]
    merged = [*tensor.shape[:along], (tensor.shape[along] or 0) * repeats]
    return ops.reshape(ops.broadcast_to(wide, sizes), (*merged, *tensor.shape[along + 1 :]))


def pad(
    x: TensorLike,
    paddings: Sequence[Sequence[int]],
    mode: str = "CONSTANT",
    constant_values: float = 0,
) -> Tensor:
    """Padding before and after each axis; `paddings` has a pair (before, after) for each.

    The padding is `constant_values`, or the tensor mirrored at its ends: the mode "SYMMETRIC"
    repeats the last entry, "REFLECT" does not.

    >>> pad([1, 2], [(1, 2)]).tolist()
    [0, 1, 2, 0, 0]
    >>> pad([1, 2, 3], [(2, 0)], mode="REFLECT").tolist()
    [3, 2, 1, 2, 3]
    """
    tensor = ops.as_tensor(x)
    if np.shape(paddings) != (tensor.ndim, 2):
        raise ShapeError(f"pad: one pair per axis ({tensor.ndim}) was expected, got {paddings}")
    if mode.upper() == "CONSTANT":
        return _padded(tensor, paddings, constant_values)
    if mode.upper() not in ("REFLECT", "SYMMETRIC"):
        raise ArgumentError(f"pad: mode is CONSTANT, REFLECT or SYMMETRIC, got {mode!r}")
    for axis, (before, after) in enumerate(paddings):
        if before or after:
            places = _mirrored(tensor.shape[axis], before, after, mode.upper())
            tensor = ops.gather(tensor, places, axis)
    return tensor


def _mirrored(size: int | None, before: int, after: int, mode: str) -> np.ndarray:
    most = (size or 0) - (mode == "REFLECT")
    if size is None or max(before, after) > most:
        raise ShapeError(
            f"pad: {mode} can add at most {most} entries at an end, got {before, after}"
        )
    return np.pad(np.arange(size), (before, after), mode=mode.lower())  # type: ignore[call-overload]


def _padded(tensor: Tensor, paddings: Sequence[Sequence[int]], constant_values: float) -> Tensor:
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


def roll(x: TensorLike, shift: int | Sequence[int], axis: Axis = None) -> Tensor:
    """The entries shifted cyclically along axes.

    >>> roll([1, 2, 3], 1, 0).tolist()
    [3, 1, 2]
    """
    tensor = ops.as_tensor(x)
    if axis is None:
        return ops.reshape(roll(ops.reshape(tensor, (-1,)), shift, 0), tensor.shape)
    shifts, axes = list(as_tuple(shift)), list(as_tuple(axis))
    if len(shifts) != len(axes):
        raise ArgumentError(f"roll: a shift for each axis, got {shifts} for the axes {axes}")
    for places, along in zip(shifts, axes, strict=True):
        tensor = _rolled(tensor, places, along)
    return tensor


def _rolled(x: Tensor, shift: int, axis: int) -> Tensor:
    (along,) = ops.axes_of(axis, x.ndim)
    size = x.shape[along]
    if size is None:
        raise ShapeError("roll: cannot move along a batch of unknown size")
    first = -shift % size if size else 0
    front, back = ops.split(x, [first, size - first], along)
    return ops.concat([back, front], along)


def meshgrid(*lines: TensorLike, indexing: str = "xy") -> list[Tensor]:
    """The coordinates of all points of a grid, one tensor for each axis.

    With "xy" the first line runs along columns, with "ij" along rows.

    >>> [part.tolist() for part in meshgrid([1, 2], [3, 4])]
    [[[1, 2], [1, 2]], [[3, 3], [4, 4]]]
    """
    if indexing not in ("xy", "ij"):
        raise ArgumentError(f"meshgrid: indexing is 'xy' or 'ij', got {indexing!r}")
    tensors = [ops.reshape(line, (-1,)) for line in lines]
    swapped = indexing == "xy" and len(tensors) > 1
    order = (
        [1, 0, *np.arange(2, len(tensors)).tolist()]
        if swapped
        else np.arange(len(tensors)).tolist()
    )
    shape = [tensors[along].shape[0] for along in order]
    return [
        ops.broadcast_to(ops.reshape(line, [-1 if other == along else 1 for other in order]), shape)
        for along, line in enumerate(tensors)
    ]


def is_tensor(x: object) -> bool:
    """Whether `x` is a tensor or a variable.

    >>> is_tensor(st.constant(1.0)), is_tensor(1.0)
    (True, False)
    """
    return isinstance(x, Operators)


def identity(x: TensorLike) -> Tensor:
    """x, unchanged.

    >>> identity([1.0]).tolist()
    [1.0]
    """
    return ops.as_tensor(x)


def rank(x: TensorLike) -> int:
    """The number of axes.

    >>> rank([[1.0]])
    2
    """
    return Size(ops.as_tensor(x).ndim)


def broadcast_shape(*shapes: Any) -> TensorShape:
    """The shape to which several shapes broadcast.

    >>> broadcast_shape((2, 1), (3,))
    (2, 3)
    """
    return TensorShape(broadcast_shapes("broadcast", *(tuple(shape) for shape in shapes)))


broadcast_static_shape = broadcast_dynamic_shape = broadcast_shape
