"""Sums, means and counts by group number. Depends on ops and elementary."""

from __future__ import annotations

import numpy as np

from steepest.arguments import whole
from steepest.core import ops
from steepest.core.dtype import DTypeLike
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError
from steepest.functions.elementary import clip_by_value, divide_no_nan

__all__ = [
    "bincount", "confusion_matrix", "histogram_fixed_width", "segment_mean", "segment_sum",
    "unsorted_segment_mean", "unsorted_segment_sum",
]  # fmt: skip


def unsorted_segment_sum(data: TensorLike, segment_ids: TensorLike, num_segments: int) -> Tensor:
    """The sums of the rows with the same segment number.

    >>> unsorted_segment_sum([1.0, 2.0, 3.0], [0, 1, 0], 3).tolist()
    [4.0, 2.0, 0.0]
    """
    return ops.scatter_add(segment_ids, data, num_segments)


def unsorted_segment_mean(data: TensorLike, segment_ids: TensorLike, num_segments: int) -> Tensor:
    """The means of the rows with the same segment number; 0 for a number that no row has.

    >>> unsorted_segment_mean([1.0, 2.0, 3.0], [0, 1, 0], 3).tolist()
    [2.0, 2.0, 0.0]
    """
    (rows,) = ops.meet(ops.as_tensor(data), floating=True)
    ones = ops.broadcast_to(ops.constant(1, rows.dtype), rows.shape)
    sums, counts = (ops.scatter_add(segment_ids, part, num_segments) for part in (rows, ones))
    return divide_no_nan(sums, counts)


def segment_sum(data: TensorLike, segment_ids: TensorLike) -> Tensor:
    """The sums of consecutive rows with the same segment number; not inside a program.

    >>> segment_sum([1.0, 2.0, 3.0], [0, 0, 1]).tolist()
    [3.0, 3.0]
    """
    return unsorted_segment_sum(data, segment_ids, _count_up_to(segment_ids))


def segment_mean(data: TensorLike, segment_ids: TensorLike) -> Tensor:
    """The means of consecutive rows with the same segment number; not inside a program.

    >>> segment_mean([1.0, 2.0, 3.0], [0, 0, 1]).tolist()
    [1.5, 3.0]
    """
    return unsorted_segment_mean(data, segment_ids, _count_up_to(segment_ids))


def _count_up_to(numbers: TensorLike) -> int:
    """The greatest number plus 1."""
    return int(np.max(ops.as_tensor(numbers).numpy(), initial=-1)) + 1


def bincount(
    x: TensorLike,
    weights: TensorLike | None = None,
    minlength: int | None = None,
    maxlength: int | None = None,
) -> Tensor:
    """How often each integer occurs (or the sum of its weights); not inside a program.

    >>> bincount([1, 1, 3]).tolist()
    [0, 2, 0, 1]
    """
    numbers = ops.reshape(x, (-1,))
    ones = ops.broadcast_to(ops.constant(1, "int32"), numbers.shape)
    counted = ones if weights is None else ops.reshape(weights, (-1,))
    length = max(_count_up_to(numbers), minlength or 0)
    counts = ops.scatter_add(numbers, counted, length)
    return counts if maxlength is None else counts[:maxlength]


def confusion_matrix(
    labels: TensorLike,
    predictions: TensorLike,
    num_classes: int | None = None,
    weights: TensorLike | None = None,
    dtype: DTypeLike = "int32",
) -> Tensor:
    """How often each class (a row) was predicted as each class (a column).

    >>> confusion_matrix([0, 1, 1], [0, 1, 0]).tolist()
    [[1, 0], [1, 1]]
    """
    truth, guess = (ops.cast(ops.reshape(x, (-1,)), "int64") for x in (labels, predictions))
    classes = max(_count_up_to(truth), _count_up_to(guess)) if num_classes is None else num_classes
    cells = bincount(truth * classes + guess, weights, minlength=classes * classes)
    if len(cells) != classes * classes:
        raise ArgumentError(f"confusion_matrix: a class is not below num_classes={classes}")
    return ops.cast(ops.reshape(cells, (classes, classes)), dtype)


def histogram_fixed_width(
    values: TensorLike, value_range: TensorLike, nbins: int = 100, dtype: DTypeLike = "int32"
) -> Tensor:
    """The numbers of values in bins of equal width; the outer bins take what is outside the range.

    >>> histogram_fixed_width([-1.0, 0.1, 0.6, 0.7, 5.0], [0.0, 1.0], nbins=2).tolist()
    [2, 3]
    """
    count = whole("histogram_fixed_width: nbins", nbins, 1)
    (numbers,) = ops.meet(ops.reshape(values, (-1,)), floating=True)
    limits = ops.as_tensor(value_range, numbers.dtype)
    if limits.shape != (2,) or not (limits.is_symbolic or limits[0].item() < limits[1].item()):
        raise ArgumentError(
            "histogram_fixed_width: value_range is a lower and a higher limit, got "
            f"{limits if limits.is_symbolic else limits.tolist()}"
        )
    share = (numbers - limits[0]) / (limits[1] - limits[0])
    places = ops.cast(ops.floor(clip_by_value(share * count, 0, count - 1)), "int32")
    return ops.cast(
        ops.scatter_add(places, ops.broadcast_to(ops.constant(1, "int32"), places.shape), count),
        dtype,
    )
