"""Bringing part of a matrix into scratch, row by row, as numbers: gathered, converted, transposed.

Leans on building.py and operand.py. A copy is dense: its rows lie side by side, `pitch` numbers
apart, padded with zeros to whole vectors, so that kernels read it without masks.
"""

from __future__ import annotations

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import (
    INDEX,
    Integer,
    add,
    at,
    first_lanes,
    index,
    local_array,
    loop,
    minimum,
    multiply,
    read_index,
    store,
    subtract,
    take_lanes,
)

from .operand import Operand, prefetch_rows, read_scalar, read_vector

Range = tuple[Integer, Integer]
AHEAD = 8  # rows between the one that is copied and the one that is asked for


def round_up(size: int, multiple: int) -> int:
    """The next multiple at or above `size`.

    >>> round_up(50, 16)
    64
    """
    return -(-size // multiple) * multiple


def copy_block(
    builder: ir.IRBuilder,
    source: Operand,
    rows: Range,
    cols: Range,
    destination: ir.Value,
    pitch: Integer,
    kind: ir.VectorType,
) -> None:
    """Copy rows x cols of `source` to `destination` as vectors of type `kind`.

    Whole vectors are written: `pitch` and the room behind the last row are to allow for that, in
    both directions when the source's columns are what lies side by side.
    """
    if source.rows_contiguous():
        copy_rows(builder, source, rows, cols, destination, pitch, kind)
    elif source.transposed().rows_contiguous():
        copy_columns(builder, source, rows, cols, destination, pitch, kind)
    else:
        copy_scattered(builder, source, rows, cols, destination, pitch, kind)


def copy_rows(
    builder: ir.IRBuilder,
    source: Operand,
    rows: Range,
    cols: Range,
    destination: ir.Value,
    pitch: Integer,
    kind: ir.VectorType,
) -> None:
    """The rows of the source lie as they should: vector by vector."""
    with loop(builder, *rows) as row:
        soon = minimum(builder, add(builder, row, AHEAD), rows[1])
        later = minimum(builder, add(builder, soon, 1), rows[1])
        prefetch_rows(builder, source, soon, later, subtract(builder, cols[1], cols[0]))
        head = at(builder, source.pointer, source.row_offset(builder, row), source.kind)
        line = multiply(builder, subtract(builder, row, rows[0]), pitch)
        with loop(builder, *cols, kind.count) as col:
            mask = mask_before(builder, col, cols[1], cols, kind.count)
            vector = read_vector(builder, source, at(builder, head, col, source.kind), kind, mask)
            place = add(builder, line, subtract(builder, col, cols[0]))
            store(builder, vector, at(builder, destination, place, kind.element))


def mask_before(
    builder: ir.IRBuilder, position: Integer, stop: Integer, extent: Range, lanes: int
) -> ir.Value | None:
    """The lanes of a vector at `position` that lie before `stop`; None when all always do."""
    first, last = extent
    if isinstance(first, int) and isinstance(last, int) and (last - first) % lanes == 0:
        return None
    return first_lanes(builder, subtract(builder, stop, position), lanes)


def copy_columns(
    builder: ir.IRBuilder,
    source: Operand,
    rows: Range,
    cols: Range,
    destination: ir.Value,
    pitch: Integer,
    kind: ir.VectorType,
) -> None:
    """The columns of the source lie side by side: square blocks are turned in registers."""
    kind = ir.VectorType(kind.element, min(kind.count, 8))  # a third of the code of 16 by 16
    lanes, upright = kind.count, source.transposed()
    turn = turning_function(builder.module, source, kind)
    offsets = local_array(builder, INDEX, lanes)
    with loop(builder, *cols, lanes) as col:
        last = subtract(builder, cols[1], 1)
        with loop(builder, 0, lanes) as lane:
            chosen = minimum(builder, add(builder, col, lane), last)
            offset = index(upright.row_offset(builder, chosen))
            builder.store(offset, at(builder, offsets, lane, INDEX), align=8)
        with loop(builder, *rows, lanes) as row:
            line = multiply(builder, subtract(builder, row, rows[0]), pitch)
            place = add(builder, line, subtract(builder, col, cols[0]))
            head = at(builder, source.pointer, row, source.kind)
            target = at(builder, destination, place, kind.element)
            left = index(subtract(builder, rows[1], row))
            builder.call(turn, [head, offsets, left, target, index(pitch)])


def turning_function(module: ir.Module, source: Operand, kind: ir.VectorType) -> ir.Function:
    """The module's function that turns one square block; made at its first use.

    turn(head, offsets, left, target, pitch) reads at head[offsets[x]] the `left` first numbers of
    the block's column x, and writes its rows to target, `pitch` apart.
    """
    name = f"turn_{source.element}_{kind.suffix}_{source.scale!r}_{source.offset!r}"
    if name in module.globals:
        return module.globals[name]
    pointer = ir.PointerType()
    signature = ir.FunctionType(ir.VoidType(), [pointer, pointer, INDEX, pointer, INDEX])
    function = ir.Function(module, signature, name)
    function.linkage = "internal"
    function.attributes.append("noinline")
    head, offsets, left, target, pitch = function.args
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    mask = first_lanes(builder, left, kind.count)
    columns = []
    for lane in range(kind.count):
        place = at(builder, head, read_index(builder, offsets, lane), source.kind)
        columns.append(read_vector(builder, source, place, kind, mask))
    for lane, row in enumerate(turned(builder, columns)):
        place = at(builder, target, multiply(builder, lane, pitch), kind.element)
        store(builder, row, place)
    builder.ret_void()
    return function


def turned(builder: ir.IRBuilder, columns: list[ir.Value]) -> list[ir.Value]:
    """The transpose of a square of lanes: each of log2(lanes) rounds swaps halves at one distance.

    In the round of distance d, vectors x and x + d exchange the lanes whose number has bit d set
    with those whose number has not.
    """
    lanes, vectors = len(columns), list(columns)
    distance = 1
    while distance < lanes:
        low = [n if not n & distance else n - distance + lanes for n in range(lanes)]
        high = [n + distance if not n & distance else n + lanes for n in range(lanes)]
        for x in (x for x in range(lanes) if not x & distance):
            pair = vectors[x], vectors[x + distance]
            vectors[x] = take_lanes(builder, pair[0], low, pair[1])
            vectors[x + distance] = take_lanes(builder, pair[0], high, pair[1])
        distance *= 2
    return vectors


def copy_scattered(
    builder: ir.IRBuilder,
    source: Operand,
    rows: Range,
    cols: Range,
    destination: ir.Value,
    pitch: Integer,
    kind: ir.VectorType,
) -> None:
    """Nothing lies side by side: number by number."""
    with loop(builder, *rows) as row:
        head = at(builder, source.pointer, source.row_offset(builder, row), source.kind)
        line = multiply(builder, subtract(builder, row, rows[0]), pitch)
        with loop(builder, *cols) as col:
            found = at(builder, head, source.col_offset(builder, col), source.kind)
            number = read_scalar(builder, source, found, kind.element)
            place = add(builder, line, subtract(builder, col, cols[0]))
            builder.store(number, at(builder, destination, place, kind.element))
