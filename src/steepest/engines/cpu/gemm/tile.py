"""The innermost kernel: a tile of C in registers, summed over k.

Every element is summed by fused multiply-adds over k in ascending order, from zero, in one
accumulator. So its bits depend on its row of A and its column of B alone: not on the tile, the
vector width, the range or the thread. Depends on ir/helpers.py, operand.py and strip.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import (
    Integer,
    accumulate,
    add,
    at,
    fma,
    index,
    load,
    splat,
    subtract,
    take_lanes,
    zero,
)

from .operand import Operand, read_scalar, read_vector
from .strip import Strip

UNROLLED = 16  # the most multiply-adds in a tile without a loop over k


@dataclass(frozen=True)
class Tile:
    """The operands of a strip: `a` begins with C's row `top`, `b` with the strip's column j.

    Both may be copies in scratch. `first` is true if sums begin at zero; None means that they do.
    """

    strip: Strip
    k: Integer
    a: Operand
    b: Operand
    top: Integer
    first: ir.Value | None = None


def compute_tile(builder: ir.IRBuilder, tile: Tile, i: Integer, rows: int) -> None:
    """Sums the tile whose first row is `i` into the strip's buffer.

    All but the smallest tiles are separate functions, shared by the products of a module. So their
    loops can use every register, whatever the code around them uses.
    """
    row = subtract(builder, i, tile.top)
    if isinstance(tile.k, int) and tile.k * rows * len(tile.strip.vector_types) <= UNROLLED:
        sum_tile(builder, tile, row, rows, unroll=True)
        return
    arguments = tile_arguments(tile, row)
    function = tile_function(builder.module, tile, rows, arguments)
    builder.call(function, list(arguments.values()))


def tile_arguments(tile: Tile, row: Integer) -> dict[str, ir.Value]:
    """The arguments of a tile's function; absent pointers and strides of 1 are built into it."""
    a, b, strip = tile.a, tile.b, tile.strip
    pointers = {
        "a": a.pointer,
        "a_rows": a.row_index,
        "a_cols": a.col_index,
        "b": b.pointer,
        "b_rows": b.row_index,
        "buffer": strip.buffer,
    }
    strides = {"a_down": a.row_stride, "a_across": a.col_stride, "b_down": b.row_stride}
    sizes: dict[str, Integer] = {"row": row, "k": tile.k}
    if strip.panel.tail is None:
        sizes["left"] = strip.left
    is_one = {name: isinstance(stride, int) and stride == 1 for name, stride in strides.items()}
    wide = {name: stride for name, stride in strides.items() if not is_one[name]}
    present = {name: pointer for name, pointer in pointers.items() if pointer is not None}
    first = {} if tile.first is None else {"first": tile.first}
    return present | {name: index(size) for name, size in (wide | sizes).items()} | first


def tile_function(
    module: ir.Module, tile: Tile, rows: int, arguments: dict[str, ir.Value]
) -> ir.Function:
    """The module's function for tiles of this form; it is emitted at its first use."""
    panel, b = tile.strip.panel, tile.b
    columns = f"{panel.full}x{panel.lanes}+{panel.tail}of{panel.tail_lanes}"
    number = f"{tile.strip.kind.suffix} {b.element}*{b.scale!r}+{b.offset!r}"
    name = f"tile {rows} by {columns} {number} ({' '.join(arguments)})"
    if name in module.globals:
        return module.globals[name]
    kinds = [value.type for value in arguments.values()]
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), kinds), name)
    function.linkage = "internal"
    function.attributes.append("noinline")
    given: dict[str, ir.Value] = dict(zip(arguments, function.args, strict=True))
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    sum_tile(builder, tile_inside(tile, given), given["row"], rows)
    builder.ret_void()
    return function


def tile_inside(tile: Tile, given: dict[str, ir.Value]) -> Tile:
    """The tile in terms of its function's arguments."""
    a = Operand(
        given["a"],
        tile.a.element,
        given.get("a_down", 1),
        given.get("a_across", 1),
        given.get("a_rows"),
        given.get("a_cols"),
    )
    b = replace(
        tile.b,
        pointer=given["b"],
        row_stride=given.get("b_down", 1),
        row_index=given.get("b_rows"),
    )
    strip = replace(tile.strip, j=0, left=given.get("left", 0), buffer=given["buffer"])
    return Tile(strip, given["k"], a, b, 0, given.get("first"))


def sum_tile(
    builder: ir.IRBuilder, tile: Tile, row: Integer, rows: int, unroll: bool = False
) -> None:
    """Sums a tile of A's rows from `row` on into the strip's buffer."""
    a, types, masks = tile.a, tile.strip.vector_types, tile.strip.masks(builder)
    heads = row_heads(builder, a, row, rows)

    def body(step: Integer, sums: list[ir.Value]) -> list[ir.Value]:
        columns = read_columns(builder, tile, step, masks)
        offset = a.col_offset(builder, step)
        results = []
        for number, (head, inside) in enumerate(heads):
            address = at(builder, at(builder, head, offset, a.kind), inside, a.kind)
            factor = read_scalar(builder, a, address, tile.strip.kind)
            own = sums[number * len(types) : (number + 1) * len(types)]
            results += multiply_add(builder, factor, columns, own)
        return results

    sums = accumulate(builder, tile.k, starts(builder, tile, rows), body, unroll)
    for number in range(rows):
        own = sums[number * len(types) : (number + 1) * len(types)]
        tile.strip.store_row(builder, number, own)


def starts(builder: ir.IRBuilder, tile: Tile, rows: int) -> list[ir.Value]:
    """The first values of the sums: zeros, or those of the previous block in the strip's buffer."""
    types = tile.strip.vector_types * rows
    if tile.first is None:
        return [zero(kind) for kind in types]
    return zeros_or_stored(
        builder,
        tile.first,
        types,
        lambda: [one for row in range(rows) for one in tile.strip.addresses(builder, row)],
    )


def zeros_or_stored(
    builder: ir.IRBuilder,
    first: ir.Value,
    types: Sequence[ir.VectorType],
    addresses: Callable[[], Sequence[ir.Value]],
) -> list[ir.Value]:
    """Zeros if `first` is true, else the vectors at some addresses, which are computed then."""
    before = builder.block
    going_on, ready = (builder.append_basic_block() for _ in range(2))
    builder.cbranch(first, ready, going_on)
    builder.position_at_end(going_on)
    pairs = zip(addresses(), types, strict=True)
    partial = [load(builder, address, kind) for address, kind in pairs]
    builder.branch(ready)
    builder.position_at_end(ready)
    sums: list[ir.Value] = []
    for kind, found in zip(types, partial, strict=True):
        total = builder.phi(kind)
        total.add_incoming(zero(kind), before)
        total.add_incoming(found, going_on)
        sums.append(total)
    return sums


def row_heads(
    builder: ir.IRBuilder, a: Operand, i: Integer, rows: int
) -> list[tuple[ir.Value, int]]:
    """A pointer and a known offset for each row: rows with a known stride share one pointer."""
    if a.row_index is None and isinstance(a.row_stride, int):
        head = at(builder, a.pointer, a.row_offset(builder, i), a.kind)
        return [(head, row * a.row_stride) for row in range(rows)]
    offsets = [a.row_offset(builder, add(builder, i, row)) for row in range(rows)]
    return [(at(builder, a.pointer, offset, a.kind), 0) for offset in offsets]


def read_columns(
    builder: ir.IRBuilder, tile: Tile, step: Integer, masks: list[ir.Value | None]
) -> list[ir.Value]:
    """The vectors of row `step` of B inside the panel."""
    head = at(builder, tile.b.pointer, tile.b.row_offset(builder, step), tile.b.kind)
    return read_row(builder, tile.strip, tile.b, head, masks)


def read_row(
    builder: ir.IRBuilder,
    strip: Strip,
    matrix: Operand,
    head: ir.Value,
    masks: list[ir.Value | None],
) -> list[ir.Value]:
    """The vectors of a strip's panel in the row of `matrix` that begins at `head`."""
    addresses = [at(builder, head, first, matrix.kind) for first, _ in strip.panel.vectors]
    return [
        read_vector(builder, matrix, address, kind, mask)
        for address, kind, mask in zip(addresses, strip.vector_types, masks, strict=True)
    ]


def multiply_add(
    builder: ir.IRBuilder, factor: ir.Value, columns: list[ir.Value], sums: list[ir.Value]
) -> list[ir.Value]:
    """factor * column + sum for one row; a narrow vector takes its factor from the wide one.

    The fence hides from LLVM that both are one number, which it would broadcast twice.
    """
    wide = splat(builder, factor, columns[0].type.count)
    if len({column.type.count for column in columns}) > 1:
        wide = builder.intrinsic(f"llvm.arithmetic.fence.{wide.type.suffix}", wide.type, [wide])
    results = []
    for column, total in zip(columns, sums, strict=True):
        lanes = column.type.count
        same = lanes == wide.type.count
        many = wide if same else take_lanes(builder, wide, range(lanes))
        results.append(fma(builder, many, column, total))
    return results
