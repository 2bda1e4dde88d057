"""The gradient of a matrix that sparse rows were multiplied with: G[column] += value * dY[row].

Leans on sparse.py and what lies below it. A thread owns some rows of G and sums them in scratch, a
panel of columns at a time, in the order of the batch: no atomics, and no bit depends on how rows
are dealt out. Entries of other threads' rows are read and passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import (
    BIT,
    Integer,
    at,
    element_bytes,
    index,
    load,
    loop,
    multiply,
    store,
    subtract,
)

from .copying import Range
from .operand import ELEMENTS, Epilogue, Operand
from .shape import Machine
from .sparse import SparseRows, add_times, at_column, panels_of
from .strip import Strip
from .tile import read_row

BYTE = ir.IntType(8)


@dataclass(frozen=True)
class SparseGradient:
    """X' dY with X sparse (batch, rows) and dY dense (batch, n), its rows lying side by side.

    >>> from steepest.engines.cpu import ir
    >>> memory = ir.Constant(ir.PointerType(), None)
    >>> dy = Operand(memory, "f32", 16)
    >>> gradient = SparseGradient(SparseRows(memory, memory), dy, batch=512, rows=10_000, n=16)
    >>> sparse_scratch_bytes(gradient, Machine(512), rows=5_000)
    320000
    """

    x: SparseRows
    dy: Operand
    batch: Integer
    rows: Integer
    n: int
    element: str = "f32"

    @property
    def kind(self) -> ir.Type:
        """The LLVM type in which it is summed."""
        return ELEMENTS[self.element]


def sparse_scratch_bytes(gradient: SparseGradient, machine: Machine, rows: int) -> int:
    """How many bytes of scratch the gradient of at most `rows` rows takes.

    >>> dy = Operand(ir.Constant(ir.PointerType(), None), "f32", 10)
    >>> gradient = SparseGradient(SparseRows(dy.pointer, dy.pointer), dy, 512, 100, 10)
    >>> sparse_scratch_bytes(gradient, Machine(512), rows=100)
    6400
    """
    panels = panels_of(gradient.n, machine.lanes(gradient.element), widest(machine))
    room = max((panel.pitch for _, _, panel in panels), default=0)
    return rows * room * element_bytes(gradient.kind)


def widest(machine: Machine) -> int:
    """How many vectors of dY are held in registers while the entries of a row pass."""
    return 6 if machine.registers >= 32 else 3


def emit_sparse_gradient(
    builder: ir.IRBuilder,
    gradient: SparseGradient,
    epilogue: Epilogue,
    machine: Machine,
    scratch: ir.Value,
    rows: Range | None = None,
) -> None:
    """Emit the gradient's rows in a range, all of them by default, and hand them to `epilogue`.

    Rows to which no entry of the batch belongs arrive as zeros. `scratch` has
    `sparse_scratch_bytes` bytes of this thread's own.

    >>> from steepest.engines.cpu.gemm import store_to
    >>> module, pointer = ir.Module(), ir.PointerType()
    >>> kernel = ir.Function(module, ir.FunctionType(ir.VoidType(), [pointer] * 5), "kernel")
    >>> builder = ir.IRBuilder(kernel.append_basic_block())
    >>> bounds, columns, dy, result, scratch = kernel.args
    >>> x, dy = SparseRows(bounds, columns), Operand(dy, "f32", 16)
    >>> gradient = SparseGradient(x, dy, batch=512, rows=10_000, n=16)
    >>> emit_sparse_gradient(builder, gradient, store_to(result, 16), Machine(512), scratch)
    """
    lanes = machine.lanes(gradient.element)
    for first, stop, panel in panels_of(gradient.n, lanes, widest(machine)):
        with loop(builder, first, stop, panel.columns) as j:
            strip = Strip(gradient.kind, panel, j, panel.columns, scratch)
            owned = Owned(strip, rows or (0, gradient.rows), rows is None)
            owned.clear(builder)
            add_batch(builder, gradient, owned)
            owned.finish(builder, epilogue)


@dataclass(frozen=True)
class Owned:
    """The rows of the gradient that one thread sums."""

    strip: Strip
    rows: Range
    all_rows: bool

    def extent(self, builder: ir.IRBuilder) -> Integer:
        """How many rows there are."""
        return subtract(builder, self.rows[1], self.rows[0])

    @contextmanager
    def only_if_inside(self, builder: ir.IRBuilder, row: Integer) -> Iterator[None]:
        """Code for a row that may belong to another thread; all rows need no question."""
        if self.all_rows:
            yield
            return
        inside = builder.icmp_unsigned("<", index(row), index(self.extent(builder)))
        with builder.if_then(inside):
            yield

    def clear(self, builder: ir.IRBuilder) -> None:
        """Set the sums to zero."""
        per_row = self.strip.panel.pitch * element_bytes(self.strip.kind)
        size = index(multiply(builder, self.extent(builder), per_row))
        arguments = (self.strip.buffer, ir.Constant(BYTE, 0), size, ir.Constant(BIT, 0))
        builder.intrinsic("llvm.memset.p0.i64", ir.VoidType(), arguments)

    def finish(self, builder: ir.IRBuilder, epilogue: Epilogue) -> None:
        """Hand over the rows."""
        self.strip.finish(builder, self.rows[0], self.extent(builder), epilogue)


def add_batch(builder: ir.IRBuilder, gradient: SparseGradient, owned: Owned) -> None:
    """Sum over the batch, row by row, the entries that belong to owned rows."""
    strip, x = owned.strip, gradient.x
    dy, masks = at_column(builder, gradient.dy, strip.j), strip.masks(builder)
    with x.rows_in(builder, (0, gradient.batch)) as i:
        head = at(builder, dy.pointer, dy.row_offset(builder, i), dy.kind)
        row = read_row(builder, strip, dy, head, masks)
        with loop(builder, *x.entries(builder, i)) as entry:
            place = subtract(builder, x.column(builder, entry), owned.rows[0])
            with owned.only_if_inside(builder, place):
                add_entry(builder, owned, x, entry, place, row)


def add_entry(
    builder: ir.IRBuilder,
    owned: Owned,
    x: SparseRows,
    entry: ir.Value,
    place: Integer,
    row: list[ir.Value],
) -> None:
    """Add one entry's value times its row of dY to the sums of the row that it belongs to."""
    value = x.value(builder, entry, owned.strip.kind)
    targets = owned.strip.places(builder, place)
    before = [load(builder, at_, part.type) for at_, part in zip(targets, row, strict=True)]
    after = add_times(builder, value, row, before)
    for target, total in zip(targets, after, strict=True):
        store(builder, total, target)
