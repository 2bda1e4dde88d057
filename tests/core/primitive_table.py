"""One row for each primitive: its definition in NumPy or SciPy, and inputs to compare on.

The tests of `test_primitives.py` walk this table; a primitive without a row fails one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from steepest.core.dtype import bool_, float32, float64, int32, int64, uint8

Array = np.ndarray
FLOATS = (float32, float64)
NUMBERS = (*FLOATS, int32, int64)
ALL = (*NUMBERS, uint8, bool_)
EDGES = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e-30, -1e30, 0.5, 2.5, -2.5])


@dataclass(frozen=True)
class Row:
    """A primitive's meaning by another library's functions, with inputs to compare on.

    `inputs` holds argument tuples of ordinary values, where derivatives are checked too; arrays
    of floats are tried in all of `dtypes`, other arrays stay as they are.
    `slope` says how the derivative is: "smooth", "flat" (None) or "none" (no float goes in).
    """

    meaning: Callable[..., Any]
    inputs: tuple[tuple[Array, ...], ...]
    params: tuple[dict[str, Any], ...] = ({},)
    dtypes: tuple[Any, ...] = FLOATS
    slope: str = "smooth"
    elementwise: bool = False


def at(*values: float) -> Array:
    """An array of float64."""
    return np.array(values, np.float64)


def mixed(*shape: int, seed: int = 0, low: float = -2.5, high: float = 2.5) -> Array:
    """Different numbers in an interval, none near 0 nor near each other."""
    count = int(np.prod(shape))
    spread = np.linspace(low, high, count + 2)[1:-1] + 0.0137
    return np.random.default_rng(seed).permutation(spread).reshape(shape)


SHAPES = ((7,), (2, 3), (1,), (0,), (), (2, 0, 3))
PAIRS = (
    ((2, 3), (2, 3)), ((2, 3), (3,)), ((3,), (2, 3)), ((2, 1), (1, 3)), ((), (2, 3)),
    ((2, 3), ()), ((1, 1), (1,)), ((0,), (1,)), ((2, 0, 3), (3,)), ((2, 1, 2), (3, 1)),
)  # fmt: skip


def _one(meaning: Any, low: float = -2.5, high: float = 2.5, **more: Any) -> Row:
    inputs = tuple((mixed(*shape, low=low, high=high),) for shape in SHAPES)
    return Row(meaning, inputs, elementwise=True, **more)


def _two(meaning: Any, low: float = -2.5, high: float = 2.5, **more: Any) -> Row:
    inputs = tuple(
        (mixed(*left, low=low, high=high), mixed(*right, seed=1, low=low, high=high) * 0.7 + 0.003)
        for left, right in PAIRS
    )
    return Row(meaning, inputs, elementwise=True, **more)


def _truth(count: int, meaning: Any) -> Row:
    pairs = PAIRS if count == 2 else tuple((shape,) for shape in SHAPES)
    inputs = tuple(
        tuple(mixed(*shape, seed=seed) > 0 for seed, shape in enumerate(shapes)) for shapes in pairs
    )
    return Row(meaning, inputs, dtypes=(bool_,), slope="none")


def _select_inputs() -> tuple[tuple[Array, ...], ...]:
    shapes = [((2, 3), (2, 3), (2, 3)), ((2, 1), (3,), ()), ((), (2, 3), (1, 3)), ((3,), (), ())]
    return tuple((mixed(*c) > 0, mixed(*a, seed=1), mixed(*b, seed=2)) for c, a, b in shapes)


def _logistic(x: Array) -> Array:
    return special.expit(x)


def _argmax(x: Array, axis: int) -> Array:
    return np.expand_dims(np.argmax(x, axis), axis)


def _reduced(function: Any) -> Any:
    return lambda x, axes: function(x, axis=axes, keepdims=True)


def _slice(x: Array, ranges: Any) -> Array:
    for axis, (start, count, step) in enumerate(ranges):
        x = np.take(x, start + step * np.arange(count), axis)
    return x


def _place(x: Array, ranges: Any, to: Any) -> Array:
    out = np.zeros(to, x.dtype)
    for index in np.ndindex(x.shape):
        there = tuple(start + step * i for i, (start, _, step) in zip(index, ranges, strict=True))
        out[there] = x[index]
    return out


def _scatter_add(indices: Array, updates: Array, rows: int) -> Array:
    out = np.zeros((rows, *updates.shape[indices.ndim :]), updates.dtype)
    for place in np.ndindex(indices.shape):
        out[indices[place]] += updates[place]
    return out


def _iota(shape: Any, axis: int, dtype: Any) -> Array:
    return np.indices(shape)[axis].astype(dtype)


def philox_words(counter: list[int], key: list[int]) -> list[int]:
    """Philox 4x32-10 in Python's integers, from the paper."""
    for turn in range(10):
        first, second = counter[0] * 0xD2511F53, counter[2] * 0xCD9E8D57
        low = (key[0] + turn * 0x9E3779B9) % 2**32
        high = (key[1] + turn * 0xBB67AE85) % 2**32
        counter = [
            (second >> 32) ^ counter[1] ^ low,
            second % 2**32,
            (first >> 32) ^ counter[3] ^ high,
            first % 2**32,
        ]
    return counter


def _random_bits(seed: Array, shape: Any, width: int, lane: int) -> Array:
    """Word c % 4 of the counter (c // 4, row, step, stream + lane) under the seed as key."""
    start, stream, step = (int(number) for number in seed)
    key = [start % 2**32, (start >> 32) % 2**32]
    rows, columns = (
        (shape[0], int(np.prod(shape[1:]))) if len(shape) > 1 else (1, int(np.prod(shape)))
    )
    made = [
        philox_words([c // 4, r, step % 2**32, stream + (lane << 30)], list(key))[c % 4]
        for r in range(rows)
        for c in range(columns)
    ]
    return (np.array(made, np.int64) >> (32 - width)).astype(np.int32).reshape(shape)


A, B, C = mixed(2, 3, 4), mixed(2, 3), mixed(4)
ROWS: dict[str, Row] = {
    "exp": _one(np.exp),
    "expm1": _one(np.expm1),
    "log": _one(np.log, low=0.1),
    "log1p": _one(np.log1p, low=-0.8),
    "tanh": _one(np.tanh),
    "logistic": _one(_logistic),
    "erf": _one(special.erf),
    "sqrt": _one(np.sqrt, low=0.1),
    "rsqrt": _one(lambda x: 1 / np.sqrt(x), low=0.1),
    "sin": _one(np.sin),
    "cos": _one(np.cos),
    "floor": _one(np.floor, slope="flat"),
    "round": _one(np.rint, slope="flat"),
    "negative": _one(lambda x: 0 - x, dtypes=NUMBERS),
    "abs": _one(np.fabs),
    "sign": _one(np.sign, dtypes=NUMBERS, slope="flat"),
    "logical_not": _truth(1, np.logical_not),
    "logical_and": _truth(2, np.logical_and),
    "logical_or": _truth(2, np.logical_or),
    "add": _two(np.add, dtypes=NUMBERS),
    "subtract": _two(np.subtract, dtypes=NUMBERS),
    "multiply": _two(np.multiply, dtypes=NUMBERS),
    "divide": _two(np.true_divide, low=0.3),
    "floor_divide": _two(np.floor_divide, slope="flat"),
    "power": _two(np.power, low=0.2),
    "maximum": _two(np.maximum, dtypes=NUMBERS),
    "minimum": _two(np.minimum, dtypes=NUMBERS),
    "equal": _two(np.equal, dtypes=ALL, slope="flat"),
    "less": _two(np.less, dtypes=ALL, slope="flat"),
    "less_equal": _two(np.less_equal, dtypes=ALL, slope="flat"),
    "select": Row(np.where, _select_inputs(), dtypes=ALL),
    "cast": Row(
        lambda x, dtype: x.astype(dtype),
        ((mixed(2, 3),), (mixed(0),), (mixed(1),)),
        tuple({"dtype": dtype} for dtype in (float64, float32)),
        dtypes=ALL,
    ),
    "sum": Row(
        _reduced(np.sum),
        ((A,), (mixed(1, 1, 1),), (mixed(2, 0, 3),)),
        tuple({"axes": axes} for axes in ((), (0,), (1,), (2,), (0, 2), (1, 2), (0, 1, 2))),
        NUMBERS,
    ),
    "max": Row(
        _reduced(np.max),
        ((A,), (mixed(1, 1, 1),)),
        tuple({"axes": axes} for axes in ((), (0,), (1,), (2,), (0, 2), (0, 1, 2))),
        ALL,
    ),
    "min": Row(
        _reduced(np.min),
        ((A,), (mixed(1, 1, 1),)),
        tuple({"axes": axes} for axes in ((), (0,), (1,), (2,), (0, 2), (0, 1, 2))),
        ALL,
    ),
    "argmax": Row(
        _argmax, ((A,), (mixed(1, 1, 1),)), tuple({"axis": a} for a in (0, 1, 2)), ALL, "flat"
    ),
    "cumsum": Row(
        lambda x, axes: np.cumsum(x, axes[0]),
        ((A,), (mixed(1, 1, 1),), (mixed(0, 2, 1),)),
        tuple({"axes": (axis,)} for axis in (0, 1, 2)),
        NUMBERS,
    ),
    "matmul": Row(
        np.matmul,
        tuple(
            (mixed(*left), mixed(*right, seed=1))
            for left, right in (
                ((2, 3), (3, 4)), ((1, 1), (1, 1)), ((1, 3), (3, 1)), ((0, 3), (3, 2)),
                ((2, 0), (0, 2)), ((5, 2, 3), (5, 3, 2)), ((5, 2, 3), (3, 2)),
                ((2, 3), (5, 3, 2)), ((2, 1, 2, 3), (1, 3, 3, 2)),
            )
        ),
        dtypes=NUMBERS,
    ),
    "reshape": Row(
        lambda x, to: np.reshape(x, to),
        ((mixed(2, 3, 4),),),
        tuple({"to": to} for to in ((24,), (4, 6), (1, 24, 1), (4, 3, 2))),
        ALL,
    ),
    "transpose": Row(
        lambda x, order: np.moveaxis(x, order, (0, 1, 2)),
        ((A,), (mixed(1, 0, 2),)),
        tuple({"order": order} for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1))),
        ALL,
    ),
    "broadcast_to": Row(
        lambda x, to: x + np.zeros(to, x.dtype) if x.dtype != bool_ else x & np.ones(to, bool),
        ((mixed(1, 3),), (mixed(3),), (mixed(1),)),
        tuple({"to": to} for to in ((2, 3), (1, 3), (0, 3), (4, 2, 3))),
        ALL,
    ),
    "slice": Row(
        _slice,
        ((A,),),
        tuple(
            {"ranges": ranges}
            for ranges in (
                ((0, 2, 1), (0, 3, 1), (0, 4, 1)),
                ((1, 1, 1), (2, 3, -1), (3, 2, -2)),
                ((0, 0, 1), (1, 1, 5), (0, 2, 3)),
            )
        ),
        ALL,
    ),
    "place": Row(
        _place,
        ((B,),),
        (
            {"ranges": ((0, 2, 1), (0, 3, 1)), "to": (2, 3)},
            {"ranges": ((1, 2, 2), (4, 3, -2)), "to": (5, 6)},
        ),
        ALL,
    ),
    "concat": Row(
        lambda *parts, axis: np.concatenate(parts, axis),
        ((mixed(2, 3),), (mixed(2, 3), mixed(2, 3, seed=1)), (B, mixed(2, 3), mixed(2, 3))),
        ({"axis": 0}, {"axis": 1}),
        ALL,
    ),
    "gather": Row(
        lambda table, indices: np.take(table, indices, 0),
        tuple(
            (mixed(3, 2), np.array(indices, dtype))
            for indices, dtype in (
                ([0, 2, 2, 1], np.int64), (1, np.int32), ([[0], [0]], np.int64), ([], np.int32),
            )
        ),
        dtypes=ALL,
    ),
    "scatter_add": Row(
        _scatter_add,
        (
            (np.array([0, 2, 0]), mixed(3, 2)),
            (np.array([[1, 1], [0, 1]], np.int32), mixed(2, 2)),
            (np.array(2), mixed(2)),
            (np.array([], np.int64), mixed(0, 2)),
        ),
        ({"rows": 3},),
        NUMBERS,
    ),
    "iota": Row(
        _iota,
        ((),),
        tuple(
            {"shape": shape, "axis": axis, "dtype": dtype}
            for shape, axis, dtype in (
                ((4,), 0, int64), ((2, 3), 1, float32), ((2, 3), 0, int32), ((0, 2), 0, float64),
                ((1, 1), 1, int64),
            )
        ),
        slope="none",
    ),
    "batch_size": Row(lambda of: np.int64(of), ((),), ({"of": 5}, {"of": 0}), slope="none"),
    "random_bits": Row(
        _random_bits,
        ((np.array([7, 3, 11]),), (np.array([-(2**40) - 5, 0, 2**33 + 1]),)),
        tuple(
            {"shape": shape, "width": width, "lane": lane}
            for shape, width, lane in (
                ((), 24, 0), ((9,), 24, 1), ((3, 5), 30, 2), ((2, 3, 2), 1, 3), ((0, 3), 8, 0),
            )
        ),
        slope="none",
    ),
}  # fmt: skip

# Derivatives at points where the formula alone does not decide: name, inputs, derivatives.
EDGE_SLOPES: tuple[tuple[str, tuple[float, ...], tuple[float, ...]], ...] = (
    ("abs", (0.0,), (0.0,)),
    ("abs", (-0.0,), (0.0,)),
    ("abs", (-np.inf,), (-1.0,)),
    ("sqrt", (0.0,), (np.inf,)),
    ("log", (0.0,), (np.inf,)),
    ("log1p", (-1.0,), (np.inf,)),
    ("exp", (-np.inf,), (0.0,)),
    ("expm1", (-np.inf,), (0.0,)),
    ("tanh", (np.inf,), (0.0,)),
    ("logistic", (-1000.0,), (0.0,)),
    ("logistic", (np.inf,), (0.0,)),
    ("erf", (-np.inf,), (0.0,)),
    ("maximum", (2.0, 2.0), (0.5, 0.5)),
    ("minimum", (0.0, -0.0), (0.5, 0.5)),
    ("maximum", (np.inf, np.inf), (0.5, 0.5)),
    ("power", (0.0, 2.0), (0.0, 0.0)),
    ("power", (0.0, 1.0), (1.0, 0.0)),
    ("power", (0.0, 0.0), (0.0, 0.0)),
    ("power", (-2.0, 3.0), (12.0, 0.0)),
    ("divide", (1.0, np.inf), (0.0, -0.0)),
    ("multiply", (np.inf, 0.0), (0.0, np.inf)),
    ("sin", (0.0,), (1.0,)),
    ("rsqrt", (np.inf,), (-0.0,)),
)
