"""The rule table of elementwise primitives in LLVM, for scalars and vectors.

Numbers in registers are LLVM floats and integers; a bool is one bit there and a byte in memory.
Depends on vectormath and ir/.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from steepest.core.dtype import DType, bfloat16
from steepest.engines.cpu import ir
from steepest.engines.cpu.ir.helpers import BIT, splat
from steepest.engines.cpu.vectormath import FUNCTIONS

REGISTER_TYPES: dict[str, ir.Type] = {
    "float16": ir.HalfType(), "float32": ir.FloatType(), "float64": ir.DoubleType(),
    "bool": BIT, "uint8": ir.IntType(8), "int32": ir.IntType(32), "int64": ir.IntType(64),
}  # fmt: skip
_WORD = ir.IntType(16)


def register_type(dtype: DType) -> ir.Type:
    """The type of a number in a register."""
    return _WORD if dtype == bfloat16 else REGISTER_TYPES[dtype.name]


def memory_type(dtype: DType) -> ir.Type:
    """The type of a number in memory."""
    return ir.IntType(8) if dtype == np.bool_ else register_type(dtype)


def lanes_of(value: ir.Value) -> int:
    """The number of lanes of a value; 0 for a scalar."""
    return int(value.type.count) if isinstance(value.type, ir.VectorType) else 0


def typed(kind: ir.Type, lanes: int) -> ir.Type:
    """The vector type of `lanes` lanes, or the scalar type itself if `lanes` is 0."""
    return ir.VectorType(kind, lanes) if lanes else kind


def constant(dtype: DType, value: Any) -> ir.Constant:
    """A number as a scalar constant."""
    if dtype == bfloat16:
        return ir.Constant(_WORD, int(value["bfloat16"]))
    kind = register_type(dtype)
    number = float(value) if dtype.kind == "f" else int(value)
    return ir.Constant(kind, number)


def filled(kind: ir.Type, number: float | int) -> ir.Constant:
    """A constant of a scalar or vector type, with the same number in every lane."""
    return ir.Constant(kind, number)


def widen(builder: ir.IRBuilder, value: ir.Value, lanes: int) -> ir.Value:
    """Broadcasts a scalar to a vector; a vector is returned as it is."""
    if not lanes or lanes_of(value):
        return value
    if isinstance(value, ir.Constant):
        return filled(ir.VectorType(value.type, lanes), value.constant)
    return splat(builder, value, lanes)


def compute(
    builder: ir.IRBuilder, op: str, inputs: list[ir.Value], given: DType, dtype: DType
) -> ir.Value:
    """Emits an elementwise primitive on inputs of dtype `given` with a result of `dtype`."""
    lanes = max(map(lanes_of, inputs))
    wide = [widen(builder, value, lanes) for value in inputs]
    if op == "cast":
        return cast(builder, wide[0], given, dtype)
    if op == "copy":
        return wide[0]
    if op in _ANY:
        return _ANY[op](builder, given, *wide)
    if given.kind == "f":
        return FUNCTIONS[op](builder, *wide)
    return _INTEGER[op](builder, given, *wide)


EmissionRule = Callable[..., ir.Value]


def _arithmetic(float_name: str, integer_name: str) -> EmissionRule:
    def rule(builder: ir.IRBuilder, given: DType, x: ir.Value, y: ir.Value) -> ir.Value:
        return getattr(builder, float_name if given.kind == "f" else integer_name)(x, y)

    return rule


def _comparison(sign: str) -> EmissionRule:
    def rule(builder: ir.IRBuilder, given: DType, x: ir.Value, y: ir.Value) -> ir.Value:
        if given.kind == "f":
            return builder.fcmp_ordered(sign, x, y)
        signed = given.kind == "i"
        return (builder.icmp_signed if signed else builder.icmp_unsigned)(sign, x, y)

    return rule


def _bitwise(name: str) -> EmissionRule:
    def rule(builder: ir.IRBuilder, given: DType, x: ir.Value, y: ir.Value) -> ir.Value:
        return getattr(builder, name)(x, y)

    return rule


_ANY: dict[str, EmissionRule] = {
    "add": _arithmetic("fadd", "add"), "subtract": _arithmetic("fsub", "sub"),
    "multiply": _arithmetic("fmul", "mul"), "divide": _arithmetic("fdiv", "sdiv"),
    "equal": _comparison("=="), "less": _comparison("<"), "less_equal": _comparison("<="),
    "logical_and": _bitwise("and_"), "logical_or": _bitwise("or_"),
    "logical_not": lambda builder, given, x: builder.xor(x, filled(x.type, 1)),
    "select": lambda builder, given, condition, yes, no: builder.select(condition, yes, no),
}  # fmt: skip


# ---------------------------------------------------------------- integers


def _negative(builder: ir.IRBuilder, given: DType, x: ir.Value) -> ir.Value:
    return builder.sub(filled(x.type, 0), x)


def _abs(builder: ir.IRBuilder, given: DType, x: ir.Value) -> ir.Value:
    if given.kind != "i":
        return x
    below = builder.icmp_signed("<", x, filled(x.type, 0))
    return builder.select(below, _negative(builder, given, x), x)


def _sign(builder: ir.IRBuilder, given: DType, x: ir.Value) -> ir.Value:
    zero, one = filled(x.type, 0), filled(x.type, 1)
    above = _comparison("<")(builder, given, zero, x)
    if given.kind != "i":
        return builder.select(above, one, zero)
    below = builder.icmp_signed("<", x, zero)
    return builder.select(above, one, builder.select(below, filled(x.type, -1), zero))


def _extreme(sign: str) -> EmissionRule:
    def rule(builder: ir.IRBuilder, given: DType, x: ir.Value, y: ir.Value) -> ir.Value:
        return builder.select(_comparison(sign)(builder, given, x, y), x, y)

    return rule


def _floor_divide(builder: ir.IRBuilder, given: DType, x: ir.Value, y: ir.Value) -> ir.Value:
    """Rounded down; 0 where the divisor is 0, as in NumPy. INT_MIN / -1 wraps to INT_MIN."""
    zero, one = filled(x.type, 0), filled(x.type, 1)
    nothing = builder.icmp_unsigned("==", y, zero)
    if given.kind != "i":
        quotient = builder.udiv(x, builder.select(nothing, one, y))
        return builder.select(nothing, zero, quotient)
    minus = builder.icmp_signed("==", y, filled(x.type, -1))
    safe = builder.select(builder.or_(nothing, minus), one, y)
    quotient, rest = builder.sdiv(x, safe), builder.srem(x, safe)
    differ = builder.icmp_signed("<", builder.xor(rest, safe), zero)
    uneven = builder.and_(builder.icmp_signed("!=", rest, zero), differ)
    floored = builder.select(uneven, builder.sub(quotient, one), quotient)
    negated = builder.select(minus, builder.sub(zero, x), floored)
    return builder.select(nothing, zero, negated)


def _power(builder: ir.IRBuilder, given: DType, x: ir.Value, y: ir.Value) -> ir.Value:
    """By squaring, one round for each bit of the exponent."""
    zero, one = filled(y.type, 0), filled(y.type, 1)
    result: ir.Value = filled(x.type, 1)
    base, left = x, y
    for _ in range(given.itemsize * 8):
        odd = builder.icmp_unsigned("!=", builder.and_(left, one), zero)
        result = builder.select(odd, builder.mul(result, base), result)
        base, left = builder.mul(base, base), builder.lshr(left, one)
    return result


_INTEGER: dict[str, EmissionRule] = {
    "negative": _negative, "abs": _abs, "sign": _sign, "maximum": _extreme(">"),
    "minimum": _extreme("<"), "floor_divide": _floor_divide, "power": _power,
}  # fmt: skip


# ---------------------------------------------------------------- casts


def cast(builder: ir.IRBuilder, x: ir.Value, given: DType, dtype: DType) -> ir.Value:
    """Converts numbers to another dtype, as NumPy's astype."""
    if given == dtype:
        return x
    if given == bfloat16:
        return cast(builder, _widened(builder, x), np.dtype("float32"), dtype)
    if dtype == bfloat16:
        return _narrowed(builder, cast(builder, x, given, np.dtype("float32")))
    kind = typed(register_type(dtype), lanes_of(x))
    if dtype == np.bool_:
        zero = filled(x.type, 0)
        differs = builder.fcmp_unordered if given.kind == "f" else builder.icmp_unsigned
        return differs("!=", x, zero)
    if given.kind == "f":
        return _from_float(builder, x, given, dtype, kind)
    if dtype.kind == "f":
        return (builder.sitofp if given.kind == "i" else builder.uitofp)(x, kind)
    return _between_integers(builder, x, given, dtype, kind)


def _from_float(
    builder: ir.IRBuilder, x: ir.Value, given: DType, dtype: DType, kind: ir.Type
) -> ir.Value:
    if dtype.kind == "f":
        if (given.itemsize, dtype.itemsize) == (8, 2):
            x = _rounded_to_odd(builder, x)
        return (builder.fpext if dtype.itemsize > given.itemsize else builder.fptrunc)(x, kind)
    wide = typed(ir.IntType(64), lanes_of(x))
    name = f"llvm.fptosi.sat.{wide.suffix}.{x.type.suffix}"
    return _between_integers(
        builder, builder.intrinsic(name, wide, (x,)), np.dtype("int64"), dtype, kind
    )


def _rounded_to_odd(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """Converts a double to a float so that converting that to a half gives one correct rounding.

    No instruction converts double to half. The float is rounded towards zero, and its last bit is
    set if anything was lost, so that the second rounding has a tie only where the double has one.
    """
    lanes = lanes_of(x)
    single, word = typed(ir.FloatType(), lanes), typed(ir.IntType(32), lanes)
    near = builder.fptrunc(x, single)
    back = builder.fpext(near, x.type)
    beyond = builder.fcmp_ordered(">", _magnitude(builder, back), _magnitude(builder, x))
    bits = builder.bitcast(near, word)
    bits = builder.sub(bits, builder.zext(beyond, word))
    lost = builder.zext(builder.fcmp_ordered("!=", back, x), word)
    return builder.bitcast(builder.or_(bits, lost), single)


def _magnitude(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    return FUNCTIONS["abs"](builder, x)


def _between_integers(
    builder: ir.IRBuilder, x: ir.Value, given: DType, dtype: DType, kind: ir.Type
) -> ir.Value:
    if dtype.itemsize == given.itemsize and given != np.bool_:
        return x
    if dtype.itemsize < given.itemsize:
        return builder.trunc(x, kind)
    return (builder.sext if given.kind == "i" else builder.zext)(x, kind)


def _widened(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    lanes = lanes_of(x)
    word = typed(ir.IntType(32), lanes)
    bits = builder.shl(builder.zext(x, word), filled(word, 16))
    return builder.bitcast(bits, typed(ir.FloatType(), lanes))


def _narrowed(builder: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """float32 to bfloat16: to the nearest, ties to even; NaN stays NaN."""
    word = typed(ir.IntType(32), lanes_of(x))
    bits, half = builder.bitcast(x, word), filled(word, 16)
    high = builder.lshr(bits, half)
    odd = builder.and_(high, filled(word, 1))
    rounded = builder.lshr(builder.add(builder.add(bits, filled(word, 0x7FFF)), odd), half)
    nan = builder.or_(high, filled(word, 0x40))
    chosen = builder.select(builder.fcmp_unordered("uno", x, x), nan, rounded)
    return builder.trunc(chosen, typed(_WORD, lanes_of(x)))
