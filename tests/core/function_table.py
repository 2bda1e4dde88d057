"""What each composed function means in NumPy or SciPy, and arguments to compare on.

The tests of `test_functions.py` walk this table; a public function without a row fails one.
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
    """A function's meaning, calls to compare on, and whether it has a derivative there."""

    meaning: Callable[..., Any]
    calls: tuple[Call, ...]
    slope: bool = True


def call(*inputs: Any, **options: Any) -> Call:
    """The arguments of one call."""
    return inputs, options


def row(meaning: Callable[..., Any], *calls: Call, slope: bool = True) -> Row:
    """A row of the table."""
    return Row(meaning, calls, slope)


X, Y = mixed(2, 3), mixed(2, 3, seed=1) * 0.9 + 0.05
ONE, NONE, CUBE = mixed(1), mixed(0, 3), mixed(2, 3, 4)
POSITIVE = mixed(2, 3, low=0.2)
WHOLE, OTHER = np.array([[7, -7, 2], [0, 5, -1]]), np.array([2, 3, -4])
YES, NO = X > 0, Y > 0
INF, NAN = math.inf, math.nan
ODD = np.array([0.0, -0.0, INF, -INF, NAN, 1.0])


def _each(meaning: Any, x: Array = X, **more: Any) -> Row:
    """A function of one array, entry by entry."""
    return row(meaning, call(x), call(x[0, 0]), call(NONE), call(x[:1]), **more)


def _pair(meaning: Any, y: Array = Y, **more: Any) -> Row:
    """A function of two arrays that broadcast."""
    calls = (call(X, y), call(X, y[0]), call(X[:, :1], y), call(X[0, 0], y), call(NONE, y[0]))
    return row(meaning, *calls, **more)


AXES: tuple[Any, ...] = (None, 0, 1, -1, (0, 2), [0, 1, 2])


def _over(meaning: Any, x: Array = CUBE, empty: bool = True, **more: Any) -> Row:
    """A reduction over axes."""
    calls = [call(x, axis=axis, keepdims=kept) for axis in AXES for kept in (False, True)]
    calls += [call(x[0, 0, 0]), call(ONE if x.dtype != bool else x[0, 0, :1])]
    return row(meaning, *calls, *([call(x[:0], axis=0)] if empty else []), **more)


def _reduced(function: Any) -> Any:
    return lambda x, axis=None, keepdims=False: function(
        x, axis=tuple(axis) if isinstance(axis, list) else axis, keepdims=keepdims
    )


def _one_hot(indices: Any, depth: int, on_value=1.0, off_value=0.0, axis=-1, dtype="float32"):
    hit = np.asarray(indices)[..., None] == np.arange(depth)
    return np.moveaxis(np.where(hit, on_value, off_value), -1, axis).astype(dtype)


def _cumsum(x: Array, axis: int = 0, exclusive: bool = False, reverse: bool = False) -> Array:
    turned = np.flip(x, axis) if reverse else x
    sums = np.cumsum(turned, axis) - (turned if exclusive else 0)
    return np.flip(sums, axis) if reverse else sums


def _scatter(indices: Any, updates: Array, rows: int) -> Array:
    out = np.zeros((rows, *np.shape(updates)[np.ndim(indices) :]))
    np.add.at(out, indices, updates)
    return out


def _norm(x: Array, ord: Any = "euclidean", axis: Any = None, keepdims: bool = False) -> Array:
    if ord == INF or ord == "inf":
        return np.max(np.abs(x), axis=axis, keepdims=keepdims)
    p = 2 if ord in ("euclidean", "fro") else ord
    return np.sum(np.abs(x) ** p, axis=axis, keepdims=keepdims) ** (1 / p)


def _clip_by_norm(x: Array, clip_norm: float, axes: Any = None) -> Array:
    length = np.sqrt(np.sum(x * x, axis=axes, keepdims=True))
    return x * np.minimum(1.0, clip_norm / length)


def _global_norm(tensors: Any) -> Any:
    return math.sqrt(sum(float(np.sum(np.square(part))) for part in tensors))


def _by_global_norm(tensors: Any, clip_norm: float) -> Any:
    length = _global_norm(tensors)
    return [np.asarray(part) * min(1.0, clip_norm / length) for part in tensors], length


def _top_k(x: Array, k: int = 1) -> Any:
    places = np.argsort(-x, axis=-1, kind="stable")[..., :k]
    return np.take_along_axis(x, places, -1), places


def _sort(x: Array, axis: int = -1, direction: str = "ASCENDING") -> Array:
    return np.sort(x, axis) if direction == "ASCENDING" else -np.sort(-x, axis)


def _argsort(x: Array, axis: int = -1, direction: str = "ASCENDING") -> Array:
    return np.argsort(x if direction == "ASCENDING" else -x, axis, kind="stable")


def _split(x: Array, sizes: Any, axis: int = 0) -> Any:
    return np.split(x, sizes if isinstance(sizes, int) else np.cumsum(sizes)[:-1], axis)


def _matmul(a: Array, b: Array, transpose_a: bool = False, transpose_b: bool = False) -> Array:
    return (np.swapaxes(a, -1, -2) if transpose_a else a) @ (
        np.swapaxes(b, -1, -2) if transpose_b else b
    )


def _divide_no_nan(x: Array, y: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.where(y == 0, 0.0, x / y)


def _multiply_no_nan(x: Array, y: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.where(y == 0, 0.0, x * y)


def _pad(x: Array, paddings: Any, constant_values: float = 0) -> Array:
    return np.pad(x, paddings, constant_values=constant_values)


ORDERS = (call(X), call(X, axis=0), call(np.array([2.0, 1.0, 2.0]), direction="DESCENDING"))
MATHS: dict[str, Row] = {
    "abs": _each(np.abs),
    "absolute": _each(np.abs),
    "add": _pair(np.add),
    "add_n": row(sum, call([X, Y, X])),
    "argmax": row(
        lambda x, axis=None, keepdims=False: np.argmax(x, axis, keepdims=keepdims),
        call(CUBE), call(CUBE, axis=1), call(CUBE, axis=-1, keepdims=True), call([3, 3]),
        slope=False,
    ),
    "argmin": row(
        lambda x, axis=None: np.argmin(x, axis),
        call(CUBE), call(CUBE, axis=1), call(WHOLE, axis=0), call([False, True]),
        call(np.array([3, 0], np.uint8)), call([-(2**31), 5]), slope=False,
    ),
    "argsort": row(_argsort, *ORDERS, slope=False),
    "boolean_mask": row(lambda x, mask: x[mask], call(X, YES), call(X, [True, False])),
    "broadcast_shape": row(
        lambda *s: np.broadcast_shapes(*s), call((2, 1), (3,)), call((), (1,)), slope=False
    ),
    "broadcast_to": row(np.broadcast_to, call(X[:, :1], (2, 4)), call(X[0], (5, 2, 3))),
    "cast": row(lambda x, dtype: np.asarray(x).astype(dtype), call(X, "float64")),
    "ceil": row(np.ceil, call(X), call(ODD), slope=False),
    "clip_by_global_norm": row(_by_global_norm, call([X, ONE], 1.5), call([X, ONE], 99.0)),
    "clip_by_norm": row(_clip_by_norm, call(X, 1.5), call(X, 99.0), call(X, 1.0, axes=1)),
    "clip_by_value": row(np.clip, call(X, -1.0, 1.0), call(X, Y - 1.0, Y + 1.0)),
    "concat": row(np.concatenate, call([X, Y], 0), call([X, Y, X], -1), call([X, NONE], 0)),
    "constant": row(lambda v: np.asarray(v), call(X), call(ODD), slope=False),
    "convert_to_tensor": row(lambda v: np.asarray(v), call(X)),
    "cos": _each(np.cos),
    "cosh": _each(np.cosh),
    "cumsum": row(
        _cumsum,
        *[call(X, axis=a, exclusive=e, reverse=r) for a in (0, 1) for e in (0, 1) for r in (0, 1)],
    ),
    "divide": _pair(np.true_divide, POSITIVE),
    "divide_no_nan": row(_divide_no_nan, call(X, POSITIVE), call(X, X * 0.0), call(1.0, ODD)),
    "equal": _pair(np.equal, slope=False),
    "erf": _each(special.erf),
    "erfinv": row(
        special.erfinv,
        call(mixed(9, low=-0.99, high=0.99)), call(np.array([0.0, 1e-9, -0.9])),
    ),
    "exp": _each(np.exp),
    "expand_dims": row(np.expand_dims, call(X, 0), call(X, -1), call(X, 1)),
    "expm1": _each(np.expm1),
    "eye": row(np.eye, call(3), call(2, 3), slope=False),
    "fill": row(np.full, call((2, 3), 7), call((), 0.5), call((0,), 1.0), slope=False),
    "flip": row(np.flip, call(X), call(X, 0), call(CUBE, (0, 2)), call(NONE, 0)),
    "floor": _each(np.floor, slope=False),
    "floor_divide": row(np.floor_divide, call(WHOLE, OTHER), call(X, 0.7), slope=False),
    "gather": row(
        lambda p, i, axis=0: np.take(p, i, axis),
        call(X, [1, 0, 1]), call(X, [[0, 2]], axis=1), call(CUBE, 2, axis=-1), call(CUBE, [1], 1),
    ),
    "global_norm": row(_global_norm, call([X, ONE])),
    "greater": _pair(np.greater, slope=False),
    "greater_equal": _pair(np.greater_equal, slope=False),
    "identity": _each(lambda x: x),
    "is_finite": row(np.isfinite, call(ODD), slope=False),
    "is_inf": row(np.isinf, call(ODD), slope=False),
    "is_nan": row(np.isnan, call(ODD), slope=False),
    "less": _pair(np.less, slope=False),
    "less_equal": _pair(np.less_equal, slope=False),
    "linspace": row(
        np.linspace, call(0.0, 1.0, 5, dtype="float64"), call(2.0, -2.0, 1), slope=False
    ),
    "log": _each(np.log, POSITIVE),
    "log1p": _each(np.log1p, POSITIVE),
    "log_sigmoid": _each(special.log_expit),
    "logical_and": row(np.logical_and, call(YES, NO), call(YES, True), slope=False),
    "logical_not": row(np.logical_not, call(YES), slope=False),
    "logical_or": row(np.logical_or, call(YES, NO), call(YES, False), slope=False),
    "matmul": row(
        _matmul,
        call(X, Y, transpose_b=True), call(X, Y, transpose_a=True), call(X, Y[0]),
        call(X[:, 0], Y), call(X[0], Y[0]), call(CUBE, mixed(4, 2)),
        call(CUBE, CUBE, transpose_b=True),
    ),
    "maximum": _pair(np.maximum),
    "minimum": _pair(np.minimum),
    "mod": row(np.mod, call(WHOLE, OTHER), call(X, 0.7), slope=False),
    "move_axis": row(np.moveaxis, call(CUBE, 0, 2), call(CUBE, -1, 0), call(CUBE, 1, 1)),
    "multiply": _pair(np.multiply),
    "multiply_no_nan": row(_multiply_no_nan, call(X, Y), call(ODD, 0.0), call(1.0, ODD)),
    "negative": _each(np.negative),
    "norm": row(
        _norm,
        call(X), call(X, 1), call(X, "inf", axis=1), call(X, 3, axis=0, keepdims=True),
        call(X, 2.5), call(CUBE, axis=(0, 2)), call(X, "fro"),
    ),
    "not_equal": _pair(np.not_equal, slope=False),
    "one_hot": row(
        _one_hot,
        call([0, 2, 1], 3), call([[1], [3]], 3, dtype="int32"), call(WHOLE, 4, 5.0, -1.0, axis=0),
        slope=False,
    ),
    "ones": row(np.ones, call((2, 3)), call(()), slope=False),
    "ones_like": row(np.ones_like, call(X), call(WHOLE), slope=False),
    "pad": row(
        _pad, call(X, [(1, 0), (2, 3)]), call(X, [(0, 0), (0, 1)], constant_values=2.5),
        call(X, [(0, 0), (0, 0)]),
    ),
    "pow": row(np.power, call(POSITIVE, Y), call(X, 2), call(X, 3), call(POSITIVE, 0.5)),
    "power": row(
        np.power, call(POSITIVE, Y), call(X, 1), call(X, -1), call(X, 4), call(X, 0),
        call(2.0, X),
    ),
    "range": row(
        np.arange, call(5), call(1, 7, 2), call(3, -3, -2), call(0.0, 1.0, 0.25), call(0),
        slope=False,
    ),
    "rank": row(np.ndim, call(CUBE), call(1.0), slope=False),
    "reciprocal": _each(np.reciprocal, POSITIVE),
    "reduce_all": _over(_reduced(np.all), CUBE > -2.2, empty=False, slope=False),
    "reduce_any": _over(_reduced(np.any), CUBE > 2.2, empty=False, slope=False),
    "reduce_logsumexp": _over(_reduced(special.logsumexp), empty=False),
    "reduce_max": _over(_reduced(np.max), empty=False),
    "reduce_mean": _over(_reduced(np.mean), empty=False),
    "reduce_min": _over(_reduced(np.min), empty=False),
    "reduce_prod": _over(_reduced(np.prod)),
    "reduce_std": row(
        _reduced(np.std), *[call(CUBE, axis=axis) for axis in AXES], call(X, 0, keepdims=True)
    ),
    "reduce_sum": _over(_reduced(np.sum)),
    "reduce_variance": _over(_reduced(np.var), empty=False),
    "remainder": row(np.mod, call(WHOLE, OTHER), call(X, -0.7), slope=False),
    "repeat": row(np.repeat, call(X, 2), call(X, 3, axis=1), call(X, 1, axis=0)),
    "reshape": row(np.reshape, call(X, (3, 2)), call(X, (-1,)), call(CUBE, (4, -1))),
    "round": row(np.round, call(X), call([0.5, 1.5, -0.5, 2.5]), slope=False),
    "rsqrt": _each(lambda x: 1 / np.sqrt(x), POSITIVE),
    "scatter_add": row(
        _scatter, call(np.array([1, 1]), X, 3), call(np.array([[0], [2]]), X[:, :1], 3)
    ),
    "shape": row(np.shape, call(CUBE), call(1.0), slope=False),
    "sigmoid": _each(special.expit),
    "sign": _each(np.sign, slope=False),
    "sin": _each(np.sin),
    "sinh": row(np.sinh, call(X), call(np.array([1e-9, -1e-5]))),
    "size": row(np.size, call(CUBE), call(1.0), slope=False),
    "softmax": row(special.softmax, call(X, axis=-1), call(CUBE, axis=1), call(ONE, axis=0)),
    "softplus": _each(lambda x: np.logaddexp(0, x)),
    "sort": row(_sort, *ORDERS, slope=False),
    "split": row(_split, call(X, 2), call(X, [1, 2], axis=1), call(CUBE, [0, 4], axis=-1)),
    "sqrt": _each(np.sqrt, POSITIVE),
    "square": _each(np.square),
    "squared_difference": _pair(lambda x, y: (x - y) ** 2),
    "squeeze": row(np.squeeze, call(X[None, :, None]), call(X[None, :, None], 0), call(ONE)),
    "stack": row(np.stack, call([X, Y]), call([X, Y], 1), call([X, Y], -1)),
    "subtract": _pair(np.subtract),
    "tan": _each(np.tan, POSITIVE * 0.4),
    "tanh": _each(np.tanh),
    "tensordot": row(
        np.tensordot,
        call(CUBE, CUBE, 3), call(CUBE, mixed(4, 2), 1), call(X, X, ([0], [0])), call(X, Y, 0),
        call(CUBE, mixed(2, 4, 5), ([2, 0], [1, 0])), call(X, Y, (1, 1)),
    ),
    "tile": row(np.tile, call(X, [2, 1]), call(X, [1, 3]), call(ONE, [4])),
    "top_k": row(_top_k, call(X, 2), call(np.array([1.0, 3.0, 3.0])), slope=False),
    "transpose": row(np.transpose, call(X), call(CUBE, (1, 2, 0)), call(CUBE, (0, -1, 1))),
    "unstack": row(
        lambda x, axis=0: [np.take(x, i, axis) for i in range(x.shape[axis])],
        call(X), call(CUBE, axis=1), call(CUBE, axis=-1),
    ),
    "where": row(np.where, call(YES, X, Y), call(YES, 1.0, Y), call(YES[0], X, Y[:, :1])),
    "xlogy": row(special.xlogy, call(X, POSITIVE), call(np.zeros(2), np.array([0.0, 2.0]))),
    "zeros": row(np.zeros, call((2, 3)), call((0,)), slope=False),
    "zeros_like": row(np.zeros_like, call(X), call(WHOLE), slope=False),
}  # fmt: skip


# ---------------------------------------------------------------- the functions of a unit

SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772
LABELS = special.softmax(Y, axis=-1)
XS = np.concatenate([X.reshape(-1), [-7.3, 8.1, -0.9, 0.97]])


def _elu(x: Array, alpha: float = 1.0) -> Array:
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def _relu(x: Array, negative_slope: float = 0.0, max_value: float | None = None) -> Array:
    return np.minimum(
        np.where(x > 0, x, negative_slope * x), INF if max_value is None else max_value
    )


def _gelu(x: Array, approximate: bool = False) -> Array:
    if approximate:
        return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return x * special.ndtr(x)


def _normalized(x: Array, axis: Any = None, epsilon: float = 1e-12) -> Array:
    return x / np.sqrt(np.maximum(np.sum(x * x, axis=axis, keepdims=True), epsilon))


def _crossentropy(labels: Array, logits: Array) -> Array:
    return -np.sum(labels * special.log_softmax(logits, axis=-1), axis=-1)


def _log_softmax(x: Array, axis: int = -1) -> Array:
    return special.log_softmax(x, axis=axis)


UNITS: dict[str, Row] = {
    "linear": row(lambda x: x, call(XS)),
    "sigmoid": row(special.expit, call(XS)),
    "relu": row(_relu, call(XS), call(XS, 0.1), call(XS, max_value=1.1), call(WHOLE)),
    "relu6": row(lambda x: np.clip(x, 0, 6), call(XS)),
    "leaky_relu": row(lambda x, a=0.2: np.where(x > 0, x, a * x), call(XS), call(XS, 0.01)),
    "elu": row(_elu, call(XS), call(XS, 0.7)),
    "selu": row(lambda x: SCALE * _elu(x, ALPHA), call(XS)),
    "celu": row(lambda x, a=1.0: _elu(x / a) * a, call(XS), call(XS, 2.0)),
    "gelu": row(_gelu, call(XS), call(XS, approximate=True)),
    "silu": row(lambda x: x * special.expit(x), call(XS)),
    "swish": row(lambda x: x * special.expit(x), call(XS)),
    "softplus": row(lambda x: np.logaddexp(0, x), call(XS)),
    "log_sigmoid": row(special.log_expit, call(XS)),
    "softsign": row(lambda x: x / (1 + np.abs(x)), call(XS)),
    "hard_sigmoid": row(lambda x: np.clip(x / 6 + 0.5, 0, 1), call(XS)),
    "hard_silu": row(lambda x: x * np.clip(x / 6 + 0.5, 0, 1), call(XS)),
    "mish": row(lambda x: x * np.tanh(np.logaddexp(0, x)), call(XS)),
    "tanh_shrink": row(lambda x: x - np.tanh(x), call(XS)),
    "softmax": row(
        lambda x, axis=-1: special.softmax(x, axis=axis), call(X), call(CUBE, axis=0), call(ONE)
    ),
    "log_softmax": row(_log_softmax, call(X), call(CUBE, axis=1), call(ONE)),
    "l2_normalize": row(_normalized, call(X), call(X, 1), call(CUBE, (0, 2))),
    "moments": row(
        lambda x, axes, keepdims=False: (
            np.mean(x, axis=axes, keepdims=keepdims), np.var(x, axis=axes, keepdims=keepdims)),
        call(X, 0), call(CUBE, (0, 2), keepdims=True),
    ),
    "dropout": row(lambda x, rate: x, call(X, 0.0)),
    "sigmoid_cross_entropy_with_logits": row(
        lambda z, x: np.logaddexp(0, x) - x * z, call(LABELS, X), call(LABELS, X * 3.0)
    ),
    "softmax_cross_entropy_with_logits": row(_crossentropy, call(LABELS, X)),
    "sparse_softmax_cross_entropy_with_logits": row(
        lambda labels, x: _crossentropy(np.eye(3)[labels], x), call([2, 0], X)
    ),
}  # fmt: skip
