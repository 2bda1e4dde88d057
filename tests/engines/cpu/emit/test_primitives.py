"""Every primitive alone: the results of machine code and of the loop form are those of NumPy.

Shapes have an unknown batch or not; edge values are in every array of floats.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.core import dispatch
from steepest.core.dtype import bool_, float32, float64, int32, int64, uint8
from steepest.core.primitives import PRIMITIVES
from steepest.program.graph import Graph
from tests.agreement.compare import assert_agree

FLOATS, NUMBERS = (float32, float64), (float32, float64, int32, int64)
EDGES = (0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 2.5, -3.5, 1e-30)


def traced(name: str, specs: Sequence[st.TensorSpec], params: dict[str, Any]) -> Graph:
    return st.trace(lambda *x: dispatch.bind(PRIMITIVES[name], *x, **params), list(specs))


def numbers(shape: tuple[int, ...], dtype: np.dtype, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    if dtype == bool_:
        return rng.random(shape) < 0.5
    if dtype.kind != "f":
        return rng.integers(0 if dtype == uint8 else -5, 9, shape).astype(dtype)
    values = rng.standard_normal(shape).astype(dtype)
    flat = values.reshape(-1)
    flat[: len(EDGES)] = EDGES[: flat.size]
    return values


def tame(shape: tuple[int, ...], dtype: np.dtype, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    if dtype.kind != "f":
        return rng.integers(-5, 9, shape).astype(dtype)
    return rng.standard_normal(shape).astype(dtype)


def check(
    name: str,
    shapes: Sequence[tuple[int | None, ...]],
    dtypes: Sequence[np.dtype],
    make: Callable[..., np.ndarray] = numbers,
    batch: int = 5,
    **params: Any,
) -> None:
    specs = [st.TensorSpec(shape, dtype) for shape, dtype in zip(shapes, dtypes, strict=True)]
    sizes = [tuple(batch if n is None else n for n in shape) for shape in shapes]
    inputs = [make(s, k, seed) for seed, (s, k) in enumerate(zip(sizes, dtypes, strict=True))]
    assert_agree(traced(name, specs, params), inputs)


SHAPES = [(), (1,), (None,), (None, 3), (None, 1), (4, 17), (2, 3, 5), (None, 2, 40)]


@pytest.mark.parametrize(
    "name", "exp expm1 log log1p tanh logistic erf sqrt rsqrt sin cos floor round".split()
)
@pytest.mark.parametrize("dtype", FLOATS, ids=str)
def test_functions_of_floats(name: str, dtype: np.dtype) -> None:
    for shape in ((None, 7), (3, 33)):
        check(name, [shape], [dtype])


@pytest.mark.parametrize("name", ["negative", "abs", "sign"])
@pytest.mark.parametrize("dtype", NUMBERS, ids=str)
def test_functions_of_numbers(name: str, dtype: np.dtype) -> None:
    for shape in SHAPES:
        check(name, [shape], [dtype])


@pytest.mark.parametrize(
    "name", "add subtract multiply maximum minimum equal less less_equal".split()
)
@pytest.mark.parametrize("dtype", NUMBERS, ids=str)
def test_functions_of_two(name: str, dtype: np.dtype) -> None:
    for left, right in (
        ((None, 3), (3,)),
        ((None, 1), (1, 20)),
        ((4, 17), ()),
        ((2, 1, 5), (3, 1)),
    ):
        check(name, [left, right], [dtype, dtype])


@pytest.mark.parametrize("dtype", [bool_, uint8], ids=str)
def test_small_dtypes_compare(dtype: np.dtype) -> None:
    for name in ("maximum", "minimum", "equal", "less", "less_equal"):
        check(name, [(None, 3), (3,)], [dtype, dtype])


@pytest.mark.parametrize("dtype", FLOATS, ids=str)
def test_quotients_and_powers(dtype: np.dtype) -> None:
    check("divide", [(None, 20), (20,)], [dtype, dtype])
    check("floor_divide", [(None, 20), (20,)], [dtype, dtype], tame)
    check("power", [(None, 20), (20,)], [dtype, dtype])


@pytest.mark.parametrize("dtype", [int32, int64], ids=str)
def test_integer_quotients_and_powers(dtype: np.dtype) -> None:
    check("floor_divide", [(None, 20), (20,)], [dtype, dtype])
    inputs = [np.arange(-4, 5, dtype=dtype), np.arange(9, dtype=dtype)]
    spec = st.TensorSpec((None,), dtype)
    assert_agree(traced("power", [spec, spec], {}), inputs)


@pytest.mark.parametrize("name", ["logical_and", "logical_or", "logical_not"])
def test_truth(name: str) -> None:
    count = 1 if name == "logical_not" else 2
    check(name, [(None, 19)] * count, [bool_] * count)


@pytest.mark.parametrize("dtype", (*NUMBERS, bool_, uint8), ids=str)
def test_select(dtype: np.dtype) -> None:
    check("select", [(None, 1), (None, 19), ()], [bool_, dtype, dtype])


DTYPES = [bool_, uint8, int32, int64, st.float16, float32, float64]


@pytest.mark.parametrize("given", DTYPES, ids=str)
@pytest.mark.parametrize("wanted", [*DTYPES, st.bfloat16], ids=str)
def test_cast(given: np.dtype, wanted: np.dtype) -> None:
    make = numbers if wanted.kind in "fV" and given.kind == "f" else positive
    check("cast", [(None, 19)], [given], make, dtype=wanted)


def positive(shape: tuple[int, ...], dtype: np.dtype, seed: int = 0) -> np.ndarray:
    return (np.random.default_rng(seed).random(shape) * 100).astype(dtype)


REDUCED = [
    ((None, 7), (1,)),
    ((None, 7), (0,)),
    ((None, 70), (0, 1)),
    ((None, 3, 5), (1, 2)),
    ((None, 3, 5), (1,)),
    ((40, 50), (0,)),
    ((40, 50), (1,)),
    ((40, 50), (0, 1)),
    ((2, 1, 3), (1,)),
    ((None, 1), (0,)),
    ((None, 1), (1,)),
]


@pytest.mark.parametrize("name", ["sum", "max", "min"])
@pytest.mark.parametrize("dtype", NUMBERS, ids=str)
def test_reductions(name: str, dtype: np.dtype) -> None:
    for shape, axes in REDUCED:
        check(name, [shape], [dtype], tame, axes=axes)
    check(name, [(None, 7)], [dtype], numbers, axes=(1,))


@pytest.mark.parametrize("dtype", (*NUMBERS, bool_), ids=str)
def test_argmax(dtype: np.dtype) -> None:
    for shape, axis in (((None, 7), 1), ((None, 7), 0), ((3, 40), 1), ((None, 2, 3), 1)):
        check("argmax", [shape], [dtype], axis=axis)


@pytest.mark.parametrize("dtype", NUMBERS, ids=str)
def test_cumsum(dtype: np.dtype) -> None:
    for shape, axis in (
        ((None, 7), 1),
        ((None, 7), 0),
        ((3, 40), 1),
        ((None, 2, 3), 1),
        ((1, 3), 0),
    ):
        check("cumsum", [shape], [dtype], tame, axes=(axis,))


PRODUCTS = [
    ((None, 7), (7, 3)),
    ((None, 1), (1, 3)),
    ((None, 20), (20, 1)),
    ((1, 9), (9, 4)),
    ((1, 9), (9, 1)),
    ((40, None), (None, 50)),
    ((None, 8), (8, None)),
    ((None, 2, 3), (3, 4)),
    ((None, 2, 3), (None, 3, 4)),
    ((5, 2, 3), (1, 3, 4)),
]


@pytest.mark.parametrize("dtype", NUMBERS, ids=str)
def test_matmul(dtype: np.dtype) -> None:
    for left, right in PRODUCTS:
        check("matmul", [left, right], [dtype, dtype], tame)


MOVES: list[tuple[str, tuple[int | None, ...], dict[str, Any]]] = [
    ("reshape", (None, 2, 3), {"to": (None, 6)}),
    ("reshape", (None, 6), {"to": (None, 3, 2)}),
    ("reshape", (None, 6), {"to": (None, 1, 6, 1)}),
    ("reshape", (4, 6), {"to": (24,)}),
    ("reshape", (None, 1), {"to": (None,)}),
    ("reshape", (3, None), {"to": (None, 3)}),
    ("transpose", (None, 7), {"order": (1, 0)}),
    ("transpose", (None, 2, 3), {"order": (0, 2, 1)}),
    ("transpose", (4, 5, 6), {"order": (2, 0, 1)}),
    ("broadcast_to", (3,), {"to": (20, 3)}),
    ("broadcast_to", (None, 1), {"to": (None, 20)}),
    ("broadcast_to", (), {"to": (2, 4)}),
    ("slice", (None, 9), {"ranges": ((0, None, 1), (1, 4, 2))}),
    ("slice", (9, 9), {"ranges": ((8, 9, -1), (7, 3, -2))}),
    ("slice", (None, 9), {"ranges": ((0, None, 1), (4, 1, 1))}),
    ("place", (None, 4), {"ranges": ((0, None, 1), (1, 4, 2)), "to": (None, 9)}),
    ("place", (9, 3), {"ranges": ((8, 9, -1), (7, 3, -2)), "to": (9, 9)}),
    ("place", (None, 1), {"ranges": ((0, None, 1), (4, 1, 1)), "to": (None, 9)}),
]


@pytest.mark.parametrize(("name", "shape", "params"), MOVES, ids=str)
@pytest.mark.parametrize("dtype", [float32, int64, bool_, st.float16], ids=str)
def test_moves(name: str, shape: Any, params: dict[str, Any], dtype: np.dtype) -> None:
    check(name, [shape], [dtype], **params)


@pytest.mark.parametrize("dtype", [float32, int32, bool_], ids=str)
def test_concat(dtype: np.dtype) -> None:
    check("concat", [(None, 3), (None, 1), (None, 20)], [dtype] * 3, axis=1)
    check("concat", [(2, 3), (1, 3), (4, 3)], [dtype] * 3, axis=0)
    check("concat", [(None, 3)], [dtype], axis=0)


def rows(shape: tuple[int, ...], dtype: np.dtype, seed: int = 0) -> np.ndarray:
    if dtype in (int32, int64):
        return np.random.default_rng(seed).integers(0, 6, shape).astype(dtype)
    return numbers(shape, dtype, seed)


@pytest.mark.parametrize("dtype", [int32, int64], ids=str)
def test_gather_and_scatter(dtype: np.dtype) -> None:
    for table, indices in (
        ((6, 5), (None,)),
        ((6,), (None, 20)),
        ((6, 2, 3), (2, 3)),
        ((6, 5), ()),
    ):
        check("gather", [table, indices], [float32, dtype], rows)
    check("gather", [(None, 5), (None,)], [float32, dtype], rows, batch=6)
    shapes = (((None,), (None, 5)), ((None, 3), (None, 3)), ((2, 3), (2, 3, 2, 20)), ((), (5,)))
    for indices, updates in shapes:
        check("scatter_add", [indices, updates], [dtype, float32], tame_rows, rows=6)
    check("scatter_add", [(None,), (None, 5)], [dtype, float32], tame_rows, batch=6, rows=None)


def tame_rows(shape: tuple[int, ...], dtype: np.dtype, seed: int = 0) -> np.ndarray:
    return rows(shape, dtype, seed) if dtype.kind == "i" else tame(shape, dtype, seed)


@pytest.mark.parametrize("dtype", [float32, int64, int32], ids=str)
def test_iota(dtype: np.dtype) -> None:
    for shape, axis in (((3, 40), 1), ((3, 40), 0), ((7,), 0), ((1, 4), 0)):
        assert_agree(traced("iota", [], {"shape": shape, "axis": axis, "dtype": dtype}), [])


def test_batch_size() -> None:
    graph = st.trace(lambda x: st.reduce_mean(x, 0), [st.TensorSpec((None, 3))])
    assert any(node.op == "batch_size" for node in graph.nodes)
    assert_agree(graph, [tame((7, 3), float32)])


@pytest.mark.parametrize(
    "shape", [(), (9,), (None,), (None, 7), (4, 3, 5), (3, 40), (None, 107), (2, 3, 52)]
)
def test_random_bits(shape: tuple[int | None, ...]) -> None:
    params = {"shape": shape, "width": 24, "lane": 3}
    graph = st.trace(
        lambda state, x: (dispatch.bind(PRIMITIVES["random_bits"], state, **params), x),
        [st.TensorSpec((3,), int64), st.TensorSpec((None,))],
    )
    for seed in (np.array([1, 2, 3]), np.array([-7, 1 << 40, 1 << 33])):
        assert_agree(graph, [seed, np.zeros(6, np.float32)])


def test_every_primitive_is_tested_here() -> None:
    """Read from the file's text, so that it also holds when only some tests are run."""
    text = Path(__file__).read_text()
    assert [name for name in PRIMITIVES if not re.search(rf"\b{name}\b", text)] == []
