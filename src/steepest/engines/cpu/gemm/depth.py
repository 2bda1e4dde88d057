"""Sums over a long batch, in blocks of its rows: partial sums are stored in scratch.

A gradient is summed over the batch. If that is the whole data set, each tile would read all of it
from memory; a block stays in the caches while all tiles read it. The next block continues the sums
in the same order, so that no bit depends on the blocks.

Depends on staging.py and the files that it imports.
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
from .staging import needed, padded, staging_bytes, usual

BLOCK_BYTES = 1 << 20  # of both factors: a second-level cache, by measurement
LEAST_DEPTH = 256  # shorter blocks gain nothing, however wide the factors are


@dataclass(frozen=True)
class DepthBlock:
    """A range of k: sums begin at zero in the `first` one, and are complete after the `last`.

    If there are several blocks, each tile has memory of its own in `sums`.
    """

    first: ir.Value
    last: ir.Value
    several: ir.Value
    sums: ir.Value

    def sums_at(
        self, builder: ir.IRBuilder, buffer: ir.Value, offset: Integer, kind: ir.Type
    ) -> ir.Value:
        """The address of a tile's sums: `buffer`, shared by all tiles, if there is one block."""
        own = at(builder, self.sums, offset, kind)
        return builder.select(self.several, own, buffer)


def depth_of(product: Product) -> int:
    """The length of a block of k.

    >>> from steepest.engines.cpu import ir
    >>> memory, batch = ir.Constant(ir.PointerType(), None), ir.Value(ir.IntType(64), "%batch")
    >>> x, slopes = Operand(memory, "f32", 784), Operand(memory, "f32", 512)
    >>> depth_of(Product(x.transposed(), slopes, 784, 512, batch))
    256
    >>> depth_of(Product(x.transposed(), slopes, 50, 10, batch))
    4352
    """
    step = (usual(product.m) + usual(product.n)) * element_bytes(product.kind)
    return max(LEAST_DEPTH, BLOCK_BYTES // step // LEAST_DEPTH * LEAST_DEPTH)


@contextmanager
def depth_blocks(
    builder: ir.IRBuilder, product: Product, machine: Machine, scratch: ir.Value | None
) -> Iterator[tuple[Product, DepthBlock | None]]:
    """A loop over the blocks of k; no loop where k is known, for then it is no batch."""
    if isinstance(product.k, int):
        yield product, None
        return
    depth = depth_of(product)
    part = replace(product, k=minimum(builder, product.k, depth))
    behind = index(staging_bytes(builder, part, machine))
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
        yield own, DepthBlock(first, last, several, sums)


def advanced(builder: ir.IRBuilder, matrix: Operand, row: Integer) -> Operand:
    """The part of a matrix from `row` on."""
    if matrix.row_index is not None:
        return replace(matrix, row_index=at(builder, matrix.row_index, row, ir.IntType(64)))
    offset = multiply(builder, row, matrix.row_stride)
    return replace(matrix, pointer=at(builder, matrix.pointer, offset, matrix.kind))


def panel_scratch_bytes(builder: ir.IRBuilder, product: Product, machine: Machine) -> Integer:
    """The bytes of scratch that a product in panels needs; an i64 value if k is one."""
    if isinstance(product.k, int):
        return staging_bytes(builder, product, machine)
    depth = depth_of(product)
    part = replace(product, k=minimum(builder, product.k, depth))
    rows = add(builder, product.m, max(machine.tall.values()))
    wide = padded(builder, product.n, machine.lanes(product.element))
    sums = multiply(builder, multiply(builder, rows, wide), element_bytes(product.kind))
    several = builder.icmp_signed(">", product.k, index(depth))
    own = builder.select(several, index(sums), index(0))
    return add(builder, staging_bytes(builder, part, machine), own)
