"""Sorting, masks and unique values: eager only, not inside a recorded program. Depends on ops.

NumPy finds the order; the values are then gathered, so that derivatives flow.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from steepest.core import ops
from steepest.core.primitives import show
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError, ShapeError
from steepest.functions.shapes import move_axis

__all__ = ["argsort", "boolean_mask", "sort", "top_k", "unique", "unique_with_counts"]


def sort(values: TensorLike, axis: int = -1, direction: str = "ASCENDING") -> Tensor:
    """The sorted values; not inside a recorded program.

    >>> sort([3, 1, 2]).tolist()
    [1, 2, 3]
    """
    tensor = ops.as_tensor(values)
    places = move_axis(argsort(tensor, axis, direction), axis, -1)
    return move_axis(_take_last(move_axis(tensor, axis, -1), places), -1, axis)


def _take_last(x: Tensor, places: Tensor) -> Tensor:
    return ops.gather(x, places, axis=-1, batch_dims=x.ndim - 1)


def argsort(values: TensorLike, axis: int = -1, direction: str = "ASCENDING") -> Tensor:
    """The indices that sort the values, stably; not inside a recorded program.

    NaN is sorted as the greatest.

    >>> argsort([3, 1, 2]).tolist()
    [1, 2, 0]
    """
    array = ops.as_tensor(values).numpy()
    (along,) = ops.axes_of(axis, array.ndim)
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ArgumentError(f"direction: 'ASCENDING' or 'DESCENDING', got {direction!r}")
    if direction == "DESCENDING":
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
    """The k greatest values along the last axis and their indices; not inside a program.

    >>> values, places = top_k([1.0, 3.0, 2.0], 2)
    >>> values.tolist(), places.tolist()
    ([3.0, 2.0], [1, 2])
    """
    tensor = ops.as_tensor(x)
    if not tensor.ndim or not 0 <= k <= (tensor.shape[-1] or 0):
        raise ShapeError(f"top_k: k={k} is more than the last axis of {show(tensor.shape)} holds")
    places = argsort(tensor, direction="DESCENDING")[..., :k]
    return TopK(_take_last(tensor, places), places)


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
