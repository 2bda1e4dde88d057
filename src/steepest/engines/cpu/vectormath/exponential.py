"""exp, expm1, logistic and tanh.

Each writes x = n ln 2 + r with |r| <= ln 2 / 2, so that exp(x) = 2**n exp(r), and exp(r) is a
polynomial: r + r**2 P(r) is the best of its degree for expm1(r), found by Remez exchange.
Depends on `lanes.py`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from steepest.engines.cpu.vectormath.lanes import DOUBLE, SINGLE, Format, Lanes, polynomial


@dataclass(frozen=True)
class _Numbers:
    """The constants of the formulas in one format; `log_two_high` times any n is exact."""

    log_two_high: float
    log_two_low: float
    polynomial: tuple[float, ...]  # expm1(r) = r + r**2 P(r)
    lowest: float  # exp(x) is 0 for smaller x
    highest: float  # and infinite for larger x
    minus_one: float  # expm1(x) is -1 for smaller x
    tanh_one: float  # tanh(x) is 1 for larger x
    tanh_polynomial: tuple[float, ...]  # tanh(x) = x + x**3 P(x**2) where tanh(x) < 1/2


# fmt: off
_NUMBERS: dict[Format, _Numbers] = {
    SINGLE: _Numbers(
        log_two_high=0.693145751953125, log_two_low=1.42860682030941723e-6,
        polynomial=(0.5, 0.16666541993618011, 0.041666269302368164, 0.00836666114628315,
                    0.0013947617262601852),
        lowest=-104.0, highest=88.8, minus_one=-20.0, tanh_one=10.0,
        tanh_polynomial=(-0.33333316445350647, 0.13332585990428925, -0.05385230854153633,
                         0.021071679890155792, -0.006274241488426924),
    ),
    DOUBLE: _Numbers(
        log_two_high=6.93147180369123816490e-1, log_two_low=1.90821492927058770002e-10,
        polynomial=(0.5, 0.16666666666666677, 0.041666666666666706, 0.008333333333321508,
                    0.0013888888888864254, 0.00019841269886468907, 2.4801587366250952e-05,
                    2.7557243836351233e-06, 2.7557237409353563e-07, 2.5109175884695817e-08,
                    2.0926240954804243e-09),
        lowest=-745.2, highest=709.8, minus_one=-40.0, tanh_one=20.0,
        tanh_polynomial=(-0.333333333333333, 0.13333333333326622, -0.053968253963760704,
                         0.02186948838585844, -0.008863232601482472, 0.003592092030835683,
                         -0.001455542848221262, 0.0005884444959673754, -0.00023338158918042033,
                         8.3316480426314e-05, -1.9494707181346614e-05),
    ),
}
# fmt: on
_TANH_HALF = math.atanh(0.5)


def exp(x: Lanes) -> Lanes:
    """e**x. At most 1 ulp in float32 and in float64, subnormal results included."""
    numbers = _NUMBERS[x.format]
    n, high, low = _reduced(x.at_least(numbers.lowest).at_most(numbers.highest))
    return _scaled(1.0 + _expm1_near_zero(high, low), n)


def exp_finely(x: Lanes, rest: Lanes) -> Lanes:
    """e**(x + rest) to little over half an ulp; `rest` is much smaller than x."""
    numbers = _NUMBERS[x.format]
    n, high, low = _reduced(x.at_least(numbers.lowest).at_most(numbers.highest))
    tail = _tail(high, low + rest)
    near = 1.0 + high
    return _scaled(near + ((high - (near - 1.0)) + tail), n)


def exp_within(x: Lanes) -> Lanes:
    """e**x where the result and 2 / result are normal numbers."""
    n, high, low = _reduced(x)
    return (1.0 + _expm1_near_zero(high, low)) * power_of_two(n)


def expm1(x: Lanes) -> Lanes:
    """e**x - 1, accurate near 0. At most 2 ulp in float32 and in float64."""
    numbers = _NUMBERS[x.format]
    n, high, low = _reduced(x.at_least(numbers.minus_one).at_most(numbers.highest))
    half_power = power_of_two(n - 1)
    y = 2.0 * half_power.fma(_expm1_near_zero(high, low), half_power - 0.5)
    return (x.abs() < 2.0 ** -(x.format.fraction + 2)).choose(x, y)


def logistic(x: Lanes) -> Lanes:
    """1 / (1 + e**-x), from e**-|x|, which cannot overflow. At most 2.5 ulp."""
    small = exp(-x.abs())
    return (x < 0.0).choose(small, 1.0) / (1.0 + small)


def tanh(x: Lanes) -> Lanes:
    """The hyperbolic tangent: a polynomial up to tanh(x) = 1/2, then 1 - 2 / (e**2x + 1).

    At most 1.5 ulp in float32 and in float64.
    """
    numbers = _NUMBERS[x.format]
    size = x.abs()
    square = x * x
    near = (size * square).fma(polynomial(square, numbers.tanh_polynomial), size)
    far = 1.0 - 2.0 / (exp_within(2.0 * size.at_most(numbers.tanh_one)) + 1.0)
    return (size < _TANH_HALF).choose(near, far).with_sign_of(x)


def power_of_two(n: Lanes) -> Lanes:
    """2**n as a normal number, for integers n."""
    return ((n + n.format.bias) << n.format.fraction).as_floats()


def _scaled(x: Lanes, n: Lanes) -> Lanes:
    """2**n x, in two steps: 2**n itself may overflow or be subnormal."""
    half = n >> 1
    return x * power_of_two(half) * power_of_two(n - half)


def _reduced(x: Lanes) -> tuple[Lanes, Lanes, Lanes]:
    """The integer n nearest to x / ln 2, and x - n ln 2 as the sum of two numbers."""
    numbers = _NUMBERS[x.format]
    shifter = x.format.shifter
    shifted = x.fma(1.0 / math.log(2.0), shifter)
    n = shifted - shifter
    high = n.fma(-numbers.log_two_high, x)
    return shifted.as_bits() - x.constant(shifter).as_bits(), high, n * -numbers.log_two_low


def _expm1_near_zero(high: Lanes, low: Lanes) -> Lanes:
    return high + _tail(high, low)


def _tail(high: Lanes, low: Lanes) -> Lanes:
    """expm1(high + low) - high."""
    r = high + low
    return (r * r).fma(polynomial(r, _NUMBERS[r.format].polynomial), low)
