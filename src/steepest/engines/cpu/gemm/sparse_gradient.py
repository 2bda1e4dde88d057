"""The gradient of the matrix in a product with sparse rows: G[column] += value * dY[row].

A thread owns some rows of G and sums them in the order of the batch: no atomics, and no bit depends
on the partition of the rows. Entries of other threads' rows are read and skipped. Sums of a narrow
dY are in scratch, a panel of columns at a time; else sparse_lists.py sums in registers. Depends on
sparse.py, sparse_lists.py and the files that they import.
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
from .operand import Ahead, Epilogue, Hook, no_hook
from .shape import Machine
from .sparse import SparseGradient, SparseRows, add_times, at_column, panels_of
from .sparse_lists import Caller, emit_listed_gradient, lists_of
from .strip import Strip
from .tile import read_row

BYTE = ir.IntType(8)
MOST_SUMMED = 4  # vectors of dY for which a table of sums is faster than lists, by measurement
MOST_LISTS = 4096  # with more, those being filled do not fit in a second-level cache


def sparse_scratch_bytes(gradient: SparseGradient, machine: Machine, rows: int) -> int:
    """The bytes of scratch for the gradient of at most `rows` rows.

    >>> from steepest.engines.cpu.gemm import Operand
    >>> dy = Operand(ir.Constant(ir.PointerType(), None), "f32", 10)
    >>> gradient = SparseGradient(SparseRows(dy.pointer, dy.pointer), dy, 512, 100, 10)
    >>> sparse_scratch_bytes(gradient, Machine(512), rows=100)
    6400
    """
    if is_listed(gradient, machine):
        return lists_of(gradient, machine).scratch_bytes(rows)
    panels = panels_of(gradient.n, machine.lanes(gradient.element), widest(machine))
    pitch = max((panel.pitch for _, _, panel in panels), default=0)
    return rows * pitch * element_bytes(gradient.kind)


def is_listed(gradient: SparseGradient, machine: Machine) -> bool:
    """Whether the entries are listed by column, as sparse_lists.py does.

    It takes as long as to add them to three vectors of sums each, however wide dY is.
    """
    few = not isinstance(gradient.rows, int) or gradient.rows <= MOST_LISTS
    return few and gradient.n > MOST_SUMMED * machine.lanes(gradient.element)


def widest(machine: Machine) -> int:
    """The most vectors of a row of dY that stay in registers while its entries are read."""
    return 6 if machine.registers >= 32 else 3


def emit_sparse_gradient(
    builder: ir.IRBuilder,
    gradient: SparseGradient,
    epilogue: Epilogue,
    machine: Machine,
    scratch: ir.Value,
    rows: Range | None = None,
    before_row: Hook = no_hook,
    ahead: Ahead | None = None,
) -> None:
    """Emits the gradient's rows in a range, all of them by default, and passes them to `epilogue`.

    Rows without an entry in the batch are zeros. `scratch` has `sparse_scratch_bytes` bytes of this
    thread. `before_row` may emit a test before each row of the batch.

    >>> from steepest.engines.cpu.gemm import Operand, store_to
    >>> module, pointer = ir.Module(), ir.PointerType()
    >>> kernel = ir.Function(module, ir.FunctionType(ir.VoidType(), [pointer] * 5), "kernel")
    >>> builder = ir.IRBuilder(kernel.append_basic_block())
    >>> bounds, columns, dy, result, scratch = kernel.args
    >>> x, dy = SparseRows(bounds, columns), Operand(dy, "f32", 16)
    >>> gradient = SparseGradient(x, dy, batch=512, rows=10_000, n=16)
    >>> emit_sparse_gradient(builder, gradient, store_to(result, 16), Machine(512), scratch)
    """
    if is_listed(gradient, machine):
        part = rows or (0, gradient.rows)
        caller = Caller(epilogue, before_row, ahead)
        emit_listed_gradient(builder, gradient, machine, scratch, part, caller)
        return
    lanes = machine.lanes(gradient.element)
    for first, stop, panel in panels_of(gradient.n, lanes, widest(machine)):
        with loop(builder, first, stop, panel.columns) as j:
            strip = Strip(gradient.kind, panel, j, panel.columns, scratch)
            owned = Owned(strip, rows or (0, gradient.rows), rows is None)
            owned.clear(builder)
            add_batch(builder, gradient, owned, before_row)
            owned.finish(builder, epilogue)


@dataclass(frozen=True)
class Owned:
    """The rows of the gradient that one thread sums."""

    strip: Strip
    rows: Range
    all_rows: bool

    def extent(self, builder: ir.IRBuilder) -> Integer:
        """The number of rows."""
        return subtract(builder, self.rows[1], self.rows[0])

    @contextmanager
    def only_if_inside(self, builder: ir.IRBuilder, row: Integer) -> Iterator[None]:
        """A context whose code runs only for owned rows; unconditional if all rows are owned."""
        if self.all_rows:
            yield
            return
        inside = builder.icmp_unsigned("<", index(row), index(self.extent(builder)))
        with builder.if_then(inside):
            yield

    def clear(self, builder: ir.IRBuilder) -> None:
        """Sets the sums to zero."""
        per_row = self.strip.panel.pitch * element_bytes(self.strip.kind)
        size = index(multiply(builder, self.extent(builder), per_row))
        arguments = (self.strip.buffer, ir.Constant(BYTE, 0), size, ir.Constant(BIT, 0))
        builder.intrinsic("llvm.memset.p0.i64", ir.VoidType(), arguments)

    def finish(self, builder: ir.IRBuilder, epilogue: Epilogue) -> None:
        """Passes the rows to the epilogue."""
        self.strip.finish(builder, self.rows[0], self.extent(builder), epilogue)


def add_batch(
    builder: ir.IRBuilder, gradient: SparseGradient, owned: Owned, before_row: Hook
) -> None:
    """Sums the entries of owned rows over the batch, row by row."""
    strip, x = owned.strip, gradient.x
    dy, masks = at_column(builder, gradient.dy, strip.j), strip.masks(builder)
    with x.rows_in(builder, (0, gradient.batch)) as i:
        before_row(builder)
        head = at(builder, dy.pointer, dy.row_offset(builder, i), dy.kind)
        row = read_row(builder, strip, dy, head, masks)
        with loop(builder, *x.entries(builder, i)) as entry:
            target = subtract(builder, x.column(builder, entry), owned.rows[0])
            with owned.only_if_inside(builder, target):
                add_entry(builder, owned, x, entry, target, row)


def add_entry(
    builder: ir.IRBuilder,
    owned: Owned,
    x: SparseRows,
    entry: ir.Value,
    target: Integer,
    row: list[ir.Value],
) -> None:
    """Adds an entry's value times its row of dY to row `target` of the sums."""
    value = x.value(builder, entry, owned.strip.kind)
    addresses = owned.strip.addresses(builder, target)
    before = [load(builder, at_, part.type) for at_, part in zip(addresses, row, strict=True)]
    after = add_times(builder, value, row, before)
    for address, total in zip(addresses, after, strict=True):
        store(builder, total, address)
