"""The inverse trigonometric and hyperbolic functions. Depends on ops and custom_gradient.

They have custom derivatives, which are simpler than those of the compositions.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from steepest.core import ops
from steepest.core.custom_gradient import custom_gradient
from steepest.core.tensor import Tensor, TensorLike
from steepest.functions.elementary import polyval

__all__ = ["acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh"]

Pullback = Callable[[Tensor], Any]


def atan(x: TensorLike) -> Tensor:
    """The arc tangent.

    S. L. Moshier's rational approximation (Cephes), with the argument reduced to near 0.

    >>> round(atan(1.0).item() * 4, 5)
    3.14159
    """
    return _atan(*ops.meet(x, floating=True))


@custom_gradient
def _atan(x: Tensor) -> tuple[Tensor, Pullback]:
    return _arc_of(x), lambda g: g / (1.0 + x * x)


def _arc_of(x: Tensor) -> Tensor:
    size = ops.absolute(x)
    steep, middle = size > 2.414213562373095, size > 0.66
    plain = ops.where(steep, 1.0, size)
    near = ops.where(
        steep,
        -1.0 / ops.where(steep, size, 1.0),
        ops.where(middle, (plain - 1.0) / (plain + 1.0), plain),
    )
    quarter = ops.constant(math.pi / 4, x.dtype)  # a Python number would be rounded to float32
    start = ops.where(steep, 2.0 * quarter, ops.where(middle, quarter, 0.0))
    z = near * near
    bent = near * (z * polyval(_ABOVE, z) / polyval(_BELOW, z)) + near
    # keeps the sign of zero, and NaN
    return ops.where(size > 0.0, ops.sign(x) * (start + bent), x)


_ABOVE = (
    -8.750608600031904122785e-1, -1.615753718733365076637e1, -7.500855792314704667340e1,
    -1.228866684490136173410e2, -6.485021904942025371773e1,
)  # fmt: skip
_BELOW = (
    1.0, 2.485846490142306297962e1, 1.650270098316988542046e2, 4.328810604912902668951e2,
    4.853903996359136964868e2, 1.945506571482613964425e2,
)  # fmt: skip


def atan2(y: TensorLike, x: TensorLike) -> Tensor:
    """The angle of the point (x, y), from -pi to pi.

    >>> round(atan2(1.0, -1.0).item() / atan2(1.0, 1.0).item(), 5)
    3.0
    """
    return _atan2(*ops.meet(y, x, floating=True))


@custom_gradient
def _atan2(y: Tensor, x: Tensor) -> tuple[Tensor, Pullback]:
    height, width = ops.absolute(y), ops.absolute(x)
    least, most = ops.minimum(height, width), ops.maximum(height, width)
    slope = ops.where(ops.equal(least, most), 1.0, least / ops.where(most > 0.0, most, 1.0))
    angle = _arc_of(ops.where(ops.equal(most, 0.0), 0.0, slope))
    angle = ops.where(height > width, math.pi / 2 - angle, angle)
    angle = ops.where(_is_below(x), math.pi - angle, angle)
    angle = ops.where(_is_below(y), -angle, angle)

    def pullback(g: Tensor) -> tuple[Tensor, Tensor]:
        scaled = g / (x * x + y * y)
        return scaled * x, -scaled * y

    return angle, pullback


def _is_below(x: Tensor) -> Tensor:
    """Whether the sign bit is set, as it is for -0.0."""
    return ops.less(ops.where(ops.equal(x, 0.0), 1.0 / x, x), 0.0)


def asin(x: TensorLike) -> Tensor:
    """The arc sine.

    >>> round(asin(1.0).item() * 2, 5)
    3.14159
    """
    return _asin(*ops.meet(x, floating=True))


@custom_gradient
def _asin(x: Tensor) -> tuple[Tensor, Pullback]:
    return _arc_of(x * ops.rsqrt((1.0 - x) * (1.0 + x))), lambda g: g / _leg(x)


def _leg(x: Tensor) -> Tensor:
    return ops.sqrt((1.0 - x) * (1.0 + x))


def acos(x: TensorLike) -> Tensor:
    """The arc cosine, by the half angle, which is accurate near 1.

    >>> round(acos(-1.0).item(), 5)
    3.14159
    """
    return _acos(*ops.meet(x, floating=True))


@custom_gradient
def _acos(x: Tensor) -> tuple[Tensor, Pullback]:
    return 2.0 * _arc_of(ops.sqrt((1.0 - x) / (1.0 + x))), lambda g: -g / _leg(x)


_LARGE = 1e8
_LOG_2 = math.log(2.0)


def asinh(x: TensorLike) -> Tensor:
    """The inverse hyperbolic sine, by log1p, which is accurate for small values.

    >>> asinh(0.0).item()
    0.0
    """
    return _asinh(*ops.meet(x, floating=True))


@custom_gradient
def _asinh(x: Tensor) -> tuple[Tensor, Pullback]:
    size = ops.absolute(x)
    small = ops.minimum(size, _LARGE)
    square = small * small
    near = ops.log1p(small + square / (1.0 + ops.sqrt(1.0 + square)))
    value = ops.where(size > _LARGE, ops.log(size) + _LOG_2, near)
    return ops.where(size > 0.0, ops.sign(x) * value, x), lambda g: g * ops.rsqrt(1.0 + x * x)


def acosh(x: TensorLike) -> Tensor:
    """The inverse hyperbolic cosine, for x from 1.

    >>> acosh(1.0).item()
    0.0
    """
    return _acosh(*ops.meet(x, floating=True))


@custom_gradient
def _acosh(x: Tensor) -> tuple[Tensor, Pullback]:
    over = ops.minimum(x, _LARGE) - 1.0
    near = ops.log1p(over + ops.sqrt(over) * ops.sqrt(over + 2.0))
    value = ops.where(x > _LARGE, ops.log(x) + _LOG_2, near)
    return value, lambda g: g * (ops.rsqrt(x - 1.0) * ops.rsqrt(x + 1.0))


def atanh(x: TensorLike) -> Tensor:
    """The inverse hyperbolic tangent, for x between -1 and 1.

    >>> atanh(0.0).item()
    0.0
    """
    (number,) = ops.meet(x, floating=True)
    return 0.5 * (ops.log1p(number) - ops.log1p(-number))
