"""Functions of `keras.ops` over the rows of segments. Depends on the functions of tensors.

That the numbers of the segments are `sorted` changes nothing: an unsorted order costs no more.
"""

from __future__ import annotations

import numpy as np

from steepest.core import ops
from steepest.core.dtype import DType, is_float
from steepest.core.numpy_rules import check_indices
from steepest.core.tensor import Tensor, TensorLike
from steepest.functions import composed


def segment_sum(
    data: TensorLike,
    segment_ids: TensorLike,
    num_segments: int | None = None,
    sorted: bool = False,
) -> Tensor:
    """The sums of the rows of each segment.

    >>> segment_sum([1.0, 2.0, 3.0], [0, 1, 0], 2).tolist()
    [4.0, 2.0]
    """
    return composed.unsorted_segment_sum(data, segment_ids, _count(segment_ids, num_segments))


def segment_max(
    data: TensorLike,
    segment_ids: TensorLike,
    num_segments: int | None = None,
    sorted: bool = False,
) -> Tensor:
    """The greatest values of each segment; without rows the least number of the dtype.

    >>> segment_max([4.0, 2.0, 3.0], [0, 1, 0], 2).tolist()
    [4.0, 2.0]
    """
    rows, members = _rows_and_members(data, segment_ids, num_segments)
    return ops.reduce_max(ops.where(members, rows, _limit(rows.dtype, "min")), 0)


def segment_min(
    data: TensorLike,
    segment_ids: TensorLike,
    num_segments: int | None = None,
    sorted: bool = False,
) -> Tensor:
    """The least values of each segment; without rows the greatest number of the dtype.

    >>> segment_min([4.0, 2.0, 3.0], [0, 1, 0], 2).tolist()
    [3.0, 2.0]
    """
    rows, members = _rows_and_members(data, segment_ids, num_segments)
    return ops.reduce_min(ops.where(members, rows, _limit(rows.dtype, "max")), 0)


def segment_prod(
    data: TensorLike,
    segment_ids: TensorLike,
    num_segments: int | None = None,
    sorted: bool = False,
) -> Tensor:
    """The products of the rows of each segment; 1 without rows.

    >>> segment_prod([4.0, 2.0, 3.0], [0, 1, 0], 2).tolist()
    [12.0, 2.0]
    """
    rows, members = _rows_and_members(data, segment_ids, num_segments)
    return composed.reduce_prod(ops.where(members, rows, 1), 0)


def _count(segment_ids: TensorLike, num_segments: int | None) -> int:
    if num_segments is not None:
        return num_segments
    return int(np.max(ops.as_tensor(segment_ids).numpy(), initial=-1)) + 1


def _rows_and_members(
    data: TensorLike, segment_ids: TensorLike, num_segments: int | None
) -> tuple[Tensor, Tensor]:
    """The rows, with an axis for the segments, and whether each row is in each segment."""
    rows, numbers = ops.as_tensor(data), ops.as_tensor(segment_ids)
    count = _count(numbers, num_segments)
    if not numbers.is_symbolic:
        check_indices(numbers.numpy(), count)
    among = ops.equal(composed.expand_dims(numbers, -1), np.arange(count, dtype=np.int32))
    return composed.expand_dims(rows, 1), ops.reshape(among, (-1, count, *[1] * (rows.ndim - 1)))


def _limit(dtype: DType, side: str) -> float | int:
    limits = np.finfo(dtype) if is_float(dtype) else np.iinfo(dtype)
    found: float | int = getattr(limits, side)
    return float(found) if is_float(dtype) else int(found)
