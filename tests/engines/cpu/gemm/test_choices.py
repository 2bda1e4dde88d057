"""Decisions of matrix products by sizes alone: tiles, panels, blocks, copies, and scratch."""

from __future__ import annotations

from typing import Any

import pytest

from steepest.engines.cpu import ir
from steepest.engines.cpu.gemm.blocking import (
    Layout,
    blocked_scratch_bytes,
    may_be_blocked,
    panels_of,
)
from steepest.engines.cpu.gemm.copying import round_up
from steepest.engines.cpu.gemm.depth import depth_of
from steepest.engines.cpu.gemm.operand import Operand, Product
from steepest.engines.cpu.gemm.shape import (
    TALL_16,
    TALL_32,
    Machine,
    Panel,
    fitting_panel,
    masked_panel,
    split_columns,
    tile_rows,
    worth_a_tile,
)
from steepest.engines.cpu.gemm.staging import (
    block_rows,
    copies_a,
    copies_b,
    group_columns,
    panels_together,
    rows_to_repay,
    staged_columns,
    staging_bytes,
    usual,
)

MEMORY = ir.Constant(ir.PointerType(), None)
BATCH = ir.Value(ir.IntType(64), "%batch")
WIDE, NARROW = Machine(512, 32), Machine(256, 16)


def operand(stride: Any, element: str = "f32", turned: bool = False) -> Operand:
    made = Operand(MEMORY, element, stride)
    return made.transposed() if turned else made


def product(m: Any, n: Any, k: Any, a: Operand | None = None, b: Operand | None = None) -> Product:
    return Product(a or operand(k), b or operand(n), m, n, k)


# ---------------------------------------------------------------- tiles and panels


def test_a_tile_and_the_vectors_beside_it_fit_into_the_registers() -> None:
    for table, registers in ((TALL_32, 32), (TALL_16, 16)):
        for vectors, rows in table.items():
            assert rows * vectors + vectors < registers, "and one broadcast of A"
            more = (rows + 1) * vectors + vectors
            assert more >= registers or rows == 8, "as tall as fits, up to 8"
    assert Machine(512, 32).tall is TALL_32 and Machine(256, 31).tall is TALL_16
    assert Machine().lanes("f32") == 16 and Machine(256).lanes("f64") == 4


@pytest.mark.parametrize(
    ("columns", "lanes", "panel", "width", "pitch"),
    [
        (16, 16, Panel(16, 1, 0, 0), 16, 16),
        (17, 16, Panel(16, 1, 1, 1), 17, 32),
        (18, 16, Panel(16, 1, 2, 4), 20, 32),
        (3, 16, Panel(16, 0, 3, 4), 4, 4),
        (13, 16, Panel(16, 0, 13, 16), 16, 16),
        (3, 2, Panel(2, 1, 1, 1), 3, 4),
        (2, 4, Panel(4, 0, 2, 4), 4, 4),
        (2, 2, Panel(2, 1, 0, 0), 2, 2),
        (40, 8, Panel(8, 5, 0, 0), 40, 40),
    ],
)
def test_panels_of_a_known_width(
    columns: int, lanes: int, panel: Panel, width: int, pitch: int
) -> None:
    found = fitting_panel(columns, lanes)
    assert found == panel and found.columns == columns
    assert (found.width, found.pitch) == (width, pitch)
    assert sum(lanes for _, lanes in found.vectors) == width
    firsts = [first for first, _ in found.vectors]
    assert firsts == list(range(0, columns, lanes))


def test_a_masked_panel_is_one_vector_of_unknown_columns() -> None:
    panel = masked_panel(8)
    assert panel == Panel(8, 0, None, 8) and panel.columns == 0 and panel.vectors == [(0, 8)]


@pytest.mark.parametrize(
    ("columns", "widest", "widths"),
    [
        (0, 7, []), (1, 7, [1]), (112, 7, [112]), (113, 7, [64, 49]), (128, 7, [64]),
        (129, 7, [64, 1]), (48, 3, [48]), (49, 3, [48, 1]), (96, 3, [48]),
    ],
)  # fmt: skip
def test_wide_matrices_are_cut_into_panels_of_four_vectors(
    columns: int, widest: int, widths: list[int]
) -> None:
    assert [panel.columns for panel in split_columns(columns, 16, widest)] == widths


def test_an_unknown_number_of_columns_ends_with_a_masked_panel() -> None:
    assert split_columns(BATCH, 16, 7) == [Panel(16, 4), masked_panel(16)]
    assert split_columns(BATCH, 16, 3) == [Panel(16, 3), masked_panel(16)]


@pytest.mark.parametrize(
    ("rows", "vectors", "machine", "tall"),
    [
        (8, 1, WIDE, 8), (9, 1, WIDE, 8), (7, 1, WIDE, 7), (0, 1, WIDE, 1), (1, 1, WIDE, 1),
        (100, 1, WIDE, 5), (10, 1, WIDE, 5), (12, 1, WIDE, 6), (14, 1, WIDE, 7),
        (12, 4, WIDE, 6), (9, 4, WIDE, 6), (10, 4, WIDE, 5), (12, 3, NARROW, 4),
        (9, 3, NARROW, 3), (10, 3, NARROW, 4), (100, 9, WIDE, 2), (BATCH, 2, NARROW, 6),
        (BATCH, 9, NARROW, 4),
    ],
)  # fmt: skip
def test_rows_of_a_tile_divide_the_rows_where_they_can(
    rows: Any, vectors: int, machine: Machine, tall: int
) -> None:
    lanes = machine.lanes("f32")
    assert tile_rows(rows, Panel(lanes, vectors), machine) == tall


@pytest.mark.parametrize(
    ("tall", "vectors", "rows"), [(8, 1, 3), (8, 3, 7), (6, 4, 6), (3, 7, 3), (1, 1, 1), (4, 2, 3)]
)
def test_a_whole_tile_is_worth_its_time_from_so_many_rows_on(
    tall: int, vectors: int, rows: int
) -> None:
    assert worth_a_tile(tall, vectors) == rows


# ---------------------------------------------------------------- copies


@pytest.mark.parametrize(
    ("k", "stride", "rows"),
    [
        (100, 50, None),
        (4096, 64, None),  # rows of a panel behind each other
        (1024, 1024, 48),
        (512, 1024, 384),  # fits into the sets, twice
        (513, 1024, 48),
        (1536, 748, None),
        (1537, 748, 192),
        (1537, 64, None),
        (100, 750, None),
        (100, 751, 384),
        (BATCH, 751, 384),
        (100, BATCH, None),
    ],
)
def test_a_copy_pays_by_stride_and_depth(k: Any, stride: Any, rows: int | None) -> None:
    given = product(64, 500, k, operand(100), operand(stride))
    assert rows_to_repay(given) == rows


@pytest.mark.parametrize(("m", "copied"), [(47, False), (48, True), (BATCH, True)])
def test_b_is_copied_for_enough_rows_or_if_it_is_turned(m: Any, copied: bool) -> None:
    assert copies_b(product(m, 1024, 1024)) is copied
    assert copies_b(product(m, 1024, 1024, b=operand(1024, turned=True)))
    assert not copies_b(product(m, 50, 784))
    assert copies_a(product(m, 50, 784, operand(784, "u8"))) and not copies_a(product(m, 50, 784))


def test_blocks_and_groups_fill_half_a_megabyte() -> None:
    assert usual(7) == 7 and usual(BATCH) == 128
    assert block_rows(product(64, 50, 784)) == 192 and block_rows(product(64, 50, 10**6)) == 96
    assert block_rows(product(64, 50, 1365)) == 96 and block_rows(product(64, 50, 1351)) == 192
    assert block_rows(product(64, 50, 0)) == round_up(1 << 17, 96)
    assert (
        group_columns(product(64, 50, 784)) == 167 and group_columns(product(64, 50, 0)) == 1 << 17
    )
    doubles = Product(operand(784, "f64"), operand(50, "f64"), 64, 50, 784, "f64")
    assert group_columns(doubles) == 83 and block_rows(doubles) == 96
    panel = fitting_panel(50, 16)
    assert panels_together(product(64, 50, 784), panel) == 3
    assert panels_together(product(64, 50, 10**6), panel) == 1


def test_scratch_holds_what_is_copied() -> None:
    builder = ir.IRBuilder()
    turned = operand(784, turned=True)
    assert staged_columns(product(64, 50, 784), WIDE) == 64
    assert staged_columns(product(64, 1000, 784), WIDE) == 167
    assert staged_columns(product(64, BATCH, 784), WIDE) == 167
    assert staged_columns(product(64, 1000, 10**6), WIDE) == 8 * 16  # a panel for a single row
    assert staged_columns(product(64, 1000, 10**6), NARROW) == 8 * 8
    assert staging_bytes(builder, product(64, 50, 784), WIDE) == 0
    assert staging_bytes(builder, product(64, 50, 780, b=turned), WIDE) == 784 * 64 * 4
    bytes_of = product(64, 50, 780, operand(780, "u8"))
    assert staging_bytes(builder, bytes_of, WIDE) == (780 + 16) * (192 + 16) * 4
    both = product(64, 50, 780, operand(780, "u8"), turned)
    assert staging_bytes(builder, both, WIDE) == (784 * 64 + (780 + 16) * (192 + 16)) * 4


@pytest.mark.parametrize(
    ("m", "n", "depth"),
    [(784, 512, 256), (50, 10, 4352), (512, 512, 256), (256, 256, 512), (10**6, 10, 256),
     (BATCH, 128, 1024)],
)  # fmt: skip
def test_blocks_of_a_sum_hold_a_megabyte_of_both_factors(m: Any, n: int, depth: int) -> None:
    assert depth_of(product(m, n, BATCH, operand(784, turned=True), operand(n))) == depth


# ---------------------------------------------------------------- blocks


@pytest.mark.parametrize(
    ("m", "n", "k", "blocked"),
    [
        (BATCH, 512, 512, True), (BATCH, 64, 129, True), (BATCH, 64, 128, False),
        (BATCH, 48, 512, True), (BATCH, 47, 512, False), (BATCH, 512, 64, True),
        (BATCH, 512, 63, False), (48, 512, 512, True), (47, 512, 512, False),
        (48, 48, BATCH, True), (47, 512, BATCH, False), (BATCH, 512, BATCH, False),
        (BATCH, BATCH, 512, False), (512, BATCH, 512, False), (64, 128, 64, False),
        (64, 129, 64, True),
    ],
)  # fmt: skip
def test_products_with_a_b_beyond_the_cache_are_blocked_from_48_rows_and_columns_on(
    m: Any, n: Any, k: Any, blocked: bool
) -> None:
    given = product(m, n, k)
    assert may_be_blocked(given, NARROW) is blocked
    assert not may_be_blocked(given, Machine(256, 32))


def test_both_factors_must_be_contiguous_one_way() -> None:
    strided = Operand(MEMORY, "f32", 1000, 2)
    turned = operand(512, turned=True)
    assert may_be_blocked(product(BATCH, 512, 512, turned, turned), NARROW)
    assert may_be_blocked(product(BATCH, 64, 64, None, turned), NARROW), "a turned B of any size"
    assert not may_be_blocked(product(BATCH, 512, 512, strided), NARROW)
    assert not may_be_blocked(product(BATCH, 512, 512, None, strided), NARROW)


def test_the_scratch_of_blocks() -> None:
    layout = Layout(product(BATCH, 191, BATCH, operand(256)), NARROW)
    assert (layout.lanes, layout.width, layout.panels) == (8, 24, 8) and not layout.copies_a
    assert (layout.tile_pitch, layout.panel_pitch) == (4 * 256, (256 + 8) * 24)
    assert layout.before_panels == 0 and layout.before_sums == 4 * 264 * 24
    assert layout.sums == 260 * (191 + 48)
    copied = Layout(product(BATCH, 192, BATCH, operand(256)), NARROW)
    assert copied.copies_a and copied.before_panels == 256 * 256
    assert copied.before_sums == 256 * 256 + 4 * 264 * 24
    assert Layout(product(BATCH, 64, 256, operand(256, "u8")), NARROW).copies_a
    assert Layout(product(BATCH, 64, 256, operand(256, turned=True)), NARROW).copies_a
    for k in (256, 257, BATCH):
        given = product(BATCH, 191, k, operand(256))
        deep = Layout(given, NARROW)
        numbers = deep.before_sums + (0 if k == 256 else deep.sums)
        assert blocked_scratch_bytes(given, NARROW) == numbers * 4


@pytest.mark.parametrize(
    ("k", "depth"),
    [(256, 256), (257, 144), (512, 256), (513, 176), (100, 112), (0, 256), (BATCH, 256)],
)
def test_a_known_depth_is_divided_evenly_into_lines(k: Any, depth: int) -> None:
    assert Layout(product(BATCH, 64, k, operand(256)), NARROW).depth == depth


@pytest.mark.parametrize(
    ("n", "k", "whole", "rows"),
    [
        (191, 256, 8 * 264 * 24, 64), (191, 257, 2 * 8 * 152 * 24, 60), (48, 64, 2 * 72 * 24, 256),
        (48, 1024, 4 * 2 * 264 * 24, 16), (24, 2048, 8 * 264 * 24, 16),
        (264, 256, 11 * 264 * 24, 64), (288, 256, 0, 256), (191, BATCH, 0, 256),
    ],
)  # fmt: skip
def test_a_small_b_is_copied_once_beside_fewer_rows_of_a(
    n: int, k: Any, whole: int, rows: int
) -> None:
    layout = Layout(product(BATCH, n, k, operand(256)), NARROW)
    assert (layout.whole_b, layout.rows) == (whole, rows)
    assert whole * 4 <= 288 * 1024
    assert layout.before_sums == layout.before_panels + max(whole, 4 * layout.panel_pitch)


@pytest.mark.parametrize(
    ("columns", "panels"),
    [
        (8, [(8, 1, 1)]), (24, [(24, 3, 1)]), (25, [(16, 2, 1), (9, 2, 1)]),
        (32, [(16, 2, 1), (16, 2, 1)]), (33, [(24, 3, 1), (9, 2, 1)]), (48, [(24, 3, 2)]),
        (49, [(24, 3, 1), (16, 2, 1), (9, 2, 1)]), (23, [(23, 3, 1)]), (0, []),
    ],
)  # fmt: skip
def test_panels_of_blocks(columns: int, panels: list[tuple[int, int, int]]) -> None:
    found = panels_of(columns, 8)
    assert [(panel.columns, panel.vectors, panel.repeated) for panel in found] == panels
