"""Decides which operands a product copies into scratch first, and computes the size of scratch.

A is copied if it holds bytes, in blocks of rows. B is copied in groups of panels if its rows are
not contiguous or have an unfavourable stride for the caches. Depends on copying.py and the files
that it imports.
"""

from __future__ import annotations

from dataclasses import replace
from math import gcd

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import (
    Integer,
    add,
    at,
    element_bytes,
    index,
    loop,
    minimum,
    multiply,
    subtract,
)

from .copying import Range, copy_block, round_up
from .operand import Operand, Product
from .shape import SINGLE, Machine, Panel

BLOCK_BYTES = 1 << 19  # of A's copy: with a panel of B it fits into a second-level cache
GROUP_BYTES = 1 << 19  # of a group of panels of B
LEAST_BLOCK = 96  # rows for which the copy of a panel of B is worth its time
USUAL_SIZE = 128  # assumed for a size that is known only at run time, such as the batch
PANEL_BYTES = 256  # of a row of a panel
CACHE_SPAN, CACHE_WAYS = 1 << 17, 8  # second-level cache: addresses at this distance share a set
CROWDED, LONG = 2, 3 << 17  # how many times a panel overfills its sets; bytes of a long panel
WIDE = 3000  # bytes between rows: nearly every row is in another page
ROWS_IF_CROWDED, ROWS_IF_LONG, ROWS_IF_WIDE = 48, 192, 384  # of A, for which packing is quicker


def usual(size: Integer) -> int:
    """A size if it is known, else the usual one."""
    return size if isinstance(size, int) else USUAL_SIZE


def copies_a(product: Product) -> bool:
    """Whether A is copied into scratch before it is read."""
    return product.a.element == "u8"


def copies_b(product: Product) -> bool:
    """Whether B is copied into scratch before it is read, given enough rows of A."""
    if not product.b.rows_contiguous():
        return True
    needed = rows_to_repay(product)
    return needed is not None and (not isinstance(product.m, int) or product.m >= needed)


def rows_to_repay(product: Product) -> int | None:
    """The rows of A from which on copying a B with contiguous rows is quicker; None: never.

    Rows whose stride is a power of two compete for a few sets of the caches; a long panel does not
    fit into them with the rest, and a copy is at least read in order; rows with a long stride are
    in different pages. The figures are measured.
    """
    panel = usual(product.k) * PANEL_BYTES
    stride = usual(product.b.row_stride) * element_bytes(product.b.kind)
    sets = CACHE_SPAN // gcd(stride, CACHE_SPAN)
    if stride > PANEL_BYTES and panel > CROWDED * sets * PANEL_BYTES * CACHE_WAYS:
        return ROWS_IF_CROWDED
    if stride > PANEL_BYTES and panel > LONG:
        return ROWS_IF_LONG
    return ROWS_IF_WIDE if stride > WIDE else None


def repays_copy(builder: ir.IRBuilder, product: Product, rows: Integer) -> bool | ir.Value:
    """Whether to copy B for `rows` rows of A; a condition in code if they are known at run time."""
    if not copies_b(product) or not product.b.rows_contiguous():
        return copies_b(product)
    needed = rows_to_repay(product) or 0
    if isinstance(rows, int):
        return rows >= needed
    return builder.icmp_signed(">=", rows, index(needed))


def block_rows(product: Product) -> int:
    """The rows of A that are copied at a time."""
    fitting = BLOCK_BYTES // (element_bytes(product.kind) * max(usual(product.k), 1))
    return round_up(max(fitting, LEAST_BLOCK), LEAST_BLOCK)


def group_columns(product: Product) -> int:
    """The columns of B in a group of panels, at most."""
    return GROUP_BYTES // (element_bytes(product.kind) * max(usual(product.k), 1))


def panels_together(product: Product, panel: Panel) -> int:
    """The number of panels in a group."""
    return max(1, group_columns(product) // panel.width)


def staged_columns(product: Product, machine: Machine) -> int:
    """The columns of scratch for a group's copy: the most that it needs, in whole vectors."""
    lanes = machine.lanes(product.element)
    most = max(max(max(machine.tall), SINGLE) * lanes, group_columns(product))
    return min(round_up(product.n, lanes), most) if isinstance(product.n, int) else most


def staging_bytes(builder: ir.IRBuilder, product: Product, machine: Machine) -> Integer:
    """The bytes of scratch for the copies of A and B; an i64 value if the product's k is one.

    >>> from steepest.engines.cpu import ir
    >>> memory, builder = ir.Constant(ir.PointerType(), None), ir.IRBuilder()
    >>> weights = Operand(memory, "f32", 50)
    >>> forward = Product(Operand(memory, "f32", 784), weights, 100, 50, 784)
    >>> backward = Product(Operand(memory, "f32", 50), weights.transposed(), 100, 784, 50)
    >>> [staging_bytes(builder, product, Machine(512)) for product in (forward, backward)]
    [0, 200704]
    """
    lanes = machine.lanes(product.element)
    total: Integer = 0
    if copies_b(product):
        deep = padded(builder, product.k, lanes)
        total = multiply(builder, deep, staged_columns(product, machine))
    if copies_a(product):
        deep = add(builder, product.k, lanes)
        total = add(builder, total, multiply(builder, deep, block_rows(product) + lanes))
    return multiply(builder, total, element_bytes(product.kind))


def stage_group(
    builder: ir.IRBuilder, product: Product, panel: Panel, cols: Range, scratch: ir.Value
) -> None:
    """Copies the panels of B in a range of columns into scratch, one after another."""
    vector = ir.VectorType(product.kind, panel.lanes)
    with loop(builder, *cols, panel.width) as j:
        columns: Integer = panel.columns
        if panel.tail is None:
            columns = minimum(builder, subtract(builder, cols[1], j), panel.width)
        target = panel_address(builder, product, panel, subtract(builder, j, cols[0]), scratch)
        part = (j, add(builder, j, columns))
        pitch = round_up(panel.width, panel.lanes)
        copy_block(builder, product.b, (0, product.k), part, target, pitch, vector)


def panel_address(
    builder: ir.IRBuilder, product: Product, panel: Panel, column: Integer, scratch: ir.Value
) -> ir.Value:
    """The address of the copied panel that begins with the group's column `column`.

    `column` is a multiple of the panel's width. A panel with a tail is the only one of its group,
    so its width need not be whole vectors.
    """
    deep = padded(builder, product.k, panel.lanes)
    return at(builder, scratch, multiply(builder, column, deep), product.kind)


def panel_of_b(
    builder: ir.IRBuilder,
    product: Product,
    panel: Panel,
    first: Integer,
    j: Integer,
    copied: bool,
    scratch: ir.Value | None,
) -> Operand:
    """B from column `j` on: in its own memory, or the copy in a group that begins at `first`."""
    if not copied:
        return replace(product.b, pointer=at(builder, product.b.pointer, j, product.b.kind))
    copy = panel_address(builder, product, panel, subtract(builder, j, first), needed(scratch))
    return Operand(copy, product.element, round_up(panel.width, panel.lanes))


def staged_rows(
    builder: ir.IRBuilder,
    product: Product,
    machine: Machine,
    rows: Range,
    scratch: ir.Value | None,
) -> Operand:
    """Copies A's rows from rows[0] on into scratch as numbers, in the layout that A has."""
    a, lanes = product.a, machine.lanes(product.element)
    deep = padded(builder, product.k, lanes)
    behind = multiply(builder, deep, staged_columns(product, machine) if copies_b(product) else 0)
    copy = at(builder, needed(scratch), behind, product.kind)
    vector = ir.VectorType(product.kind, lanes)
    if a.transposed().rows_contiguous():
        pitch = block_rows(product) + lanes
        copy_block(builder, a.transposed(), (0, product.k), rows, copy, pitch, vector)
        return Operand(copy, product.element, pitch).transposed()
    copy_block(builder, a, rows, (0, product.k), copy, deep, vector)
    return Operand(copy, product.element, deep)


def padded(builder: ir.IRBuilder, size: Integer, lanes: int) -> Integer:
    """`size` rounded up to whole vectors."""
    if isinstance(size, int):
        return round_up(size, lanes)
    return builder.and_(builder.add(size, index(lanes - 1)), index(-lanes))


def needed(scratch: ir.Value | None) -> ir.Value:
    """The scratch; an error if the caller gave none."""
    if scratch is None:
        raise ValueError(
            "this product copies an operand but was given no scratch; expected a pointer to "
            "dense_scratch_bytes(builder, product, machine) bytes"
        )
    return scratch
