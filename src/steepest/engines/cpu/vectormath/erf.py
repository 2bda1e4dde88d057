"""The error function.

For |x| < 1, erf(x) = x + x P(x**2); for larger ones, erf(x) = 1 - exp(Q(x)), where Q is close to
log(erfc(x)), with the error weighted by erfc(x), which is small. Depends on `lanes.py` and
`exponential.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from steepest.engines.cpu.vectormath.exponential import exp_within
from steepest.engines.cpu.vectormath.lanes import DOUBLE, SINGLE, Format, Lanes, polynomial


@dataclass(frozen=True)
class _Numbers:
    border: float
    one: float  # erf(x) is 1 for larger x
    near: tuple[float, ...]
    far: tuple[float, ...]


# fmt: off
_NUMBERS: dict[Format, _Numbers] = {
    SINGLE: _Numbers(
        border=0.92, one=4.0,
        near=(0.12837916612625122, -0.37612634897232056, 0.11283692717552185, -0.026859225705266,
              0.005200604442507029, -0.0008137853001244366, 8.349605195689946e-05),
        far=(-0.00019940217316616327, -1.127658724784851, -0.6372131705284119,
             -0.10390233248472214, 0.022211847826838493, -0.0030392087064683437,
             0.0001955070620169863),
    ),
    DOUBLE: _Numbers(
        border=1.0, one=6.0,
        near=(0.1283791670955126, -0.37612638903183754, 0.11283791670955119, -0.026866170645129733,
              0.005223977625422086, -0.0008548327021853228, 0.00012055332899359114,
              -1.4925647465150659e-05, 1.6462043408422225e-06, -1.6364614429775381e-07,
              1.4792145827299441e-08, -1.216304235437457e-09, 8.703791348296081e-11,
              -4.22289849951788e-12),
        far=(-2.940054593510363e-08, -1.128378899352765, -0.6366208125570967, -0.10277058254554351,
             0.01912756153157881, 0.00020304561302199317, -0.0016758365901406447,
             0.0005531647070659117, 2.1417551311527086e-05, -0.00011043522609118567,
             6.45951840661682e-05, -2.4216470244139228e-05, 6.764437018112166e-06,
             -1.4648525068584383e-06, 2.472009794259608e-07, -3.205561435460016e-08,
             3.0929229978251294e-09, -2.0936139930182034e-10, 8.873593773622326e-12,
             -1.7716487703678924e-13),
    ),
}
# fmt: on


def erf(x: Lanes) -> Lanes:
    """2 / sqrt(pi) times the integral of exp(-t**2) from 0 to x. At most 1.5 ulp."""
    numbers = _NUMBERS[x.format]
    size = x.abs()
    near = size.fma(polynomial(x * x, numbers.near), size)
    far = 1.0 - exp_within(polynomial(size.at_most(numbers.one), numbers.far))
    return (size < numbers.border).choose(near, far).with_sign_of(x)
