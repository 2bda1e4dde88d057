"""Functions of a few instructions: roots, signs, rounding, maximum and minimum, division.

Depends on `lanes.py`.
"""

from __future__ import annotations

from steepest.engines.cpu.vectormath.lanes import Lanes


def sqrt(x: Lanes) -> Lanes:
    """The square root, correctly rounded; NaN below 0."""
    return x.call("sqrt")


def rsqrt(x: Lanes) -> Lanes:
    """1 / sqrt(x), both operations rounded: at most 1.5 ulp."""
    return 1.0 / x.call("sqrt")


def floor(x: Lanes) -> Lanes:
    """The largest integer that is not larger than x."""
    return x.call("floor")


def round_half_even(x: Lanes) -> Lanes:
    """The nearest integer; of two, the even one."""
    return x.call("roundeven")


def negative(x: Lanes) -> Lanes:
    """-x."""
    return -x


def absolute(x: Lanes) -> Lanes:
    """x without its sign."""
    return x.abs()


def sign(x: Lanes) -> Lanes:
    """-1, 0 or 1; NaN of NaN."""
    unit = x.constant(1.0).with_sign_of(x)
    return x.is_nan().choose(x, x.equals(0.0).choose(x.constant(0.0), unit))


def maximum(x: Lanes, y: Lanes) -> Lanes:
    """The larger of two numbers, the second of equal ones (0 and -0); NaN if either is."""
    return x.is_nan().choose(x, (x > y).choose(x, y))


def minimum(x: Lanes, y: Lanes) -> Lanes:
    """The smaller of two numbers, the second of equal ones (0 and -0); NaN if either is."""
    return x.is_nan().choose(x, (x < y).choose(x, y))


def remainder(x: Lanes, y: Lanes) -> Lanes:
    """x - y floor(x / y), with the sign of y; exact."""
    rest = _truncated_remainder(x, y)
    moved = _signs_differ(rest, y).choose(rest + y, rest)
    return rest.equals(0.0).choose(rest.constant(0.0).with_sign_of(y), moved)


def floor_divide(x: Lanes, y: Lanes) -> Lanes:
    """floor(x / y), from the exact remainder, in the steps of Python's divmod and NumPy."""
    rest = _truncated_remainder(x, y)
    quotient = (x - rest) / y
    quotient = _signs_differ(rest, y).choose(quotient - 1.0, quotient)
    below = floor(quotient)
    nearest = (quotient - below > 0.5).choose(below + 1.0, below)
    zero = x.constant(0.0).with_sign_of(x / y)
    whole = quotient.equals(0.0).choose(zero, nearest)
    return y.equals(0.0).choose(x / y, whole)


def _truncated_remainder(x: Lanes, y: Lanes) -> Lanes:
    return x.like(x.builder.frem(x.value, y.value))


def _signs_differ(rest: Lanes, y: Lanes) -> Lanes:
    """Whether a remainder is not 0 and its sign differs from the divisor's."""
    opposite = (rest < 0.0) ^ (y < 0.0)
    return opposite & ~rest.equals(0.0) & ~rest.is_nan() & ~y.is_nan()
