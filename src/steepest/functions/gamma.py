"""The logarithm of the gamma function and its derivative. Depends on ops and custom_gradient.

C. Lanczos, "A precision approximation of the gamma function", SIAM J. Numer. Anal. 1 (1964), with
g = 7 and nine coefficients; below 1/2 by reflection. All is computed in float64, so that float32
results are accurate to rounding.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from steepest.core import ops
from steepest.core.custom_gradient import custom_gradient
from steepest.core.tensor import Tensor, TensorLike
from steepest.functions.elementary import is_inf
from steepest.functions.norms import add_n

__all__ = ["digamma", "lgamma"]

_BASE = 0.99999999999980993227684700473478
_COEFFICIENTS = (
    676.520368121885098567009190444019, -1259.13921672240287047156078755283,
    771.3234287776530788486528258894, -176.61502916214059906584551354,
    12.507343278686904814458936853, -0.13857109526572011689554707,
    9.984369578019570859563e-6, 1.50563273514931155834e-7,
)  # fmt: skip
_G = 7.0


def lgamma(x: TensorLike) -> Tensor:
    """The logarithm of the absolute gamma function, log |(x - 1)!|; infinite at 0, -1, -2, ...

    In float64 the error is below 1e-14, or 1e-14 of the value where that is above 1; in float32 it
    is that of rounding. The derivative is `digamma`.

    >>> lgamma([1.0, 5.0, 0.5]).numpy().round(4).tolist()
    [0.0, 3.1781, 0.5724]
    """
    (given,) = ops.meet(x, floating=True)
    return ops.cast(_lgamma(ops.cast(given, "float64")), given.dtype)


def digamma(x: TensorLike) -> Tensor:
    """The derivative of `lgamma`; infinite at 0, NaN at its other poles -1, -2, ...

    In float64 the error is below 1e-14, or 1e-14 of the value where that is above 1; close to the
    poles from -1 on it is below 1e-11 of the value. In float32 it is that of rounding.

    >>> digamma([1.0, 2.0]).numpy().round(4).tolist()
    [-0.5772, 0.4228]
    """
    (given,) = ops.meet(x, floating=True)
    return ops.cast(_digamma(ops.cast(given, "float64")), given.dtype)


@custom_gradient
def _lgamma(x: Tensor) -> tuple[Tensor, Callable[[Tensor], Any]]:
    return _log_gamma(x), lambda g: g * _digamma(x)


def _log_gamma(x: Tensor) -> Tensor:
    infinite = is_inf(x)
    finite = ops.where(infinite, 1.0, x)
    low = finite < 0.5
    above = _above(ops.where(low, -finite, finite - 1.0))
    size = ops.absolute(finite)
    part = size - ops.floor(size)  # the sine takes the distance from the nearest integer
    angle = math.pi * ops.where(low, ops.minimum(part, 1.0 - part), 0.5)
    below = math.log(math.pi) - ops.log(ops.sin(angle)) - above
    return ops.where(infinite, math.inf, ops.where(low, below, above))


def _above(z: Tensor) -> Tensor:
    """lgamma(1 + z) for z from -1/2 on."""
    series, _ = _series(z)
    t, log_t = _base(z)
    far = 0.5 * math.log(2 * math.pi) + (z + 0.5 - t / log_t) * log_t + ops.log(series)
    second = z > 0.5
    w = ops.where(second, z - 1.0, z)
    near = _near(w) + ops.where(second, ops.log1p(w), 0.0)
    return ops.where(z < 1.5, near, far)


def _near(w: Tensor) -> Tensor:
    """lgamma(1 + w) as the difference from lgamma(1) = 0, which is accurate near w = 0."""
    parts = [c / n / (w + float(n)) for n, c in enumerate(_COEFFICIENTS, 1)]
    start = _BASE + sum(c / n for n, c in enumerate(_COEFFICIENTS, 1))
    _, log_t = _base(w)
    falling = ops.log1p(-w * add_n(parts) / start)
    return w * (log_t - 1.0) + 0.5 * ops.log1p(w / (_G + 0.5)) + falling


def _base(z: Tensor) -> tuple[Tensor, Tensor]:
    """z + g + 1/2, and its logarithm."""
    return z + (_G + 0.5), math.log(_G + 0.5) + ops.log1p(z / (_G + 0.5))


def _digamma(x: Tensor) -> Tensor:
    low = x < 0.5
    z = ops.where(low, -x, x - 1.0)
    series, slope = _series(z)
    t, log_t = _base(z)
    above = log_t + slope / series - _G / t
    angle = math.pi * ops.where(low, x - ops.floor(x + 0.5), 0.25)
    below = above - math.pi * ops.cos(angle) / ops.sin(angle)
    # infinite, of opposite signs on the two sides
    pole = ops.logical_and(x < 0.0, ops.equal(angle, 0.0))
    return ops.where(low, ops.where(pole, math.nan, below), above)


def _series(z: Tensor) -> tuple[Tensor, Tensor]:
    """Lanczos's sum, and its derivative."""
    terms = [(ops.divide(c, z + float(n)), z + float(n)) for n, c in enumerate(_COEFFICIENTS, 1)]
    total = add_n([term for term, _ in terms]) + _BASE
    return total, -add_n([term / bottom for term, bottom in terms])
