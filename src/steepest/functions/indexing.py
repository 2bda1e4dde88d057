"""Indexing by `tensor[key]`: slices, integers, new axes, index arrays, masks. Depends on ops."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.arguments import as_tuple
from steepest.core import ops
from steepest.core.primitives import broadcast_shapes, show
from steepest.core.tensor import Operators, Tensor, TensorLike
from steepest.errors import ArgumentError, DTypeError, ShapeError
from steepest.functions.coordinates import gather_nd

__all__ = ["strided_slice"]

Range = tuple[int, "int | None", int]


def take(x: Tensor, key: Any) -> Tensor:
    """The part of a tensor that a key selects, by NumPy's rules.

    >>> take(ops.constant([[1, 2], [3, 4]]), (slice(None), -1)).tolist()
    [2, 4]
    """
    if _is_array(key):
        return _take_array(x, key)
    entries = _with_full_slices(x, key if isinstance(key, tuple) else (key,))
    if any(_is_array(entry) for entry in entries):
        return _take_mixed(x, entries)
    return _take_basic(x, entries)


def _is_array(key: Any) -> bool:
    if isinstance(key, (Operators, np.ndarray)):
        return bool(key.shape) or key.dtype == bool
    return isinstance(key, list)


def _with_full_slices(x: Tensor, entries: tuple[Any, ...]) -> list[Any]:
    """The key with its explicit or implied ellipsis expanded to full slices."""
    used = sum(entry is not None and entry is not Ellipsis for entry in entries)
    if used > x.ndim:
        raise ShapeError(f"{used} indices are too many for a tensor of shape {show(x.shape)}")
    dots = [place for place, entry in enumerate(entries) if entry is Ellipsis]
    where = dots[0] if dots else len(entries)
    before, after = entries[:where], entries[where + 1 :]
    return [*before, *[slice(None)] * (x.ndim - used), *after]


def _take_basic(x: Tensor, entries: list[Any]) -> Tensor:
    ranges: list[Range] = []
    shape: list[int | None] = []
    for entry in entries:
        if entry is None:
            shape.append(1)
            continue
        ranges.append(_range(entry, x.shape[len(ranges)], len(ranges)))
        if isinstance(entry, slice):
            shape.append(ranges[-1][1])
    return ops.reshape(ops.take_ranges(x, tuple(ranges)), tuple(shape))


def _range(entry: Any, size: int | None, axis: int) -> Range:
    if isinstance(entry, slice):
        return _slice_range(entry, size)
    if isinstance(entry, (float, str)) or not hasattr(entry, "__index__"):
        raise DTypeError(f"{entry!r} cannot index axis {axis}; use integers, slices or arrays")
    place = entry.__index__()
    if size is None:
        raise ShapeError("one example cannot be picked from a batch of unknown size")
    if not -size <= place < size:
        raise IndexError(f"index {place} is outside axis {axis}, which has {size} entries")
    return place % size, 1, 1


def _slice_range(entry: slice, size: int | None) -> Range:
    if size is None:
        if entry != slice(None):
            raise ShapeError("a batch of unknown size can only be taken whole, with [:]")
        return 0, None, 1
    start, stop, step = entry.indices(size)
    return start, len(range(start, stop, step)), step


def _take_array(x: Tensor, key: Any) -> Tensor:
    wanted = ops.as_tensor(key)
    if wanted.dtype == bool:
        return _take_mask(x, wanted)
    return ops.gather(x, _counted_from_front(wanted, x.shape[0] if x.shape else None))


def _counted_from_front(indices: Tensor, size: int | None) -> Tensor:
    if indices.is_symbolic or size is None:
        return indices
    return ops.where(indices < 0, indices + size, indices)


def _take_mask(x: Tensor, mask: Tensor) -> Tensor:
    if mask.shape != x.shape[: mask.ndim]:
        raise ShapeError(
            f"a mask of shape {show(mask.shape)} does not fit a tensor of shape {show(x.shape)}"
        )
    places = np.flatnonzero(mask.numpy())
    rows = ops.reshape(x, (-1, *x.shape[mask.ndim :]))
    return ops.gather(rows, ops.constant(places, "int64"))


def _take_mixed(x: Tensor, entries: list[Any]) -> Tensor:
    """Index arrays among slices: one along its axis, or several in front, paired."""
    arrays = [place for place, entry in enumerate(entries) if _is_array(entry)]
    if any(entry is None for entry in entries):
        raise ArgumentError("no new axis can stand in a key with an array; use st.expand_dims")
    if len(arrays) > 1:
        return _take_pairs(x, entries, len(arrays))
    axis = arrays[0]
    rest = [slice(None) if place == axis else entry for place, entry in enumerate(entries)]
    taken = _take_basic(x, rest)
    axis -= sum(not isinstance(entry, slice) for entry in rest[:axis])
    indices = _counted_from_front(ops.as_tensor(entries[arrays[0]]), taken.shape[axis])
    return ops.gather(taken, indices, axis)


def _take_pairs(x: Tensor, entries: list[Any], count: int) -> Tensor:
    """x[rows, columns]: paired index arrays, by gather_nd over the leading axes."""
    keys, rest = entries[:count], entries[count:]
    if not all(map(_is_array, keys)) or any(not isinstance(entry, slice) for entry in rest):
        raise ArgumentError(
            "several arrays in a key must come first and be followed by slices only; "
            "st.gather takes along any axis"
        )
    sliced = _take_basic(x, [slice(None)] * count + rest)
    columns = [
        _counted_from_front(ops.as_tensor(key), size)
        for key, size in zip(keys, x.shape, strict=False)
    ]
    shape = broadcast_shapes("index", *[column.shape for column in columns])
    spread = [ops.reshape(ops.broadcast_to(column, shape), (*shape, 1)) for column in columns]
    return gather_nd(sliced, ops.concat(spread, -1))


def strided_slice(
    input_: TensorLike,
    begin: Any,
    end: Any,
    strides: Any = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
) -> Tensor:
    """The part x[begin[0]:end[0]:strides[0], ...]; bit i of a mask changes the entry i.

    It leaves out the begin or the end, stands for an ellipsis, a new axis, or the index begin[i].

    >>> strided_slice([0, 1, 2, 3, 4], [0], [5], [2]).tolist()
    [0, 2, 4]
    """
    starts, stops = as_tuple(begin), as_tuple(end)
    steps = (1,) * len(starts) if strides is None else as_tuple(strides)
    if not len(starts) == len(stops) == len(steps):
        raise ArgumentError(
            f"strided_slice: a begin, an end and a stride for each axis were expected, got "
            f"{begin}, {end} and {strides}"
        )
    key: list[Any] = []
    for place, (start, stop, step) in enumerate(zip(starts, stops, steps, strict=True)):
        bit = 1 << place
        if ellipsis_mask & bit or new_axis_mask & bit:
            key.append(Ellipsis if ellipsis_mask & bit else None)
        elif shrink_axis_mask & bit:
            key.append(int(start))
        else:
            first, last = (None if begin_mask & bit else start, None if end_mask & bit else stop)
            key.append(slice(first, last, step))
    return take(ops.as_tensor(input_), tuple(key))
