"""Sorting, masks and unique values. Depends on ops.

NumPy finds the order; the values are then gathered, so that derivatives flow. Inside a recorded
program, which has no loops, an entry's rank is the number of entries before it: so the work grows
with the square of the axis.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from steepest.arguments import whole
from steepest.core import ops
from steepest.core.dtype import bool_, is_float
from steepest.core.primitives import show
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError, ShapeError, UnknownSizeError
from steepest.functions.shapes import expand_dims, move_axis

__all__ = ["argsort", "boolean_mask", "sort", "top_k", "unique", "unique_with_counts"]


def sort(values: TensorLike, axis: int | None = -1, direction: str = "ASCENDING") -> Tensor:
    """The sorted values along an axis; of the flattened tensor for None.

    >>> sort([3, 1, 2]).tolist()
    [1, 2, 3]
    """
    tensor = _flat_for_none(values, axis)
    along = -1 if axis is None else axis
    last = move_axis(tensor, along, -1)
    return move_axis(_sorted(last, last.shape[-1], direction)[0], -1, along)


def _flat_for_none(values: TensorLike, axis: int | None) -> Tensor:
    return ops.as_tensor(values) if axis is not None else ops.reshape(values, (-1,))


def _sorted(x: Tensor, count: int | None, direction: str) -> tuple[Tensor, Tensor]:
    """The first `count` of the sorted values along the last axis, and their places."""
    if x.is_symbolic:
        hits = ops.equal(expand_dims(_ranks(x, direction), -2), np.arange(count or 0)[:, None])
        numbers = ops.cast(x, "int32") if x.dtype == bool_ else x
        found = ops.reduce_sum(ops.where(hits, expand_dims(numbers, -2), 0), -1)
        places = ops.reduce_sum(ops.where(hits, np.arange(x.shape[-1] or 0, dtype=np.int32), 0), -1)
        return ops.cast(found, x.dtype), places
    places = argsort(x, -1, direction)[..., :count]
    return ops.gather(x, places, axis=-1, batch_dims=x.ndim - 1), places


def _ranks(x: Tensor, direction: str) -> Tensor:
    """How many entries along the last axis come before each one; ties in their order."""
    size = x.shape[-1]
    if size is None:
        raise UnknownSizeError(
            "sort: the batch cannot be sorted inside a program of batches of any size; "
            "sort along another axis, or outside of the recorded function"
        )
    descending = _is_descending(direction)
    numbers = ops.cast(x, "int32") if x.dtype == bool_ else x
    one, other = expand_dims(numbers, -1), expand_dims(numbers, -2)
    before = ops.less(one, other) if descending else ops.less(other, one)
    equal = ops.equal(one, other)
    if is_float(x.dtype):  # NaN is the greatest
        nan, other_nan = ops.not_equal(one, one), ops.not_equal(other, other)
        only = (other_nan, nan) if descending else (nan, other_nan)
        before = ops.logical_or(before, ops.logical_and(only[0], ops.logical_not(only[1])))
        equal = ops.logical_or(equal, ops.logical_and(nan, other_nan))
    earlier = np.tri(size, size, -1, dtype=bool)  # entry j stands before entry i
    first = ops.logical_or(before, ops.logical_and(equal, earlier))
    return ops.reduce_sum(ops.cast(first, "int32"), -1)


def _is_descending(direction: str) -> bool:
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ArgumentError(f"direction: 'ASCENDING' or 'DESCENDING', got {direction!r}")
    return direction == "DESCENDING"


def argsort(values: TensorLike, axis: int | None = -1, direction: str = "ASCENDING") -> Tensor:
    """The indices that sort the values along an axis, stably; of the flattened tensor for None.

    NaN is sorted as the greatest. With the axis None they are those of the flattened tensor.

    >>> argsort([3, 1, 2]).tolist()
    [1, 2, 0]
    """
    tensor = _flat_for_none(values, axis)
    (along,) = ops.axes_of(-1 if axis is None else axis, tensor.ndim)
    if tensor.is_symbolic:
        last = move_axis(tensor, along, -1)
        return move_axis(_sorted(last, last.shape[-1], direction)[1], -1, along)
    array = tensor.numpy()
    if _is_descending(direction):
        turned = np.argsort(np.flip(array, along), axis=along, kind="stable")
        places = np.flip(array.shape[along] - 1 - turned, along)
    else:
        places = np.argsort(array, axis=along, kind="stable")
    return ops.constant(places, "int32")


class TopK(NamedTuple):
    """The greatest values and their indices."""

    values: Tensor
    indices: Tensor


def top_k(x: TensorLike, k: int = 1) -> TopK:
    """The k greatest values along the last axis and their indices.

    >>> values, places = top_k([1.0, 3.0, 2.0], 2)
    >>> values.tolist(), places.tolist()
    ([3.0, 2.0], [1, 2])
    """
    tensor = ops.as_tensor(x)
    if not tensor.ndim or not 0 <= whole("top_k: k", k) <= (tensor.shape[-1] or 0):
        raise ShapeError(f"top_k: k={k} is more than the last axis of {show(tensor.shape)} holds")
    return TopK(*_sorted(tensor, k, "DESCENDING"))


def boolean_mask(x: TensorLike, mask: TensorLike) -> Tensor:
    """The entries where the mask is true; not inside a recorded program.

    >>> boolean_mask([1, 2, 3], [True, False, True]).tolist()
    [1, 3]
    """
    return ops.as_tensor(x)[ops.as_tensor(mask)]


class Unique(NamedTuple):
    """Distinct values, and for each entry the index of its value among them."""

    y: Tensor
    idx: Tensor


class UniqueWithCounts(NamedTuple):
    """Distinct values, the index of each entry's value, and how often each value occurs."""

    y: Tensor
    idx: Tensor
    count: Tensor  # type: ignore[assignment]  # TensorFlow's name, which a tuple has too


def unique(x: TensorLike) -> Unique:
    """The distinct values of one axis in order of first occurrence; not inside a program.

    >>> values, places = unique([5, 3, 5])
    >>> values.tolist(), places.tolist()
    ([5, 3], [0, 1, 0])
    """
    return Unique(*unique_with_counts(x)[:2])


def unique_with_counts(x: TensorLike) -> UniqueWithCounts:
    """`unique`, and how often each value occurs.

    >>> unique_with_counts([5, 3, 5]).count.tolist()
    [2, 1]
    """
    tensor = ops.as_tensor(x)
    if tensor.ndim != 1:
        raise ShapeError(
            f"unique: one axis was expected, got shape {show(tensor.shape)}; flatten first"
        )
    _, first, inverse, count = np.unique(
        tensor.numpy(), return_index=True, return_inverse=True, return_counts=True
    )
    order = np.argsort(first, kind="stable")
    rank = np.argsort(order, kind="stable")
    values = ops.gather(tensor, first[order])
    found = (ops.constant(numbers, "int32") for numbers in (rank[inverse], count[order]))
    return UniqueWithCounts(values, *found)
