"""log and log1p.

Each writes x = 2**n (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2), and adds n ln 2 to log(1 + f).
Depends on `lanes.py` and `exponential.py`.
"""

from __future__ import annotations

import math

from steepest.engines.cpu.vectormath.exponential import power_of_two
from steepest.engines.cpu.vectormath.lanes import DOUBLE, SINGLE, Format, Lanes, polynomial

LOG_TWO: dict[Format, tuple[float, float]] = {  # the product of the first and any n is exact
    SINGLE: (0.693145751953125, 1.42860682030941723e-6),
    DOUBLE: (6.93147180369123816490e-1, 1.90821492927058770002e-10),
}
_SQRT_HALF_BITS: dict[Format, int] = {SINGLE: 0x3F3504F3, DOUBLE: 0x3FE6A09E667F3BCD}

# fmt: off
# float32: log(1 + f) = f - f**2 / 2 + f**3 P(f)
_OF_F = (0.33333316445350647, -0.25000810623168945, 0.2000228464603424, -0.16624553501605988,
         0.14181208610534668, -0.13128764927387238, 0.12881562113761902, -0.07859498262405396)
# float64: log(1 + f) = 2 s + s**3 P(s**2), s = f / (2 + f)
_OF_S = (0.6666666666666666, 0.40000000000006286, 0.2857142856907299, 0.2222222264874766,
         0.1818177550869113, 0.15387097645693748, 0.13249962105685295, 0.1325275437068663)
# fmt: on


def log(x: Lanes) -> Lanes:
    """The natural logarithm; -inf of 0, NaN of x < 0. At most 1 ulp in float32 and in float64."""
    n, one_plus_f = split(x)
    return _with_special_cases(_sum(n, one_plus_f - 1.0), x, x)


def log1p(x: Lanes) -> Lanes:
    """log(1 + x), accurate near 0. At most 1.5 ulp in float32 and in float64."""
    u = 1.0 + x
    n, one_plus_f = _split_normal(u)
    scale = power_of_two(-n)
    exact = x.fma(scale, scale - 1.0)  # (1 + x) / 2**n - 1, rounded once
    f = (x < 2.0**60).choose(exact, one_plus_f - 1.0)  # for larger x scale may be subnormal
    y = _with_special_cases(_sum(n.to_floats(), f), u, x)
    return (x.abs() < 2.0 ** -(x.format.fraction + 2)).choose(x, y)


def split(x: Lanes) -> tuple[Lanes, Lanes]:
    """n, as a float, and m in [sqrt(1/2), sqrt(2)) such that x = 2**n m, for any x > 0."""
    places = x.format.fraction + 2
    subnormal = x < x.format.smallest_normal
    n, m = _split_normal(subnormal.choose(x * 2.0**places, x))
    return n.to_floats() - subnormal.choose(x.constant(places), 0.0), m


def _split_normal(x: Lanes) -> tuple[Lanes, Lanes]:
    bits = x.as_bits()
    n = (bits - _SQRT_HALF_BITS[x.format]) >> x.format.fraction
    return n, (bits - (n << x.format.fraction)).as_floats()


def _sum(n: Lanes, f: Lanes) -> Lanes:
    """n ln 2 + log(1 + f)."""
    return _sum_single(n, f) if f.format == SINGLE else _sum_double(n, f)


def _sum_single(n: Lanes, f: Lanes) -> Lanes:
    high, low = LOG_TWO[SINGLE]
    square = f * f
    rest = n.fma(low, square * f * polynomial(f, _OF_F))
    return n.fma(high, square.fma(-0.5, rest) + f)


def _sum_double(n: Lanes, f: Lanes) -> Lanes:
    """By 2 s = f - f**2 / 2 + s f**2 / 2, of which f is exact and the other terms are small."""
    high, low = LOG_TWO[DOUBLE]
    s = f / (2.0 + f)
    square = s * s
    half = 0.5 * f * f
    rest = n.fma(low, s * square.fma(polynomial(square, _OF_S), half))
    return n.fma(high, f - (half - rest))


def _with_special_cases(y: Lanes, argument: Lanes, x: Lanes) -> Lanes:
    """y, but the values of the logarithm where its argument is 0, negative, infinite or NaN."""
    y = argument.equals(0.0).choose(y.constant(-math.inf), y)
    y = (argument < 0.0).choose(y.constant(math.nan), y)
    return (x < math.inf).choose(y, x)
