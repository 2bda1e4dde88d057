"""x**y with every special case of IEEE 754.

exp(y log|x|) loses as many bits as the integer part of y log|x| has, up to ten in float64. So in
float64 the logarithm is computed to some 65 bits, as the unevaluated sum of two numbers; float32 is
computed in float64. Depends on `lanes.py`, `exponential.py` and `logarithm.py`.
"""

from __future__ import annotations

import math

from steepest.engines.cpu.vectormath.exponential import exp, exp_finely
from steepest.engines.cpu.vectormath.lanes import DOUBLE, SINGLE, Lanes, polynomial
from steepest.engines.cpu.vectormath.logarithm import LOG_TWO, log, split

# log(1 + f) = 2 s + s**3 (2/3 + s**2 P(s**2)), s = f / (2 + f)
# fmt: off
_REST = (0.3999999999999998, 0.2857142857144522, 0.22222222217511056, 0.1818181887344323,
         0.1538455665683732, 0.13336325684824035, 0.11674650207968508, 0.11990418818758056)
# fmt: on
_TWO_THIRDS = (0.6666666666666666, 3.700743415417188e-17)

Pair = tuple[Lanes, Lanes]


def power(x: Lanes, y: Lanes) -> Lanes:
    """x to the power y; NaN for x < 0 and y no integer. At most 1 ulp; special cases as NumPy."""
    if x.format == SINGLE:
        size = exp(y.widened() * log(x.abs().widened())).narrowed()
    else:
        size = _double(x.abs(), y)
    odd = _is_whole(y) & ~_is_whole(0.5 * y)
    signed = ((x.as_bits() < 0) & odd).choose(-size, size)
    impossible = (x < 0.0) & (x > -math.inf) & ~_is_whole(y)
    value = impossible.choose(x.constant(math.nan), signed)
    one = x.equals(1.0) | y.equals(0.0) | (x.equals(-1.0) & y.abs().equals(math.inf))
    return one.choose(x.constant(1.0), value)


def _is_whole(y: Lanes) -> Lanes:
    return y.call("floor").equals(y)


def _double(x: Lanes, y: Lanes) -> Lanes:
    """exp(y log(x)) for x >= 0."""
    high, low = _log(x)
    product = y * high
    rest = y.fma(high, -product) + y * low
    rest = (product.abs() < 1024.0).choose(rest, 0.0)  # else it may be NaN, and does not matter
    return exp_finely(product, rest)


def _log(x: Lanes) -> Pair:
    """The logarithm of x >= 0 and its rounding error."""
    n, one_plus_f = split(x)
    near, near_rest = _log_of_one_plus(one_plus_f - 1.0)
    far = n * LOG_TWO[DOUBLE][0]  # exact
    high = far + near
    back = high - far
    low = (far - (high - back)) + (near - back)
    low = low + n.fma(LOG_TWO[DOUBLE][1], near_rest)
    high = x.equals(0.0).choose(x.constant(-math.inf), high)
    return (x < math.inf).choose(high, x), low


def _log_of_one_plus(f: Lanes) -> Pair:
    s, s_rest = _quotient(f)
    square = s * s
    square_rest = s.fma(s, -square) + 2.0 * s * s_rest
    small = square * polynomial(square, _REST)
    third, third_rest = _added(_TWO_THIRDS[0], small, _TWO_THIRDS[1])
    cube = square * third
    cube_rest = square.fma(third, -cube) + square.fma(third_rest, square_rest * third)
    two, two_rest = _added(2.0, cube, cube_rest)
    product = s * two
    return product, s.fma(two, -product) + s.fma(two_rest, s_rest * two)


def _quotient(f: Lanes) -> Pair:
    """f / (2 + f) and its rounding error."""
    below = 2.0 + f
    below_rest = f - (below - 2.0)
    s = f / below
    missing = (-s).fma(below_rest, (-s).fma(below, f))
    return s, missing / below


def _added(large: float, small: Lanes, rest: Lanes | float) -> Pair:
    """large + small + rest and its rounding error."""
    total = large + small
    return total, ((large - total) + small) + rest
