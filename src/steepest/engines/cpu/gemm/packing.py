"""Copies blocks of both factors into scratch as the tiles of a large product read them.

A block of A is tiles of a few rows: for each k the numbers of the tile's rows are adjacent. A block
of B is panels of a few vectors: for each k a panel's numbers are adjacent, with zeros behind the
last column. Depends on copying.py and operand.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import (
    Integer,
    add,
    at,
    element_bytes,
    first_lanes,
    index,
    loop,
    minimum,
    multiply,
    prefetch,
    store,
    subtract,
)

from .copying import Range, copy_columns, transposed_lanes
from .operand import CACHE_LINE, Operand, read_scalar, read_vector

TILES = 4  # of A that are copied at a time where their rows are adjacent: a cache line for each k
AHEAD = 8  # rows of B between the one that is copied and the one that is prefetched
TILES_AHEAD = 16  # the same of A


def pack_rows(
    builder: ir.IRBuilder,
    a: Operand,
    rows: Range,
    depth: Range,
    target: ir.Value,
    pitch: int,
    tile: ir.VectorType,
) -> None:
    """Copies rows x depth of A as tiles of `tile.count` rows, each `pitch` numbers from the last.

    A tile that reaches beyond the last row has zeros or copies of that row there.
    """
    adjacent, tall = a.transposed().rows_contiguous(), tile.count
    with loop(builder, *rows, tall * TILES if adjacent else tall) as row:
        place = multiply(builder, subtract(builder, row, rows[0]), pitch // tall)
        start = at(builder, target, place, tile.element)
        if adjacent:
            _pack_tiles(builder, a, (row, rows[1]), depth, start, pitch, tile)
        else:
            _pack_turned(builder, a, (row, rows[1]), depth, start, tile)


def _pack_tiles(
    builder: ir.IRBuilder,
    a: Operand,
    rows: Range,
    depth: Range,
    target: ir.Value,
    pitch: int,
    tile: ir.VectorType,
) -> None:
    """Copies some tiles at a time, or, where fewer rows are left, one masked tile after another."""
    left, tall = subtract(builder, rows[1], rows[0]), tile.count
    whole = builder.icmp_signed(">=", index(left), index(tall * TILES))
    with builder.if_else(whole) as (yes, no):
        with yes:
            _pack_adjacent(builder, a, rows[0], [None] * TILES, depth, target, pitch, tile)
        with no, loop(builder, 0, left, tall) as more:
            mask = first_lanes(builder, subtract(builder, left, more), tall)
            own = at(builder, target, multiply(builder, more, pitch // tall), tile.element)
            first = add(builder, rows[0], more)
            _pack_adjacent(builder, a, first, [mask], depth, own, pitch, tile)


def _pack_adjacent(
    builder: ir.IRBuilder,
    a: Operand,
    row: Integer,
    masks: Sequence[ir.Value | None],
    depth: Range,
    target: ir.Value,
    pitch: int,
    tile: ir.VectorType,
) -> None:
    """Copies tiles whose rows are adjacent in memory for each k; each tile has a mask."""
    with loop(builder, *depth) as k:
        column = at(builder, at(builder, a.pointer, a.col_offset(builder, k), a.kind), row, a.kind)
        offset = multiply(builder, subtract(builder, k, depth[0]), tile.count)
        copy = at(builder, target, offset, tile.element)
        later = minimum(builder, add(builder, k, TILES_AHEAD), subtract(builder, depth[1], 1))
        ahead = at(builder, a.pointer, a.col_offset(builder, later), a.kind)
        for place in (0, len(masks) * tile.count - 1):  # both lines, if it is in two
            prefetch(builder, at(builder, ahead, add(builder, row, place), a.kind))
        for number, mask in enumerate(masks):
            here = at(builder, column, number * tile.count, a.kind)
            numbers = read_vector(builder, a, here, tile, mask)
            store(builder, numbers, at(builder, copy, number * pitch, tile.element))


def _pack_turned(
    builder: ir.IRBuilder,
    a: Operand,
    rows: Range,
    depth: Range,
    target: ir.Value,
    tile: ir.VectorType,
) -> None:
    """Copies a tile whose rows are contiguous along k: squares are transposed in registers."""
    heads, tall = row_heads(builder, a, rows, tile.count), tile.count
    whole = index(subtract(builder, depth[1], depth[0]))
    whole = builder.and_(whole, index(-tall))
    middle = add(builder, depth[0], whole)
    with loop(builder, depth[0], middle, tall) as k:
        square = [read_vector(builder, a, at(builder, head, k, a.kind), tile) for head in heads]
        place = multiply(builder, subtract(builder, k, depth[0]), tall)
        for number, column in enumerate(transposed_lanes(builder, square)):
            address = at(builder, target, add(builder, place, number * tall), tile.element)
            store(builder, column, address)
    with loop(builder, middle, depth[1]) as k:
        place = multiply(builder, subtract(builder, k, depth[0]), tall)
        for number, head in enumerate(heads):
            value = read_scalar(builder, a, at(builder, head, k, a.kind), tile.element)
            address = at(builder, target, add(builder, place, number), tile.element)
            builder.store(value, address, align=element_bytes(tile.element))


def row_heads(builder: ir.IRBuilder, a: Operand, rows: Range, tall: int) -> list[ir.Value]:
    """The addresses of `tall` rows from rows[0] on; behind the last row that row again."""
    last = subtract(builder, rows[1], 1)
    chosen = [minimum(builder, add(builder, rows[0], number), last) for number in range(tall)]
    return [at(builder, a.pointer, a.row_offset(builder, row), a.kind) for row in chosen]


def pack_panels(
    builder: ir.IRBuilder,
    b: Operand,
    depth: Range,
    cols: Range,
    panels: Integer,
    target: ir.Value,
    pitch: int,
    vectors: list[ir.VectorType],
    whole: bool,
) -> None:
    """Copies depth x cols of B as `panels` panels of `vectors`, each `pitch` numbers from the last.

    If they are `whole`, B has all columns of each panel. Rows that are contiguous are read across
    all panels: a row lies in one page, the next row in another.
    """
    lanes, element = vectors[0].count, vectors[0].element
    width = lanes * len(vectors)
    if not b.rows_contiguous():
        with loop(builder, 0, panels) as panel:
            first = add(builder, cols[0], multiply(builder, panel, width))
            columns = (first, minimum(builder, add(builder, first, width), cols[1]))
            copy = at(builder, target, multiply(builder, panel, pitch), element)
            copy_columns(builder, b, depth, columns, copy, width, vectors[0])
        return
    line = CACHE_LINE // element_bytes(b.kind)
    with loop(builder, *depth) as k:
        head = at(builder, b.pointer, b.row_offset(builder, k), b.kind)
        later = minimum(builder, add(builder, k, AHEAD), subtract(builder, depth[1], 1))
        ahead = at(builder, b.pointer, b.row_offset(builder, later), b.kind)
        place = multiply(builder, subtract(builder, k, depth[0]), width)
        start = at(builder, target, place, element)
        with loop(builder, 0, panels) as panel:
            first = add(builder, cols[0], multiply(builder, panel, width))
            for column in range(0, width, line):
                prefetch(builder, at(builder, ahead, add(builder, first, column), b.kind))
            own = at(builder, start, multiply(builder, panel, pitch), element)
            for number, kind in enumerate(vectors):
                here = add(builder, first, number * lanes)
                left = subtract(builder, cols[1], here)
                mask = None if whole else first_lanes(builder, left, lanes)
                numbers = read_vector(builder, b, at(builder, head, here, b.kind), kind, mask)
                store(builder, numbers, at(builder, own, number * lanes, element))
