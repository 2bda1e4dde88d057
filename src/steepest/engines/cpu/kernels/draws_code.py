"""Emits the kernels of eager random numbers: bits, fractions, normal numbers.

core/random_bits.py defines the bits, functions/random.py the numbers made of them. Depends on
emit/philox.py, vectormath and ir/helpers.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from steepest.engines.cpu import ir
from steepest.engines.cpu.emit.philox import Keys, keys_of, philox_words
from steepest.engines.cpu.ir.helpers import (
    INDEX,
    accumulate,
    at,
    first_lanes,
    index,
    multiply,
    splat,
    store,
    subtract,
    take_lanes,
)
from steepest.engines.cpu.vectormath import FUNCTIONS

GROUP, GROUPS = 4, 4  # columns that share a counter; counters in a vector
COLUMNS = GROUP * GROUPS
DOUBT = 2.0**-48  # relative, many times the error of a logarithm times a cosine
_POINTER, _HALF = ir.PointerType(), ir.IntType(32)
_SINGLE, _DOUBLE = ir.FloatType(), ir.DoubleType()
_Numbers = Callable[[ir.IRBuilder, list[list[ir.Value]]], tuple[ir.Value, ir.Value]]


def draws_text() -> str:
    """Emits the kernels; each is (seed, out, first row, rows, columns, first column, stop).

    They fill columns from `first column`, a multiple of 16, to `stop` of some rows, and return how
    many numbers they could not round with certainty, which are NaN.
    """
    module = ir.Module("draws")

    def bits(builder: ir.IRBuilder, words: list[list[ir.Value]]) -> tuple[ir.Value, ir.Value]:
        return _narrow(builder, words[0], 32), _certain()

    for lane in range(4):
        _emit(module, f"bits{lane}", [lane], _HALF, bits)
    _emit(module, "fractions", [0], _SINGLE, _fractions)
    _emit(module, "normals", [2, 3], _SINGLE, _normals)
    return str(module)


def _emit(module: ir.Module, name: str, lanes: list[int], kind: ir.Type, numbers: _Numbers) -> None:
    function = ir.Function(module, ir.FunctionType(INDEX, [_POINTER] * 2 + [INDEX] * 5), name)
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    seed, out, first_row, rows, columns, first, stop = function.args
    parts = [builder.load(at(builder, seed, place, INDEX), typ=INDEX) for place in range(3)]
    keys = [keys_of(builder, parts, lane) for lane in lanes]
    width = builder.sub(stop, first)
    vectors = builder.sdiv(builder.add(width, index(COLUMNS - 1)), index(COLUMNS))

    def fill_row(number: int | ir.Value, state: list[ir.Value]) -> list[ir.Value]:
        row = builder.add(first_row, index(number))
        head = at(builder, out, multiply(builder, row, columns), kind)

        def fill(vector: int | ir.Value, state: list[ir.Value]) -> list[ir.Value]:
            column = builder.add(first, index(multiply(builder, vector, COLUMNS)))
            words = [_words(builder, row, column, one) for one in keys]
            values, unsure = numbers(builder, words)
            mask = first_lanes(builder, subtract(builder, stop, column), COLUMNS)
            store(builder, values, at(builder, head, column, kind), mask)
            inside = builder.and_(unsure, mask)
            count = builder.zext(builder.bitcast(inside, ir.IntType(COLUMNS)), INDEX)
            return [builder.add(state[0], builder.intrinsic("llvm.ctpop.i64", INDEX, (count,)))]

        return accumulate(builder, vectors, state, fill)

    builder.ret(accumulate(builder, rows, [index(0)], fill_row)[0])


def _words(builder: ir.IRBuilder, row: ir.Value, column: ir.Value, keys: Keys) -> list[ir.Value]:
    """The words of 16 columns, each in the low half of 64 bits: those of the first 8 and others."""
    group = builder.lshr(column, index(2))
    steps = ir.Constant(ir.VectorType(INDEX, GROUPS), range(GROUPS))
    groups = builder.add(splat(builder, group, GROUPS), steps)
    words = philox_words(builder, groups, splat(builder, row, GROUPS), keys)
    left = take_lanes(builder, words[0], range(2 * GROUPS), words[1])
    right = take_lanes(builder, words[2], range(2 * GROUPS), words[3])
    order = [word * GROUPS + lane for lane in range(GROUPS) for word in range(GROUP)]
    half = COLUMNS // 2
    return [take_lanes(builder, left, order[at : at + half], right) for at in (0, half)]


def _narrow(builder: ir.IRBuilder, words: list[ir.Value], width: int) -> ir.Value:
    """The upper `width` bits of 16 words as i32."""
    shift = ir.Constant(words[0].type, 32 - width)
    kind = ir.VectorType(_HALF, COLUMNS // 2)
    first, second = (builder.trunc(builder.lshr(half, shift), kind) for half in words)
    return take_lanes(builder, first, range(COLUMNS), second)


def _certain() -> ir.Constant:
    return ir.Constant(ir.VectorType(ir.IntType(1), COLUMNS), 0)


def _fractions(builder: ir.IRBuilder, words: list[list[ir.Value]]) -> tuple[ir.Value, ir.Value]:
    """24 bits as a fraction."""
    kind = ir.VectorType(_SINGLE, COLUMNS)
    number = builder.sitofp(_narrow(builder, words[0], 24), kind)
    return builder.fmul(number, ir.Constant(kind, 2.0**-24)), _certain()


def _normals(builder: ir.IRBuilder, words: list[list[ir.Value]]) -> tuple[ir.Value, ir.Value]:
    """sqrt(-2 log u) cos v in float64, rounded; NaN where the error could change the rounding."""
    kind, narrow = ir.VectorType(_DOUBLE, 8), ir.VectorType(_SINGLE, 8)
    results, doubts = [], []
    for first, second in zip(*words, strict=True):
        shift = ir.Constant(first.type, 2)
        half = ir.VectorType(_HALF, 8)
        radius, angle = (
            builder.sitofp(builder.trunc(builder.lshr(one, shift), half), kind)
            for one in (first, second)
        )
        one = builder.fadd(radius, ir.Constant(kind, 1.0))
        log = FUNCTIONS["log"](builder, builder.fmul(one, ir.Constant(kind, 2.0**-30)))
        length = FUNCTIONS["sqrt"](builder, builder.fmul(log, ir.Constant(kind, -2.0)))
        turned = builder.fmul(angle, ir.Constant(kind, 2.0 * math.pi * 2.0**-30))
        value = builder.fmul(length, FUNCTIONS["cos"](builder, turned))
        low, high = (
            builder.fptrunc(builder.fmul(value, ir.Constant(kind, 1.0 + sign * DOUBT)), narrow)
            for sign in (-1, 1)
        )
        results.append(low)
        doubts.append(builder.fcmp_unordered("!=", low, high))
    value = take_lanes(builder, results[0], range(COLUMNS), results[1])
    unsure = take_lanes(builder, doubts[0], range(COLUMNS), doubts[1])
    nan = ir.Constant(value.type, math.nan)
    return builder.select(unsure, nan, value), unsure
