"""Helpers over the builder that all emitters use: integers, loops, vectors and masks.

An integer is a Python int where it is known, and then arithmetic on it is folded, or an i64 value.
Depends on ir/ alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

from steepest.engines.cpu import ir

Integer: TypeAlias = int | ir.Value
INDEX = ir.IntType(64)
BIT = ir.IntType(1)


def index(size: Integer) -> ir.Value:
    """An integer as an i64 value."""
    return ir.Constant(INDEX, size) if isinstance(size, int) else size


def add(builder: ir.IRBuilder, left: Integer, right: Integer) -> Integer:
    """left + right, folded where both are known."""
    if isinstance(left, int) and isinstance(right, int):
        return left + right
    if isinstance(right, int) and right == 0:
        return left
    if isinstance(left, int) and left == 0:
        return right
    return builder.add(index(left), index(right), flags=["nsw"])


def subtract(builder: ir.IRBuilder, left: Integer, right: Integer) -> Integer:
    """left - right, folded where both are known."""
    if isinstance(right, int):
        return add(builder, left, -right)
    return builder.sub(index(left), right, flags=["nsw"])


def multiply(builder: ir.IRBuilder, left: Integer, right: Integer) -> Integer:
    """left * right, folded where both are known."""
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    if isinstance(right, int) and right == 1:
        return left
    return builder.mul(index(left), index(right), flags=["nsw"])


def minimum(builder: ir.IRBuilder, left: Integer, right: Integer) -> Integer:
    """The smaller of two integers, folded where both are known."""
    if isinstance(left, int) and isinstance(right, int):
        return min(left, right)
    less = builder.icmp_signed("<", index(left), index(right))
    return builder.select(less, index(left), index(right))


def maximum(builder: ir.IRBuilder, left: Integer, right: Integer) -> Integer:
    """The larger of two integers, folded where both are known."""
    if isinstance(left, int) and isinstance(right, int):
        return max(left, right)
    more = builder.icmp_signed(">", index(left), index(right))
    return builder.select(more, index(left), index(right))


def at(builder: ir.IRBuilder, pointer: ir.Value, offset: Integer, element: ir.Type) -> ir.Value:
    """The address of element number `offset` of an array of `element`."""
    if isinstance(offset, int) and offset == 0:
        return pointer
    return builder.gep(pointer, [index(offset)], inbounds=True, source_etype=element)


def read_index(
    builder: ir.IRBuilder, indices: ir.Value, position: Integer, kind: ir.IntType = INDEX
) -> ir.Value:
    """Element `position` of an array of non-negative integers, as i64."""
    entry = builder.load(at(builder, indices, position, kind), typ=kind, align=kind.width // 8)
    return entry if kind.width == 64 else builder.zext(entry, INDEX)


def fma(builder: ir.IRBuilder, x: ir.Value, y: ir.Value, z: ir.Value) -> ir.Value:
    """x * y + z with a single rounding."""
    return builder.intrinsic(f"llvm.fma.{x.type.suffix}", x.type, (x, y, z))


def prefetch(builder: ir.IRBuilder, place: ir.Value) -> None:
    """Requests the cache line at an address without waiting; an invalid address does no harm."""
    number = ir.IntType(32)
    to_read, everywhere, data = (ir.Constant(number, n) for n in (0, 3, 1))
    builder.intrinsic("llvm.prefetch.p0", ir.VoidType(), (place, to_read, everywhere, data))


def zero(kind: ir.Type) -> ir.Constant:
    """Zeros of a scalar or vector type."""
    return ir.Constant(kind, 0)


def splat(builder: ir.IRBuilder, scalar: ir.Value, lanes: int) -> ir.Value:
    """A vector with `scalar` in all lanes."""
    nothing = ir.Constant(ir.VectorType(scalar.type, lanes), ir.Undefined)
    first = builder.insert_element(nothing, scalar, index(0))
    return take_lanes(builder, first, [0] * lanes, nothing)


def take_lanes(
    builder: ir.IRBuilder, vector: ir.Value, lanes: Sequence[int], other: ir.Value | None = None
) -> ir.Value:
    """A vector of the numbered lanes, counted through `vector` and then `other`."""
    second = ir.Constant(vector.type, ir.Undefined) if other is None else other
    chosen = ir.Constant(ir.VectorType(ir.IntType(32), len(lanes)), lanes)
    return builder.shuffle_vector(vector, second, chosen)


def first_lanes(builder: ir.IRBuilder, count: Integer, lanes: int) -> ir.Value:
    """A mask that is on in the first `count` of `lanes` lanes."""
    mask = ir.VectorType(BIT, lanes)
    if isinstance(count, int):
        return ir.Constant(mask, [lane < count for lane in range(lanes)])
    numbers = ir.Constant(ir.VectorType(INDEX, lanes), range(lanes))
    return builder.icmp_signed("<", numbers, splat(builder, count, lanes))


def known_first(mask: ir.Value) -> int:
    """The number of leading lanes that a mask has on, if known and a power of two; else 0.

    A plain narrow load or store then replaces the masked one. That matters because a load of bytes
    that a masked store has not yet written waits for it: each tail would delay the next row.
    """
    lanes = getattr(mask, "constant", None)
    if not isinstance(lanes, Sequence):
        return 0
    count = sum(lanes)
    return count if count.bit_count() == 1 and all(lanes[:count]) else 0


def load(
    builder: ir.IRBuilder, pointer: ir.Value, kind: ir.VectorType, mask: ir.Value | None = None
) -> ir.Value:
    """Reads a vector of any alignment; lanes whose mask is off are zero and are not read."""
    align = element_bytes(kind)
    if mask is None:
        return builder.load(pointer, typ=kind, align=align)
    if count := known_first(mask):
        part = load(builder, pointer, ir.VectorType(kind.element, count))
        padding = [min(lane, count) for lane in range(kind.count)]
        return take_lanes(builder, part, padding, zero(part.type))
    arguments = (pointer, ir.Constant(ir.IntType(32), align), mask, zero(kind))
    return builder.intrinsic(f"llvm.masked.load.{kind.suffix}.p0", kind, arguments)


def store(
    builder: ir.IRBuilder, vector: ir.Value, pointer: ir.Value, mask: ir.Value | None = None
) -> None:
    """Writes a vector of any alignment; lanes whose mask is off are not written."""
    align = element_bytes(vector.type)
    if mask is None:
        builder.store(vector, pointer, align=align)
        return
    if count := known_first(mask):
        store(builder, take_lanes(builder, vector, range(count)), pointer)
        return
    arguments = (vector, pointer, ir.Constant(ir.IntType(32), align), mask)
    builder.intrinsic(f"llvm.masked.store.{vector.type.suffix}.p0", ir.VoidType(), arguments)


def element_bytes(kind: ir.Type) -> int:
    """The bytes of a scalar, or of one lane of a vector."""
    if isinstance(kind, ir.VectorType):
        return element_bytes(kind.element)
    if isinstance(kind, ir.IntType):
        return int(kind.width) // 8
    return 8 if isinstance(kind, ir.DoubleType) else 4


def local_array(builder: ir.IRBuilder, kind: ir.Type, count: int) -> ir.Value:
    """Stack memory for the whole call, allocated at the entry so that loops do not grow it."""
    with builder.goto_entry_block():
        return builder.alloca(kind, count, align=64)


@contextmanager
def loop(
    builder: ir.IRBuilder, start: Integer, stop: Integer, step: Integer = 1
) -> Iterator[ir.Value]:
    """`for counter in range(start, stop, step)`; afterwards the builder is behind the loop."""
    sizes = [size for size in (start, stop, step) if isinstance(size, int)]
    if len(sizes) == 3 and len(range(*sizes)) == 1:
        yield index(start)
        return
    with counting(builder, start, stop) as (counter, advance):
        yield counter
        advance(step)


@contextmanager
def counting(
    builder: ir.IRBuilder, start: Integer, stop: Integer
) -> Iterator[tuple[ir.Value, Callable[[Integer], None]]]:
    """A loop whose body sets its step: it calls `advance(step)` once, at its end."""
    before = builder.block
    head, body, after = (builder.append_basic_block(name) for name in ("head", "body", "after"))
    builder.branch(head)
    builder.position_at_end(head)
    counter = builder.phi(INDEX)
    counter.add_incoming(index(start), before)
    builder.cbranch(builder.icmp_signed("<", counter, index(stop)), body, after)
    builder.position_at_end(body)

    def advance(step: Integer) -> None:
        counter.add_incoming(index(add(builder, counter, step)), builder.block)
        builder.branch(head)

    yield counter, advance
    builder.position_at_end(after)


def accumulate(
    builder: ir.IRBuilder,
    count: Integer,
    initial: Sequence[ir.Value],
    body: Callable[[Integer, list[ir.Value]], list[ir.Value]],
    unroll: bool = False,
) -> list[ir.Value]:
    """`for step in range(count): values = body(step, values)`; returns the last values."""
    if isinstance(count, int) and (unroll or count <= 1):
        values = list(initial)
        for step in range(count):
            values = body(step, values)
        return values
    before, stop = builder.block, index(count)
    inner, after = builder.append_basic_block("sum"), builder.append_basic_block("summed")
    builder.cbranch(builder.icmp_signed(">", stop, index(0)), inner, after)
    builder.position_at_end(inner)
    number = builder.phi(INDEX)
    carried = [builder.phi(value.type) for value in initial]
    results = body(number, list(carried))
    following = builder.add(number, index(1), flags=["nsw", "nuw"])
    end = builder.block
    builder.cbranch(builder.icmp_signed("<", following, stop), inner, after)
    builder.position_at_end(after)
    finals = [builder.phi(value.type) for value in initial]
    number.add_incoming(index(0), before)
    number.add_incoming(following, end)
    for phi, final, start, result in zip(carried, finals, initial, results, strict=True):
        phi.add_incoming(start, before)
        phi.add_incoming(result, end)
        final.add_incoming(start, before)
        final.add_incoming(result, end)
    return list(finals)
