"""A sum over a long batch, a stretch of it at a time: in between, sums wait in scratch.

A gradient runs over the batch. If that is the whole data set, each tile would read all of it from
memory; a stretch stays in the caches while all tiles pass over it. Sums go on where they stopped,
in the same order, so that no bit depends on the stretches.

Leans on staging.py and what lies below it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import (
    Integer,
    add,
    at,
    element_bytes,
    index,
    loop,
    maximum,
    minimum,
    multiply,
    subtract,
)

from .operand import Operand, Product
from .shape import Machine
from .staging import needed, padded, scratch_bytes, usual

STRETCH_BYTES = 1 << 20  # of both factors: a second-level cache, by measurement
LEAST_DEPTH = 256  # shorter stretches gain nothing, however wide the factors are


@dataclass(frozen=True)
class Stretch:
    """A part of k. `first` and `last` tell whether sums begin at zero, and whether they are done.

    Where there are several stretches, each tile has a place of its own in `sums`.
    """

    first: ir.Value
    last: ir.Value
    several: ir.Value
    sums: ir.Value

    def place(
        self, builder: ir.IRBuilder, buffer: ir.Value, offset: Integer, kind: ir.Type
    ) -> ir.Value:
        """Where a tile keeps its sums: in the buffer of all tiles, if this is the only stretch."""
        own = at(builder, self.sums, offset, kind)
        return builder.select(self.several, own, buffer)


def depth_of(product: Product) -> int:
    """How many steps of k make a stretch.

    >>> from steepest.engines.cpu import ir
    >>> memory, batch = ir.Constant(ir.PointerType(), None), ir.Value(ir.IntType(64), "%batch")
    >>> x, slopes = Operand(memory, "f32", 784), Operand(memory, "f32", 512)
    >>> depth_of(Product(x.transposed(), slopes, 784, 512, batch))
    256
    >>> depth_of(Product(x.transposed(), slopes, 50, 10, batch))
    4352
    """
    step = (usual(product.m) + usual(product.n)) * element_bytes(product.kind)
    return max(LEAST_DEPTH, STRETCH_BYTES // step // LEAST_DEPTH * LEAST_DEPTH)


@contextmanager
def stretches(
    builder: ir.IRBuilder, product: Product, machine: Machine, scratch: ir.Value | None
) -> Iterator[tuple[Product, Stretch | None]]:
    """A loop over the stretches of k; none where k is known, which no batch is."""
    if isinstance(product.k, int):
        yield product, None
        return
    depth = depth_of(product)
    part = replace(product, k=minimum(builder, product.k, depth))
    behind = index(scratch_bytes(builder, part, machine))
    sums = at(builder, needed(scratch), behind, ir.IntType(8))
    several = builder.icmp_signed(">", product.k, index(depth))
    with loop(builder, 0, maximum(builder, product.k, 1), depth) as start:
        left = subtract(builder, product.k, start)
        first = builder.icmp_signed("==", start, index(0))
        last = builder.icmp_signed("<=", index(left), index(depth))
        own = replace(
            product,
            a=advanced(builder, product.a.transposed(), start).transposed(),
            b=advanced(builder, product.b, start),
            k=minimum(builder, left, depth),
        )
        yield own, Stretch(first, last, several, sums)


def advanced(builder: ir.IRBuilder, matrix: Operand, row: Integer) -> Operand:
    """A matrix from a row on."""
    if matrix.row_index is not None:
        return replace(matrix, row_index=at(builder, matrix.row_index, row, ir.IntType(64)))
    offset = multiply(builder, row, matrix.row_stride)
    return replace(matrix, pointer=at(builder, matrix.pointer, offset, matrix.kind))


def scratch_bytes_over_stretches(
    builder: ir.IRBuilder, product: Product, machine: Machine
) -> Integer:
    """How many bytes of scratch `emit_product` needs: code where k is known when it runs."""
    if isinstance(product.k, int):
        return scratch_bytes(builder, product, machine)
    depth = depth_of(product)
    part = replace(product, k=minimum(builder, product.k, depth))
    rows = add(builder, product.m, max(machine.tall.values()))
    wide = padded(builder, product.n, machine.lanes(product.element))
    sums = multiply(builder, multiply(builder, rows, wide), element_bytes(product.kind))
    several = builder.icmp_signed(">", product.k, index(depth))
    own = builder.select(several, index(sums), index(0))
    return add(builder, scratch_bytes(builder, part, machine), own)
