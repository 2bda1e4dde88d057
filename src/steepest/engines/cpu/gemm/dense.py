"""Dense matrix products: the loops over a range of C, in panels of columns and tiles of rows.

Depends on tile.py, staging.py and the files that these import.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import (
    Integer,
    add,
    counting,
    index,
    local_array,
    loop,
    maximum,
    minimum,
    multiply,
    subtract,
)

from .blocked import Blocked
from .blocking import LEAST_ROWS, blocked_scratch_bytes, may_be_blocked
from .copying import Range
from .depth import DepthBlock, depth_blocks, panel_scratch_bytes
from .dot import emit_dots, is_dot
from .operand import Ahead, Epilogue, Hook, Operand, Product, no_hook
from .rank_one import emit_rank_one, may_be_rank_one
from .shape import (
    SINGLE,
    USUAL,
    Machine,
    Panel,
    may_have_single_rows,
    split_columns,
    tile_rows,
    worth_a_tile,
)
from .staging import (
    block_rows,
    copies_a,
    needed,
    panel_of_b,
    panels_together,
    repays_copy,
    stage_group,
    staged_rows,
)
from .strip import Strip
from .tile import Tile, compute_tile


@dataclass(frozen=True)
class Job:
    """A product that is being emitted: its rows and columns to compute, epilogue and scratch.

    With `few_rows` they are too few for a copy of B's rows to pay, with `single` it is one, whose
    panels are wide. `ahead` prefetches what the epilogue of a tile reads, before the tile is
    summed. `before_block` is emitted before each block of a sum over the batch.
    """

    product: Product
    epilogue: Epilogue
    machine: Machine
    rows: Range
    cols: Range
    scratch: ir.Value | None
    block: DepthBlock | None = None
    few_rows: bool = False
    single: bool = False
    ahead: Ahead | None = None
    before_block: Hook = no_hook


def emit_dense_product(
    builder: ir.IRBuilder,
    product: Product,
    epilogue: Epilogue,
    machine: Machine,
    rows: Range | None = None,
    cols: Range | None = None,
    scratch: ir.Value | None = None,
    ahead: Ahead | None = None,
    before_block: Hook = no_hook,
) -> None:
    """Emits loops that compute C[i, j] for i in `rows`, j in `cols` and pass it to `epilogue`.

    The default of a range is the whole axis. `scratch` points to `dense_scratch_bytes` bytes of
    this thread. Bits do not depend on how C is divided among threads. `before_block` may emit a
    test before each block of a large product. Afterwards the builder is behind the loops.

    >>> import numpy as np, ctypes
    >>> from steepest.engines.cpu.gemm import Machine, store_to
    >>> from steepest.engines.cpu.machine.jit import compile_module
    >>> module, pointer = ir.Module(), ir.PointerType()
    >>> kernel = ir.Function(module, ir.FunctionType(ir.VoidType(), [pointer] * 3), "kernel")
    >>> builder = ir.IRBuilder(kernel.append_basic_block())
    >>> a, b, c = kernel.args
    >>> product = Product(Operand(a, "f32", 3), Operand(b, "f32", 5), m=2, n=5, k=3)
    >>> emit_dense_product(builder, product, store_to(c, 5), Machine(128, 16))
    >>> _ = builder.ret_void()
    >>> code = compile_module(str(module))
    >>> x, w, y = (np.ones(shape, np.float32) for shape in ((2, 3), (3, 5), (2, 5)))
    >>> call = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3)(code.address("kernel"))
    >>> call(x.ctypes.data, w.ctypes.data, y.ctypes.data)
    >>> y
    array([[3., 3., 3., 3., 3.],
           [3., 3., 3., 3., 3.]], dtype=float32)
    """
    span = rows or (0, product.m), cols or (0, product.n)
    job = Job(product, epilogue, machine, *span, scratch, ahead=ahead, before_block=before_block)
    if is_dot(product) and job.cols == (0, 1):
        emit_dots(builder, product, epilogue, machine, job.rows)
        return
    if may_be_rank_one(product):
        single = builder.icmp_signed("==", index(product.k), index(1))
        with builder.if_else(single) as (yes, no):
            with yes:
                emit_rank_one(builder, product, epilogue, machine, *span)
            with no:
                emit_many_rows(builder, job)
    elif may_have_single_rows(product, machine):
        extent = subtract(builder, job.rows[1], job.rows[0])
        single = builder.icmp_signed("==", index(extent), index(1))
        with builder.if_else(single) as (yes, no):
            with yes:
                emit_in_panels(builder, replace(job, few_rows=True, single=True))
            with no:
                emit_many_rows(builder, job)
    else:
        emit_many_rows(builder, job)


def emit_many_rows(builder: ir.IRBuilder, job: Job) -> None:
    """Computes the job in blocks if it has enough rows, else in panels."""
    product, machine = job.product, job.machine
    if not may_be_blocked(product, machine):
        emit_in_panels(builder, job)
        return
    extent = subtract(builder, job.rows[1], job.rows[0])
    enough = builder.icmp_signed(">=", index(extent), index(LEAST_ROWS))
    with builder.if_else(enough) as (yes, no):
        with yes:
            Blocked(
                builder,
                product,
                job.epilogue,
                machine,
                job.rows,
                job.cols,
                needed(job.scratch),
                job.ahead,
                job.before_block,
            ).emit()
        with no:
            emit_in_panels(builder, replace(job, few_rows=True))


def dense_scratch_bytes(builder: ir.IRBuilder, product: Product, machine: Machine) -> Integer:
    """The bytes of scratch that `emit_dense_product` needs; an i64 value if k is one."""
    size = panel_scratch_bytes(builder, product, machine)
    if may_be_blocked(product, machine):
        size = maximum(builder, size, blocked_scratch_bytes(product, machine))
    return size


def emit_in_panels(builder: ir.IRBuilder, job: Job) -> None:
    """Computes the job without blocks of rows, from B itself where its rows are contiguous."""
    with depth_blocks(builder, job.product, job.machine, job.scratch) as (part, block):
        if block is not None:
            job.before_block(builder)
        emit_depth_block(builder, replace(job, product=part, block=block))


def emit_depth_block(builder: ir.IRBuilder, job: Job) -> None:
    """Computes the job's rows; if A is copied, a block of its rows at a time."""
    product, machine, scratch = job.product, job.machine, job.scratch
    if not copies_a(product):
        emit_rows(builder, job, product.a, 0)
        return
    block, extent = block_rows(product), subtract(builder, job.rows[1], job.rows[0])
    if isinstance(extent, int) and extent <= block:
        a = staged_rows(builder, product, machine, job.rows, scratch)
        emit_rows(builder, job, a, job.rows[0])
        return
    with loop(builder, *job.rows, block) as first:
        part = (first, minimum(builder, add(builder, first, block), job.rows[1]))
        a = staged_rows(builder, product, machine, part, scratch)
        emit_rows(builder, replace(job, rows=part), a, first)


def emit_rows(builder: ir.IRBuilder, job: Job, a: Operand, top: Integer) -> None:
    """Computes the job's rows, one group of panels after another; `a` begins with row `top`."""
    first, stop = job.cols
    columns = subtract(builder, stop, first)
    lanes = job.machine.lanes(job.product.element)
    widths = (SINGLE, SINGLE) if job.single else (max(job.machine.tall), USUAL)
    for panel in split_columns(columns, lanes, *widths):
        fitting = stop if panel.tail is None else whole(builder, first, stop, panel.columns)
        together = panel.width * panels_together(job.product, panel)
        if isinstance(fitting, int) and isinstance(first, int) and fitting - first <= together:
            compute_group(builder, job, a, top, panel, (first, fitting))
        else:
            with loop(builder, first, fitting, together) as start:
                last = minimum(builder, add(builder, start, together), fitting)
                compute_group(builder, job, a, top, panel, (start, last))
        first = fitting


@dataclass(frozen=True)
class PanelGroup:
    """Adjacent panels of B that each tile of rows goes through before the next tile."""

    job: Job
    a: Operand
    top: Integer
    panel: Panel
    cols: Range
    copied: bool
    buffer: ir.Value

    def tile(self, builder: ir.IRBuilder, i: Integer, j: Integer) -> Tile:
        """The tile whose first row is `i`, in the panel that begins at column `j`."""
        product, scratch = self.job.product, self.job.scratch
        left = subtract(builder, self.cols[1], j)
        first = self.cols[0]
        b = panel_of_b(builder, product, self.panel, first, j, self.copied, scratch)
        strip = Strip(product.kind, self.panel, j, left, self._sums(builder, i, j))
        block = self.job.block
        return Tile(strip, product.k, self.a, b, self.top, None if block is None else block.first)

    def _sums(self, builder: ir.IRBuilder, i: Integer, j: Integer) -> ir.Value:
        """The address of a tile's sums."""
        if self.job.block is None:
            return self.buffer
        (low, high), kind = self.job.rows, self.job.product.kind
        tall = add(builder, subtract(builder, high, low), max(self.job.machine.tall.values()))
        panels = multiply(builder, subtract(builder, j, self.job.cols[0]), tall)
        rows = multiply(builder, subtract(builder, i, low), self.panel.pitch)
        return self.job.block.sums_at(builder, self.buffer, add(builder, panels, rows), kind)

    def prefetch(self, builder: ir.IRBuilder, i: Integer, j: Integer, rows: int) -> None:
        """Prefetches what the epilogue of a tile reads."""
        if self.job.ahead is not None:
            for row in range(rows):
                self.job.ahead(builder, add(builder, i, row), j, self.panel.width)

    def finish(self, builder: ir.IRBuilder, strip: Strip, i: Integer, count: Integer) -> None:
        """Passes rows of a strip to the epilogue if their sums are complete."""
        block = self.job.block
        with nullcontext() if block is None else builder.if_then(block.last):
            strip.finish(builder, i, count, self.job.epilogue)


def compute_group(
    builder: ir.IRBuilder, job: Job, a: Operand, top: Integer, panel: Panel, cols: Range
) -> None:
    """Computes the job's rows of a group of panels, from a copy of B where that is quicker."""
    extent = subtract(builder, job.rows[1], job.rows[0])
    tall = 1 if job.single else tile_rows(extent, panel, job.machine)
    buffer = local_array(builder, job.product.kind, tall * panel.pitch)
    copied = PanelGroup(job, a, top, panel, cols, True, buffer)
    plain = replace(copied, copied=False)
    repays: bool | ir.Value = not job.product.b.rows_contiguous()
    if not job.few_rows:
        repays = repays_copy(builder, job.product, extent)
    if isinstance(repays, bool):
        compute_rows(builder, copied if repays else plain, tall)
        return
    # Two loops, as one with a variable stride would compute a product for each element of B.
    with builder.if_else(repays) as (yes, no):
        with yes:
            compute_rows(builder, copied, tall)
        with no:
            compute_rows(builder, plain, tall)


def whole(builder: ir.IRBuilder, first: Integer, stop: Integer, width: int) -> Integer:
    """The end of the last whole panel of `width` columns."""
    if isinstance(first, int) and isinstance(stop, int):
        return first + (stop - first) // width * width
    extent = index(subtract(builder, stop, first))
    rest = builder.srem(extent, index(width))
    return builder.sub(index(stop), rest)


def compute_rows(builder: ir.IRBuilder, group: PanelGroup, tall: int) -> None:
    """Computes tiles of `tall` rows; the rows left over are computed one by one.

    Where a tile is quicker than the rows left over, a tile that ends with the last row computes
    them, and its rows above them are not passed on again.
    """
    rows, panel = group.job.rows, group.panel
    if group.copied:
        stage_group(builder, group.job.product, panel, group.cols, needed(group.job.scratch))
    extent = subtract(builder, rows[1], rows[0])
    if tall == 1 or (isinstance(extent, int) and extent % tall == 0):
        with loop(builder, *rows, tall) as i, loop(builder, *group.cols, panel.width) as j:
            tile = group.tile(builder, i, j)
            group.prefetch(builder, i, j, tall)
            compute_tile(builder, tile, i, tall)
            group.finish(builder, tile.strip, i, tall)
        return
    with counting(builder, *rows) as (i, advance):
        left = index(subtract(builder, rows[1], i))
        tiled = builder.and_(
            builder.icmp_signed(">=", left, index(worth_a_tile(tall, len(panel.vectors)))),
            builder.icmp_signed(">=", index(extent), index(tall)),
        )
        count = builder.select(tiled, index(minimum(builder, left, tall)), index(1))
        with loop(builder, *group.cols, panel.width) as j:
            compute_some_rows(builder, group.tile(builder, i, j), group, i, tall, tiled, count)
        advance(count)


def compute_some_rows(
    builder: ir.IRBuilder,
    tile: Tile,
    group: PanelGroup,
    i: Integer,
    tall: int,
    tiled: ir.Value,
    count: ir.Value,
) -> None:
    """Computes `count` rows from row i on, by a whole tile if `tiled`, else one, and passes them
    to the epilogue.
    """
    start = minimum(builder, i, subtract(builder, group.job.rows[1], tall))
    with builder.if_else(tiled) as (yes, no):
        with yes:
            group.prefetch(builder, i, tile.strip.j, tall)
            compute_tile(builder, tile, start, tall)
        with no:
            compute_tile(builder, tile, i, 1)
    skipped = builder.select(tiled, index(subtract(builder, i, start)), index(0))
    strip = replace(tile.strip, buffer=tile.strip.row_address(builder, skipped))
    group.finish(builder, strip, i, count)
