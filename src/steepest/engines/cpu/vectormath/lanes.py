"""`Lanes`: a scalar or vector of an LLVM function, with Python's operators.

A formula written with `Lanes` reads as on paper and emits its instructions. Depends on ir/ alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from steepest.engines.cpu import ir


@dataclass(frozen=True)
class Format:
    """An IEEE 754 format: its size and the bits of its fraction."""

    bits: int
    fraction: int

    @property
    def bias(self) -> int:
        """The number that is added to an exponent before it is stored."""
        return (1 << (self.bits - self.fraction - 2)) - 1

    @property
    def smallest_normal(self) -> float:
        """2**-126 or 2**-1022; smaller numbers have fewer bits."""
        return 2.0 ** (1 - self.bias)

    @property
    def shifter(self) -> float:
        """1.5 * 2**fraction: adding it rounds a number to an integer, in the lowest bits."""
        return 1.5 * 2.0**self.fraction

    @property
    def element(self) -> Any:
        """The LLVM type of a number."""
        return ir.FloatType() if self.bits == 32 else ir.DoubleType()


SINGLE = Format(32, 23)
DOUBLE = Format(64, 52)


class Lanes:
    """A scalar or vector of floats, integers or booleans.

    Python numbers among the operands become constants of the same type.
    """

    __slots__ = ("builder", "value")

    def __init__(self, builder: Any, value: Any) -> None:
        self.builder = builder
        self.value = value

    # ------------------------------------------------------------ its type

    @property
    def count(self) -> int | None:
        """The number of lanes; None for a scalar."""
        return self.value.type.count if isinstance(self.value.type, ir.VectorType) else None

    @property
    def element(self) -> Any:
        """The LLVM type of one lane."""
        return self.value.type if self.count is None else self.value.type.element

    @property
    def is_float(self) -> bool:
        """Whether the lanes are floating-point numbers."""
        return isinstance(self.element, ir.FloatType | ir.DoubleType)

    @property
    def format(self) -> Format:
        """The format of the lanes; of integer lanes, that with as many bits."""
        if isinstance(self.element, ir.IntType):
            return DOUBLE if self.element.width == 64 else SINGLE
        return DOUBLE if isinstance(self.element, ir.DoubleType) else SINGLE

    def shaped(self, element: Any) -> Any:
        """The type with this value's number of lanes and another element."""
        return element if self.count is None else ir.VectorType(element, self.count)

    # ------------------------------------------------------------ new values

    def like(self, value: Any) -> Lanes:
        """`Lanes` around an LLVM value of the same function."""
        return Lanes(self.builder, value)

    def constant(self, number: float | Lanes) -> Lanes:
        """A constant of this value's type."""
        if isinstance(number, Lanes):
            return number
        return self.like(ir.Constant(self.value.type, number))

    def call(self, intrinsic: str, *others: Lanes | float) -> Lanes:
        """Calls an LLVM intrinsic on values of this value's type."""
        operands = [self.value, *(self.constant(other).value for other in others)]
        name = f"llvm.{intrinsic}.{self.value.type.suffix}"
        return self.like(self.builder.intrinsic(name, self.value.type, operands))

    def _float_or_integer(self, floating: str, integer: str, other: Lanes | float) -> Lanes:
        emit = getattr(self.builder, floating if self.is_float else integer)
        return self.like(emit(self.value, self.constant(other).value))

    # ------------------------------------------------------------ arithmetic

    def __add__(self, other: Lanes | float) -> Lanes:
        return self._float_or_integer("fadd", "add", other)

    def __sub__(self, other: Lanes | float) -> Lanes:
        return self._float_or_integer("fsub", "sub", other)

    def __mul__(self, other: Lanes | float) -> Lanes:
        return self._float_or_integer("fmul", "mul", other)

    def __truediv__(self, other: Lanes | float) -> Lanes:
        return self.like(self.builder.fdiv(self.value, self.constant(other).value))

    def __radd__(self, other: float) -> Lanes:
        return self.constant(other) + self

    def __rsub__(self, other: float) -> Lanes:
        return self.constant(other) - self

    def __rmul__(self, other: float) -> Lanes:
        return self.constant(other) * self

    def __rtruediv__(self, other: float) -> Lanes:
        return self.constant(other) / self

    def __neg__(self) -> Lanes:
        return self.like(
            self.builder.fneg(self.value) if self.is_float else self.builder.neg(self.value)
        )

    def fma(self, factor: Lanes | float, term: Lanes | float) -> Lanes:
        """self * factor + term, rounded once."""
        return self.call("fma", factor, term)

    def abs(self) -> Lanes:
        """The number without its sign."""
        return self.call("fabs")

    def with_sign_of(self, other: Lanes) -> Lanes:
        """This magnitude with another's sign, also that of -0."""
        return self.call("copysign", other)

    # ------------------------------------------------------------ bits

    def __and__(self, other: Lanes | float) -> Lanes:
        return self.like(self.builder.and_(self.value, self.constant(other).value))

    def __or__(self, other: Lanes | float) -> Lanes:
        return self.like(self.builder.or_(self.value, self.constant(other).value))

    def __xor__(self, other: Lanes | float) -> Lanes:
        return self.like(self.builder.xor(self.value, self.constant(other).value))

    def __lshift__(self, places: Lanes | int) -> Lanes:
        return self.like(self.builder.shl(self.value, self.constant(places).value))

    def __rshift__(self, places: int) -> Lanes:
        """Shifts to the right; the sign bit is repeated."""
        return self.like(self.builder.ashr(self.value, self.constant(places).value))

    def shifted_right(self, places: Lanes | int) -> Lanes:
        """Shifts to the right; zeros are inserted."""
        return self.like(self.builder.lshr(self.value, self.constant(places).value))

    def __invert__(self) -> Lanes:
        return self.like(self.builder.not_(self.value))

    def as_bits(self) -> Lanes:
        """The same bits as integers."""
        return self.like(
            self.builder.bitcast(self.value, self.shaped(ir.IntType(self.format.bits)))
        )

    def as_floats(self) -> Lanes:
        """The same bits as floats."""
        return self.like(self.builder.bitcast(self.value, self.shaped(self.format.element)))

    # ------------------------------------------------------------ conversions

    def to_bits(self, bits: int) -> Lanes:
        """Integers truncated or extended with zeros to `bits` bits."""
        cast = self.builder.trunc if bits < self.element.width else self.builder.zext
        return self.like(cast(self.value, self.shaped(ir.IntType(bits))))

    def to_floats(self) -> Lanes:
        """Integers converted to floats of as many bits."""
        return self.like(self.builder.sitofp(self.value, self.shaped(self.format.element)))

    def widened(self) -> Lanes:
        """float32 converted to float64."""
        return self.like(self.builder.fpext(self.value, self.shaped(ir.DoubleType())))

    def narrowed(self) -> Lanes:
        """float64 rounded to float32."""
        return self.like(self.builder.fptrunc(self.value, self.shaped(ir.FloatType())))

    # ------------------------------------------------------------ comparisons (false with NaN)

    def _compare(self, sign: str, other: Lanes | float) -> Lanes:
        compare = self.builder.fcmp_ordered if self.is_float else self.builder.icmp_signed
        return self.like(compare(sign, self.value, self.constant(other).value))

    def __lt__(self, other: Lanes | float) -> Lanes:
        return self._compare("<", other)

    def __gt__(self, other: Lanes | float) -> Lanes:
        return self._compare(">", other)

    def __le__(self, other: Lanes | float) -> Lanes:
        return self._compare("<=", other)

    def __ge__(self, other: Lanes | float) -> Lanes:
        return self._compare(">=", other)

    def equals(self, other: Lanes | float) -> Lanes:
        """Lane by lane, whether the numbers are equal."""
        return self._compare("==", other)

    def is_nan(self) -> Lanes:
        """Lane by lane, whether it is NaN."""
        return self.like(self.builder.fcmp_unordered("uno", self.value, self.value))

    def choose(self, yes: Lanes, no: Lanes | float) -> Lanes:
        """`yes` where this boolean is true, else `no`."""
        return self.like(self.builder.select(self.value, yes.value, yes.constant(no).value))

    def at_least(self, bound: float) -> Lanes:
        """The larger of the number and the bound; NaN stays."""
        return (self < bound).choose(self.constant(bound), self)

    def at_most(self, bound: float) -> Lanes:
        """The smaller of the number and the bound; NaN stays."""
        return (self > bound).choose(self.constant(bound), self)


def polynomial(x: Lanes, coefficients: Sequence[float]) -> Lanes:
    """c[0] + c[1] x + c[2] x**2 + ..., by Horner's rule with fused multiply-adds."""
    result = x.constant(coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        result = result.fma(x, coefficient)
    return result


def outlined(name: str, formula: Callable[[Lanes], Lanes], x: Lanes) -> Lanes:
    """Calls a long formula as a function of the module, which is emitted at its first use."""
    module = x.builder.module
    full_name = f"steepest.{name}.{x.value.type.suffix}"
    if full_name not in module.globals:
        type_ = ir.FunctionType(x.value.type, [x.value.type])
        function = ir.Function(module, type_, full_name)
        function.linkage = "internal"
        builder = ir.IRBuilder(function.append_basic_block("entry"))
        builder.ret(formula(Lanes(builder, function.args[0])).value)
    return x.like(x.builder.call(module.globals[full_name], [x.value]))


Emit = Callable[..., Any]


def emitter(formula: Callable[..., Lanes]) -> Emit:
    """Makes of a formula on `Lanes` a function of an IR builder and LLVM values."""

    def emit(builder: Any, *operands: Any) -> Any:
        return formula(*(Lanes(builder, operand) for operand in operands)).value

    emit.__name__ = formula.__name__
    emit.__doc__ = formula.__doc__
    return emit
