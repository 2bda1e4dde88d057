"""Emits the kernels that convert a dense matrix to sparse rows.

They read the matrix once, in vectors, at the speed of memory. Depends on ir/helpers.py.
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
    first_lanes,
    index,
    load,
    multiply,
    subtract,
)

LANES, GROUP = 16, 4  # numbers in a vector; vectors that are searched together
POINTER = ir.PointerType()
_TYPES = {"float32": ir.FloatType(), "float64": ir.DoubleType(), "uint8": ir.IntType(8)}


def packing_text(name: str, numbers: str) -> str:
    """The kernels `pack` and `pack_ones` for a dtype of values and one of column numbers."""
    module, kind = ir.Module(), _TYPES[name]
    word = ir.IntType(8 * np.dtype(numbers).itemsize)
    for stores_values in (False, True):
        _emit_pack(module, kind, word, stores_values)
    return str(module)


def _emit_pack(module: ir.Module, kind: ir.Type, word: ir.IntType, stores_values: bool) -> None:
    """Emits pack(array, counts, indices, values, rows, width), which returns the entries' number.

    `pack_ones` stores no values, and returns -1 if an entry is not 1.
    """
    signature = ir.FunctionType(INDEX, [POINTER] * 4 + [INDEX] * 2)
    function = ir.Function(module, signature, "pack" if stores_values else "pack_ones")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    array, counts, indices, values, rows, width = function.args
    writer = _EntryWriter(builder, kind, word, indices, values if stores_values else None)

    def row(number: Integer, state: list[ir.Value]) -> list[ir.Value]:
        head = at(builder, array, multiply(builder, number, width), kind)
        whole = builder.sdiv(width, index(LANES * GROUP))
        done = multiply(builder, whole, GROUP)
        after = accumulate(builder, whole, state, lambda group, now: writer.group(head, group, now))
        vectors = builder.sdiv(builder.add(width, index(LANES - 1)), index(LANES))
        after = accumulate(
            builder,
            subtract(builder, vectors, done),
            after,
            lambda vector, now: writer.tail(head, add(builder, done, vector), width, now),
        )
        entries = builder.sub(after[0], state[0])
        builder.store(entries, at(builder, counts, number, INDEX), align=8)
        return after

    found, odd = accumulate(builder, rows, [index(0), index(0)], row)
    none_odd = builder.icmp_signed("==", odd, index(0))
    builder.ret(builder.select(none_odd, found, index(-1)))


@dataclass(frozen=True)
class _EntryWriter:
    """Emits code that appends entries; its state is (their number, bits of those not 1)."""

    builder: ir.IRBuilder
    kind: ir.Type
    word: ir.IntType
    indices: ir.Value
    values: ir.Value | None

    def group(self, head: ir.Value, group: Integer, state: list[ir.Value]) -> list[ir.Value]:
        """Appends the entries of a group of whole vectors of the row that begins at `head`."""
        builder, vector = self.builder, ir.VectorType(self.kind, LANES)
        start = index(multiply(builder, group, LANES * GROUP))
        columns = [add(builder, start, LANES * number) for number in range(GROUP)]
        numbers = [load(builder, at(builder, head, one, self.kind), vector) for one in columns]
        return self._append(head, start, numbers, state)

    def tail(
        self, head: ir.Value, number: Integer, width: ir.Value, state: list[ir.Value]
    ) -> list[ir.Value]:
        """Appends the entries of a row's vector, of which some lanes may be beyond the row."""
        builder, vector = self.builder, ir.VectorType(self.kind, LANES)
        start = index(multiply(builder, number, LANES))
        mask = first_lanes(builder, subtract(builder, width, start), LANES)
        numbers = load(builder, at(builder, head, start, self.kind), vector, mask)
        return self._append(head, start, [numbers], state)

    def _append(
        self, head: ir.Value, start: ir.Value, numbers: list[ir.Value], state: list[ir.Value]
    ) -> list[ir.Value]:
        builder, (entry, odd) = self.builder, state
        found = _joined(builder, [_unlike(builder, vector, 0.0) for vector in numbers])
        if self.values is None:
            not_one = _joined(builder, [_unlike(builder, vector, 1.0) for vector in numbers])
            odd = builder.or_(odd, builder.and_(found, not_one))

        def each(_: Integer, carried: list[ir.Value]) -> list[ir.Value]:
            bits, entry = carried
            lane = builder.intrinsic("llvm.cttz.i64", INDEX, (bits, ir.Constant(BIT, 0)))
            self._write(head, builder.add(start, lane), entry)
            rest = builder.and_(bits, builder.sub(bits, index(1)))
            return [rest, builder.add(entry, index(1))]

        count = builder.intrinsic("llvm.ctpop.i64", INDEX, (found,))
        _, entry = accumulate(builder, count, [found, entry], each)
        return [entry, odd]

    def _write(self, head: ir.Value, column: ir.Value, entry: ir.Value) -> None:
        builder = self.builder
        target = at(builder, self.indices, entry, self.word)
        builder.store(builder.trunc(column, self.word), target, align=self.word.width // 8)
        if self.values is not None:
            number = builder.load(at(builder, head, column, self.kind), typ=self.kind)
            builder.store(number, at(builder, self.values, entry, self.kind))


def _unlike(builder: ir.IRBuilder, numbers: ir.Value, other: float) -> ir.Value:
    """An integer with a bit for each lane that differs from `other` (NaN does)."""
    kind = numbers.type
    if isinstance(kind.element, ir.IntType):
        lanes = builder.icmp_unsigned("!=", numbers, ir.Constant(kind, int(other)))
    else:
        lanes = builder.fcmp_unordered("!=", numbers, ir.Constant(kind, other))
    return builder.zext(builder.bitcast(lanes, ir.IntType(LANES)), INDEX)


def _joined(builder: ir.IRBuilder, bits: list[ir.Value]) -> ir.Value:
    """The bits of several vectors as one integer, the first vector's lowest."""
    whole = bits[0]
    for number, more in enumerate(bits[1:], 1):
        whole = builder.or_(whole, builder.shl(more, index(LANES * number)))
    return whole
