"""Creation of tensors: zeros, ranges, one-hot rows, masks. Depends on ops and shapes."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.arguments import as_tuple, is_number, is_whole, whole
from steepest.core import ops
from steepest.core.arrays import array_of
from steepest.core.dispatch import computes_at_once
from steepest.core.dtype import DTypeLike, float32, float64, is_float
from steepest.core.movement import given_sizes
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError, DTypeError
from steepest.functions.shapes import expand_dims, move_axis

__all__ = [
    "eye", "fill", "linspace", "one_hot", "ones", "ones_like", "range", "sequence_mask", "zeros",
    "zeros_like",
]  # fmt: skip


def zeros(shape: Any, dtype: DTypeLike = float32) -> Tensor:
    """Zeros of a shape.

    >>> zeros((2,)).tolist()
    [0.0, 0.0]
    """
    return _equal_numbers("zeros", 0, shape, dtype)


def ones(shape: Any, dtype: DTypeLike = float32) -> Tensor:
    """Ones of a shape.

    >>> ones((2,)).tolist()
    [1.0, 1.0]
    """
    return _equal_numbers("ones", 1, shape, dtype)


def fill(shape: Any, value: Any, dtype: DTypeLike = None) -> Tensor:
    """A tensor filled with one value.

    >>> fill((2,), 7).tolist()
    [7, 7]
    """
    return ops.broadcast_to(ops.constant(value, dtype), _sizes("fill", shape))


def _sizes(name: str, shape: Any) -> tuple[Any, ...]:
    if shape is None or isinstance(shape, (str, dict)):
        raise ArgumentError(f"{name}: a shape such as (2, 3) was expected, got {shape!r}")
    return given_sizes(name, shape)


def _equal_numbers(name: str, number: int, shape: Any, dtype: DTypeLike) -> Tensor:
    """A tensor of one number, which memory holds once."""
    if is_whole(dtype):
        raise ArgumentError(
            f"{name}: the second argument is the dtype, got {dtype}; all sizes are one tuple, "
            f"as in {name}({(*as_tuple(shape), dtype)})"
        )
    sizes = _sizes(name, shape)
    usual = isinstance(dtype, np.dtype) and dtype in (float32, float64)
    if usual and computes_at_once() and all(type(size) is int for size in sizes):
        return Tensor(np.broadcast_to(np.asarray(number, dtype), sizes))  # as of most weights
    return ops.broadcast_to(ops.constant(number, dtype), sizes)


def zeros_like(x: TensorLike, dtype: DTypeLike = None) -> Tensor:
    """Zeros with the shape and dtype of another tensor.

    >>> zeros_like([1.0, 2.0]).tolist()
    [0.0, 0.0]
    """
    like = ops.as_tensor(x)
    return ops.broadcast_to(ops.constant(0, dtype or like.dtype), like.shape)


def ones_like(x: TensorLike, dtype: DTypeLike = None) -> Tensor:
    """Ones with the shape and dtype of another tensor.

    >>> ones_like([1.0, 2.0]).tolist()
    [1.0, 1.0]
    """
    like = ops.as_tensor(x)
    return ops.broadcast_to(ops.constant(1, dtype or like.dtype), like.shape)


def eye(rows: int, columns: int | None = None, dtype: DTypeLike = float32) -> Tensor:
    """Ones on the diagonal, zeros elsewhere.

    >>> eye(2).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    return ops.constant(np.eye(rows, columns), dtype)


def range(start: Any, limit: Any = None, delta: Any = 1, dtype: DTypeLike = None) -> Tensor:
    """Numbers from `start` up to (not including) `limit`; with one argument, from 0 up to it.

    >>> range(1, 7, 2).tolist()
    [1, 3, 5]
    >>> range(-1.0, 1.0, 0.5, dtype="float64").tolist()
    [-1.0, -0.5, 0.0, 0.5]
    """
    if limit is None and isinstance(start, Tensor) and start.is_symbolic:  # range(shape(x)[0])
        return ops.iota((start,), 0, dtype or "int32") * delta
    first, last = (0, start) if limit is None else (start, limit)
    numbers = [getattr(number, "item", lambda number=number: number)() for number in (
        first, last, delta)]  # fmt: skip
    if not all(map(is_number, numbers)):
        raise ArgumentError(f"range: numbers were expected, got {tuple(numbers)}")
    if numbers[2] == 0:
        raise ArgumentError("range: delta must not be 0")
    values = np.arange(*numbers)
    return ops.constant(values, dtype or array_of([*values.tolist(), *numbers]).dtype)


def linspace(start: float, stop: float, num: int = 50, dtype: DTypeLike = float32) -> Tensor:
    """`num` evenly spaced numbers from `start` to `stop`, both included.

    >>> linspace(0.0, 1.0, 3).tolist()
    [0.0, 0.5, 1.0]
    """
    count = whole("linspace: num", num, 0)
    return ops.constant(np.linspace(start, stop, count), dtype)


def one_hot(
    indices: TensorLike,
    depth: int,
    on_value: float = 1.0,
    off_value: float = 0.0,
    axis: int = -1,
    dtype: DTypeLike = float32,
) -> Tensor:
    """One-hot rows along a new axis: `on_value` at the index, `off_value` elsewhere.

    An index outside 0..depth-1 gives `off_value` everywhere.

    >>> one_hot([0, 2], 3).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    wanted = ops.as_tensor(indices)
    if not isinstance(depth, Tensor):
        whole("one_hot: depth", depth, 0)
    if is_float(wanted.dtype):
        raise DTypeError(f"one_hot: indices must be whole numbers, got {wanted.dtype.name}")
    classes = ops.iota((depth,), 0, wanted.dtype)
    hit = ops.equal(expand_dims(wanted, -1), classes)
    plain = on_value == 1 and off_value == 0
    marked = ops.cast(hit, dtype) if plain else ops.cast(ops.where(hit, on_value, off_value), dtype)
    return marked if axis in (-1, wanted.ndim) else move_axis(marked, -1, axis)


def sequence_mask(
    lengths: TensorLike, maxlen: int | None = None, dtype: DTypeLike = "bool"
) -> Tensor:
    """Rows that are true for their first entries, as many as their length.

    >>> sequence_mask([1, 2], 3).tolist()
    [[True, False, False], [True, True, False]]
    """
    counts = ops.as_tensor(lengths)
    width = int(np.max(counts.numpy(), initial=0)) if maxlen is None else maxlen
    inside = ops.less(ops.iota((max(width, 0),), 0, counts.dtype), expand_dims(counts, -1))
    return ops.cast(inside, dtype)
