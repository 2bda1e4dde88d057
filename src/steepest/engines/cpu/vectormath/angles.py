"""The reduction of very large angles: M. Payne and R. Hanek, "Radian reduction for trigonometric
functions", SIGNUM Newsletter 18 (1983), with LLVM's integers of 320 bits.

Depends on `lanes.py`.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Any

from steepest.engines.cpu import ir
from steepest.engines.cpu.vectormath.lanes import Lanes

HALF_PI = (1.5707963267948966, 6.123233995736766e-17, -1.4973849048591698e-33)
_WORDS = (1024 - 53 - 2) // 64 + 4  # of 64 bits: the largest float64 needs 4 words after the 15th
_WIDE = 320
_NAME = "steepest.reduce_far_angle"


def far_function(module: Any) -> Any:
    """The module's function from a finite x, |x| >= 2**30, to (n mod 4, r, rounding error of r)."""
    if _NAME in module.globals:
        return module.globals[_NAME]
    word, number = ir.IntType(64), ir.DoubleType()
    result = ir.LiteralStructType([word, number, number])
    function = ir.Function(module, ir.FunctionType(result, [number]), _NAME)
    function.linkage = "internal"
    function.attributes.append("noinline")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    structure: Any = ir.Constant(result, ir.Undefined)
    for field, part in enumerate(_reduced(Lanes(builder, function.args[0]))):
        structure = builder.insert_value(structure, part.value, field)
    builder.ret(structure)
    return function


def _reduced(x: Lanes) -> tuple[Lanes, Lanes, Lanes]:
    """x 2 / pi modulo 4, where x is an integer of 53 bits times 2**places."""
    bits = x.as_bits()
    mantissa = (bits & ((1 << 52) - 1)) | (1 << 52)
    places = (bits.shifted_right(52) & 0x7FF) - 1075
    first = (places - 2) >> 6  # words before this one contribute multiples of 4
    first = (first < 0).choose(first.constant(0), first)
    product = mantissa.to_bits(_WIDE) * _four_words(x, first)
    product = product << (places - (first << 6) + 62).to_bits(_WIDE)  # point below 2 highest bits
    fraction = product << 2
    over_half = fraction < 0
    n = product.shifted_right(_WIDE - 2).to_bits(64) + over_half.to_bits(64)
    r, low = _as_pair(over_half.choose(-fraction, fraction))
    flipped = over_half ^ (bits < 0)
    n = (bits < 0).choose(-n, n)
    return n, flipped.choose(-r, r), flipped.choose(-low, low)


def _as_pair(fraction: Lanes) -> tuple[Lanes, Lanes]:
    """fraction / 2**320 * pi / 2 as the sum of two numbers."""
    builder = fraction.builder
    not_zero = ir.Constant(ir.IntType(1), 1)  # a promise to the intrinsic
    zeros = fraction.like(
        builder.intrinsic(f"llvm.ctlz.i{_WIDE}", fraction.value.type, [fraction.value, not_zero])
    )
    fraction = fraction << zeros
    scale = ((1023 - zeros.to_bits(64)) << 52).as_floats()
    high = fraction.shifted_right(_WIDE - 53).to_bits(64).to_floats() * 2.0**-53
    low = fraction.shifted_right(_WIDE - 106).to_bits(64) & ((1 << 53) - 1)
    rest = low.to_floats() * 2.0**-106
    r = high * HALF_PI[0]
    r_rest = high.fma(HALF_PI[0], -r) + high.fma(HALF_PI[1], rest * HALF_PI[0])
    return r * scale, r_rest * scale


def _four_words(x: Lanes, first: Lanes) -> Lanes:
    """256 bits of 2 / pi from word `first` on, as an integer."""
    builder, word = x.builder, ir.IntType(64)
    table = _table(builder.module)
    whole = x.like(ir.Constant(ir.IntType(_WIDE), 0))
    for number in range(4):
        address = builder.gep(table, [(first + number).value], source_etype=word)
        next_word = x.like(builder.load(address, align=8, typ=word))
        whole = (whole << 64) | next_word.to_bits(_WIDE)
    return whole


def _table(module: Any) -> Any:
    name = "steepest.two_over_pi"
    if name not in module.globals:
        words = struct.unpack(f">{_WORDS}Q", _two_over_pi().to_bytes(8 * _WORDS, "big"))
        type_ = ir.ArrayType(ir.IntType(64), _WORDS)
        ir.GlobalVariable(module, name, ir.Constant(type_, words))
    return module.globals[name]


@lru_cache(maxsize=1)
def _two_over_pi() -> int:
    """The first bits of 2 / pi after the point; pi = 16 atan(1/5) - 4 atan(1/239) (Machin)."""
    bits = 64 * _WORDS
    guard = 64
    pi = 16 * _arctangent_of_inverse(5, bits + guard) - 4 * _arctangent_of_inverse(
        239, bits + guard
    )
    return (1 << (2 * bits + guard + 1)) // pi


def _arctangent_of_inverse(x: int, bits: int) -> int:
    """2**bits atan(1 / x), by its series."""
    term, total, k = (1 << bits) // x, 0, 0
    while term:
        total += (-1) ** k * (term // (2 * k + 1))
        term //= x * x
        k += 1
    return total
