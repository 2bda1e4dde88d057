"""Ranks by comparison with all other elements: searchsorted and in_top_k, also in programs.

Depends on ops, elementary and shapes.
"""

from __future__ import annotations

from steepest.core import ops
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError
from steepest.functions.elementary import is_finite
from steepest.functions.shapes import expand_dims

__all__ = ["in_top_k", "searchsorted"]


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
    """Where to insert values into a sorted last axis: before equal ones, or after ("right").

    >>> searchsorted([1, 3, 5], [3, 4]).tolist()
    [1, 2]
    """
    if side not in ("left", "right"):
        raise ArgumentError(f"searchsorted: side is 'left' or 'right', got {side!r}")
    before = ops.less if side == "left" else ops.less_equal
    ahead = before(expand_dims(sorted_sequence, -2), expand_dims(values, -1))
    return ops.reduce_sum(ops.cast(ahead, "int32"), axis=-1)
