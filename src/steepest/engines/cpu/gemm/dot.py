"""Products with one column: vectors run along k, several rows at a time.

Lane l of a row's accumulator sums the elements l, l + lanes, ... in ascending order; the lanes are
then added in pairs at distance 1, 2, 4, .... So the bits depend on k and on the vector width, never
on the other rows. Depends on ir/helpers.py, operand.py and strip.py.
"""

from __future__ import annotations

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import (
    Integer,
    accumulate,
    add,
    at,
    first_lanes,
    fma,
    index,
    local_array,
    loop,
    minimum,
    multiply,
    store,
    subtract,
    take_lanes,
    zero,
)

from .copying import Range
from .operand import Epilogue, Product, read_vector
from .shape import Machine, Panel
from .strip import Strip

TOGETHER = 8  # rows at a time, so that additions need not wait for one another


def is_dot(product: Product) -> bool:
    """Whether C has one column and both operands are contiguous along k."""
    one = isinstance(product.n, int) and product.n == 1
    return one and product.a.rows_contiguous() and product.b.transposed().rows_contiguous()


def emit_dots(
    builder: ir.IRBuilder, product: Product, epilogue: Epilogue, machine: Machine, rows: Range
) -> None:
    """Emits the rows of a product with one column; the epilogue gets vectors of one lane."""
    kind = ir.VectorType(product.kind, machine.lanes(product.element))
    together = rows_together(subtract(builder, rows[1], rows[0]), kind.count)
    buffer = local_array(builder, product.kind, together)
    strip = Strip(product.kind, Panel(1, 1), 0, 1, buffer)
    with loop(builder, *rows, together) as i:
        last = subtract(builder, rows[1], 1)
        chosen = [minimum(builder, add(builder, i, row), last) for row in range(together)]
        sums = lane_sums(builder, dots(builder, product, chosen, kind))
        store(builder, take_lanes(builder, sums, range(together)), buffer)
        count = minimum(builder, together, subtract(builder, rows[1], i))
        strip.finish(builder, i, count, epilogue)


def rows_together(extent: Integer, lanes: int) -> int:
    """The rows computed at a time, a power of two; the last row is repeated to fill it.

    >>> [rows_together(extent, 16) for extent in (1, 2, 3, 100)]
    [1, 2, 4, 8]
    """
    known = extent if isinstance(extent, int) else TOGETHER
    return min(TOGETHER, lanes, 1 << max(known - 1, 0).bit_length())


def dots(
    builder: ir.IRBuilder, product: Product, rows: list[Integer], kind: ir.VectorType
) -> list[ir.Value]:
    """The products of rows and column: a vector of partial sums for each row."""
    lanes, a, b = kind.count, product.a, product.b.transposed()
    heads = [at(builder, a.pointer, a.row_offset(builder, row), a.kind) for row in rows]

    def add_products(
        first: Integer, sums: list[ir.Value], mask: ir.Value | None = None
    ) -> list[ir.Value]:
        column = read_vector(builder, b, at(builder, b.pointer, first, b.kind), kind, mask)
        results = []
        for head, total in zip(heads, sums, strict=True):
            row = read_vector(builder, a, at(builder, head, first, a.kind), kind, mask)
            results.append(fma(builder, row, column, total))
        return results

    def step(number: Integer, sums: list[ir.Value]) -> list[ir.Value]:
        return add_products(multiply(builder, number, lanes), sums)

    vectors, rest = divide(builder, product.k, lanes)
    sums = accumulate(builder, vectors, [zero(kind)] * len(rows), step)
    if isinstance(rest, int) and rest == 0:
        return sums
    mask = first_lanes(builder, rest, lanes)
    with_rest = add_products(multiply(builder, vectors, lanes), sums, mask)
    pairs = zip(with_rest, sums, strict=True)
    return [builder.select(mask, after, before) for after, before in pairs]


def divide(builder: ir.IRBuilder, size: Integer, lanes: int) -> tuple[Integer, Integer]:
    """The quotient and remainder of a size and a number of lanes."""
    if isinstance(size, int):
        return divmod(size, lanes)
    return builder.sdiv(size, index(lanes)), builder.srem(size, index(lanes))


def lane_sums(builder: ir.IRBuilder, vectors: list[ir.Value]) -> ir.Value:
    """A vector whose lane r is the sum of the lanes of vector r.

    At distance d two vectors merge into one: lanes whose number lacks bit d hold partial sums of
    the first, the others of the second. A single vector is merged with itself.
    """
    lanes, distance = vectors[0].type.count, 1
    while distance < lanes:
        seconds = vectors[1::2] or vectors
        pairs = zip(vectors[::2], seconds, strict=True)
        vectors = [add_at_distance(builder, *pair, distance) for pair in pairs]
        distance *= 2
    return vectors[0]


def add_at_distance(
    builder: ir.IRBuilder, first: ir.Value, second: ir.Value, distance: int
) -> ir.Value:
    """Lane n is the sum of lanes n and n ^ distance, of `first` if n lacks that bit, else of
    `second`.
    """
    lanes = range(first.type.count)
    own = [lane + len(lanes) * bool(lane & distance) for lane in lanes]
    other = [(lane ^ distance) + len(lanes) * bool(lane & distance) for lane in lanes]
    left = take_lanes(builder, first, own, second)
    return builder.fadd(left, take_lanes(builder, first, other, second))
