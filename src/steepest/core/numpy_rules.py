"""The definition of each primitive in NumPy, with which every engine must agree.

Each rule takes arrays and the primitive's parameters (shapes with the batch filled in).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from steepest.core.dtype import DType, bfloat16
from steepest.core.erf import erf
from steepest.core.primitives import show
from steepest.core.random_bits import random_bits
from steepest.errors import DataError, TraceError

Array = np.ndarray
Ranges = tuple[tuple[int, int, int], ...]
RULES: dict[str, Callable[..., Any]] = {
    "negative": np.negative, "abs": np.abs, "sign": np.sign, "exp": np.exp, "expm1": np.expm1,
    "log": np.log, "log1p": np.log1p, "tanh": np.tanh, "erf": erf, "sqrt": np.sqrt,
    "sin": np.sin, "cos": np.cos, "floor": np.floor, "round": np.round,
    "logical_not": np.logical_not, "add": np.add, "subtract": np.subtract,
    "multiply": np.multiply, "divide": np.divide, "floor_divide": np.floor_divide,
    "power": np.power, "maximum": np.maximum, "minimum": np.minimum, "equal": np.equal,
    "less": np.less, "less_equal": np.less_equal, "logical_and": np.logical_and,
    "logical_or": np.logical_or, "select": np.where, "matmul": np.matmul,
}  # fmt: skip


def _rule(function: Callable[..., Any]) -> Callable[..., Any]:
    RULES[function.__name__.strip("_")] = function
    return function


@_rule
def _logistic(x: Array) -> Array:
    """1 / (1 + exp(-x)), by exp(-|x|), which cannot overflow."""
    small = np.exp(-np.abs(x))
    return np.where(x < 0, small, x.dtype.type(1)) / (1 + small)


@_rule
def _rsqrt(x: Array) -> Array:
    return 1 / np.sqrt(x)


@_rule
def _sum(x: Array, axes: tuple[int, ...]) -> Array:
    return np.asarray(np.sum(x, axis=axes, keepdims=True, dtype=x.dtype))


@_rule
def _max(x: Array, axes: tuple[int, ...]) -> Array:
    return np.asarray(np.max(x, axis=axes, keepdims=True))


@_rule
def _min(x: Array, axes: tuple[int, ...]) -> Array:
    return np.asarray(np.min(x, axis=axes, keepdims=True))


@_rule
def _argmax(x: Array, axis: int) -> Array:
    return np.expand_dims(np.argmax(x, axis=axis), axis).astype(np.int64)


@_rule
def _cumsum(x: Array, axes: tuple[int, ...]) -> Array:
    return np.cumsum(x, axis=axes[0], dtype=x.dtype)


@_rule
def _reshape(x: Array, to: tuple[int, ...]) -> Array:
    return np.reshape(x, to)


@_rule
def _transpose(x: Array, order: tuple[int, ...]) -> Array:
    return np.transpose(x, order)


@_rule
def _broadcast_to(x: Array, to: tuple[int, ...]) -> Array:
    return np.broadcast_to(x, to)


def _slices(ranges: Ranges) -> tuple[slice, ...]:
    return tuple(_slice_along(*entry) for entry in ranges)


def _slice_along(start: int, count: int, step: int) -> slice:
    stop = start + count * step
    return slice(start, None if stop < 0 else stop, step) if count else slice(0, 0)


@_rule
def _slice(x: Array, ranges: Ranges) -> Array:
    return np.array(x[_slices(ranges)])


@_rule
def _place(x: Array, ranges: Ranges, to: tuple[int, ...]) -> Array:
    out = np.zeros(to, x.dtype)
    out[_slices(ranges)] = x
    return out


@_rule
def _concat(*arrays: Array, axis: int) -> Array:
    return np.concatenate(arrays, axis)


def check_indices(indices: Array, rows: int) -> None:
    """Raises if an index is out of range, saying which one and where it is."""
    wrong = (indices < 0) | (indices >= rows)
    if wrong.any():
        where = tuple(int(index) for index in np.argwhere(wrong)[0])
        raise DataError(
            f"gather: index {indices[where]} at {show(where)} is outside 0..{rows - 1}, "
            f"the {rows} rows of the table"
        )


@_rule
def _gather(table: Array, indices: Array) -> Array:
    check_indices(indices, len(table))
    return table[indices]


@_rule
def _scatter_add(indices: Array, updates: Array, rows: int) -> Array:
    check_indices(indices, rows)
    out = np.zeros((rows, *updates.shape[indices.ndim :]), updates.dtype)
    np.add.at(out, indices, updates)
    return out


@_rule
def _cast(x: Array, dtype: DType) -> Array:
    if x.dtype == bfloat16:
        x = widened(x)
    if dtype == bfloat16:
        return narrowed(x.astype(np.float32))
    return x.astype(dtype)


def widened(x: Array) -> Array:
    """bfloat16 as float32, exactly.

    >>> widened(narrowed(np.float32([1.5])))
    array([1.5], dtype=float32)
    """
    return (x["bfloat16"].astype(np.uint32) << 16).view(np.float32)


def narrowed(x: Array) -> Array:
    """float32 as bfloat16, to the nearest, halves to even; NaN stays NaN.

    >>> narrowed(np.float32([1.0]))["bfloat16"].tolist()
    [16256]
    """
    bits = np.ascontiguousarray(x).view(np.uint32)
    rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16
    upper = np.where(np.isnan(x), (bits >> 16) | 0x40, rounded).astype(np.uint16)
    return upper.view(bfloat16).reshape(x.shape)


@_rule
def _iota(shape: tuple[int, ...], axis: int, dtype: DType) -> Array:
    along = np.arange(shape[axis], dtype=dtype)
    spread = [size if other == axis else 1 for other, size in enumerate(shape)]
    return np.ascontiguousarray(np.broadcast_to(along.reshape(spread), shape))


@_rule
def _batch_size(of: int | None) -> np.int64:
    """Once known, the batch's size is in the parameters, as it is in shapes."""
    if of is None:
        raise TraceError("the size of the batch is known only inside a recorded program")
    return np.int64(of)


@_rule
def _random_bits(seed: Array, shape: tuple[int, ...], width: int, lane: int) -> Array:
    return random_bits(seed, shape, width, lane)


def evaluate(name: str, inputs: list[Array], params: dict[str, Any]) -> Array:
    """The value of one primitive; overflow and invalid operations give inf and NaN, silently.

    >>> evaluate("log", [np.float32([0.0])], {})
    array([-inf], dtype=float32)
    """
    with np.errstate(all="ignore"):
        return np.asarray(RULES[name](*inputs, **params))
