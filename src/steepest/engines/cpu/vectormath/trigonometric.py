"""Sine and cosine of any angle.

x = n pi/2 + r with |r| <= pi/4; sin and cos of r are polynomials. Up to 2**30 the product n pi/2 is
subtracted in three parts (Cody and Waite, 1980); larger angles are rare, and are multiplied one at
a time by as many bits of 2/pi as needed (`angles.py`). Both functions are emitted once in a module
and called. Depends on `lanes.py` and `angles.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from steepest.engines.cpu import ir
from steepest.engines.cpu.vectormath.angles import HALF_PI, far_function
from steepest.engines.cpu.vectormath.lanes import SINGLE, Lanes, outlined, polynomial

_FAR = 2.0**30

# sin(r) = r + r**3 P(r**2) and cos(r) = 1 - r**2 / 2 + r**4 Q(r**2)
# fmt: off
_SINE = {
    32: (-0.16666655242443085, 0.00833215843886137, -0.00019514957966748625),
    64: (-0.1666666666666663, 0.008333333333322063, -0.00019841269829542972, 2.755731360463841e-06,
         -2.5050745053907988e-08, 1.5896068386292073e-10),
}
_COSINE = {
    32: (0.04166664555668831, -0.0013887312961742282, 2.4432783902739175e-05),
    64: (0.041666666666666595, -0.0013888888888872975, 2.480158728880008e-05,
         -2.755731416398936e-07, 2.0875698709977867e-09, -1.135842358008453e-11),
}
# fmt: on


def sin(x: Lanes) -> Lanes:
    """The sine of x radians; NaN of an infinity. At most 1 ulp in float32 and in float64."""
    return outlined("sin", _sin, x)


def cos(x: Lanes) -> Lanes:
    """The cosine of x radians; NaN of an infinity. At most 1 ulp in float32 and in float64."""
    return outlined("cos", lambda angle: _of_quadrant(angle, 1), x)


def _sin(x: Lanes) -> Lanes:
    """The sine; near 0 the angle itself, so that -0 remains -0."""
    near_zero = x.abs() < 2.0 ** -(x.format.fraction // 2 + 2)
    return near_zero.choose(x, _of_quadrant(x, 0))


def _of_quadrant(x: Lanes, quarters: int) -> Lanes:
    """sin(x + quarters pi/2)."""
    bits = x.format.bits
    wide = x.widened() if x.format == SINGLE else x
    n, r, low = _reduced(wide)
    n = n + quarters
    square = r * r
    sine = _sine(r, low, square, _SINE[bits])
    cosine = _cosine(r, low, square, _COSINE[bits])
    value = (n & 1).equals(0).choose(sine, cosine)
    signed = (value.as_bits() ^ ((n & 2) << 62)).as_floats()
    result = (wide.abs() < float("inf")).choose(signed, wide - wide)
    return result.narrowed() if x.format == SINGLE else result


def _sine(r: Lanes, low: Lanes, square: Lanes, coefficients: Sequence[float]) -> Lanes:
    small = square.fma(-0.5 * low, low)  # low cos(r)
    return r + (r * square).fma(polynomial(square, coefficients), small)


def _cosine(r: Lanes, low: Lanes, square: Lanes, coefficients: Sequence[float]) -> Lanes:
    half = 0.5 * square
    near = 1.0 - half
    small = (square * square).fma(polynomial(square, coefficients), -r * low)
    return near + (((1.0 - near) - half) + small)


# ---------------------------------------------------------------- reduction


def _reduced(x: Lanes) -> tuple[Lanes, Lanes, Lanes]:
    """n mod 4 (as an integer), r and the rounding error of r."""
    near = _near(x)
    far = (x.abs() >= _FAR) & (x.abs() < float("inf"))
    return _if_any(far, near, lambda: _all_far(x, far, near))


def _near(x: Lanes) -> tuple[Lanes, Lanes, Lanes]:
    shifter = x.format.shifter
    shifted = x.fma(1.0 / HALF_PI[0], shifter)
    n = shifted - shifter
    first = n.fma(-HALF_PI[0], x)  # exact
    second = n * HALF_PI[1]
    rest = n.fma(HALF_PI[2], n.fma(HALF_PI[1], -second))
    r = first - second
    back = r - first
    low = (first - (r - back)) - (second + back)
    return shifted.as_bits(), r, low - rest


def _if_any(
    lanes: Lanes, otherwise: Sequence[Lanes], rare: Callable[[], Sequence[Lanes]]
) -> tuple[Lanes, Lanes, Lanes]:
    """The values that `rare` emits if any lane is true, computed only then; else `otherwise`."""
    builder = lanes.builder
    start = builder.block
    aside, join = builder.append_basic_block("rare"), builder.append_basic_block("common")
    builder.cbranch(_any(lanes), aside, join)
    builder.position_at_end(aside)
    values = rare()
    end = builder.block
    builder.branch(join)
    builder.position_at_end(join)
    return tuple(_join(a, start, b, end) for a, b in zip(otherwise, values, strict=True))  # type: ignore[return-value]


def _any(lanes: Lanes) -> Any:
    if lanes.count is None:
        return lanes.value
    name = f"llvm.vector.reduce.or.v{lanes.count}i1"
    return lanes.builder.intrinsic(name, ir.IntType(1), [lanes.value])


def _join(a: Lanes, from_a: Any, b: Lanes, from_b: Any) -> Lanes:
    phi = a.builder.phi(a.value.type)
    phi.add_incoming(a.value, from_a)
    phi.add_incoming(b.value, from_b)
    return a.like(phi)


def _all_far(x: Lanes, far: Lanes, near: Sequence[Lanes]) -> list[Lanes]:
    """The far lanes reduced one after another, the other lanes as in `near`."""
    safe = far.choose(x, _FAR)
    function = far_function(x.builder.module)
    if x.count is None:
        results = _parts(x, x.builder.call(function, [safe.value]))
    else:
        results = [x.like(ir.Constant(value.value.type, ir.Undefined)) for value in near]
        for lane in range(x.count):
            number = ir.Constant(ir.IntType(32), lane)
            one = x.builder.call(function, [x.builder.extract_element(safe.value, number)])
            results = [
                x.like(x.builder.insert_element(whole.value, part.value, number))
                for whole, part in zip(results, _parts(x, one), strict=True)
            ]
    return [far.choose(a, b) for a, b in zip(results, near, strict=True)]


def _parts(x: Lanes, structure: Any) -> list[Lanes]:
    return [x.like(x.builder.extract_value(structure, number)) for number in range(3)]
