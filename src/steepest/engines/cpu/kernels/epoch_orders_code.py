"""Emits the kernel of the orders of epochs: random words, sorted by bins and then by insertion.

The bits are those of `engines.orders.defined_orders`: the order sorts the rows by the
words of a Philox 4x64 stream. As the words are uniformly distributed, a bin for each of them has
about one, and the time is proportional to their number. Depends on ir/helpers.py.
"""

from __future__ import annotations

from steepest.core.random_bits import ROUNDS, WIDE_MULTIPLIERS, WIDE_WEYL
from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import (
    BIT,
    INDEX,
    Integer,
    accumulate,
    at,
    index,
    loop,
    minimum,
)

_WORDS = 4  # of a block
_WIDE, _POINTER = ir.IntType(128), ir.PointerType()


def orders_text() -> str:
    """Emits orders(seed, first, epochs, count, orders, words, bins).

    `words` has the size of whole blocks, `bins` one element more than there are rows.
    """
    module = ir.Module("orders")
    kind = ir.FunctionType(ir.VoidType(), [INDEX] * 4 + [_POINTER] * 3)
    function = ir.Function(module, kind, "orders")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    seed, first, epochs, count, orders, words, bins = function.args
    with loop(builder, 0, epochs) as number:
        _draw(builder, seed, builder.add(first, number), count, words)
        order = at(builder, orders, builder.mul(number, count), INDEX)
        _sort_by_bins(builder, count, words, bins, order)
        _insertion_sort(builder, count, words, order)
    builder.ret_void()
    return str(module)


# ---------------------------------------------------------------- words


def _draw(
    builder: ir.IRBuilder, seed: ir.Value, epoch: ir.Value, count: ir.Value, words: ir.Value
) -> None:
    """Writes `count` words or a few more of the stream with key (seed, epoch); block 1 is first."""
    blocks = builder.lshr(builder.add(count, index(_WORDS - 1)), index(2))
    with loop(builder, 0, blocks) as block:
        counter = [builder.add(block, index(1)), *[index(0)] * 3]
        place = builder.mul(block, index(_WORDS))
        for offset, word in enumerate(_philox(builder, counter, [seed, epoch])):
            _write(builder, words, builder.add(place, index(offset)), word)


def _philox(builder: ir.IRBuilder, counter: list[ir.Value], key: list[ir.Value]) -> list[ir.Value]:
    """A block of four words."""
    for _ in range(ROUNDS):
        a, b, c, d = counter
        high, low = _multiplied(builder, a, WIDE_MULTIPLIERS[0])
        other_high, other_low = _multiplied(builder, c, WIDE_MULTIPLIERS[1])
        counter = [
            builder.xor(builder.xor(other_high, b), key[0]), other_low,
            builder.xor(builder.xor(high, d), key[1]), low,
        ]  # fmt: skip
        pairs = zip(key, WIDE_WEYL, strict=True)
        key = [builder.add(word, ir.Constant(INDEX, step)) for word, step in pairs]
    return counter


def _multiplied(builder: ir.IRBuilder, word: ir.Value, factor: int) -> tuple[ir.Value, ir.Value]:
    """The high and the low half of a product of unsigned words."""
    product = builder.mul(builder.zext(word, _WIDE), ir.Constant(_WIDE, factor))
    high = builder.lshr(product, ir.Constant(_WIDE, 64))
    return builder.trunc(high, INDEX), builder.trunc(product, INDEX)


# ---------------------------------------------------------------- sorting


def _sort_by_bins(
    builder: ir.IRBuilder, count: ir.Value, words: ir.Value, bins: ir.Value, order: ir.Value
) -> None:
    """Writes the rows to `order` by the bin of their word; rows of a bin are in ascending order.

    The bin follows from the upper half of a word: a product of whole words took three times as
    long.
    """
    half = index(32)
    many = minimum(builder, count, 1 << 32)

    def bin_of(row: ir.Value) -> ir.Value:
        upper = builder.lshr(_read(builder, words, row), half)
        return builder.lshr(builder.mul(upper, index(many)), half)

    with loop(builder, 0, builder.add(count, index(1))) as place:
        _write(builder, bins, place, index(0))
    with loop(builder, 0, count) as row:
        after = builder.add(bin_of(row), index(1))
        _write(builder, bins, after, builder.add(_read(builder, bins, after), index(1)))

    def begin(place: Integer, total: list[ir.Value]) -> list[ir.Value]:
        begins = builder.add(total[0], _read(builder, bins, place))
        _write(builder, bins, place, begins)
        return [begins]

    accumulate(builder, count, [index(0)], begin)
    with loop(builder, 0, count) as row:
        own = bin_of(row)
        place = _read(builder, bins, own)
        _write(builder, order, place, row)
        _write(builder, bins, own, builder.add(place, index(1)))


def _insertion_sort(
    builder: ir.IRBuilder, count: ir.Value, words: ir.Value, order: ir.Value
) -> None:
    """Moves each row before those whose words are greater: few, for the bins are in order."""
    with loop(builder, 1, count) as start:
        row = _read(builder, order, start)
        word = _read(builder, words, row)
        before, blocks = builder.block, [builder.append_basic_block() for _ in range(3)]
        look, passing, stay = blocks
        builder.branch(look)
        builder.position_at_end(look)
        place = builder.phi(INDEX)
        place.add_incoming(start, before)
        first = builder.icmp_signed("==", place, index(0))
        previous = builder.select(first, index(0), builder.sub(place, index(1)))
        other = _read(builder, order, previous)
        greater = builder.icmp_unsigned(">", _read(builder, words, other), word)
        passes = builder.and_(greater, builder.xor(first, ir.Constant(BIT, 1)))
        builder.cbranch(passes, passing, stay)
        builder.position_at_end(passing)
        _write(builder, order, place, other)
        place.add_incoming(previous, passing)
        builder.branch(look)
        builder.position_at_end(stay)
        _write(builder, order, place, row)


def _read(builder: ir.IRBuilder, array: ir.Value, place: Integer) -> ir.Value:
    return builder.load(at(builder, array, place, INDEX), typ=INDEX, align=8)


def _write(builder: ir.IRBuilder, array: ir.Value, place: Integer, word: ir.Value) -> None:
    builder.store(word, at(builder, array, place, INDEX), align=8)
