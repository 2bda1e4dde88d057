"""Large products: loops over blocks of both factors that the caches hold.

A block of A stays in the second-level cache and a panel of B in the first one, while all tiles of
the block go through the panel (K. Goto and R. van de Geijn, 2008; F. Van Zee and R. van de Geijn,
2015). Sums over a greater depth than a block's are continued from memory in the same order, so that
no bit depends on the blocks. Depends on packing.py, blocking.py and block_tile.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import (
    Integer,
    add,
    at,
    first_lanes,
    index,
    load,
    local_array,
    loop,
    maximum,
    minimum,
    multiply,
    subtract,
)

from .block_tile import Tile
from .blocking import DEPTH, ROWS, TALL, TOGETHER, WIDE, Layout, Panel, panels_of
from .copying import Range
from .operand import Epilogue, Hook, Product
from .packing import pack_panels, pack_rows, row_heads
from .shape import Machine


@dataclass(frozen=True)
class Block:
    """A range of rows and of k."""

    rows: Range
    depth: Range


@dataclass(frozen=True)
class Blocked:
    """A product that is being emitted in blocks: a worker's rows and columns, and its scratch.

    `before_block` is emitted before each block of A.
    """

    builder: ir.IRBuilder
    product: Product
    epilogue: Epilogue
    machine: Machine
    rows: Range
    cols: Range
    scratch: ir.Value
    before_block: Hook

    @cached_property
    def layout(self) -> Layout:
        """The layout of scratch."""
        return Layout(self.product, self.machine)

    @cached_property
    def buffer(self) -> ir.Value:
        """The sums of one tile, where they are complete after one block."""
        return local_array(self.builder, self.product.kind, TALL * self.layout.width)

    def emit(self) -> None:
        """Emits the loops over blocks of A."""
        with self._blocks() as block:
            self.before_block(self.builder)
            self._emit_block(block)

    @contextmanager
    def _blocks(self) -> Iterator[Block]:
        """Loops over blocks of rows, and over blocks of depth in each: the sums of a block of rows
        are stored until they are complete.
        """
        builder, depth = self.builder, self.product.k
        if isinstance(depth, int) and depth <= DEPTH and not self.layout.copies_a:
            yield Block(self.rows, (0, depth))
            return
        last = depth if isinstance(depth, int) else maximum(builder, depth, 1)
        with loop(builder, *self.rows, ROWS) as first, loop(builder, 0, last, DEPTH) as k:
            rows = (first, minimum(builder, add(builder, first, ROWS), self.rows[1]))
            yield Block(rows, (k, minimum(builder, add(builder, k, DEPTH), depth)))

    def _emit_block(self, block: Block) -> None:
        builder, product, layout = self.builder, self.product, self.layout
        tile = ir.VectorType(product.kind, TALL)
        if layout.copies_a:
            pack_rows(
                builder, product.a, block.rows, block.depth, self.scratch, layout.tile_pitch, tile
            )
        first, stop = self.cols
        extent = subtract(builder, stop, first)
        for panel in self._panels(extent):
            columns = layout.width if panel.columns is None else panel.columns
            after = add(builder, first, multiply(builder, panel.repeated, columns))
            ends = stop if panel.columns is None and panel.repeated == 1 else after
            step = columns * TOGETHER
            with loop(builder, first, ends, step) as start:
                last = minimum(builder, add(builder, start, step), ends)
                self._emit_group(block, panel, (start, last))
            first = after

    def _panels(self, extent: Integer) -> list[Panel]:
        if isinstance(extent, int):
            return panels_of(extent, self.layout.lanes)
        whole = self.builder.sdiv(index(extent), index(self.layout.width))
        return [Panel(WIDE, self.layout.width, whole), Panel(WIDE, None)]

    def _emit_group(self, block: Block, panel: Panel, cols: Range) -> None:
        """Copies some panels of B, and computes the block's rows of each."""
        builder, layout, kind = self.builder, self.layout, self.product.kind
        width = panel.vectors * layout.lanes
        columns = width if panel.columns is None else panel.columns
        extent = index(add(builder, subtract(builder, cols[1], cols[0]), columns - 1))
        count = builder.sdiv(extent, index(columns)) if panel.repeated != 1 else 1
        copies = at(builder, self.scratch, layout.before_panels, kind)
        pitch, vectors = layout.panel_pitch, [ir.VectorType(kind, layout.lanes)] * panel.vectors
        pack_panels(builder, self.product.b, block.depth, cols, count, copies, pitch, vectors)
        with loop(builder, 0, count) as number:
            first = add(builder, cols[0], multiply(builder, number, columns))
            copy = at(builder, copies, multiply(builder, number, pitch), kind)
            own = (first, minimum(builder, add(builder, first, columns), cols[1]))
            following = self._following(block, panel, first)
            with loop(builder, *block.rows, TALL) as row:
                self._emit_tile(block, panel, row, own, copy, following)

    def _emit_tile(
        self,
        block: Block,
        panel: Panel,
        row: Integer,
        cols: Range,
        copy: ir.Value,
        following: ir.Value | None,
    ) -> None:
        """Sums a tile over the block's depth; passes it to the epilogue after the last block."""
        builder, product, layout = self.builder, self.product, self.layout
        count = subtract(builder, block.depth[1], block.depth[0])
        several: bool | ir.Value
        if isinstance(product.k, int):
            several = product.k > DEPTH
        else:
            several = builder.icmp_signed(">", product.k, index(DEPTH))
        sums = self.buffer
        if several is not False:
            stored = self._sums_at(block, panel, row, cols[0])
            sums = stored if several is True else builder.select(several, stored, sums)
        heads, across = self._heads(block, row)
        first = None
        if several is not False:
            first = builder.icmp_signed("==", index(block.depth[0]), index(0))
        tile = Tile(product.kind, layout.lanes, panel.vectors, across, first is not None)
        arguments = [*heads, copy, index(count), sums, *([] if first is None else [first])]
        if following is None:
            builder.call(tile.function(builder.module), arguments)
        else:
            is_first = builder.icmp_signed("==", index(row), index(block.rows[0]))
            with builder.if_else(is_first) as (yes, no):
                with yes:
                    more = [following, index(product.b.row_stride)]
                    ahead = replace(tile, prefetches=True)
                    builder.call(ahead.function(builder.module), [*arguments, *more])
                with no:
                    builder.call(tile.function(builder.module), arguments)
        last: AbstractContextManager[object] = nullcontext()
        if several is not False:
            last = builder.if_then(
                builder.icmp_signed(">=", index(block.depth[1]), index(product.k))
            )
        with last:
            self._finish(block, panel, row, cols, sums)

    def _following(self, block: Block, panel: Panel, col: Integer) -> ir.Value | None:
        """The address of the panel of B that is copied when this group is done; it may be none.

        The first tile of each panel prefetches it: rows of B are far from one another in memory.
        """
        b, builder = self.product.b, self.builder
        if panel.repeated == 1 or not b.rows_contiguous() or b.row_index is not None:
            return None
        line = at(builder, b.pointer, b.row_offset(builder, block.depth[0]), b.kind)
        return at(builder, line, add(builder, col, TOGETHER * self.layout.width), b.kind)

    def _sums_at(self, block: Block, panel: Panel, row: Integer, col: Integer) -> ir.Value:
        """The address of a tile's partial sums: panel after panel, row after row."""
        builder, layout = self.builder, self.layout
        rows = subtract(builder, row, block.rows[0])
        before = multiply(builder, subtract(builder, col, self.cols[0]), ROWS + TALL)
        width = panel.vectors * layout.lanes
        place = add(
            builder, add(builder, before, layout.before_sums), multiply(builder, rows, width)
        )
        return at(builder, self.scratch, place, self.product.kind)

    def _heads(self, block: Block, row: Integer) -> tuple[list[ir.Value], int]:
        """The addresses of a tile's rows at the block's first k, and the distance to the next k."""
        builder, a = self.builder, self.product.a
        if self.layout.copies_a:
            place = multiply(builder, subtract(builder, row, block.rows[0]), DEPTH)
            copy = at(builder, self.scratch, place, self.product.kind)
            return [at(builder, copy, number, self.product.kind) for number in range(TALL)], TALL
        heads = row_heads(builder, a, (row, block.rows[1]), TALL)
        return [at(builder, head, block.depth[0], a.kind) for head in heads], 1

    def _finish(
        self, block: Block, panel: Panel, row: Integer, cols: Range, sums: ir.Value
    ) -> None:
        """Passes the rows of a tile to the epilogue, vector by vector."""
        builder, layout, kind = self.builder, self.layout, self.product.kind
        vector = ir.VectorType(kind, layout.lanes)
        count = minimum(builder, TALL, subtract(builder, block.rows[1], row))
        with loop(builder, 0, count) as number:
            start = multiply(builder, number, panel.vectors * layout.lanes)
            for place in range(0, panel.vectors * layout.lanes, layout.lanes):
                address = at(builder, sums, add(builder, start, place), kind)
                total = load(builder, address, vector)
                mask = self._mask(panel, place, cols)
                at_row, at_col = add(builder, row, number), add(builder, cols[0], place)
                self.epilogue(builder, index(at_row), index(at_col), total, mask, layout.lanes)

    def _mask(self, panel: Panel, place: int, cols: Range) -> ir.Value | None:
        """The mask of a vector's lanes that are inside of C; None if all are."""
        if panel.columns is None:
            left = subtract(self.builder, subtract(self.builder, cols[1], cols[0]), place)
            return first_lanes(self.builder, left, self.layout.lanes)
        left = panel.columns - place
        return (
            None
            if left >= self.layout.lanes
            else first_lanes(self.builder, left, self.layout.lanes)
        )
