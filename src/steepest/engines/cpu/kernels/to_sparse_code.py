"""Code that writes a dense matrix as sparse rows: vectors are looked through for what is not zero.

Leans on gemm's words. The matrix is read once, at the speed of memory.
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

LANES, GROUP = 16, 4  # numbers in a vector; vectors whose zeros are looked for together
POINTER = ir.PointerType()
_KINDS = {"float32": ir.FloatType(), "float64": ir.DoubleType(), "uint8": ir.IntType(8)}


def packing_text(name: str, numbers: str) -> str:
    """The kernels `pack` and `pack_ones` for a kind of number and one of column numbers."""
    module, kind = ir.Module(), _KINDS[name]
    word = ir.IntType(8 * np.dtype(numbers).itemsize)
    for keeps_values in (False, True):
        _emit_pack(module, kind, word, keeps_values)
    return str(module)


def _emit_pack(module: ir.Module, kind: ir.Type, word: ir.IntType, keeps_values: bool) -> None:
    """pack(array, counts, indices, values, rows, width): how many entries there are.

    `pack_ones` keeps no values and gives -1 once it met an entry that is not 1.
    """
    signature = ir.FunctionType(INDEX, [POINTER] * 4 + [INDEX] * 2)
    function = ir.Function(module, signature, "pack" if keeps_values else "pack_ones")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    array, counts, indices, values, rows, width = function.args
    keep = _Keeper(builder, kind, word, indices, values if keeps_values else None)

    def row(number: Integer, state: list[ir.Value]) -> list[ir.Value]:
        head = at(builder, array, multiply(builder, number, width), kind)
        whole = builder.sdiv(width, index(LANES * GROUP))
        done = multiply(builder, whole, GROUP)
        after = accumulate(builder, whole, state, lambda place, now: keep.group(head, place, now))
        rest = subtract(builder, _vectors(builder, width), done)
        after = accumulate(
            builder,
            rest,
            after,
            lambda place, now: keep.tail(head, add(builder, done, place), width, now),
        )
        entries = builder.sub(after[0], state[0])
        builder.store(entries, at(builder, counts, number, INDEX), align=8)
        return after

    found, odd = accumulate(builder, rows, [index(0), index(0)], row)
    none_odd = builder.icmp_signed("==", odd, index(0))
    builder.ret(builder.select(none_odd, found, index(-1)))


def _vectors(builder: ir.IRBuilder, width: ir.Value) -> ir.Value:
    return builder.sdiv(builder.add(width, index(LANES - 1)), index(LANES))


@dataclass(frozen=True)
class _Keeper:
    """Writes entries one behind the other; its state is (how many, bits of those not 1)."""

    builder: ir.IRBuilder
    kind: ir.Type
    word: ir.IntType
    indices: ir.Value
    values: ir.Value | None

    def group(self, head: ir.Value, place: Integer, state: list[ir.Value]) -> list[ir.Value]:
        """The entries of whole vectors of a row, which begins at `head`."""
        builder, vector = self.builder, ir.VectorType(self.kind, LANES)
        start = index(multiply(builder, place, LANES * GROUP))
        places = [add(builder, start, LANES * number) for number in range(GROUP)]
        numbers = [load(builder, at(builder, head, one, self.kind), vector) for one in places]
        return self._keep(head, start, numbers, state)

    def tail(
        self, head: ir.Value, place: Integer, width: ir.Value, state: list[ir.Value]
    ) -> list[ir.Value]:
        """The entries of vector number `place` of a row, which may reach beyond the row's end."""
        builder, vector = self.builder, ir.VectorType(self.kind, LANES)
        start = index(multiply(builder, place, LANES))
        mask = first_lanes(builder, subtract(builder, width, start), LANES)
        numbers = load(builder, at(builder, head, start, self.kind), vector, mask)
        return self._keep(head, start, [numbers], state)

    def _keep(
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

        _, entry = accumulate(builder, _how_many(builder, found), [found, entry], each)
        return [entry, odd]

    def _write(self, head: ir.Value, column: ir.Value, entry: ir.Value) -> None:
        builder = self.builder
        target = at(builder, self.indices, entry, self.word)
        builder.store(builder.trunc(column, self.word), target, align=self.word.width // 8)
        if self.values is not None:
            number = builder.load(at(builder, head, column, self.kind), typ=self.kind)
            builder.store(number, at(builder, self.values, entry, self.kind))


def _unlike(builder: ir.IRBuilder, numbers: ir.Value, other: float) -> ir.Value:
    """One bit for each lane that is not `other` (NaN is not), as an integer."""
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


def _how_many(builder: ir.IRBuilder, bits: ir.Value) -> ir.Value:
    return builder.intrinsic("llvm.ctpop.i64", INDEX, (bits,))
