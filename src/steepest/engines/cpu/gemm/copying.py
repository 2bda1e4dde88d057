"""Copies a part of a matrix into scratch as numbers: gathered, converted, transposed.

A copy is dense: its rows have the stride `pitch` and are padded with zeros to whole vectors, so
that kernels read it without masks. Depends on ir/helpers.py and operand.py.
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
    prefetch,
    read_index,
    store,
    subtract,
    take_lanes,
)

from .operand import Operand, prefetch_rows, read_scalar, read_vector

Range = tuple[Integer, Integer]
AHEAD = 8  # rows between the one that is copied and the one that is prefetched


def round_up(size: int, multiple: int) -> int:
    """The smallest multiple that is at least `size`.

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
    """Copies rows x cols of `source` to `destination` as vectors of type `kind`.

    Whole vectors are written: `pitch` and the memory after the last row must allow for that, in
    both directions if the source's columns are contiguous.
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
    """Copies contiguous rows, vector by vector."""
    with loop(builder, *rows) as row:
        soon = minimum(builder, add(builder, row, AHEAD), rows[1])
        later = minimum(builder, add(builder, soon, 1), rows[1])
        prefetch_rows(builder, source, soon, later, subtract(builder, cols[1], cols[0]))
        head = at(builder, source.pointer, source.row_offset(builder, row), source.kind)
        line = multiply(builder, subtract(builder, row, rows[0]), pitch)
        with loop(builder, *cols, kind.count) as col:
            mask = mask_before(builder, col, cols[1], cols, kind.count)
            vector = read_vector(builder, source, at(builder, head, col, source.kind), kind, mask)
            offset = add(builder, line, subtract(builder, col, cols[0]))
            store(builder, vector, at(builder, destination, offset, kind.element))


def mask_before(
    builder: ir.IRBuilder, position: Integer, stop: Integer, extent: Range, lanes: int
) -> ir.Value | None:
    """The mask of the lanes of a vector at `position` before `stop`; None if all always are."""
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
    """Copies contiguous columns: square blocks are transposed in registers.

    Meanwhile the following columns are prefetched, each of which is far from the others in memory.
    """
    kind = ir.VectorType(kind.element, min(kind.count, 8))  # a third of the code of 16 by 16
    lanes, upright = kind.count, source.transposed()
    offsets = local_array(builder, INDEX, lanes)
    step = None if source.col_index is not None else multiply(builder, upright.row_stride, lanes)
    middle = whole_vectors(builder, rows, lanes)
    with loop(builder, *cols, lanes) as col:
        last = subtract(builder, cols[1], 1)
        with loop(builder, 0, lanes) as lane:
            chosen = minimum(builder, add(builder, col, lane), last)
            start = index(upright.row_offset(builder, chosen))
            builder.store(start, at(builder, offsets, lane, INDEX), align=8)
        for part, masked in (((rows[0], middle), False), ((middle, rows[1]), True)):
            if isinstance(middle, int) and part[0] == part[1]:
                continue
            transpose = transposing_function(builder.module, source, kind, masked)
            with loop(builder, *part, lanes) as row:
                line = multiply(builder, subtract(builder, row, rows[0]), pitch)
                offset = add(builder, line, subtract(builder, col, cols[0]))
                head = at(builder, source.pointer, row, source.kind)
                target = at(builder, destination, offset, kind.element)
                more = subtract(builder, rows[1], row) if masked else step or 0
                builder.call(transpose, [head, offsets, index(more), target, index(pitch)])


def whole_vectors(builder: ir.IRBuilder, extent: Range, lanes: int) -> Integer:
    """The end of the last whole vector of a range; `lanes` are a power of two."""
    count = subtract(builder, extent[1], extent[0])
    whole = count & -lanes if isinstance(count, int) else builder.and_(count, index(-lanes))
    return add(builder, extent[0], whole)


def transposing_function(
    module: ir.Module, source: Operand, kind: ir.VectorType, masked: bool
) -> ir.Function:
    """The module's function that transposes a square block; it is emitted at its first use.

    It takes (head, offsets, more, target, pitch), reads the numbers of the block's column x at
    head[offsets[x]], the first `more` of them if it is masked, and writes its rows to target with
    the stride `pitch`. If it is not masked, it prefetches what is `more` numbers behind each.
    """
    name = f"turn_{source.element}_{kind.suffix}_{source.scale!r}_{source.offset!r}_{masked}"
    if name in module.globals:
        return module.globals[name]
    pointer = ir.PointerType()
    signature = ir.FunctionType(ir.VoidType(), [pointer, pointer, INDEX, pointer, INDEX])
    function = ir.Function(module, signature, name)
    function.linkage = "internal"
    function.attributes.append("noinline")
    head, offsets, more, target, pitch = function.args
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    mask = first_lanes(builder, more, kind.count) if masked else None
    columns = []
    for lane in range(kind.count):
        column = at(builder, head, read_index(builder, offsets, lane), source.kind)
        if not masked:
            prefetch(builder, at(builder, column, more, source.kind))
        columns.append(read_vector(builder, source, column, kind, mask))
    for lane, row in enumerate(transposed_lanes(builder, columns)):
        address = at(builder, target, multiply(builder, lane, pitch), kind.element)
        store(builder, row, address)
    builder.ret_void()
    return function


def transposed_lanes(builder: ir.IRBuilder, columns: list[ir.Value]) -> list[ir.Value]:
    """The transpose of a square of lanes, in log2(lanes) rounds.

    In the round of distance d, vectors x and x + d exchange lanes: those of x whose number has bit
    d set and those of x + d whose number has not.
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
    """Copies a matrix without contiguous rows or columns, number by number."""
    with loop(builder, *rows) as row:
        head = at(builder, source.pointer, source.row_offset(builder, row), source.kind)
        line = multiply(builder, subtract(builder, row, rows[0]), pitch)
        with loop(builder, *cols) as col:
            found = at(builder, head, source.col_offset(builder, col), source.kind)
            number = read_scalar(builder, source, found, kind.element)
            offset = add(builder, line, subtract(builder, col, cols[0]))
            builder.store(number, at(builder, destination, offset, kind.element))
