"""Products of sparse rows and a dense matrix.

Rows are in CSR form (a row's entries are bounds[row] up to bounds[row + 1]) and may be read in an
order. Columns must be inside the matrix: the caller has checked them. Depends on ir/helpers.py,
operand.py, strip.py and tile.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import (
    INDEX,
    Integer,
    accumulate,
    add,
    at,
    element_bytes,
    index,
    local_array,
    loop,
    minimum,
    multiply,
    prefetch,
    read_index,
    subtract,
    zero,
)

from .copying import Range, copy_rows
from .operand import ELEMENTS, Epilogue, Operand, read_scalar
from .shape import Machine, Panel, split_columns
from .strip import Strip
from .tile import multiply_add, read_row

LINE = 64  # bytes of a cache line
AHEAD = 4  # rows between the one that is prefetched and the one that is read, by measurement
WORTH_A_COPY = 9  # entries for each row of the matrix that they may read, by measurement
CHAINS = 4  # independent partial sums of an element, as an addition takes four cycles


@dataclass(frozen=True)
class SparseRows:
    """Sparse rows: the column numbers and values of their stored entries.

    `bounds` and `columns` are arrays of the integer types named; `values` is an operand read as
    values[entry], or None if every stored entry is 1. Row r is the stored row order[r].

    >>> from steepest.engines.cpu import ir
    >>> memory = ir.Constant(ir.PointerType(), None)
    >>> multi_hot = SparseRows(memory, memory, columns_kind=ir.IntType(32))
    >>> pixels = SparseRows(memory, memory, Operand(memory, "u8", 1, scale=1 / 255))
    """

    bounds: ir.Value
    columns: ir.Value
    values: Operand | None = None
    order: ir.Value | None = None
    bounds_kind: ir.IntType = INDEX
    columns_kind: ir.IntType = INDEX

    def entries(self, builder: ir.IRBuilder, row: Integer) -> tuple[ir.Value, ir.Value]:
        """The first entry of a row, and the end of its entries."""
        stored = row if self.order is None else read_index(builder, self.order, row)
        first = read_index(builder, self.bounds, stored, self.bounds_kind)
        return first, read_index(builder, self.bounds, add(builder, stored, 1), self.bounds_kind)

    @contextmanager
    def rows_in(
        self, builder: ir.IRBuilder, rows: Range, are_new: ir.Value | None = None
    ) -> Iterator[ir.Value]:
        """A loop over a range of rows that prefetches the rows ahead, if they `are_new`.

        With an order the processor cannot guess which row is read next.
        """
        last = subtract(builder, rows[1], 1)
        with loop(builder, *rows) as row:
            with nullcontext() if are_new is None else builder.if_then(are_new):
                self.prefetch_row(builder, minimum(builder, add(builder, row, AHEAD), last))
            yield row

    def prefetch_row(self, builder: ir.IRBuilder, row: Integer) -> None:
        """Requests the entries of a row from memory."""
        first, stop = self.entries(builder, row)
        arrays: list[tuple[ir.Value, ir.Type]] = [(self.columns, self.columns_kind)]
        if self.values is not None:
            arrays.append((self.values.pointer, self.values.kind))
        for pointer, kind in arrays:
            with loop(builder, first, stop, LINE // element_bytes(kind)) as entry:
                prefetch(builder, at(builder, pointer, entry, kind))

    def column(self, builder: ir.IRBuilder, entry: Integer) -> ir.Value:
        """The column number of an entry."""
        return read_index(builder, self.columns, entry, self.columns_kind)

    def value(self, builder: ir.IRBuilder, entry: Integer, kind: ir.Type) -> ir.Value | None:
        """The value of an entry as a number; None means 1."""
        if self.values is None:
            return None
        address = at(builder, self.values.pointer, entry, self.values.kind)
        return read_scalar(builder, self.values, address, kind)


@dataclass(frozen=True, kw_only=True)
class HalfRows(SparseRows):
    """The first entries of each row if `half` is 0, else the others.

    `middle(row)` emits the number of the first entries.
    """

    half: ir.Value
    middle: Callable[[Integer], ir.Value]

    def entries(self, builder: ir.IRBuilder, row: Integer) -> tuple[ir.Value, ir.Value]:
        """The first entry of a row's half, and the end of its entries."""
        first, stop = super().entries(builder, row)
        middle = builder.add(first, self.middle(row))
        is_first = builder.icmp_signed("==", self.half, index(0))
        return builder.select(is_first, first, middle), builder.select(is_first, middle, stop)


@dataclass(frozen=True)
class SparseGradient:
    """X' dY with X sparse (batch, rows) and dY dense (batch, n) with contiguous rows.

    >>> from steepest.engines.cpu import ir
    >>> memory = ir.Constant(ir.PointerType(), None)
    >>> dy = Operand(memory, "f32", 16)
    >>> gradient = SparseGradient(SparseRows(memory, memory), dy, batch=512, rows=10_000, n=16)
    >>> gradient.kind.text
    'float'
    """

    x: SparseRows
    dy: Operand
    batch: Integer
    rows: Integer
    n: int
    element: str = "f32"

    @property
    def kind(self) -> ir.Type:
        """The LLVM type of its sums."""
        return ELEMENTS[self.element]


def emit_sparse_product(
    builder: ir.IRBuilder,
    x: SparseRows,
    b: Operand,
    n: int,
    epilogue: Epilogue,
    machine: Machine,
    rows: Range,
    element: str = "f32",
    read: Range | None = None,
    scratch: ir.Value | None = None,
) -> None:
    """Emits X B for a range of X's rows; the epilogue gets vectors along B's `n` columns.

    B's rows must be contiguous. Entry e of a row is summed in chain e % 4, those after the last
    group of four in chain 0, and the chains are added in pairs: the order depends on the row alone.
    Only the rows `read` of B are read; with them and scratch of `sparse_copy_bytes`, panels of B
    are copied where that is worth its time.

    >>> from steepest.engines.cpu.gemm import store_to
    >>> module, pointer = ir.Module(), ir.PointerType()
    >>> kernel = ir.Function(module, ir.FunctionType(ir.VoidType(), [pointer] * 4), "kernel")
    >>> builder = ir.IRBuilder(kernel.append_basic_block())
    >>> bounds, columns, weights, y = kernel.args
    >>> x, matrix = SparseRows(bounds, columns), Operand(weights, "f32", 16)
    >>> emit_sparse_product(builder, x, matrix, 16, store_to(y, 16), Machine(512), rows=(0, 8))
    """
    kind, panels = ELEMENTS[element], product_panels(n, element, machine)
    copies, is_plain = None, b.element == element and b.row_index is None
    if scratch is not None and read is not None and is_plain and copied_pitch(n, panels):
        copies = Copies(scratch, read, are_worth_a_copy(builder, x, rows, read))
    for first, stop, panel in panels:
        buffer = local_array(builder, kind, panel.pitch)
        with loop(builder, first, stop, panel.columns) as j:
            strip = Strip(kind, panel, j, panel.columns, buffer)
            shifted = at_column(builder, b, j)
            if copies is not None:
                shifted = copies.of(builder, shifted, panel)
            is_first_panel = builder.icmp_signed("==", j, index(0))
            with x.rows_in(builder, rows, is_first_panel) as i:
                strip.store_row(builder, 0, sum_of_row(builder, strip, x, shifted, i))
                strip.finish(builder, i, 1, epilogue)


def product_panels(n: int, element: str, machine: Machine) -> list[tuple[int, int, Panel]]:
    """(first column, end, panel) for each kind of panel of a product."""
    return panels_of(n, machine.lanes(element), 6 if machine.registers >= 32 else 3)


def sparse_copy_bytes(n: int, machine: Machine, rows: int, element: str = "f32") -> int:
    """The bytes of scratch for copies of panels of a matrix of `rows` rows and `n` columns.

    >>> sparse_copy_bytes(100, Machine(256, 16), rows=784)
    75264
    >>> sparse_copy_bytes(24, Machine(256, 16), rows=784)
    0
    """
    pitch = copied_pitch(n, product_panels(n, element, machine))
    return rows * pitch * element_bytes(ELEMENTS[element])


def copied_pitch(n: int, panels: list[tuple[int, int, Panel]]) -> int:
    """The largest stride of rows in copies of panels; 0 if there is only one panel, and no copy."""
    return max((panel.pitch for _, _, panel in panels if n > panel.columns), default=0)


def are_worth_a_copy(builder: ir.IRBuilder, x: SparseRows, rows: Range, read: Range) -> ir.Value:
    """Whether rows have so many entries that it is worth copying the rows of B that they read."""

    def add_row(step: Integer, total: list[ir.Value]) -> list[ir.Value]:
        first, stop = x.entries(builder, add(builder, rows[0], step))
        return [builder.add(total[0], builder.sub(stop, first))]

    count = subtract(builder, rows[1], rows[0])
    (entries,) = accumulate(builder, count, [index(0)], add_row)
    least = multiply(builder, subtract(builder, read[1], read[0]), WORTH_A_COPY)
    return builder.icmp_signed(">=", entries, index(least))


@dataclass(frozen=True)
class Copies:
    """Copies of panels of B, one at a time in scratch, if they are `wanted`.

    The vectors of a row of a copy are in few cache lines, and all of its rows in few pages.
    """

    scratch: ir.Value
    read: Range
    wanted: ir.Value

    def of(self, builder: ir.IRBuilder, b: Operand, panel: Panel) -> Operand:
        """Copies the first columns of B, and returns the copy, or B itself without one."""
        kind = ir.VectorType(b.kind, panel.lanes if panel.full else panel.tail_lanes)
        with builder.if_then(self.wanted):
            start = at(builder, self.scratch, multiply(builder, self.read[0], panel.pitch), b.kind)
            columns = (0, panel.columns)
            copy_rows(builder, b, self.read, columns, start, panel.pitch, kind)
        pointer = builder.select(self.wanted, self.scratch, b.pointer)
        stride = builder.select(self.wanted, index(panel.pitch), index(b.row_stride))
        return replace(b, pointer=pointer, row_stride=stride)


def panels_of(columns: int, lanes: int, widest: int) -> list[tuple[int, int, Panel]]:
    """(first column, end, panel) for each kind of panel into which columns are split.

    >>> [(first, stop, panel.columns) for first, stop, panel in panels_of(1000, 16, 6)]
    [(0, 960, 64), (960, 1000, 40)]
    """
    found, first = [], 0
    for panel in split_columns(columns, lanes, widest):
        stop = first + (columns - first) // panel.columns * panel.columns
        found.append((first, stop, panel))
        first = stop
    return found


def at_column(builder: ir.IRBuilder, matrix: Operand, j: Integer) -> Operand:
    """The part of a matrix from column `j` on."""
    return replace(matrix, pointer=at(builder, matrix.pointer, j, matrix.kind))


def sum_of_row(
    builder: ir.IRBuilder, strip: Strip, x: SparseRows, b: Operand, i: Integer
) -> list[ir.Value]:
    """The vectors of a row of X B inside the strip's panel."""
    types, masks = strip.vector_types, strip.masks(builder)
    first, stop = x.entries(builder, i)

    def add_entry(entry: Integer, sums: list[ir.Value]) -> list[ir.Value]:
        offset = b.row_offset(builder, x.column(builder, entry))
        row = read_row(builder, strip, b, at(builder, b.pointer, offset, b.kind), masks)
        return add_times(builder, x.value(builder, entry, strip.kind), row, sums)

    def four(group: Integer, sums: list[ir.Value]) -> list[ir.Value]:
        start, results = add(builder, first, multiply(builder, group, CHAINS)), []
        for chain in range(CHAINS):
            own = sums[chain * len(types) : (chain + 1) * len(types)]
            results += add_entry(add(builder, start, chain), own)
        return results

    groups = builder.lshr(builder.sub(stop, first), index(CHAINS.bit_length() - 1))
    sums = accumulate(builder, groups, [zero(kind) for kind in types] * CHAINS, four)
    done = add(builder, first, multiply(builder, groups, CHAINS))
    rest = accumulate(
        builder,
        subtract(builder, stop, done),
        sums[: len(types)],
        lambda step, chain: add_entry(add(builder, done, step), chain),
    )
    return add_chains(builder, [*rest, *sums[len(types) :]], len(types))


def add_times(
    builder: ir.IRBuilder, value: ir.Value | None, row: list[ir.Value], sums: list[ir.Value]
) -> list[ir.Value]:
    """value * row + sums; a value of None means 1."""
    if value is None:
        return [builder.fadd(total, part) for total, part in zip(sums, row, strict=True)]
    return multiply_add(builder, value, row, sums)


def add_chains(builder: ir.IRBuilder, sums: list[ir.Value], vectors: int) -> list[ir.Value]:
    """Adds the four chains of each vector in pairs."""
    chains = [sums[start : start + vectors] for start in range(0, len(sums), vectors)]
    while len(chains) > 1:
        pairs = zip(chains[::2], chains[1::2], strict=True)
        chains = [
            [builder.fadd(x, y) for x, y in zip(left, right, strict=True)] for left, right in pairs
        ]
    return chains[0]
