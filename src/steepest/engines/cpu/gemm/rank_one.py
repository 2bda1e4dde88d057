"""A column times a row: the weights' gradient in a step of one row.

It is a single product for each number of the result, which the epilogue reads, updates and writes.
So there are no tiles, whose calls and copies would cost more: each vector goes to the epilogue as
soon as it is computed. Depends on ir/helpers.py, operand.py and shape.py.
"""

from __future__ import annotations

from collections.abc import Callable

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import (
    Integer,
    add,
    at,
    first_lanes,
    fma,
    index,
    loop,
    splat,
    subtract,
    zero,
)

from .copying import Range
from .operand import Epilogue, Product, read_scalar, read_vector
from .shape import Machine, fitting_panel

LEAST = 1024  # numbers of the result from which on this repays the time to compile it


def may_be_rank_one(product: Product) -> bool:
    """Whether a product sums over a batch, which may have one row, and reads rows of it."""
    in_rows = product.a.transposed().rows_contiguous() and product.b.rows_contiguous()
    return in_rows and not isinstance(product.k, int) and _is_large(product.m, product.n)


def _is_large(rows: Integer, columns: Integer) -> bool:
    return not (isinstance(rows, int) and isinstance(columns, int)) or rows * columns >= LEAST


def emit_rank_one(
    builder: ir.IRBuilder,
    product: Product,
    epilogue: Epilogue,
    machine: Machine,
    rows: Range,
    cols: Range,
) -> None:
    """Emits the product of a batch of one row: a loop over rows of C, and vectors along each."""
    a, b = product.a.transposed(), product.b
    column = at(builder, a.pointer, a.row_offset(builder, 0), a.kind)
    line = at(builder, b.pointer, b.row_offset(builder, 0), b.kind)
    with loop(builder, *rows) as i:
        factor = read_scalar(builder, a, at(builder, column, i, a.kind), product.kind)

        def vector(j: Integer, lanes: int, mask: ir.Value | None) -> None:
            kind = ir.VectorType(product.kind, lanes)
            numbers = read_vector(builder, b, at(builder, line, j, b.kind), kind, mask)
            result = fma(builder, splat(builder, factor, lanes), numbers, zero(kind))
            epilogue(builder, i, index(j), result, mask, lanes)

        _each_vector(builder, cols, machine.lanes(product.element), vector)


def _each_vector(
    builder: ir.IRBuilder,
    cols: Range,
    lanes: int,
    body: Callable[[Integer, int, ir.Value | None], None],
) -> None:
    """Calls body(column, lanes, mask) for whole vectors, then for one with the columns left."""
    first, stop = cols
    extent = subtract(builder, stop, first)
    if isinstance(extent, int):
        panel = fitting_panel(extent, lanes)
        whole: Integer = panel.full * lanes
    else:
        panel, whole = None, builder.and_(extent, index(-lanes))
    middle = add(builder, first, whole)
    with loop(builder, first, middle, lanes) as j:
        body(j, lanes, None)
    if panel is None:
        with builder.if_then(builder.icmp_signed("<", index(middle), index(stop))):
            body(middle, lanes, first_lanes(builder, subtract(builder, stop, middle), lanes))
    elif panel.tail:
        narrow = panel.tail_lanes
        mask = None if panel.tail == narrow else first_lanes(builder, panel.tail, narrow)
        body(middle, narrow, mask)
