"""Which operands a product copies into scratch before it reads them, and how much room that takes.

Leans on copying.py and what lies below it. A is copied when it holds bytes, in blocks of rows; B is
copied in groups of panels when its rows are not side by side, or lie badly for the caches.
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
from .shape import Machine, Panel

BLOCK_BYTES = 1 << 19  # of A's copy: beside a panel of B it stays inside a second-level cache
GROUP_BYTES = 1 << 19  # of the panels of B that each tile of rows passes in turn
LEAST_BLOCK = 96  # rows over which the copy of one panel of B is paid for
USUAL_SIZE = 128  # stands for a size that is known only when the code runs, such as the batch
PANEL_BYTES = 256  # of one row of a panel
CACHE_SPAN, CACHE_WAYS = 1 << 17, 8  # a second-level cache: addresses this far apart share a place
CROWDED, LONG = 2, 3 << 17  # how often a panel overfills its places; bytes of a long panel
WIDE = 3000  # bytes between rows: nearly every one is in another page
ROWS_IF_CROWDED, ROWS_IF_LONG, ROWS_IF_WIDE = 48, 192, 384  # of A, over which packing is paid for


def usual(size: Integer) -> int:
    """A size, or a guess at it."""
    return size if isinstance(size, int) else USUAL_SIZE


def copies_a(product: Product) -> bool:
    """Whether A is brought into scratch before it is read."""
    return product.a.element == "u8"


def copies_b(product: Product) -> bool:
    """Whether B is brought into scratch before it is read, if rows enough make it worth while."""
    if not product.b.rows_contiguous():
        return True
    needed = rows_to_repay(product)
    return needed is not None and (not isinstance(product.m, int) or product.m >= needed)


def rows_to_repay(product: Product) -> int | None:
    """From how many rows on it pays to pack B although its rows lie as they should; None: never.

    A panel whose rows are a power of two apart finds room in a few places of the caches only; a
    long panel is more than they hold beside the rest, and packed it is at least read in order; and
    rows far apart are pages to look up. The figures are measured.
    """
    panel = usual(product.k) * PANEL_BYTES
    apart = usual(product.b.row_stride) * element_bytes(product.b.kind)
    places = CACHE_SPAN // gcd(apart, CACHE_SPAN)
    if apart > PANEL_BYTES and panel > CROWDED * places * PANEL_BYTES * CACHE_WAYS:
        return ROWS_IF_CROWDED
    if apart > PANEL_BYTES and panel > LONG:
        return ROWS_IF_LONG
    return ROWS_IF_WIDE if apart > WIDE else None


def repays_copy(builder: ir.IRBuilder, product: Product, rows: Integer) -> bool | ir.Value:
    """Whether to copy B for so many rows; rows known only when the code runs ask then."""
    if not copies_b(product) or not product.b.rows_contiguous():
        return copies_b(product)
    needed = rows_to_repay(product) or 0
    if isinstance(rows, int):
        return rows >= needed
    return builder.icmp_signed(">=", rows, index(needed))


def block_rows(product: Product) -> int:
    """How many rows of A are copied at a time."""
    fitting = BLOCK_BYTES // (element_bytes(product.kind) * max(usual(product.k), 1))
    return round_up(max(fitting, LEAST_BLOCK), LEAST_BLOCK)


def group_columns(product: Product) -> int:
    """How many columns of B a tile of rows passes before the next rows' turn."""
    return GROUP_BYTES // (element_bytes(product.kind) * max(usual(product.k), 1))


def panels_together(product: Product, panel: Panel) -> int:
    """How many panels make a group."""
    return max(1, group_columns(product) // panel.width)


def group_room(product: Product, machine: Machine) -> int:
    """The most columns of B, in whole vectors, that a group takes."""
    lanes = machine.lanes(product.element)
    most = max(max(machine.tall) * lanes, group_columns(product))
    return min(round_up(product.n, lanes), most) if isinstance(product.n, int) else most


def scratch_bytes(builder: ir.IRBuilder, product: Product, machine: Machine) -> Integer:
    """How many bytes of scratch `emit_product` needs: code where the product's k is an i64 value.

    >>> from steepest.engines.cpu import ir
    >>> memory, builder = ir.Constant(ir.PointerType(), None), ir.IRBuilder()
    >>> weights = Operand(memory, "f32", 50)
    >>> forward = Product(Operand(memory, "f32", 784), weights, 100, 50, 784)
    >>> backward = Product(Operand(memory, "f32", 50), weights.transposed(), 100, 784, 50)
    >>> [scratch_bytes(builder, product, Machine(512)) for product in (forward, backward)]
    [0, 200704]
    """
    lanes = machine.lanes(product.element)
    total: Integer = 0
    if copies_b(product):
        deep = padded(builder, product.k, lanes)
        total = multiply(builder, deep, group_room(product, machine))
    if copies_a(product):
        deep = add(builder, product.k, lanes)
        total = add(builder, total, multiply(builder, deep, block_rows(product) + lanes))
    return multiply(builder, total, element_bytes(product.kind))


def stage_group(
    builder: ir.IRBuilder, product: Product, panel: Panel, cols: Range, scratch: ir.Value
) -> None:
    """Copy the panels of B in a range of columns into scratch, one behind the other."""
    vector = ir.VectorType(product.kind, panel.lanes)
    with loop(builder, *cols, panel.width) as j:
        columns: Integer = panel.columns
        if panel.tail is None:
            columns = minimum(builder, subtract(builder, cols[1], j), panel.width)
        target = panel_place(builder, product, panel, subtract(builder, j, cols[0]), scratch)
        part = (j, add(builder, j, columns))
        pitch = round_up(panel.width, panel.lanes)
        copy_block(builder, product.b, (0, product.k), part, target, pitch, vector)


def panel_place(
    builder: ir.IRBuilder, product: Product, panel: Panel, column: Integer, scratch: ir.Value
) -> ir.Value:
    """Where the panel lies that begins with the group's column `column`: a multiple of its width.

    A panel with a tail is the only one of its group, so its width may be no whole vectors.
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
    """B from column `j` on, in a group that begins at `first`: where it lies, or where copied."""
    if not copied:
        return replace(product.b, pointer=at(builder, product.b.pointer, j, product.b.kind))
    place = panel_place(builder, product, panel, subtract(builder, j, first), needed(scratch))
    return Operand(place, product.element, round_up(panel.width, panel.lanes))


def staged_rows(
    builder: ir.IRBuilder,
    product: Product,
    machine: Machine,
    rows: Range,
    scratch: ir.Value | None,
) -> Operand:
    """A's rows from rows[0] on, as numbers in scratch that lie the way A's do."""
    a, lanes = product.a, machine.lanes(product.element)
    deep = padded(builder, product.k, lanes)
    behind = multiply(builder, deep, group_room(product, machine) if copies_b(product) else 0)
    room = at(builder, needed(scratch), behind, product.kind)
    vector = ir.VectorType(product.kind, lanes)
    if a.transposed().rows_contiguous():
        pitch = block_rows(product) + lanes
        copy_block(builder, a.transposed(), (0, product.k), rows, room, pitch, vector)
        return Operand(room, product.element, pitch).transposed()
    copy_block(builder, a, rows, (0, product.k), room, deep, vector)
    return Operand(room, product.element, deep)


def padded(builder: ir.IRBuilder, size: Integer, lanes: int) -> Integer:
    """`size` rounded up to whole vectors."""
    if isinstance(size, int):
        return round_up(size, lanes)
    return builder.and_(builder.add(size, index(lanes - 1)), index(-lanes))


def needed(scratch: ir.Value | None) -> ir.Value:
    """The scratch, which this product cannot do without."""
    if scratch is None:
        raise ValueError(
            "this product copies an operand but was given no scratch; "
            "expected a pointer to scratch_bytes(builder, product, machine) bytes"
        )
    return scratch
