"""Products in blocks: against NumPy in float64, and with the bits of products in panels."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from steepest.engines.cpu import ir
from steepest.engines.cpu.gemm import Machine, dense, emit_dense_product, store_to
from steepest.engines.cpu.gemm.blocking import (
    BESIDE,
    DEPTH,
    LEAST_ROWS,
    ROWS,
    Layout,
    may_be_blocked,
    panels_of,
)
from tests.engines.cpu.gemm.test_gemm import LAYOUTS
from tests.engines.cpu.gemm_harness import (
    INDEX,
    MACHINE,
    POINTER,
    Case,
    MatrixLayout,
    assert_close,
    compiled,
    guarded,
    run_case,
)

MACHINES = [
    pytest.param(machine, id=str(machine.vector_bits))
    for machine in (Machine(256, 16), Machine(128, 16))
    if machine.vector_bits <= MACHINE.vector_bits
]
NARROW = Machine(min(256, MACHINE.vector_bits), 16)
# Rows of a batch, around the bounds of tiles and of blocks.
BATCHES = [LEAST_ROWS - 1, LEAST_ROWS, 67, 256, 259, 515]


def blocks(case: Case) -> bool:
    """Whether the case's product is one that may be computed in blocks."""
    nothing, number = [ir.Constant(POINTER, None)] * 6, ir.Value(INDEX, "%size")
    return may_be_blocked(case.product(nothing, [number] * 3), case.machine)


def in_panels(
    case: Case, sizes: tuple[int, int, int], seed: int, monkeypatch: pytest.MonkeyPatch
) -> np.ndarray:
    """The result without blocks."""
    with monkeypatch.context() as patch:
        patch.setattr(dense, "may_be_blocked", lambda *_: False)
        return run_case(case, case.compile(), sizes, np.random.default_rng(seed))[0]


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(("n", "k"), [(64, 160), (75, 300), (200, DEPTH), (323, 2 * DEPTH + 1)])
def test_rows_known_at_run_time(
    name: str, machine: Machine, n: int, k: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(None, n, k, *LAYOUTS[name], machine=machine)
    assert blocks(case)
    kernel = case.compile()
    for batch in BATCHES[:: 1 if n < 200 else 2]:
        found = run_case(case, kernel, (batch, n, k), np.random.default_rng(batch))
        assert_close(*found, k)
    np.testing.assert_array_equal(found[0], in_panels(case, (batch, n, k), batch, monkeypatch))


@pytest.mark.parametrize("name", [name for name in LAYOUTS if "gradient" in name])
@pytest.mark.parametrize(("m", "n"), [(64, 64), (97, 75), (300, 200)])
@pytest.mark.parametrize("machine", MACHINES)
def test_sums_over_a_batch(
    name: str, machine: Machine, m: int, n: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case(m, n, None, *LAYOUTS[name], machine=machine)
    assert blocks(case)
    kernel = case.compile()
    for k in (0, 1, 63, DEPTH, 2 * DEPTH + 7):
        found = run_case(case, kernel, (m, n, k), np.random.default_rng(k))
        assert_close(*found, k)
    np.testing.assert_array_equal(found[0], in_panels(case, (m, n, k), k, monkeypatch))


@pytest.mark.parametrize("name", ["forward", "input gradient", "weight gradient"])
def test_doubles(name: str) -> None:
    layouts = [MatrixLayout("f64", each.transposed) for each in LAYOUTS[name]]
    for sizes in ((None, 80, 300), (80, 100, None)):
        case = Case(*sizes, *layouts, element="f64", machine=NARROW)
        m, n, k = (150 if size is None else size for size in sizes)
        assert blocks(case)
        assert_close(*run_case(case, case.compile(), (m, n, k), np.random.default_rng(3)), k)


@pytest.mark.parametrize("name", ["forward", "input gradient", "bytes gathered, shifted"])
@pytest.mark.parametrize("k", [100, DEPTH + 50])
def test_bits_do_not_depend_on_ranges_of_rows(name: str, k: int) -> None:
    case = Case(None, 100, k, *LAYOUTS[name], machine=NARROW)
    kernel, sizes = case.compile(), (300, 100, k)
    whole, *_ = run_case(case, kernel, sizes, np.random.default_rng(4))
    for rows in ([0, 35, 300], [0, 4, 41, 44, 150, 300]):
        parts = [(*down, 0, 100) for down in pairwise(rows)]
        cut, *_ = run_case(case, kernel, sizes, np.random.default_rng(4), parts)
        np.testing.assert_array_equal(whole, cut)


@pytest.mark.parametrize("k", [90, DEPTH + 9])
def test_columns_known_at_run_time(k: int) -> None:
    m, n, machine = 70, 200, NARROW
    case, rng = Case(m, n, k, machine=machine), np.random.default_rng(6)

    def emit(builder: ir.IRBuilder, pointers: list[ir.Value], integers: list[ir.Value]) -> None:
        product = case.product(pointers, integers[:3])
        cols = (integers[3], integers[4])
        emit_dense_product(
            builder, product, store_to(pointers[4], n), machine, None, cols, pointers[5]
        )

    kernel = compiled(emit, 6, 5, machine)
    a, b = (rng.standard_normal(shape).astype(np.float32) for shape in ((m, k), (k, n)))
    result, nothing = guarded(np.full((m, n), np.nan, np.float32)), np.zeros(1, np.int64)
    for first, stop in pairwise((0, 1, 25, 49, 100, 173, 200)):
        kernel(
            guarded(a), nothing, guarded(b), nothing, result, case.scratch(m, n, k),
            m, n, k, first, stop,
        )  # fmt: skip
    exact, magnitude = (f(a).astype(float) @ f(b).astype(float) for f in (np.array, np.abs))
    assert_close(result, exact, magnitude, k)


def test_panels_cover_the_columns_and_none_is_one_narrow_vector() -> None:
    for columns in range(1, 200):
        panels = panels_of(columns, 8)
        assert sum(panel.columns * panel.repeated for panel in panels) == columns
        assert all(panel.vectors > 1 for panel in panels) or columns <= 8


def test_small_products_are_not_computed_in_blocks() -> None:
    machine = Machine(256, 16)
    assert not blocks(Case(None, 32, 784, machine=machine))
    assert not blocks(Case(None, 50, 50, *LAYOUTS["input gradient"], machine=machine))
    assert blocks(Case(None, 50, 784, machine=machine))
    assert not blocks(Case(None, 64, 64, machine=machine)), "the cache holds B as it is"
    assert not blocks(Case(None, 512, 512, machine=Machine(512)))
    assert blocks(Case(None, 64, 64, *LAYOUTS["input gradient"], machine=machine))


def layout(m: int | None, n: int, k: int | None) -> Layout:
    case = Case(m, n, k, machine=Machine(256, 16))
    nothing, number = [ir.Constant(POINTER, None)] * 6, ir.Value(INDEX, "%size")
    return Layout(case.product(nothing, [number] * 3), case.machine)


@pytest.mark.parametrize("k", [64, 255, 256, 257, 784, 1000])
def test_a_known_depth_is_divided_evenly(k: int) -> None:
    depth = layout(None, 50, k).depth
    blocks = -(-k // DEPTH)
    assert depth <= DEPTH
    assert -(-k // depth) == blocks
    assert depth * blocks - k < 16 * blocks


def test_all_of_b_is_copied_once_if_the_cache_holds_it() -> None:
    small, large = layout(None, 50, 784), layout(None, 512, 784)
    assert small.whole_b >= 784 * 50
    assert small.rows * 784 * 4 <= BESIDE
    assert small.before_sums >= small.whole_b
    assert (large.whole_b, large.rows) == (0, ROWS)
    assert layout(50, 50, None).whole_b == 0
