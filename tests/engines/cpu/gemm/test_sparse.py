"""Sparse rows times dense, and the gradient, against dense NumPy in float64."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from steepest.engines.cpu import ir
from steepest.engines.cpu.gemm import (
    HalfRows,
    Machine,
    Operand,
    SparseGradient,
    SparseRows,
    emit_sparse_gradient,
    emit_sparse_product,
    sparse_copy_bytes,
    sparse_scratch_bytes,
    store_to,
)
from steepest.engines.cpu.ir.helpers import Integer, read_index
from tests.engines.cpu.gemm_harness import INDEX, MACHINE, POINTER, assert_close, compiled, guarded

WIDTHS = [1, 2, 10, 16, 17, 50, 64, 96, 100, 130, 333]


@dataclass(frozen=True)
class Rows:
    """Sparse rows in memory, with the equal dense matrix."""

    bounds: np.ndarray
    columns: np.ndarray
    values: np.ndarray
    order: np.ndarray
    dense: np.ndarray

    @property
    def arrays(self) -> list[np.ndarray]:
        return [self.bounds, self.columns, self.values, self.order]


def some_rows(
    rows: int, wide: int, rng: np.random.Generator, kind: str, ordered: bool = True
) -> Rows:
    """Rows of very different lengths, some empty, with repeated columns in any order."""
    stored = rows + 4
    counts = np.minimum(rng.integers(0, 40, stored) * rng.integers(0, 2, stored), 3 * wide)
    bounds = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    columns = rng.integers(0, wide, bounds[-1]).astype(np.int32)
    values = np.ones(bounds[-1], np.float32)
    if kind == "bytes":
        values = rng.integers(0, 256, bounds[-1]).astype(np.uint8)
    elif kind == "numbers":
        values = rng.standard_normal(bounds[-1]).astype(np.float32)
    order = rng.integers(0, stored, rows) if ordered else np.arange(rows)
    factor = np.float64(np.float32(1 / 255)) if kind == "bytes" else 1.0
    dense = np.zeros((stored, wide))
    for row in range(stored):
        inside = slice(bounds[row], bounds[row + 1])
        np.add.at(dense[row], columns[inside], values[inside] * factor)
    arrays = [guarded(each) for each in (bounds, columns, values, order.astype(np.int64))]
    return Rows(*arrays, dense[order])


def sparse_rows(pointers: list[ir.Value], kind: str) -> SparseRows:
    values = {
        "ones": None,
        "numbers": Operand(pointers[2], "f32", 1),
        "bytes": Operand(pointers[2], "u8", 1, scale=1 / 255),
    }[kind]
    narrow = ir.IntType(32)
    return SparseRows(pointers[0], pointers[1], values, pointers[3], columns_kind=narrow)


def product_kernel(n: int, kind: str, machine: Machine = MACHINE) -> Callable[..., None]:
    def emit(builder: ir.IRBuilder, pointers: list[ir.Value], integers: list[ir.Value]) -> None:
        weights = Operand(pointers[4], "f32", n)
        x, rows = sparse_rows(pointers, kind), (integers[0], integers[1])
        emit_sparse_product(builder, x, weights, n, store_to(pointers[5], n), machine, rows)

    return compiled(emit, 6, 2, machine)


@pytest.mark.parametrize("kind", ["ones", "numbers", "bytes"])
@pytest.mark.parametrize("n", WIDTHS)
def test_product(n: int, kind: str) -> None:
    kernel, rng = product_kernel(n, kind), np.random.default_rng(n)
    for rows, wide in [(1, 1), (9, 30), (40, 300)]:
        x = some_rows(rows, wide, rng, kind)
        weights = guarded(rng.standard_normal((wide, n)).astype(np.float32))
        result = guarded(np.full((rows, n), np.nan, np.float32))
        kernel(*x.arrays, weights, result, 0, rows // 2)
        kernel(*x.arrays, weights, result, rows // 2, rows)
        assert_close(result, x.dense @ weights, abs(x.dense) @ abs(weights) + 1e-30, 400)
        whole = guarded(np.full((rows, n), np.nan, np.float32))
        kernel(*x.arrays, weights, whole, 0, rows)
        np.testing.assert_array_equal(whole, result)


def copying_kernel(n: int, kind: str) -> Callable[..., None]:
    """A function of (x..., weights, result, scratch, first row, end, first row read, end)."""

    def emit(builder: ir.IRBuilder, pointers: list[ir.Value], integers: list[ir.Value]) -> None:
        weights, keep = Operand(pointers[4], "f32", n), store_to(pointers[5], n)
        x, (start, stop, *read) = sparse_rows(pointers, kind), integers
        emit_sparse_product(
            builder, x, weights, n, keep, MACHINE, (start, stop), read=tuple(read),
            scratch=pointers[6],
        )  # fmt: skip

    return compiled(emit, 7, 4)


@pytest.mark.parametrize("kind", ["ones", "numbers", "bytes"])
@pytest.mark.parametrize("n", [100, 120, 250])
def test_copies_of_panels_change_no_bit(n: int, kind: str) -> None:
    rng, rows, wide = np.random.default_rng(n), 60, 20
    x = some_rows(rows, wide, rng, kind)
    x.columns[:] = np.maximum(x.columns, 5)
    weights = guarded(rng.standard_normal((wide, n)).astype(np.float32))
    plain, copied = (guarded(np.full((rows, n), np.nan, np.float32)) for _ in range(2))
    product_kernel(n, kind)(*x.arrays, weights, plain, 0, rows)
    scratch = guarded(np.full(sparse_copy_bytes(n, MACHINE, wide), 255, np.uint8))
    copying_kernel(n, kind)(*x.arrays, weights, copied, scratch, 0, rows, 5, wide)
    np.testing.assert_array_equal(copied, plain)
    assert not (scratch[len(scratch) // 2 :] == 255).all()  # a copy was made
    scratch[:] = 255
    copying_kernel(n, kind)(*x.arrays, weights, copied, scratch, 0, 1, 5, wide)
    assert (scratch == 255).all()  # a row is not worth a copy


def gradient_kernel(
    n: int, kind: str, machine: Machine = MACHINE, known_rows: int | None = None
) -> Callable[..., None]:
    """A function of (x..., dY, G, scratch, batch, rows, first row, end)."""

    def emit(builder: ir.IRBuilder, pointers: list[ir.Value], integers: list[ir.Value]) -> None:
        dy, x = Operand(pointers[4], "f32", n), sparse_rows(pointers, kind)
        batch, rows, *part = integers
        total = rows if known_rows is None else known_rows
        chosen = tuple(part) if known_rows is None else None
        gradient = SparseGradient(x, dy, batch, total, n)
        keep = store_to(pointers[5], n)
        emit_sparse_gradient(builder, gradient, keep, machine, pointers[6], chosen)

    return compiled(emit, 7, 4, machine)


def scratch_for(n: int, kind: str, rows: int, machine: Machine = MACHINE) -> np.ndarray:
    nothing = ir.Constant(POINTER, None)
    unknown = ir.Constant(INDEX, ir.Undefined)
    x = sparse_rows([nothing] * 4, kind)
    gradient = SparseGradient(x, Operand(nothing, "f32", n), unknown, unknown, n)
    size = sparse_scratch_bytes(gradient, machine, rows)
    return guarded(np.full(size, 255, np.uint8))


@pytest.mark.parametrize("kind", ["ones", "numbers", "bytes"])
@pytest.mark.parametrize("n", WIDTHS)
def test_gradient(n: int, kind: str) -> None:
    kernel, rng = gradient_kernel(n, kind), np.random.default_rng(n)
    for batch, wide in [(1, 1), (9, 30), (60, 300)]:
        x = some_rows(batch, wide, rng, kind)
        dy = guarded(rng.standard_normal((batch, n)).astype(np.float32))
        whole, cut = (guarded(np.full((wide, n), np.nan, np.float32)) for _ in range(2))
        kernel(*x.arrays, dy, whole, scratch_for(n, kind, wide), batch, wide, 0, wide)
        assert_close(whole, x.dense.T @ dy, abs(x.dense.T) @ abs(dy) + 1e-30, 400)
        for first, stop in [(0, 0), (0, wide // 3), (wide // 3, wide - 1), (wide - 1, wide)]:
            part = scratch_for(n, kind, stop - first)
            kernel(*x.arrays, dy, cut, part, batch, wide, first, stop)
        np.testing.assert_array_equal(whole, cut)


def test_rows_without_entries_are_zero() -> None:
    rng, n, wide = np.random.default_rng(1), 50, 200
    x = some_rows(5, wide, rng, "numbers")
    dy = guarded(rng.standard_normal((5, n)).astype(np.float32))
    result = guarded(np.full((wide, n), np.nan, np.float32))
    kernel = gradient_kernel(n, "numbers", known_rows=wide)
    kernel(*x.arrays, dy, result, scratch_for(n, "numbers", wide), 5, 0, 0, 0)
    stored = np.concatenate(
        [x.columns[x.bounds[row] : x.bounds[row + 1]] for row in x.order] or [[]]
    )
    empty = np.setdiff1d(np.arange(wide), stored)
    assert 0 < len(empty) < wide
    np.testing.assert_array_equal(result[empty], np.zeros((len(empty), n), np.float32))
    assert np.isfinite(result[stored.astype(int)]).all()


@pytest.mark.parametrize("kind", ["ones", "numbers", "bytes"])
def test_lists_of_several_blocks_give_the_bits_of_a_table_of_sums(kind: str) -> None:
    rng, batch, wide, n = np.random.default_rng(2), 300, 60, 100
    x = some_rows(batch, wide, rng, kind)
    dy = guarded(rng.standard_normal((batch, n)).astype(np.float32))
    listed = guarded(np.full((wide, n), np.nan, np.float32))
    kernel = gradient_kernel(n, kind)
    kernel(*x.arrays, dy, listed, scratch_for(n, kind, wide), batch, wide, 0, wide)
    assert_close(listed, x.dense.T @ dy, abs(x.dense.T) @ abs(dy) + 1e-30, 2000)
    narrow, part = gradient_kernel(10, kind), np.zeros((wide, 10), np.float32)
    for first in range(0, n, 10):
        own = guarded(np.ascontiguousarray(dy[:, first : first + 10]))
        narrow(*x.arrays, own, part, scratch_for(10, kind, wide), batch, wide, 0, wide)
        np.testing.assert_array_equal(listed[:, first : first + 10], part)


def test_a_row_that_repeats_a_column_more_often_than_a_list_has_places() -> None:
    n, counts = 100, [3, 1000, 0, 129]
    bounds = guarded(np.concatenate([[0], np.cumsum(counts)]).astype(np.int64))
    columns = guarded(np.int32([0, 1, 2] + [1] * 500 + [2] * 500 + [1] * 129))
    values, order = guarded(np.ones(1132, np.uint8)), guarded(np.arange(4))
    dy = guarded(np.float32([[1], [2], [4], [8]]) * np.ones(n, np.float32))
    result = guarded(np.full((3, n), np.nan, np.float32))
    scratch = scratch_for(n, "bytes", 3)
    gradient_kernel(n, "bytes")(bounds, columns, values, order, dy, result, scratch, 4, 3, 0, 3)
    each = [[1], [1 + 500 * 2 + 129 * 8], [1 + 500 * 2]]
    np.testing.assert_allclose(result, np.float32(each) / 255 * np.ones(n), rtol=1e-4)


@pytest.mark.parametrize("bits", [128, 256])
def test_narrower_processors(bits: int) -> None:
    machine, rng = Machine(bits, 16), np.random.default_rng(bits)
    if bits > MACHINE.vector_bits:
        pytest.skip(f"this processor's vectors have {MACHINE.vector_bits} bits, not {bits}")
    x = some_rows(20, 60, rng, "bytes")
    weights = rng.standard_normal((60, 50)).astype(np.float32)
    result, gradient = np.zeros((20, 50), np.float32), np.zeros((60, 50), np.float32)
    product_kernel(50, "bytes", machine)(*x.arrays, weights, result, 0, 20)
    assert_close(result, x.dense @ weights, abs(x.dense) @ abs(weights) + 1e-30, 400)
    kernel = gradient_kernel(50, "bytes", machine)
    kernel(*x.arrays, result, gradient, scratch_for(50, "bytes", 60, machine), 20, 60, 0, 60)
    assert_close(gradient, x.dense.T @ result, abs(x.dense.T) @ abs(result) + 1e-30, 400)


def halves_kernel(n: int, kind: str) -> Callable[..., None]:
    """A function of (x..., weights, middles, result, half, first row, end)."""

    def emit(builder: ir.IRBuilder, pointers: list[ir.Value], integers: list[ir.Value]) -> None:
        def middle(row: Integer) -> ir.Value:
            return read_index(builder, pointers[5], row)

        half, *rows = integers
        weights = Operand(pointers[4], "f32", n)
        x = HalfRows(**vars(sparse_rows(pointers, kind)), half=half, middle=middle)
        emit_sparse_product(builder, x, weights, n, store_to(pointers[6], n), MACHINE, tuple(rows))

    return compiled(emit, 7, 3)


@pytest.mark.parametrize("kind", ["ones", "numbers"])
@pytest.mark.parametrize("n", [1, 16, 50])
def test_halves_of_rows_add_up_to_the_product(n: int, kind: str) -> None:
    kernel, rng = halves_kernel(n, kind), np.random.default_rng(n)
    x = some_rows(40, 300, rng, kind)
    lengths = np.diff(x.bounds)[x.order]
    middles = guarded(rng.integers(0, lengths + 1).astype(np.int64))
    weights = guarded(rng.standard_normal((300, n)).astype(np.float32))
    halves = [guarded(np.full((40, n), np.nan, np.float32)) for _ in range(2)]
    for half, result in enumerate(halves):
        kernel(*x.arrays, weights, middles, result, half, 0, 40)
    assert_close(sum(halves), x.dense @ weights, abs(x.dense) @ abs(weights) + 1e-30, 400)
    none = middles == 0
    assert none.any()
    np.testing.assert_array_equal(halves[0][none], np.zeros((none.sum(), n), np.float32))
