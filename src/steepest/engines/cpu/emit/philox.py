"""Random bits: Philox 4x32-10 for a point, or for the lanes of a vector.

core/random_bits.py defines which counter and which of its four words belong to an element. Words
are in the low halves of 64 bits, where their products fit. Depends on frame.py and rules.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from steepest.core.random_bits import MULTIPLIERS, ROUNDS, STREAM_BITS, WEYL
from steepest.engines.cpu import ir
from steepest.engines.cpu.emit.frame import Frame, Point, index_of
from steepest.engines.cpu.emit.rules import filled, lanes_of, register_type, typed, widen
from steepest.engines.cpu.ir.helpers import INDEX, index, take_lanes
from steepest.engines.cpu.loops.form import Bits
from steepest.engines.cpu.loops.spaces import Size

_GROUP = 4  # neighbouring columns share a counter: they are its four words


@dataclass(frozen=True)
class Keys:
    """The values that depend on the seed alone: each round's keys, two words of the counter."""

    rounds: tuple[tuple[ir.Value, ir.Value], ...]
    step: ir.Value
    stream: ir.Value


def keys_of(builder: ir.IRBuilder, seed: list[ir.Value], lane: int) -> Keys:
    """The keys of (seed, stream, step)."""
    word, stream, step = seed
    halves = _low_word(builder, word), builder.lshr(word, index(32))
    rounds = []
    for number in range(ROUNDS):
        moved = [
            builder.add(half, index(number * weyl & 0xFFFFFFFF))
            for half, weyl in zip(halves, WEYL, strict=True)
        ]
        rounds.append((_low_word(builder, moved[0]), _low_word(builder, moved[1])))
    stream = builder.and_(stream, index((1 << STREAM_BITS) - 1))
    stream = builder.or_(stream, index((lane & 3) << STREAM_BITS))
    return Keys(tuple(rounds), _low_word(builder, step), stream)


def _low_word(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    return builder.and_(value, index(0xFFFFFFFF))


def random_bits(frame: Frame, point: Point, step: Bits, keys: Keys) -> ir.Value:
    """The bits of a point; if lanes are whole groups of four, each counter is computed once."""
    builder = frame.builder
    row, column = _row_and_column(frame, point, step)
    if _begins_a_group(frame, point, step):
        return _by_groups(builder, row, column, keys, step.width)
    lanes = max(lanes_of(row), lanes_of(column))
    row, column = widen(builder, row, lanes), widen(builder, column, lanes)
    group = builder.lshr(column, filled(column.type, 2))
    words = philox_words(builder, group, row, keys)
    return _cut(builder, _chosen(builder, words, column), step.width)


def _begins_a_group(frame: Frame, point: Point, step: Bits) -> bool:
    """Whether lanes run along the columns and begin at a multiple of four."""
    if point.vector is None or point.lanes % _GROUP or len(step.coordinates) < 2:
        return False
    *others, last = step.coordinates
    alone = last.axis == point.vector and (last.step, last.start) == (1, 0)
    inner = step.shape[-1]
    even = len(step.shape) == 2 or (inner.power == 0 and inner.count % _GROUP == 0)
    return alone and even and all(c.axis != point.vector for c in others)


def _by_groups(
    builder: ir.IRBuilder, row: ir.Value, column: ir.Value, keys: Keys, width: int
) -> ir.Value:
    """The words of a quarter as many counters as lanes, interleaved."""
    lanes = lanes_of(column)
    every = take_lanes(builder, column, range(0, lanes, _GROUP))
    group = builder.lshr(every, filled(every.type, 2))
    row = widen(builder, row, lanes // _GROUP)
    words = [_cut(builder, word, width) for word in philox_words(builder, group, row, keys)]
    quarter = lanes // _GROUP
    left = take_lanes(builder, words[0], range(2 * quarter), words[1])
    right = take_lanes(builder, words[2], range(2 * quarter), words[3])
    interleaved = [word * quarter + lane for lane in range(quarter) for word in range(_GROUP)]
    return take_lanes(builder, left, interleaved, right)


def philox_words(
    builder: ir.IRBuilder, group: ir.Value, row: ir.Value, keys: Keys
) -> list[ir.Value]:
    """The four words of each counter (group, row, step, stream), in the low halves of 64 bits."""
    lanes = lanes_of(group)
    low = filled(typed(INDEX, lanes), 0xFFFFFFFF)
    words = [
        builder.and_(group, low),
        builder.and_(row, low),
        widen(builder, keys.step, lanes),
        widen(builder, keys.stream, lanes),
    ]
    for pair in keys.rounds:
        words = _round(builder, words, [widen(builder, key, lanes) for key in pair], low)
    return words


def _round(
    builder: ir.IRBuilder, words: list[ir.Value], keys: list[ir.Value], low: ir.Value
) -> list[ir.Value]:
    half = filled(low.type, 32)
    first = builder.mul(words[0], filled(low.type, MULTIPLIERS[0]))
    second = builder.mul(words[2], filled(low.type, MULTIPLIERS[1]))
    return [
        builder.xor(builder.xor(builder.lshr(second, half), words[1]), keys[0]),
        builder.and_(second, low),
        builder.xor(builder.xor(builder.lshr(first, half), words[3]), keys[1]),
        builder.and_(first, low),
    ]


def _chosen(builder: ir.IRBuilder, words: list[ir.Value], column: ir.Value) -> ir.Value:
    """The word of a column: its number is the column modulo 4."""
    number = builder.and_(column, filled(column.type, 3))
    word = words[0]
    for other in (1, 2, 3):
        here = builder.icmp_unsigned("==", number, filled(column.type, other))
        word = builder.select(here, words[other], word)
    return word


def _cut(builder: ir.IRBuilder, word: ir.Value, width: int) -> ir.Value:
    """The upper `width` bits, as i32."""
    upper = builder.lshr(word, filled(word.type, 32 - width))
    return builder.trunc(upper, typed(register_type(np.dtype("int32")), lanes_of(word)))


def _row_and_column(frame: Frame, point: Point, step: Bits) -> tuple[ir.Value, ir.Value]:
    numbers = [index_of(frame, point, c, []) for c in step.coordinates]
    if len(numbers) < 2:
        return index(0), numbers[0] if numbers else index(0)
    return numbers[0], _flat(frame, numbers[1:], step.shape[1:])


def _flat(frame: Frame, numbers: list[ir.Value], sizes: tuple[Size, ...]) -> ir.Value:
    builder, total = frame.builder, numbers[0]
    for number, size in zip(numbers[1:], sizes[1:], strict=True):
        lanes = max(lanes_of(total), lanes_of(number))
        stride = widen(builder, index(frame.number(size)), lanes)
        total = builder.mul(widen(builder, total, lanes), stride)
        total = builder.add(total, widen(builder, number, lanes))
    return total
