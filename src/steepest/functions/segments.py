"""Counts and sums by group, and what comes after one another. Leans on ops and functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from steepest.core import ops, tree
from steepest.core.dtype import DTypeLike
from steepest.core.tensor import Axis, Tensor, TensorLike
from steepest.errors import ArgumentError
from steepest.functions.elementary import divide_no_nan, is_finite
from steepest.functions.shapes import expand_dims, stack, unstack

__all__ = [
    "bincount", "confusion_matrix", "count_nonzero", "cumprod", "in_top_k", "map_fn",
    "searchsorted", "segment_mean", "segment_sum", "sequence_mask", "unsorted_segment_mean",
    "unsorted_segment_sum", "zero_fraction",
]  # fmt: skip


def count_nonzero(
    x: TensorLike, axis: Axis = None, keepdims: bool = False, dtype: DTypeLike = "int64"
) -> Tensor:
    """How many entries differ from 0.

    >>> count_nonzero([0, 3, 0, 1]).item()
    2
    """
    return ops.reduce_sum(ops.cast(ops.not_equal(x, 0), dtype), axis, keepdims)


def zero_fraction(x: TensorLike) -> Tensor:
    """The share of the entries that are 0.

    >>> zero_fraction([0.0, 3.0, 0.0, 1.0]).item()
    0.5
    """
    return ops.reduce_mean(ops.cast(ops.equal(x, 0), "float32"))


def cumprod(x: TensorLike, axis: int = 0, exclusive: bool = False, reverse: bool = False) -> Tensor:
    """Products of all entries up to each place, by doubling: derivatives are right at zeros too.

    >>> cumprod([1, 2, 3]).tolist()
    [1, 2, 6]
    """
    (tensor,) = ops.meet(ops.as_tensor(x))
    (place,) = ops.axes_of(axis, tensor.ndim)
    products = ops.flip(tensor, place) if reverse else tensor
    size = products.shape[place]
    if size is None:
        raise ArgumentError("cumprod: cannot multiply along a batch of unknown size")
    products = _delayed(products, place, 1, size) if exclusive else products
    step = 1
    while step < size:
        products, step = products * _delayed(products, place, step, size), 2 * step
    return ops.flip(products, place) if reverse else products


def _delayed(x: Tensor, axis: int, step: int, size: int) -> Tensor:
    """The entries moved on by some places, after ones."""
    step = min(step, size)
    ones = ops.constant(1, x.dtype)
    shape = (*x.shape[:axis], step, *x.shape[axis + 1 :])
    kept = ops.take_range(x, axis, 0, size - step)
    return ops.concat([ops.broadcast_to(ones, shape), kept], axis)


def unsorted_segment_sum(data: TensorLike, segment_ids: TensorLike, num_segments: int) -> Tensor:
    """The sums of the rows that have the same number.

    >>> unsorted_segment_sum([1.0, 2.0, 3.0], [0, 1, 0], 3).tolist()
    [4.0, 2.0, 0.0]
    """
    return ops.scatter_add(segment_ids, data, num_segments)


def unsorted_segment_mean(data: TensorLike, segment_ids: TensorLike, num_segments: int) -> Tensor:
    """The means of the rows that have the same number; 0 for a number that no row has.

    >>> unsorted_segment_mean([1.0, 2.0, 3.0], [0, 1, 0], 3).tolist()
    [2.0, 2.0, 0.0]
    """
    (rows,) = ops.meet(ops.as_tensor(data), floating=True)
    ones = ops.broadcast_to(ops.constant(1, rows.dtype), rows.shape)
    sums, counts = (ops.scatter_add(segment_ids, part, num_segments) for part in (rows, ones))
    return divide_no_nan(sums, counts)


def segment_sum(data: TensorLike, segment_ids: TensorLike) -> Tensor:
    """The sums of neighbouring rows that have the same number, computed at once.

    >>> segment_sum([1.0, 2.0, 3.0], [0, 0, 1]).tolist()
    [3.0, 3.0]
    """
    return unsorted_segment_sum(data, segment_ids, _beyond(segment_ids))


def segment_mean(data: TensorLike, segment_ids: TensorLike) -> Tensor:
    """The means of neighbouring rows that have the same number, computed at once.

    >>> segment_mean([1.0, 2.0, 3.0], [0, 0, 1]).tolist()
    [1.5, 3.0]
    """
    return unsorted_segment_mean(data, segment_ids, _beyond(segment_ids))


def _beyond(numbers: TensorLike) -> int:
    return int(np.max(ops.as_tensor(numbers).numpy(), initial=-1)) + 1


def bincount(
    x: TensorLike,
    weights: TensorLike | None = None,
    minlength: int | None = None,
    maxlength: int | None = None,
) -> Tensor:
    """How often each whole number occurs (or the sum of its weights), computed at once.

    >>> bincount([1, 1, 3]).tolist()
    [0, 2, 0, 1]
    """
    numbers = ops.reshape(x, (-1,))
    ones = ops.broadcast_to(ops.constant(1, "int32"), numbers.shape)
    counted = ones if weights is None else ops.reshape(weights, (-1,))
    length = max(_beyond(numbers), minlength or 0)
    counts = ops.scatter_add(numbers, counted, length)
    return counts if maxlength is None else counts[:maxlength]


def confusion_matrix(
    labels: TensorLike,
    predictions: TensorLike,
    num_classes: int | None = None,
    weights: TensorLike | None = None,
    dtype: DTypeLike = "int32",
) -> Tensor:
    """How often each class (a row) was taken for each class (a column).

    >>> confusion_matrix([0, 1, 1], [0, 1, 0]).tolist()
    [[1, 0], [1, 1]]
    """
    meant, said = (ops.cast(ops.reshape(x, (-1,)), "int64") for x in (labels, predictions))
    classes = max(_beyond(meant), _beyond(said)) if num_classes is None else num_classes
    cells = bincount(meant * classes + said, weights, minlength=classes * classes)
    if len(cells) != classes * classes:
        raise ArgumentError(f"confusion_matrix: a class is not below num_classes={classes}")
    return ops.cast(ops.reshape(cells, (classes, classes)), dtype)


def in_top_k(targets: TensorLike, predictions: TensorLike, k: int) -> Tensor:
    """Whether fewer than k classes have a higher score than the target; ties count as hits.

    >>> in_top_k([0, 1], [[0.1, 0.9], [0.2, 0.8]], 1).tolist()
    [False, True]
    """
    scores, wanted = ops.as_tensor(predictions), expand_dims(ops.as_tensor(targets), -1)
    hit = ops.equal(wanted, ops.iota((scores.shape[-1],), 0, wanted.dtype))
    own = ops.reduce_sum(ops.where(hit, scores, 0.0), axis=-1, keepdims=True)
    named = ops.greater(ops.reduce_sum(ops.cast(hit, "int32"), axis=-1), 0)
    ahead = ops.reduce_sum(ops.cast(ops.greater(scores, own), "int32"), axis=-1)
    finite = is_finite(ops.reduce_sum(own, axis=-1))
    return ops.logical_and(ops.logical_and(ops.less(ahead, k), finite), named)


def searchsorted(sorted_sequence: TensorLike, values: TensorLike, side: str = "left") -> Tensor:
    """Where each value would go into an ordered last axis: before its equals, or after ("right").

    >>> searchsorted([1, 3, 5], [3, 4]).tolist()
    [1, 2]
    """
    if side not in ("left", "right"):
        raise ArgumentError(f"searchsorted: side is 'left' or 'right', got {side!r}")
    before = ops.less if side == "left" else ops.less_equal
    ahead = before(expand_dims(sorted_sequence, -2), expand_dims(values, -1))
    return ops.reduce_sum(ops.cast(ahead, "int32"), axis=-1)


def sequence_mask(
    lengths: TensorLike, maxlen: int | None = None, dtype: DTypeLike = "bool"
) -> Tensor:
    """True for the first entries of each row, as many as its length says.

    >>> sequence_mask([1, 2], 3).tolist()
    [[True, False, False], [True, True, False]]
    """
    counts = ops.as_tensor(lengths)
    width = _beyond(counts) - 1 if maxlen is None else maxlen
    inside = ops.less(ops.iota((max(width, 0),), 0, counts.dtype), expand_dims(counts, -1))
    return ops.cast(inside, dtype)


def map_fn(fn: Callable[[Any], Any], elems: Any) -> Any:
    """The function of each entry along the first axis, its results stacked.

    `elems` may be a nest of tensors: the function then gets a nest of entries.

    >>> map_fn(lambda x: x * x, [1, 2, 3]).tolist()
    [1, 4, 9]
    """
    tensors = elems if isinstance(elems, (dict, tuple)) else ops.as_tensor(elems)
    columns = [unstack(leaf) for leaf in tree.leaves(tensors)]
    found = [fn(tree.rebuild(tensors, iter(row))) for row in zip(*columns, strict=True)]
    if not found:
        raise ArgumentError("map_fn: there is no entry that the function could be applied to")
    leaves = zip(*map(tree.leaves, found), strict=True)
    return tree.rebuild(found[0], (stack(list(parts)) for parts in leaves))
