"""Definitions of composed functions in NumPy or SciPy, where those have no such function.

The tables of `function_table.py` are written in these, with the arguments that stand here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from tests.core.primitive_table import mixed

Array = np.ndarray
Call = tuple[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """A function's meaning, calls to compare on, whether it has a derivative there, and whether
    it works element by element, so that it can be compared on any numbers."""

    meaning: Callable[..., Any]
    calls: tuple[Call, ...]
    slope: bool = True
    entrywise: bool = False


def call(*inputs: Any, **options: Any) -> Call:
    """The arguments of one call."""
    return inputs, options


def row(meaning: Callable[..., Any], *calls: Call, slope: bool = True, **more: Any) -> Row:
    """A row of the table."""
    return Row(meaning, calls, slope, **more)


X, Y = mixed(2, 3), mixed(2, 3, seed=1) * 0.9 + 0.05
ONE, NONE, CUBE = mixed(1), mixed(0, 3), mixed(2, 3, 4)
POSITIVE = mixed(2, 3, low=0.2)
WHOLE, OTHER = np.array([[7, -7, 2], [0, 5, -1]]), np.array([2, 3, -4])
YES, NO = X > 0, Y > 0
INF, NAN = math.inf, math.nan
ODD = np.array([0.0, -0.0, INF, -INF, NAN, 1.0])


def each(meaning: Any, x: Array = X, **more: Any) -> Row:
    """A function of one array, element by element."""
    return row(meaning, call(x), call(x[0, 0]), call(NONE), call(x[:1]), entrywise=True, **more)


def pair(meaning: Any, y: Array = Y, **more: Any) -> Row:
    """A function of two arrays that broadcast."""
    calls = (call(X, y), call(X, y[0]), call(X[:, :1], y), call(X[0, 0], y), call(NONE, y[0]))
    return row(meaning, *calls, entrywise=True, **more)


AXES: tuple[Any, ...] = (None, 0, 1, -1, (0, 2), [0, 1, 2])


def over(meaning: Any, x: Array = CUBE, empty: bool = True, **more: Any) -> Row:
    """A reduction over axes."""
    calls = [call(x, axis=axis, keepdims=keep) for axis in AXES for keep in (False, True)]
    calls += [call(x[0, 0, 0]), call(ONE if x.dtype != bool else x[0, 0, :1])]
    return row(meaning, *calls, *([call(x[:0], axis=0)] if empty else []), **more)


def reduced(function: Any) -> Any:
    return lambda x, axis=None, keepdims=False: function(
        x, axis=tuple(axis) if isinstance(axis, list) else axis, keepdims=keepdims
    )


def one_hot_of(indices: Any, depth: int, on_value=1.0, off_value=0.0, axis=-1, dtype="float32"):
    hit = np.asarray(indices)[..., None] == np.arange(depth)
    return np.moveaxis(np.where(hit, on_value, off_value), -1, axis).astype(dtype)


def cumsum_of(x: Array, axis: int = 0, exclusive: bool = False, reverse: bool = False) -> Array:
    turned = np.flip(x, axis) if reverse else x
    sums = np.cumsum(turned, axis) - (turned if exclusive else 0)
    return np.flip(sums, axis) if reverse else sums


def scatter_of(indices: Any, updates: Array, rows: int) -> Array:
    out = np.zeros((rows, *np.shape(updates)[np.ndim(indices) :]))
    np.add.at(out, indices, updates)
    return out


def norm_of(x: Array, ord: Any = "euclidean", axis: Any = None, keepdims: bool = False) -> Array:
    if ord == INF or ord == "inf":
        return np.max(np.abs(x), axis=axis, keepdims=keepdims)
    p = 2 if ord in ("euclidean", "fro") else ord
    return np.sum(np.abs(x) ** p, axis=axis, keepdims=keepdims) ** (1 / p)


def clip_by_norm_of(x: Array, clip_norm: float, axes: Any = None) -> Array:
    length = np.sqrt(np.sum(x * x, axis=axes, keepdims=True))
    return x * np.minimum(1.0, clip_norm / length)


def global_norm_of(tensors: Any) -> Any:
    return math.sqrt(sum(float(np.sum(np.square(part))) for part in tensors))


def by_global_norm(tensors: Any, clip_norm: float) -> Any:
    length = global_norm_of(tensors)
    return [np.asarray(part) * min(1.0, clip_norm / length) for part in tensors], length


def top_k_of(x: Array, k: int = 1) -> Any:
    places = np.argsort(-x, axis=-1, kind="stable")[..., :k]
    return np.take_along_axis(x, places, -1), places


def sort_of(x: Array, axis: int = -1, direction: str = "ASCENDING") -> Array:
    return np.sort(x, axis) if direction == "ASCENDING" else -np.sort(-x, axis)


def argsort_of(x: Array, axis: int = -1, direction: str = "ASCENDING") -> Array:
    return np.argsort(x if direction == "ASCENDING" else -x, axis, kind="stable")


def split_of(x: Array, sizes: Any, axis: int = 0) -> Any:
    return np.split(x, sizes if isinstance(sizes, int) else np.cumsum(sizes)[:-1], axis)


def matmul_of(a: Array, b: Array, transpose_a: bool = False, transpose_b: bool = False) -> Array:
    return (np.swapaxes(a, -1, -2) if transpose_a else a) @ (
        np.swapaxes(b, -1, -2) if transpose_b else b
    )


def lgamma_of(x: Array) -> Array:
    """SciPy's, with C's infinity at minus infinity."""
    return np.where(np.isneginf(x), np.inf, special.gammaln(x))


def divide_no_nan_of(x: Array, y: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.where(y == 0, 0.0, x / y)


def multiply_no_nan_of(x: Array, y: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.where(y == 0, 0.0, x * y)


def pad_of(x: Array, paddings: Any, mode: str = "CONSTANT", constant_values: float = 0) -> Array:
    more = {"constant_values": constant_values} if mode == "CONSTANT" else {}
    return np.pad(x, paddings, mode.lower(), **more)


def gather_of(params: Array, indices: Any, axis: Any = None, batch_dims: int = 0) -> Array:
    if not batch_dims:
        return np.take(params, indices, axis or 0)
    pairs = zip(params, np.asarray(indices), strict=True)
    inner = None if axis is None else axis - 1 if axis > 0 else axis
    return np.stack([gather_of(p, i, inner, batch_dims - 1) for p, i in pairs])


def cumprod_of(x: Array, axis: int = 0, exclusive: bool = False, reverse: bool = False) -> Array:
    turned = np.flip(x, axis) if reverse else x
    first = np.ones_like(np.take(turned, [0], axis))
    rest = np.delete(turned, -1, axis)
    products = np.cumprod(np.concatenate([first, rest], axis) if exclusive else turned, axis)
    return np.flip(products, axis) if reverse else products


def scatter_nd_of(indices: Any, updates: Any, shape: Any) -> Array:
    out = np.zeros(shape, np.asarray(updates).dtype)
    np.add.at(out, tuple(np.moveaxis(np.asarray(indices), -1, 0)), updates)
    return out


def put(tensor: Array, indices: Any, updates: Any) -> Array:
    out = np.array(tensor)
    out[tuple(np.moveaxis(np.asarray(indices), -1, 0))] = updates
    return out


def by_segment(function: Any) -> Any:
    def meaning(data: Any, ids: Any, count: int | None = None) -> Array:
        rows, numbers = np.asarray(data), np.asarray(ids)
        found = [rows[numbers == n] for n in range(count or numbers.max() + 1)]
        return np.stack([function(part, axis=0) if len(part) else part.sum(0) for part in found])

    return meaning


def unique_of(x: Any) -> Any:
    values = list(dict.fromkeys(np.asarray(x).tolist()))
    places = [values.index(v) for v in np.asarray(x).tolist()]
    counts = [places.count(n) for n in np.unique(places)]
    return np.array(values, np.asarray(x).dtype), np.array(places), np.array(counts)


def band(x: Array, lower: int, upper: int) -> Array:
    low = np.tril(x, upper) if upper >= 0 else x
    return np.triu(low, -lower) if lower >= 0 else low


SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772
LABELS = special.softmax(Y, axis=-1)
XS = np.concatenate([X.reshape(-1), [-7.3, 8.1, -0.9, 0.97]])


def elu_of(x: Array, alpha: float = 1.0) -> Array:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def relu_of(x: Array, negative_slope: float = 0.0, max_value: float | None = None) -> Array:
    return np.minimum(
        np.where(x > 0, x, negative_slope * x), INF if max_value is None else max_value
    )


def gelu_of(x: Array, approximate: bool = False) -> Array:
    if approximate:
        return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return x * special.ndtr(x)


def normalized(x: Array, axis: Any = None, epsilon: float = 1e-12) -> Array:
    return x / np.sqrt(np.maximum(np.sum(x * x, axis=axis, keepdims=True), epsilon))


def weighted_of(z: Array, x: Array, q: Any) -> Array:
    return -q * z * special.log_expit(x) - (1 - z) * special.log_expit(-x)


def poisson_of(z: Array, x: Array, full: bool = False) -> Array:
    stirling = z * np.log(np.maximum(z, 1)) - z + 0.5 * np.log(2 * np.pi * np.maximum(z, 1))
    return np.exp(x) - z * x + (np.where(z > 1, stirling, 0) if full else 0)


def batch_normalization_of(x, mean, variance, offset, scale, epsilon):
    out = (x - mean) / np.sqrt(variance + epsilon)
    return out * (1.0 if scale is None else scale) + (0.0 if offset is None else offset)


def weighted_moments_of(
    x: Array, axes: int | tuple[int, ...], weights: Array, keepdims: bool = False
) -> tuple[Array, Array]:
    total = np.sum(weights, axis=axes, keepdims=True)
    mean = np.sum(x * weights, axis=axes, keepdims=True) / total
    variance = np.sum((x - mean) ** 2 * weights, axis=axes, keepdims=True) / total
    if keepdims:
        return mean, variance
    return np.squeeze(mean, axes), np.squeeze(variance, axes)


def crossentropy(labels: Array, logits: Array) -> Array:
    return -np.sum(labels * special.log_softmax(logits, axis=-1), axis=-1)


def log_softmax_of(x: Array, axis: int = -1) -> Array:
    return special.log_softmax(x, axis=axis)
