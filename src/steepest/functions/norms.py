"""Norms, clipping by norm, tensordot and add_n. Depends on ops and elementary."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from steepest.arguments import as_tuple, is_whole
from steepest.core import ops
from steepest.core.primitives import known_count, show
from steepest.core.tensor import Axis, Tensor, TensorLike
from steepest.errors import ArgumentError, ShapeError
from steepest.functions.einsum import LETTERS, einsum
from steepest.functions.elementary import square

__all__ = [
    "add_n", "clip_by_global_norm", "clip_by_norm", "global_norm", "norm", "reduce_euclidean_norm",
    "tensordot",
]  # fmt: skip


def norm(
    x: TensorLike, ord: Any = "euclidean", axis: Axis = None, keepdims: bool = False
) -> Tensor:
    """The norm: "euclidean" (2), 1 (sum of |x|), inf (maximum of |x|), or any p > 0.

    The Euclidean norm is given the derivative 0 at 0.

    >>> norm([3.0, 4.0]).item()
    5.0
    """
    size = ops.absolute(x)
    if ord in ("euclidean", 2, "fro"):
        total = ops.reduce_sum(square(x), axis, keepdims)
        none = ops.equal(total, 0)
        return ops.where(none, 0.0, ops.sqrt(ops.where(none, 1.0, total)))
    if ord == 1:
        return ops.reduce_sum(size, axis, keepdims)
    if ord in (math.inf, "inf"):
        return ops.reduce_max(size, axis, keepdims)
    if isinstance(ord, (int, float)) and ord > 0:
        return ops.power(ops.reduce_sum(ops.power(size, ord), axis, keepdims), 1.0 / ord)
    raise ArgumentError(f"norm: ord must be 'euclidean', 1, inf or a number above 0, got {ord!r}")


def reduce_euclidean_norm(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The Euclidean norm along axes.

    >>> reduce_euclidean_norm([3.0, 4.0]).item()
    5.0
    """
    return norm(x, "euclidean", axis, keepdims)


def tensordot(a: TensorLike, b: TensorLike, axes: int | Sequence[Any] = 2) -> Tensor:
    """The sum of products over pairs of axes, as NumPy's tensordot.

    >>> tensordot([1.0, 2.0], [3.0, 4.0], 1).item()
    11.0
    """
    left, right = ops.meet(a, b)
    if is_whole(axes):
        counts = np.arange(axes)
        pairs = [(left.ndim - axes + counts).tolist(), counts.tolist()]
    else:
        pairs = [list(as_tuple(entry)) for entry in as_tuple(axes)]
    ours, theirs = (
        [axis % t.ndim for axis in side] for t, side in zip((left, right), pairs, strict=True)
    )
    inner = [left.shape[axis] for axis in ours]
    if inner != [right.shape[axis] for axis in theirs]:
        raise ShapeError(
            f"tensordot: axes {ours} of shape {show(left.shape)} and {theirs} of "
            f"{show(right.shape)} differ in size"
        )
    free = [axis for axis in np.arange(left.ndim).tolist() if axis not in ours]
    other = [axis for axis in np.arange(right.ndim).tolist() if axis not in theirs]
    if None in left.shape + right.shape:  # the batch cannot be merged with another axis
        return _tensordot_by_einsum(left, right, ours, theirs)
    count = known_count(inner)
    rows = ops.reshape(ops.transpose(left, free + ours), (-1, count))
    columns = ops.reshape(ops.transpose(right, theirs + other), (count, -1))
    shape = [left.shape[axis] for axis in free] + [right.shape[axis] for axis in other]
    return ops.reshape(ops.matmul(rows, columns), tuple(shape))


def _tensordot_by_einsum(a: Tensor, b: Tensor, ours: list[int], theirs: list[int]) -> Tensor:
    letters = LETTERS[: a.ndim + b.ndim]
    left, right = letters[: a.ndim], list(letters[a.ndim :])
    for mine, other in zip(ours, theirs, strict=True):
        right[other] = left[mine]
    free = [letter for axis, letter in enumerate(left) if axis not in ours]
    other_free = [letter for axis, letter in enumerate(right) if axis not in theirs]
    return einsum(f"{left},{''.join(right)}->{''.join(free + other_free)}", a, b)


def clip_by_norm(x: TensorLike, clip_norm: float, axes: Axis = None) -> Tensor:
    """The tensor, scaled down if its Euclidean norm exceeds `clip_norm`.

    >>> clip_by_norm([3.0, 4.0], 1.0).numpy().round(3).tolist()
    [0.6, 0.8]
    """
    length = norm(x, axis=axes, keepdims=True)
    tensor = ops.as_tensor(x)
    return tensor * (clip_norm / ops.maximum(length, clip_norm))


def global_norm(tensors: Sequence[TensorLike]) -> Tensor:
    """The Euclidean norm of the values of all tensors together.

    >>> global_norm([[3.0], [4.0]]).item()
    5.0
    """
    squares = [ops.reduce_sum(square(tensor)) for tensor in tensors]
    return ops.sqrt(add_n(squares))


def clip_by_global_norm(
    tensors: Sequence[TensorLike], clip_norm: float
) -> tuple[list[Tensor], Tensor]:
    """The tensors, scaled together so that their global norm is at most `clip_norm`; and the norm.

    >>> clipped, length = clip_by_global_norm([[3.0], [4.0]], 10.0)
    >>> clipped[0].tolist(), length.item()
    ([3.0], 5.0)
    """
    length = global_norm(tensors)
    factor = clip_norm / ops.maximum(length, clip_norm)
    return [ops.as_tensor(tensor) * factor for tensor in tensors], length


def add_n(tensors: Sequence[TensorLike]) -> Tensor:
    """The sum of several tensors.

    >>> add_n([1.0, 2.0, 3.0]).item()
    6.0
    """
    if not len(tensors):
        raise ArgumentError("add_n: nothing to add; give at least one tensor")
    total = ops.as_tensor(tensors[0])
    for tensor in tensors[1:]:
        total = total + tensor
    return total
