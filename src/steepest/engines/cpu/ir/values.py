"""Values: the operands and results of instructions, and constants. Depends on types.py."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from .types import ArrayType, DoubleType, FloatType, HalfType, Type, VectorType


class Value:
    """A typed value, with the name by which instructions refer to it."""

    __slots__ = ("name", "type")

    def __init__(self, kind: Type, name: str) -> None:
        self.type: Any = kind  # Any: vectors and structures have attributes of their own
        self.name = name

    def __str__(self) -> str:
        return f"{self.type.text} {self.name}"


class _Undefined:
    def __repr__(self) -> str:
        return "Undefined"


Undefined = _Undefined()
"""A constant whose bits may be anything; for `Constant`."""

_PACKED = {FloatType: "f", HalfType: "e", DoubleType: "d"}


class Constant(Value):
    """A constant: a number, None for zeros or the null address, or `Undefined`.

    A vector takes one number for all lanes or a sequence of them; an array takes a sequence.

    >>> from steepest.engines.cpu.ir import FloatType, IntType, VectorType
    >>> print(Constant(FloatType(), 1.5), Constant(VectorType(IntType(32), 4), [0, 1, 2, 3]))
    float 0x3FF8000000000000 <4 x i32> <i32 0, i32 1, i32 2, i32 3>
    >>> print(Constant(VectorType(IntType(64), 8), -1), Constant(IntType(1), True))
    <8 x i64> splat (i64 -1) i1 1
    """

    __slots__ = ("constant",)

    def __init__(self, kind: Type, constant: Any) -> None:
        super().__init__(kind, _text(kind, constant))
        self.constant = constant


def _text(kind: Any, constant: Any) -> str:
    if constant is Undefined:
        return "undef"
    if constant is None:
        return "null" if kind.text == "ptr" else "zeroinitializer"
    if isinstance(kind, VectorType | ArrayType):
        return _elements(kind, constant)
    return _number(kind, constant)


def _elements(kind: Any, constant: Any) -> str:
    element = kind.element
    if not isinstance(constant, Sequence):
        return f"splat ({element.text} {_number(element, constant)})"
    numbers = ", ".join(f"{element.text} {_number(element, number)}" for number in constant)
    return f"[{numbers}]" if isinstance(kind, ArrayType) else f"<{numbers}>"


def _number(kind: Type, number: float) -> str:
    packed = _PACKED.get(type(kind))
    return str(int(number)) if packed is None else _hexadecimal(struct.pack(packed, number))


@lru_cache(maxsize=1024)
def _hexadecimal(packed: bytes) -> str:
    """LLVM writes a float of any width as the 64 bits of the double of equal value."""
    (number,) = struct.unpack({2: "e", 4: "f", 8: "d"}[len(packed)], packed)
    return f"0x{struct.unpack('Q', struct.pack('d', number))[0]:016X}"
