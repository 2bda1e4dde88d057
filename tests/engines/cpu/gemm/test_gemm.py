"""Dense products against NumPy in float64: all layouts of operands, sizes around tile edges."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from steepest.engines.cpu import ir
from steepest.engines.cpu.gemm import Machine, Operand, Product, emit_dense_product, store_to
from steepest.engines.cpu.gemm.depth import depth_of
from steepest.engines.cpu.gemm.staging import rows_to_repay
from steepest.engines.cpu.ir.helpers import add, at, load, multiply
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

FLOAT = ir.FloatType()
LAYOUTS = {
    "forward": (MatrixLayout(), MatrixLayout()),
    "rows gathered": (MatrixLayout(gathered=True), MatrixLayout()),
    "weight gradient": (MatrixLayout(transposed=True), MatrixLayout()),
    "weight gradient, rows gathered": (
        MatrixLayout(transposed=True, gathered=True),
        MatrixLayout(gathered=True),
    ),
    "input gradient": (MatrixLayout(), MatrixLayout(transposed=True)),
    "both transposed": (
        MatrixLayout(transposed=True),
        MatrixLayout(transposed=True, gathered=True),
    ),
    "bytes": (MatrixLayout("u8", scale=1 / 255), MatrixLayout()),
    "bytes gathered, shifted": (MatrixLayout("u8", False, True, 0, 1 / 255, -0.25), MatrixLayout()),
    "bytes, weight gradient": (MatrixLayout("u8", True, True, 0, 1 / 255, -0.25), MatrixLayout()),
    "bytes on the right": (MatrixLayout(), MatrixLayout("u8", gathered=True, scale=0.5)),
    "bytes on the right, transposed": (
        MatrixLayout(),
        MatrixLayout("u8", transposed=True, scale=0.5),
    ),
}
MACHINES = {
    "512": Machine(512),
    "256": Machine(256, 16),
    "128": Machine(128, 16),
}
EDGES = [(1, 1, 1), (1, 50, 7), (5, 1, 3), (6, 16, 16), (7, 17, 15), (13, 63, 33), (12, 64, 5)]
EDGES += [(11, 65, 20), (2, 112, 1), (3, 113, 2), (70, 70, 70), (4, 8, 0), (100, 10, 50)]


def machines() -> list[object]:
    widest = MACHINE.vector_bits
    usable = {name: each for name, each in MACHINES.items() if each.vector_bits <= widest}
    return [pytest.param(each, id=name) for name, each in usable.items()]


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("machine", machines())
def test_any_size_known_at_run_time(name: str, machine: Machine) -> None:
    case = Case(None, None, None, *LAYOUTS[name], machine=machine)
    kernel, rng = case.compile(), np.random.default_rng(len(name))
    sizes = EDGES + rng.integers(1, 71, (25, 3)).tolist()
    for number, (m, n, k) in enumerate(sizes):
        found = run_case(case, kernel, (m, n, k), rng, at_end=number % 2 == 0)
        assert_close(*found, k)


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("sizes", EDGES[1:-3:2], ids=str)
def test_tiles_for_known_sizes(name: str, sizes: tuple[int, int, int]) -> None:
    case, rng = Case(*sizes, *LAYOUTS[name]), np.random.default_rng(1)
    assert_close(*run_case(case, case.compile(), sizes, rng), sizes[2])


@pytest.mark.parametrize("sizes", [*EDGES, (101, 50, 131), (37, 300, 41), (9, 1000, 12)], ids=str)
def test_known_sizes_of_the_plain_product(sizes: tuple[int, int, int]) -> None:
    case, rng = Case(*sizes), np.random.default_rng(2)
    assert_close(*run_case(case, case.compile(), sizes, rng), sizes[2])


@pytest.mark.parametrize("name", [name for name in LAYOUTS if "weight gradient" in name])
@pytest.mark.parametrize("columns", [8, 10, 37, 50, 128])
@pytest.mark.parametrize("machine", machines())
def test_a_batch_of_one_row_has_one_rounding(name: str, columns: int, machine: Machine) -> None:
    case = Case(150, columns, None, *LAYOUTS[name], machine=machine)
    sizes, rng = (150, columns, 1), np.random.default_rng(columns)
    result, reference, _ = run_case(case, case.compile(), sizes, rng)
    np.testing.assert_array_equal(result, reference.astype(np.float32))


@pytest.mark.parametrize("name", ["forward", "input gradient", "bytes gathered, shifted"])
@pytest.mark.parametrize("sizes", [(5, 83, 45), (3, 136, 64), (2, 300, 5000)], ids=str)
def test_a_single_row_has_the_bits_that_it_has_among_others(
    name: str, sizes: tuple[int, int, int]
) -> None:
    case, (rows, columns, depth) = Case(None, *sizes[1:], *LAYOUTS[name]), sizes
    kernel = case.compile()
    found = run_case(case, kernel, sizes, np.random.default_rng(depth))
    parts = [(row, row + 1, 0, columns) for row in range(rows)]
    alone, *_ = run_case(case, kernel, sizes, np.random.default_rng(depth), parts)
    assert_close(*found, depth)
    np.testing.assert_array_equal(found[0], alone)


@pytest.mark.parametrize("name", ["forward", "input gradient", "bytes, weight gradient"])
def test_doubles(name: str) -> None:
    a, b = LAYOUTS[name]
    layouts = [MatrixLayout("f64", each.transposed) for each in (a, b)]
    case = Case(None, None, None, *layouts, element="f64")
    kernel, rng = case.compile(), np.random.default_rng(3)
    for sizes in EDGES:
        assert_close(*run_case(case, kernel, sizes, rng), sizes[2])


@pytest.mark.parametrize("name", ["forward", "input gradient", "bytes, weight gradient"])
def test_bits_do_not_depend_on_how_ranges_are_cut(name: str) -> None:
    known, free = Case(37, 83, 45, *LAYOUTS[name]), Case(None, None, None, *LAYOUTS[name])
    whole, *_ = run_case(known, known.compile(), (37, 83, 45), np.random.default_rng(4))
    kernel = free.compile()
    for rows in ([0, 37], [0, 1, 37], [0, 12, 25, 37], [0, 6, 12, 13, 14, 30, 37]):
        for cols in ([0, 83], [0, 64, 83], [0, 7, 33, 83]):
            parts = [(*down, *across) for down in pairwise(rows) for across in pairwise(cols)]
            cut, *_ = run_case(free, kernel, (37, 83, 45), np.random.default_rng(4), parts)
            np.testing.assert_array_equal(whole, cut)


@pytest.mark.parametrize("sizes", [(60, 512, 1100), (200, 515, 1600)], ids=str)
@pytest.mark.parametrize("name", ["forward", "input gradient", "bytes gathered, shifted"])
def test_products_large_enough_to_be_packed(name: str, sizes: tuple[int, int, int]) -> None:
    case, rng = Case(*sizes, *LAYOUTS[name]), np.random.default_rng(5)
    found = run_case(case, case.compile(), sizes, rng)
    assert_close(*found, sizes[2])
    free = Case(None, None, None, *LAYOUTS[name])
    again = run_case(free, free.compile(), sizes, np.random.default_rng(5))
    np.testing.assert_array_equal(found[0], again[0])


@pytest.mark.parametrize("name", [name for name in LAYOUTS if "gradient" in name])
@pytest.mark.parametrize(("m", "n"), [(3, 10), (13, 70), (1, 90), (90, 1), (700, 520)])
def test_long_sums_are_computed_in_blocks_with_the_same_bits(name: str, m: int, n: int) -> None:
    free = Case(m, n, None, *LAYOUTS[name])
    batch = ir.Value(INDEX, "%batch")
    nothing = [ir.Constant(POINTER, None)] * 6
    depth = depth_of(free.product(nothing, [batch] * 3))
    kernel = free.compile()
    for k in (0, depth, depth + 1, 2 * depth + 7):
        assert_close(*run_case(free, kernel, (m, n, k), np.random.default_rng(k)), k)
    known = Case(m, n, k, *LAYOUTS[name])
    whole, *_ = run_case(known, known.compile(), (m, n, k), np.random.default_rng(k))
    again, *_ = run_case(free, kernel, (m, n, k), np.random.default_rng(k))
    np.testing.assert_array_equal(whole, again)


def test_blocks_of_a_sum_do_not_depend_on_the_ranges_of_rows() -> None:
    layout = LAYOUTS["weight gradient, rows gathered"]
    case, sizes = Case(None, 300, None, *layout), (37, 300, 2000)
    kernel = case.compile()
    whole, *_ = run_case(case, kernel, sizes, np.random.default_rng(4))
    parts = [(0, 1, 0, 300), (1, 12, 0, 300), (12, 31, 0, 300), (31, 37, 0, 300)]
    cut, *_ = run_case(case, kernel, sizes, np.random.default_rng(4), parts)
    np.testing.assert_array_equal(whole, cut)


@pytest.mark.parametrize(
    "b",
    [
        MatrixLayout(),
        MatrixLayout(gathered=True),
        MatrixLayout("u8", scale=0.5),
        MatrixLayout(transposed=True),
    ],
    ids=str,
)
def test_packing_depends_on_the_number_of_rows_at_run_time(b: MatrixLayout) -> None:
    n, k = 512, 1100
    case = Case(None, n, k, MatrixLayout(), b)
    kernel = case.compile()
    for m in (1, 47, 48, 75):
        found = run_case(case, kernel, (m, n, k), np.random.default_rng(m))
        assert_close(*found, k)
        halves = [(0, m // 2, 0, n), (m // 2, m, 0, n)]
        again = run_case(case, kernel, (m, n, k), np.random.default_rng(m), halves)
        np.testing.assert_array_equal(found[0], again[0])


@pytest.mark.parametrize("machine", machines())
@pytest.mark.parametrize("element", ["f32", "f64"])
def test_one_column(machine: Machine, element: str) -> None:
    free = Case(None, 1, None, MatrixLayout(element), MatrixLayout(element), element, machine)
    kernel, rng = free.compile(), np.random.default_rng(6)
    for m, k in [(1, 1), (1, 16), (3, 15), (8, 17), (9, 32), (7, 0), (100, 300), (2, 1000)]:
        seed = int(rng.integers(1000))
        found = run_case(free, kernel, (m, 1, k), np.random.default_rng(seed))
        assert_close(*found, k)
        halves = [(0, m // 2, 0, 1), (m // 2, m, 0, 1)]
        again = run_case(free, kernel, (m, 1, k), np.random.default_rng(seed), halves)
        np.testing.assert_array_equal(found[0], again[0])
        known = Case(m, 1, k, MatrixLayout(element), MatrixLayout(element), element, machine)
        again = run_case(known, known.compile(), (m, 1, k), np.random.default_rng(seed))
        np.testing.assert_array_equal(found[0], again[0])


def test_one_column_of_shifted_bytes() -> None:
    layout = MatrixLayout("u8", False, True, 0, 1 / 255, -0.25)
    for sizes in [(1, 1, 784), (13, 1, 33)]:
        case, rng = Case(*sizes, layout, MatrixLayout()), np.random.default_rng(7)
        assert_close(*run_case(case, case.compile(), sizes, rng), sizes[2])


def adding_kernel(n: int | None, k: int) -> Callable[..., None]:
    """A function of (A, B, C, n, first row, end) that adds A B to C through the epilogue."""

    def emit(builder: ir.IRBuilder, pointers: list[ir.Value], integers: list[ir.Value]) -> None:
        width = integers[0] if n is None else n
        write = store_to(pointers[2], width)

        def add_to_c(
            builder: ir.IRBuilder,
            i: ir.Value,
            j: ir.Value,
            vector: ir.Value,
            mask: ir.Value | None,
            lanes: int,
        ) -> None:
            address = at(builder, pointers[2], add(builder, multiply(builder, i, width), j), FLOAT)
            before = load(builder, address, vector.type, mask)
            assert vector.type.count == lanes
            write(builder, i, j, builder.fadd(before, vector), mask, lanes)

        a, b = Operand(pointers[0], "f32", k), Operand(pointers[1], "f32", width)
        product = Product(a, b, integers[2], width, k)
        emit_dense_product(builder, product, add_to_c, MACHINE, (integers[1], integers[2]))

    return compiled(emit, 3, 3)


@pytest.mark.parametrize("n", [None, 1, 5, 20, 40, 64, 112, 150])
def test_the_epilogue_gets_each_element_exactly_once(n: int | None) -> None:
    kernel, k = adding_kernel(n, 9), 9
    width = n or 77
    ones = guarded(np.ones((60, k), np.float32)), guarded(np.ones((k, width), np.float32))
    for first in (0, 3):
        for rows in range(26):
            result = guarded(np.zeros((60, width), np.float32))
            kernel(*ones, result, width, first, first + rows)
            expected = np.zeros_like(result)
            expected[first : first + rows] = k
            np.testing.assert_array_equal(result, expected)


def test_packing_is_for_rows_with_unfavourable_strides() -> None:
    memory = ir.Constant(ir.PointerType(), None)

    def needed(k: int, n: int) -> int | None:
        operands = Operand(memory, "f32", k), Operand(memory, "f32", n)
        return rows_to_repay(Product(*operands, 64, n, k))

    assert needed(784, 50) is None
    assert needed(784, 512) is None
    assert needed(2048, 2048) == 48  # a stride that is a power of two
    assert needed(2048, 1000) == 192  # too long for the caches
    assert needed(256, 1000) == 384  # few rows, but each in another page


@pytest.mark.long
def test_many_random_products() -> None:
    rng = np.random.default_rng(9)
    choices = [each for each in MACHINES.values() if each.vector_bits <= MACHINE.vector_bits]
    for _ in range(400):
        sizes = tuple(int(2 ** rng.uniform(0, 9)) for _ in range(3))
        known = tuple(size if rng.random() < 0.6 else None for size in sizes)
        a, b = list(LAYOUTS.values())[rng.integers(len(LAYOUTS))]
        case = Case(*known, a, b, machine=choices[rng.integers(len(choices))])
        found = run_case(case, case.compile(), sizes, rng, at_end=rng.random() < 0.5)
        assert_close(*found, sizes[2])


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("stride", [1, 2, 3, 7])
def test_columns_of_the_result_may_have_a_stride(stride: int, known: bool) -> None:
    """Other elements of the rows are not written."""
    m, n, k = 7, 19, 5

    def emit(builder: ir.IRBuilder, pointers: list[ir.Value], integers: list[ir.Value]) -> None:
        a, b = Operand(pointers[0], "f32", k), Operand(pointers[1], "f32", n)
        epilogue = store_to(pointers[2], n * stride, stride if known else integers[0])
        emit_dense_product(builder, Product(a, b, m, n, k, "f32"), epilogue, MACHINE)

    rng = np.random.default_rng(stride)
    a, b = (rng.standard_normal(shape).astype(np.float32) for shape in ((m, k), (k, n)))
    result = guarded(np.full((m, n, stride), np.nan, np.float32)[:, :, :stride])
    compiled(emit, 3, 1)(guarded(a), guarded(b), result, stride)
    np.testing.assert_allclose(result[:, :, 0], a @ b, rtol=1e-4, atol=1e-5)
    assert np.isnan(result[:, :, 1:]).all()
