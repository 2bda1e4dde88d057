"""The gradient of the matrix in a product with sparse rows, from lists of entries by column.

The entries of a block of the batch's rows are listed by column once. Then each row of the gradient
is summed in registers, a panel of columns at a time, and passed on. The sums are in the order of
the batch, as in sparse_gradient.py: no bit depends on blocks, panels or the partition of the rows.
Depends on sparse.py and the files that it imports.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import (
    BIT,
    INDEX,
    Integer,
    accumulate,
    add,
    at,
    element_bytes,
    index,
    load,
    local_array,
    loop,
    maximum,
    minimum,
    multiply,
    read_index,
    subtract,
)

from .copying import Range, copy_rows
from .operand import Ahead, Epilogue, Hook, Operand
from .shape import Machine, Panel, fitting_panel
from .sparse import LINE, SparseGradient, SparseRows, add_times, at_column
from .strip import Strip
from .tile import zeros_or_stored

BYTE, POINTER = ir.IntType(8), ir.PointerType()
COUNT = ir.IntType(32)
BLOCK = 128  # rows whose entries are listed at once, and the most entries of a list
WIDEST = 8  # vectors of a panel: enough sums that each waits only for its own additions


def even_panels(columns: int, lanes: int, widest: int) -> list[tuple[int, int, Panel]]:
    """(first column, end, panel) for each kind of panel; panels are as equal as vectors allow.

    >>> [(first, stop, panel.columns) for first, stop, panel in even_panels(100, 8, 8)]
    [(0, 56, 56), (56, 100, 44)]
    """
    vectors = -(-columns // lanes)
    each = lanes * -(-vectors // -(-vectors // widest))
    whole = columns // each * each
    found = [(0, whole, Panel(lanes, each // lanes))] if whole else []
    if whole < columns:
        found.append((whole, columns, fitting_panel(columns - whole, lanes)))
    return found


@dataclass(frozen=True)
class Lists:
    """The lists of a gradient, and where a thread's scratch has what.

    An entry of a list is one integer: the place of its row in the block, and above it the bits of
    its stored value. So it is one store, and the ends of all lists fit in the first cache. The
    stride of lists is an odd number of cache lines, so that they use all sets of the cache.
    """

    x: SparseRows
    kind: ir.Type
    panels: list[tuple[int, int, Panel]]

    @property
    def pitch(self) -> int:
        """The stride of rows in the copy of a panel of dY, in elements."""
        return max((panel.pitch for _, _, panel in self.panels), default=0)

    @property
    def width(self) -> int:
        """The stride of rows of sums, in elements."""
        return max(
            (stop - panel.columns + panel.pitch for _, stop, panel in self.panels), default=0
        )

    @property
    def entry(self) -> ir.IntType:
        """The type of an entry: half of its bits are the row's place."""
        return BYTE if self.x.values is None else ir.IntType(16 * element_bytes(self.x.values.kind))

    @property
    def list_bytes(self) -> int:
        """The stride of lists."""
        return BLOCK * element_bytes(self.entry) + LINE

    @property
    def copy_bytes(self) -> int:
        """The bytes of the copy of a panel of dY."""
        return BLOCK * self.pitch * element_bytes(self.kind)

    @property
    def row_bytes(self) -> tuple[int, int, int]:
        """The bytes for a row of the gradient: its sums, its list, the length of its list."""
        return self.width * element_bytes(self.kind), self.list_bytes, element_bytes(COUNT)

    def scratch_bytes(self, rows: int) -> int:
        """The bytes of scratch for at most `rows` rows of the gradient."""
        return self.copy_bytes + rows * sum(self.row_bytes)


def lists_of(gradient: SparseGradient, machine: Machine) -> Lists:
    """The lists of a gradient on a processor."""
    panels = even_panels(gradient.n, machine.lanes(gradient.element), WIDEST)
    return Lists(gradient.x, gradient.kind, panels)


@dataclass(frozen=True)
class Caller:
    """What the caller emits: for finished vectors, before rows, and before a row is summed."""

    epilogue: Epilogue
    before_row: Hook
    ahead: Ahead | None


def emit_listed_gradient(
    builder: ir.IRBuilder,
    gradient: SparseGradient,
    machine: Machine,
    scratch: ir.Value,
    rows: Range,
    caller: Caller,
) -> None:
    """Emits the gradient's rows in a range, over the blocks of the batch."""
    lists = lists_of(gradient, machine)
    blocks = Blocks.begin(builder, gradient, lists, scratch, rows)
    again, done = (builder.append_basic_block(name) for name in ("block", "done"))
    builder.branch(again)
    builder.position_at_end(again)
    span = blocks.list_next(builder, caller.before_row)
    is_last = builder.icmp_signed(">=", blocks.next_row(builder), index(gradient.batch))
    for first, stop, panel in lists.panels:
        with loop(builder, first, stop, panel.columns) as j:
            copy_panel(builder, blocks, panel, j, span)
            sum_panel(builder, blocks, panel, j, span, is_last, caller)
    builder.cbranch(is_last, done, again)
    builder.position_at_end(done)


@dataclass(frozen=True)
class Blocks:
    """The blocks of a batch, one after another, in a thread's scratch.

    A block ends early where a list is full, which needs repeated columns in a row. `position` has
    the row and entry with which the next block begins.
    """

    gradient: SparseGradient
    lists: Lists
    rows: Range
    extent: Integer
    position: ir.Value
    copy: ir.Value
    sums: ir.Value
    entries: ir.Value
    counts: ir.Value

    @classmethod
    def begin(
        cls,
        builder: ir.IRBuilder,
        gradient: SparseGradient,
        lists: Lists,
        scratch: ir.Value,
        rows: Range,
    ) -> Blocks:
        """The blocks from the first row of the batch on."""
        extent = subtract(builder, rows[1], rows[0])
        place: Integer = lists.copy_bytes
        parts = []
        for size in lists.row_bytes:
            parts.append(at(builder, scratch, place, BYTE))
            place = add(builder, place, multiply(builder, extent, size))
        position = local_array(builder, INDEX, 2)
        blocks = cls(gradient, lists, rows, extent, position, scratch, *parts)
        blocks.set_next(builder, 0, 0)
        return blocks

    def set_next(self, builder: ir.IRBuilder, row: Integer, entry: Integer) -> None:
        """Sets the row and entry with which the next block begins."""
        for number, value in enumerate((row, entry)):
            builder.store(index(value), at(builder, self.position, number, INDEX), align=8)

    def next_row(self, builder: ir.IRBuilder) -> ir.Value:
        """The row with which the next block begins."""
        return read_index(builder, self.position, 0)

    def list_next(self, builder: ir.IRBuilder, before_row: Hook) -> Range:
        """Lists the entries of the next block, and returns the range of its rows."""
        clear(builder, self.counts, multiply(builder, self.extent, element_bytes(COUNT)))
        begin, unlisted = (read_index(builder, self.position, number) for number in (0, 1))
        end = minimum(builder, add(builder, begin, BLOCK), self.gradient.batch)
        listed = builder.append_basic_block("listed")
        with self.lists.x.rows_in(builder, (begin, end)) as i:
            before_row(builder)
            first, stop = self.lists.x.entries(builder, i)
            is_first = builder.icmp_signed("==", i, begin)
            first = builder.select(is_first, index(maximum(builder, first, unlisted)), first)
            reached = self.append(builder, first, stop, builder.sub(i, begin))
            full, room = (builder.append_basic_block(name) for name in ("full", "room"))
            builder.cbranch(builder.icmp_signed("<", reached, stop), full, room)
            builder.position_at_end(full)
            self.set_next(builder, i, reached)
            builder.branch(listed)
            builder.position_at_end(room)
        self.set_next(builder, end, 0)
        builder.branch(listed)
        builder.position_at_end(listed)
        return begin, end

    def append(
        self, builder: ir.IRBuilder, first: ir.Value, stop: ir.Value, place: ir.Value
    ) -> ir.Value:
        """Lists entries of a row, and returns their end, or the first whose list is full."""
        x = self.lists.x
        values = self.counts if x.values is None else x.values.pointer
        memory = [x.columns, values, self.counts, self.entries]
        numbers = [first, stop, place, index(self.rows[0]), index(self.extent)]
        return builder.call(append_function(builder.module, self.lists), [*memory, *numbers])


def clear(builder: ir.IRBuilder, place: ir.Value, size: Integer) -> None:
    """Sets bytes to zero."""
    arguments = (place, ir.Constant(BYTE, 0), index(size), ir.Constant(BIT, 0))
    builder.intrinsic("llvm.memset.p0.i64", ir.VoidType(), arguments)


def append_function(module: ir.Module, lists: Lists) -> ir.Function:
    """The module's function that appends entries of a row to the lists of their columns.

    It takes (columns, values, counts, lists, first entry, end, the row's place in the block, first
    owned column, number of owned columns), and returns the entry at which it stopped.
    """
    x, kind = lists.x, lists.entry
    name = f"append {x.columns_kind.text} {kind.text} {lists.list_bytes}"
    if name in module.globals:
        return module.globals[name]
    function = ir.Function(module, ir.FunctionType(INDEX, [POINTER] * 4 + [INDEX] * 5), name)
    function.linkage = "internal"
    function.attributes.append("noinline")
    columns, values, counts, listed, first, stop, place, low, extent = function.args
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    with loop(builder, first, stop) as entry:
        target = builder.sub(read_index(builder, columns, entry, x.columns_kind), low)
        with builder.if_then(builder.icmp_unsigned("<", target, extent)):
            count_at = at(builder, counts, target, COUNT)
            count = builder.load(count_at, typ=COUNT, align=4)
            full, room = (builder.append_basic_block(name) for name in ("full", "room"))
            has_room = builder.icmp_unsigned("<", count, ir.Constant(COUNT, BLOCK))
            builder.cbranch(has_room, room, full)
            builder.position_at_end(full)
            builder.ret(entry)
            builder.position_at_end(room)
            own = at(builder, listed, multiply(builder, target, lists.list_bytes), BYTE)
            slot = at(builder, own, builder.zext(count, INDEX), kind)
            packed = packed_entry(builder, lists, place, values, entry)
            builder.store(packed, slot, align=element_bytes(kind))
            builder.store(builder.add(count, ir.Constant(COUNT, 1)), count_at, align=4)
    builder.ret(stop)
    return function


def packed_entry(
    builder: ir.IRBuilder, lists: Lists, place: ir.Value, values: ir.Value, entry: ir.Value
) -> ir.Value:
    """An entry of a list: the row's place, and the stored value's bits above it."""
    kind = lists.entry
    low = place if kind.width == INDEX.width else builder.trunc(place, kind)
    if lists.x.values is None:
        return low
    bits = ir.IntType(kind.width // 2)
    value = builder.load(at(builder, values, entry, bits), typ=bits, align=bits.width // 8)
    high = builder.shl(builder.zext(value, kind), ir.Constant(kind, bits.width))
    return builder.or_(high, low)


def copy_panel(
    builder: ir.IRBuilder, blocks: Blocks, panel: Panel, j: ir.Value, span: Range
) -> None:
    """Copies a panel of the block's rows of dY, so that they fit in the first cache."""
    lists = blocks.lists
    kind = ir.VectorType(lists.kind, panel.lanes if panel.full else panel.tail_lanes)
    dy, columns = at_column(builder, blocks.gradient.dy, j), (0, panel.columns)
    copy_rows(builder, dy, span, columns, blocks.copy, lists.pitch, kind)


def sum_panel(
    builder: ir.IRBuilder,
    blocks: Blocks,
    panel: Panel,
    j: ir.Value,
    span: Range,
    is_last: ir.Value,
    caller: Caller,
) -> None:
    """Adds the block's entries to the sums of a panel; those of the last block are finished."""
    lists, kind = blocks.lists, blocks.lists.kind
    finished = local_array(builder, kind, panel.pitch)
    strip = Strip(kind, panel, j, panel.columns, finished)
    is_first = builder.icmp_signed("==", index(span[0]), index(0))
    with loop(builder, 0, blocks.extent) as row:
        caller.before_row(builder)
        i = add(builder, row, blocks.rows[0])
        if caller.ahead is not None:
            caller.ahead(builder, i, j, panel.columns)
        entries = at(builder, blocks.entries, multiply(builder, row, lists.list_bytes), BYTE)
        count = read_index(builder, blocks.counts, row, COUNT)
        place = add(builder, multiply(builder, row, lists.width), j)
        partial = at(builder, blocks.sums, place, kind)
        result = builder.select(is_last, finished, partial)
        function = list_function(builder.module, lists, panel)
        builder.call(function, [entries, count, blocks.copy, is_first, partial, result])
        with builder.if_then(is_last):
            strip.finish(builder, i, 1, caller.epilogue)


def list_function(module: ir.Module, lists: Lists, panel: Panel) -> ir.Function:
    """The module's function that sums a list's values times rows of dY over a panel.

    It takes (entries, count, dY, whether sums begin at zero, the sums before, the result).
    """
    x, kind = lists.x, lists.kind
    stored = "ones"
    if x.values is not None:
        stored = f"{x.values.element}*{x.values.scale!r}+{x.values.offset!r}"
    columns = f"{panel.full}x{panel.lanes}+{panel.tail}of{panel.tail_lanes}"
    name = f"list {columns} {kind.suffix} {stored} {lists.pitch}"
    if name in module.globals:
        return module.globals[name]
    kinds = [POINTER, INDEX, POINTER, BIT, POINTER, POINTER]
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), kinds), name)
    function.linkage = "internal"
    function.attributes.append("noinline")
    entries, count, dy, is_first, partial, result = function.args
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    strip = Strip(kind, panel, 0, panel.columns, result)
    types = strip.vector_types
    before = Strip(kind, panel, 0, panel.columns, partial)
    starts = zeros_or_stored(builder, is_first, types, lambda: before.addresses(builder, 0))

    def body(step: Integer, sums: list[ir.Value]) -> list[ir.Value]:
        place, value = unpacked(builder, lists, at(builder, entries, step, lists.entry))
        head = at(builder, dy, multiply(builder, place, lists.pitch), kind)
        row = [
            load(builder, at(builder, head, first, kind), vector)
            for (first, _), vector in zip(panel.vectors, types, strict=True)
        ]
        return add_times(builder, value, row, sums)

    strip.store_row(builder, 0, accumulate(builder, count, starts, body))
    builder.ret_void()
    return function


def unpacked(
    builder: ir.IRBuilder, lists: Lists, address: ir.Value
) -> tuple[ir.Value, ir.Value | None]:
    """The row's number of a list's entry, and its value; None means 1."""
    kind, stored = lists.entry, lists.x.values
    entry = builder.load(address, typ=kind, align=element_bytes(kind))
    if stored is None:
        return builder.zext(entry, INDEX), None
    bits = ir.IntType(kind.width // 2)
    value = builder.trunc(builder.lshr(entry, ir.Constant(kind, bits.width)), bits)
    place = builder.zext(builder.trunc(entry, bits), INDEX)
    if stored.element == "u8":
        return place, byte_as_number(builder, stored, value, lists.kind)
    return place, builder.bitcast(value, stored.kind)


def byte_as_number(
    builder: ir.IRBuilder, operand: Operand, byte: ir.Value, kind: ir.Type
) -> ir.Value:
    """The number that a byte of an operand means, from a table of all bytes.

    A load can broadcast to all lanes; a conversion and a broadcast are five operations.
    """
    name = f"bytes {kind.text} {operand.scale!r} {operand.offset!r}"
    table = builder.module.globals.get(name)
    if table is None:
        number = np.float64 if isinstance(kind, ir.DoubleType) else np.float32
        scale = float(number(operand.scale))
        numbers = [float(number(byte * scale + operand.offset)) for byte in range(256)]
        constant = ir.Constant(ir.ArrayType(kind, 256), numbers)
        table = ir.GlobalVariable(builder.module, name, constant)
    place = at(builder, table, builder.zext(byte, INDEX), kind)
    return builder.load(place, typ=kind, align=element_bytes(kind))
