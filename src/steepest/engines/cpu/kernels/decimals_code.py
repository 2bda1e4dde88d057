"""Emits the conversion of decimal texts to the nearest double: the bits of Python's `float`.

A decimal is a whole number m below 10**19 times a power of ten. If m is below 2**53 and the power
is at most 10**22, both are doubles, and their product or quotient is rounded once (Clinger, "How to
read floating point numbers accurately", 1990). Otherwise m is multiplied by 128 bits of the power
of five (Lemire, "Number parsing at a gigabyte per second", 2021), and what is close to half way
between two doubles, subnormal or too large is left to the caller. Depends on ir/helpers.py and
power_table.py.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import BIT, INDEX, at, index
from steepest.engines.cpu.kernels.power_table import EXACT, HIGHEST, LOWEST

BYTE, DOUBLE = ir.IntType(8), ir.DoubleType()
_POINTER, _WIDE = ir.PointerType(), ir.IntType(128)
_MOST_DIGITS = 19  # that always fit 64 bits without a sign
_MOST_EXPONENT = 9999


class Cursor:
    """A place in a text that moves forwards."""

    def __init__(self, builder: ir.IRBuilder, text: ir.Value, place: ir.Value) -> None:
        self.builder, self._text, self.place = builder, text, place

    def byte(self) -> ir.Value:
        """The byte at the place."""
        return self.builder.load(at(self.builder, self._text, self.place, BYTE), typ=BYTE)

    def skip(
        self,
        wanted: Callable[[ir.Value], ir.Value],
        value: ir.Value | None = None,
        step: Callable[[ir.Value, ir.Value], ir.Value] | None = None,
    ) -> ir.Value:
        """Moves while bytes are wanted; `value = step(value, byte)` for each. The last value."""
        builder, start = self.builder, self.builder.block
        head, body, after = (builder.append_basic_block(n) for n in ("head", "body", "after"))
        builder.branch(head)
        builder.position_at_end(head)
        place, carried = builder.phi(INDEX), builder.phi(INDEX)
        place.add_incoming(self.place, start)
        carried.add_incoming(index(0) if value is None else value, start)
        self.place = place
        sign = self.byte()
        builder.cbranch(wanted(sign), body, after)
        builder.position_at_end(body)
        following = carried if step is None else step(carried, sign)
        place.add_incoming(builder.add(place, index(1)), builder.block)
        carried.add_incoming(following, builder.block)
        builder.branch(head)
        builder.position_at_end(after)
        return carried

    def skip_one(self, condition: ir.Value) -> None:
        """Moves by a byte if the condition holds."""
        self.place = self.builder.add(self.place, self.builder.zext(condition, INDEX))


def is_digit(builder: ir.IRBuilder, sign: ir.Value) -> ir.Value:
    """Whether a byte is one of 0 to 9."""
    return builder.icmp_unsigned("<", builder.sub(sign, _sign("0")), ir.Constant(BYTE, 10))


def _sign(character: str) -> ir.Constant:
    return ir.Constant(BYTE, ord(character))


def _is(builder: ir.IRBuilder, sign: ir.Value, character: str) -> ir.Value:
    return builder.icmp_unsigned("==", sign, _sign(character))


@dataclass(frozen=True)
class Decimal:
    """A decimal that was read: sign, whole number m, exponent of ten.

    `good` says whether its form is right and m and the exponent fit; `whole` whether it has neither
    a point nor an exponent.
    """

    cursor: Cursor
    negative: ir.Value
    mantissa: ir.Value
    exponent: ir.Value
    digits: ir.Value
    whole: ir.Value
    good: ir.Value

    @classmethod
    def read(cls, cursor: Cursor) -> Decimal:
        """Reads a decimal at the cursor, and moves behind it."""
        builder = cursor.builder
        negative = _is(builder, cursor.byte(), "-")
        cursor.skip_one(builder.or_(negative, _is(builder, cursor.byte(), "+")))
        start = cursor.place
        mantissa, significant = _digits(cursor, index(0), index(0))
        point = _is(builder, cursor.byte(), ".")
        whole_end = cursor.place
        cursor.skip_one(point)
        mantissa, significant, exponent = _fraction(cursor, point, mantissa, significant)
        point_width = builder.zext(point, INDEX)
        digits = builder.sub(builder.sub(cursor.place, start), point_width)
        some = builder.icmp_signed(">", digits, index(0))
        few = builder.icmp_signed("<=", significant, index(_MOST_DIGITS))
        shift, right = _written_exponent(cursor)
        whole = builder.icmp_signed("==", cursor.place, whole_end)
        good = builder.and_(builder.and_(some, few), right)
        return cls(cursor, negative, mantissa, builder.add(exponent, shift), digits, whole, good)

    def integer(self) -> ir.Value:
        """The value, if it is whole."""
        builder = self.cursor.builder
        return builder.select(self.negative, builder.neg(self.mantissa), self.mantissa)

    def value(self, powers: ir.Value) -> tuple[ir.Value, ir.Value]:
        """The nearest double, and whether it is known to be that."""
        builder = self.cursor.builder
        convert = builder.module.get_global("decimal")
        bits = builder.call(convert, [self.mantissa, self.exponent, powers])
        known = builder.icmp_signed("!=", bits, index(-1))
        top = builder.shl(builder.zext(self.negative, INDEX), index(63))
        return builder.bitcast(builder.or_(bits, top), DOUBLE), known


def _digits(cursor: Cursor, mantissa: ir.Value, significant: ir.Value) -> tuple[ir.Value, ir.Value]:
    """Appends digits to a whole number; leading zeros are not significant."""
    builder = cursor.builder
    empty = builder.icmp_signed("==", mantissa, index(0))

    def leading(sign: ir.Value) -> ir.Value:
        return builder.and_(empty, _is(builder, sign, "0"))

    def append(number: ir.Value, sign: ir.Value) -> ir.Value:
        digit = builder.zext(builder.sub(sign, _sign("0")), INDEX)
        return builder.add(builder.mul(number, index(10)), digit)

    cursor.skip(leading)
    start = cursor.place
    mantissa = cursor.skip(lambda sign: is_digit(builder, sign), mantissa, append)
    return mantissa, builder.add(significant, builder.sub(cursor.place, start))


def _fraction(
    cursor: Cursor, point: ir.Value, mantissa: ir.Value, significant: ir.Value
) -> tuple[ir.Value, ir.Value, ir.Value]:
    """Appends the digits behind a point; (m, significant digits, exponent)."""
    builder, before = cursor.builder, cursor.place
    inside, after = (builder.append_basic_block(name) for name in ("fraction", "read"))
    outside = builder.block
    builder.cbranch(point, inside, after)
    builder.position_at_end(inside)
    longer, more = _digits(cursor, mantissa, significant)
    minus = builder.sub(before, cursor.place)
    pairs = ((mantissa, longer), (significant, more), (index(0), minus), (before, cursor.place))
    mantissa, significant, exponent, cursor.place = _met(builder, pairs, outside, after)
    return mantissa, significant, exponent


def _written_exponent(cursor: Cursor) -> tuple[ir.Value, ir.Value]:
    """Reads e and an exponent, if they are there: (exponent, whether its form is right)."""
    builder, place = cursor.builder, cursor.place
    lower = builder.or_(cursor.byte(), ir.Constant(BYTE, 0x20))
    present = _is(builder, lower, "e")
    outside = builder.block
    inside, after = (builder.append_basic_block(name) for name in ("exponent", "read"))
    builder.cbranch(present, inside, after)
    builder.position_at_end(inside)
    cursor.place = builder.add(cursor.place, index(1))
    negative = _is(builder, cursor.byte(), "-")
    cursor.skip_one(builder.or_(negative, _is(builder, cursor.byte(), "+")))
    start = cursor.place
    size, _ = _digits(cursor, index(0), index(0))
    count = builder.sub(cursor.place, start)
    some = builder.icmp_signed(">", count, index(0))
    few = builder.icmp_signed("<=", count, index(len(str(_MOST_EXPONENT))))
    right = builder.and_(some, few)
    exponent = builder.select(negative, builder.neg(size), size)
    pairs = ((index(0), exponent), (ir.Constant(BIT, 1), right), (place, cursor.place))
    shift, good, cursor.place = _met(builder, pairs, outside, after)
    return shift, good


def _met(
    builder: ir.IRBuilder,
    pairs: Sequence[tuple[ir.Value, ir.Value]],
    outside: ir.Block,
    after: ir.Block,
) -> list[ir.Value]:
    """Ends the current block; values in `after`: the first of a pair if control skipped it."""
    end = builder.block
    builder.branch(after)
    builder.position_at_end(after)
    met: list[ir.Value] = []
    for without, within in pairs:
        phi = builder.phi(without.type)
        phi.add_incoming(without, outside)
        phi.add_incoming(within, end)
        met.append(phi)
    return met


# ---------------------------------------------------------------- to binary


def emit_decimals(module: ir.Module) -> None:
    """Emits decimal(m, exponent, powers): the bits of the nearest double, -1 where it is unsure."""
    function = ir.Function(module, ir.FunctionType(INDEX, [INDEX, INDEX, _POINTER]), "decimal")
    function.linkage = "internal"
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    mantissa, exponent, powers = function.args
    with builder.if_then(builder.icmp_unsigned("==", mantissa, index(0))):
        builder.ret(index(0))
    size = builder.select(
        builder.icmp_signed("<", exponent, index(0)), builder.neg(exponent), exponent
    )
    short = builder.icmp_unsigned("<=", mantissa, index(1 << 53))
    near = builder.icmp_signed("<=", size, index(EXACT))
    with builder.if_then(builder.and_(short, near)):
        builder.ret(_exact(builder, mantissa, exponent, size, powers))
    low = builder.icmp_signed(">=", exponent, index(LOWEST))
    high = builder.icmp_signed("<=", exponent, index(HIGHEST))
    with builder.if_then(builder.and_(low, high)):
        table = at(builder, powers, EXACT + 1, INDEX)
        builder.ret(_by_power_of_five(builder, mantissa, exponent, table))
    builder.ret(index(-1))


def _equal(builder: ir.IRBuilder, left: ir.Value, right: ir.Value) -> ir.Value:
    return builder.icmp_signed("==", left, right)


def _exact(
    builder: ir.IRBuilder,
    mantissa: ir.Value,
    exponent: ir.Value,
    size: ir.Value,
    powers: ir.Value,
) -> ir.Value:
    """A product or quotient of two doubles."""
    number = builder.sitofp(mantissa, DOUBLE)
    power = builder.load(at(builder, powers, size, DOUBLE), typ=DOUBLE)
    below = builder.icmp_signed("<", exponent, index(0))
    value = builder.select(below, builder.fdiv(number, power), builder.fmul(number, power))
    return builder.bitcast(value, INDEX)


def _by_power_of_five(
    builder: ir.IRBuilder, mantissa: ir.Value, exponent: ir.Value, table: ir.Value
) -> ir.Value:
    """The bits of the rounded product of m and 5**exponent; -1 where rounding is in doubt.

    The product of 64 and 128 bits is `high` and `low`, with an error of at most two units of `low`.
    The last of its 54 leading bits decides: if it is on and all bits behind it are zeros, or off
    and all are ones, those units matter.
    """
    zeros = builder.intrinsic("llvm.ctlz.i64", INDEX, (mantissa, ir.Constant(BIT, 0)))
    factor = builder.zext(builder.shl(mantissa, zeros), _WIDE)
    entry = builder.mul(builder.sub(exponent, index(LOWEST)), index(2))
    first, second = (
        builder.zext(
            builder.load(at(builder, table, builder.add(entry, index(n)), INDEX), typ=INDEX), _WIDE
        )
        for n in (0, 1)
    )
    carried = builder.lshr(builder.mul(factor, second), ir.Constant(_WIDE, 64))
    product = builder.add(builder.mul(factor, first), carried)
    high = builder.trunc(builder.lshr(product, ir.Constant(_WIDE, 64)), INDEX)
    low = builder.trunc(product, INDEX)
    upper = builder.lshr(high, index(63))
    cut = builder.add(upper, index(9))  # 54 bits remain: 53 of a double, one to round by
    leading = builder.lshr(high, cut)
    rest = builder.sub(high, builder.shl(leading, cut))
    ones = builder.sub(builder.shl(index(1), cut), index(1))
    odd = builder.trunc(leading, BIT)
    whole = builder.and_(
        _equal(builder, rest, index(0)), builder.icmp_unsigned("<=", low, index(1))
    )
    full = builder.and_(_equal(builder, rest, ones), builder.icmp_unsigned(">=", low, index(-2)))
    unsure = builder.select(odd, whole, full)
    rounded = builder.lshr(builder.add(leading, builder.and_(leading, index(1))), index(1))
    over = builder.lshr(rounded, index(53))
    fraction = builder.and_(builder.lshr(rounded, over), index((1 << 52) - 1))
    # floor(log2(5**e * 2**e)) is the whole part of e * log2(10), here with 16 bits behind the point
    binary = builder.ashr(builder.mul(exponent, index(217706)), index(16))
    biased = builder.add(builder.sub(builder.add(binary, upper), zeros), index(63 + 1023))
    biased = builder.add(biased, over)
    normal = builder.and_(
        builder.icmp_signed(">", biased, index(0)), builder.icmp_signed("<", biased, index(2047))
    )
    bits = builder.or_(builder.shl(biased, index(52)), fraction)
    certain = builder.and_(normal, builder.xor(unsure, ir.Constant(BIT, 1)))
    return builder.select(certain, bits, index(-1))
