"""Large products: loops over blocks of both factors that the caches hold.

A block of A stays in the second-level cache and a panel of B in the first one, while all tiles of
the block go through the panel (K. Goto and R. van de Geijn, 2008; F. Van Zee and R. van de Geijn,
2015). Where the second-level cache holds all of B, it is copied once, and a block of A is a few
rows that all panels share; else B is copied again for each block. Sums over a greater depth than a
block's are continued from memory in the same order, so that no bit depends on the blocks. Depends
on packing.py, blocking.py and block_tile.py.
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
    element_bytes,
    first_lanes,
    index,
    load,
    local_array,
    loop,
    maximum,
    minimum,
    multiply,
    prefetch,
    subtract,
)

from .block_tile import Tile
from .blocking import DEPTH, ROWS, TALL, TOGETHER, WIDE, Layout, Panel, panels_of
from .copying import Range, round_up
from .operand import CACHE_LINE, Ahead, Epilogue, Hook, Product
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
    ahead: Ahead | None
    before_block: Hook

    @cached_property
    def layout(self) -> Layout:
        """The layout of scratch."""
        return Layout(self.product, self.machine)

    @cached_property
    def is_resident(self) -> bool:
        """Whether all of B is copied once, before the blocks."""
        return bool(self.layout.whole_b) and self.cols == (0, self.product.n)

    @cached_property
    def buffer(self) -> ir.Value:
        """The sums of one tile, where they are complete after one block."""
        return local_array(self.builder, self.product.kind, TALL * self.layout.width)

    def emit(self) -> None:
        """Emits the loops over blocks of A."""
        if self.is_resident:
            self._pack_all_of_b()
        with self._blocks() as block:
            self.before_block(self.builder)
            self._emit_block(block)

    @contextmanager
    def _blocks(self) -> Iterator[Block]:
        """Loops over blocks of rows, and over blocks of depth in each: the sums of a block of rows
        are stored until they are complete.
        """
        depth, layout = self.product.k, self.layout
        if isinstance(depth, int) and depth <= DEPTH and not (layout.copies_a or self.is_resident):
            yield Block(self.rows, (0, depth))
            return
        with self._steps(self.rows, layout.rows) as rows, self._depths() as ks:
            yield Block(rows, ks)

    @contextmanager
    def _steps(self, whole: Range, step: int) -> Iterator[Range]:
        """A loop over parts of a range."""
        builder = self.builder
        with loop(builder, *whole, step) as first:
            yield first, minimum(builder, add(builder, first, step), whole[1])

    @contextmanager
    def _depths(self) -> Iterator[Range]:
        """A loop over blocks of k; there is an empty one if k is 0, for the epilogue."""
        k, step = self.product.k, self.layout.depth
        with loop(self.builder, 0, maximum(self.builder, k, 1), step) as first:
            yield first, minimum(self.builder, add(self.builder, first, step), k)

    def _emit_block(self, block: Block) -> None:
        builder, product, layout = self.builder, self.product, self.layout
        tile = ir.VectorType(product.kind, TALL)
        if layout.copies_a:
            pack_rows(
                builder, product.a, block.rows, block.depth, self.scratch, layout.tile_pitch, tile
            )
        for before, panel, cols in self._panels():
            if self.is_resident:
                copies = self._resident(block.depth, before)
                self._emit_panels(block, panel, cols, panel.repeated, copies, before)
                continue
            width = layout.width if panel.columns is None else panel.columns
            with self._steps(cols, width * TOGETHER) as group:
                self._emit_group(block, panel, group)

    def _panels(self) -> Iterator[tuple[int, Panel, Range]]:
        """The panels of B: the known number of those before them, and their columns."""
        builder, (first, stop), before = self.builder, self.cols, 0
        extent, width = subtract(builder, stop, first), self.layout.width
        if isinstance(extent, int):
            panels = panels_of(extent, self.layout.lanes)
        else:
            whole = builder.sdiv(index(extent), index(width))
            panels = [Panel(WIDE, width, whole), Panel(WIDE, None)]
        for panel in panels:
            columns = width if panel.columns is None else panel.columns
            after = add(builder, first, multiply(builder, panel.repeated, columns))
            yield before, panel, (first, stop if panel.columns is None else after)
            first = after
            before += panel.repeated if isinstance(panel.repeated, int) else 0

    def _pack_all_of_b(self) -> None:
        with self._depths() as depth:
            for before, panel, cols in self._panels():
                copies = self._resident(depth, before)
                self._pack(depth, panel, cols, panel.repeated, copies)

    def _resident(self, depth: Range, before: int) -> ir.Value:
        """The address of a panel in the copy of all of B."""
        builder, layout = self.builder, self.layout
        blocks = builder.udiv(index(depth[0]), index(layout.depth))
        panels = add(builder, multiply(builder, blocks, layout.panels), before)
        place = add(builder, layout.before_panels, multiply(builder, panels, layout.panel_pitch))
        return at(builder, self.scratch, place, self.product.kind)

    def _pack(
        self, depth: Range, panel: Panel, cols: Range, count: Integer, copies: ir.Value
    ) -> None:
        """Copies adjacent panels of B."""
        layout = self.layout
        vectors = [ir.VectorType(self.product.kind, layout.lanes)] * panel.vectors
        b, pitch = self.product.b, layout.panel_pitch
        whole = panel.columns == panel.vectors * layout.lanes
        pack_panels(self.builder, b, depth, cols, count, copies, pitch, vectors, whole)

    def _emit_group(self, block: Block, panel: Panel, cols: Range) -> None:
        """Copies some panels of B, and computes the block's rows of each."""
        builder, layout = self.builder, self.layout
        columns = layout.width if panel.columns is None else panel.columns
        extent = index(add(builder, subtract(builder, cols[1], cols[0]), columns - 1))
        count = builder.sdiv(extent, index(columns)) if panel.repeated != 1 else 1
        copies = at(builder, self.scratch, layout.before_panels, self.product.kind)
        self._pack(block.depth, panel, cols, count, copies)
        self._emit_panels(block, panel, cols, count, copies, None)

    def _emit_panels(
        self,
        block: Block,
        panel: Panel,
        cols: Range,
        count: Integer,
        copies: ir.Value,
        before: int | None,
    ) -> None:
        """Computes the block's rows of some copied panels of B; with `before`, the number of the
        panels before them, the next block of A is prefetched meanwhile.
        """
        builder, layout, kind = self.builder, self.layout, self.product.kind
        columns = layout.width if panel.columns is None else panel.columns
        with loop(builder, 0, count) as number:
            first = add(builder, cols[0], multiply(builder, number, columns))
            copy = at(builder, copies, multiply(builder, number, layout.panel_pitch), kind)
            own = (first, minimum(builder, add(builder, first, columns), cols[1]))
            following = self._following(block, panel, first)
            with loop(builder, *block.rows, TALL) as row:
                if before is not None:
                    self._prefetch_rows(block, row, add(builder, number, before))
                self._emit_tile(block, panel, row, own, copy, following)

    def _prefetch_rows(self, block: Block, row: Integer, panel: Integer) -> None:
        """Prefetches a part of a tile's rows in the next block of A: the order of the epoch names
        them, and they are in memory. The panels share the tile's depth.
        """
        builder, layout, a = self.builder, self.layout, self.product.a
        if a.row_index is None or not a.rows_contiguous():
            return
        line = CACHE_LINE // element_bytes(a.kind)
        share = round_up(-(-layout.depth // layout.panels), line)
        start = add(builder, block.depth[0], multiply(builder, panel, share))
        stop = minimum(builder, add(builder, start, share), block.depth[1])
        following = add(builder, row, layout.rows)
        heads = row_heads(builder, a, (following, self.rows[1]), TALL)
        with loop(builder, start, stop, line) as k:
            for head in heads:
                prefetch(builder, at(builder, head, k, a.kind))

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
            several = product.k > self.layout.depth
        else:
            several = builder.icmp_signed(">", product.k, index(self.layout.depth))
        sums = self.buffer
        if several is not False:
            stored = self._sums_at(block, panel, row, cols[0])
            sums = stored if several is True else builder.select(several, stored, sums)
        self._prefetch_epilogue(panel, row, cols[0])
        heads, across = self._heads(block, row)
        first = None
        if several is not False:
            first = builder.icmp_signed("==", index(block.depth[0]), index(0))
        tile = Tile(product.kind, layout.lanes, panel.vectors, across, first is not None)
        arguments = [*heads, copy, index(count), sums, *([] if first is None else [first])]
        is_first = builder.icmp_signed("==", index(row), index(block.rows[0]))
        self._call(tile, arguments, is_first, following)
        last: AbstractContextManager[object] = nullcontext()
        if several is not False:
            last = builder.if_then(
                builder.icmp_signed(">=", index(block.depth[1]), index(product.k))
            )
        with last:
            self._finish(block, panel, row, cols, sums)

    def _prefetch_epilogue(self, panel: Panel, row: Integer, col: Integer) -> None:
        """Prefetches what the epilogue of a tile reads, while the tile is summed."""
        if self.ahead is not None:
            for number in range(TALL):
                width = panel.vectors * self.layout.lanes
                self.ahead(self.builder, add(self.builder, row, number), col, width)

    def _call(
        self,
        tile: Tile,
        arguments: list[ir.Value],
        is_first: ir.Value,
        following: ir.Value | None,
    ) -> None:
        """Calls the tile's function; the first tile of a panel prefetches a following panel."""
        builder = self.builder
        if following is None:
            builder.call(tile.function(builder.module), arguments)
            return
        with builder.if_else(is_first) as (yes, no):
            with yes:
                more = [following, index(self.product.b.row_stride)]
                ahead = replace(tile, prefetches=True)
                builder.call(ahead.function(builder.module), [*arguments, *more])
            with no:
                builder.call(tile.function(builder.module), arguments)

    def _following(self, block: Block, panel: Panel, col: Integer) -> ir.Value | None:
        """The address of the panel of B that is copied when this group is done; it may be none.

        The first tile of each panel prefetches it: rows of B are far from one another in memory.
        """
        b, builder = self.product.b, self.builder
        if (
            self.is_resident
            or panel.repeated == 1
            or not b.rows_contiguous()
            or b.row_index is not None
        ):
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
