"""Elementwise functions composed of the primitives. Depends on ops."""

from __future__ import annotations

import math
from collections.abc import Sequence

from steepest.core import ops
from steepest.core.tensor import Tensor, TensorLike

__all__ = [
    "ceil", "clip_by_value", "cosh", "divide_no_nan", "erfinv", "is_finite", "is_inf", "is_nan",
    "multiply_no_nan", "polyval", "reciprocal", "sinh", "square", "squared_difference", "tan",
    "xdivy", "xlog1py", "xlogy",
]  # fmt: skip


def clip_by_value(x: TensorLike, clip_value_min: TensorLike, clip_value_max: TensorLike) -> Tensor:
    """Values limited to the range from `clip_value_min` to `clip_value_max`.

    >>> clip_by_value([-2.0, 0.5, 2.0], -1.0, 1.0).tolist()
    [-1.0, 0.5, 1.0]
    """
    return ops.minimum(ops.maximum(x, clip_value_min), clip_value_max)


def square(x: TensorLike) -> Tensor:
    """x^2, element by element.

    >>> square([3.0]).tolist()
    [9.0]
    """
    return ops.multiply(x, x)


def reciprocal(x: TensorLike) -> Tensor:
    """1 / x.

    >>> reciprocal([4.0]).tolist()
    [0.25]
    """
    return ops.divide(1.0, x)


def squared_difference(x: TensorLike, y: TensorLike) -> Tensor:
    """(x - y)^2, element by element.

    >>> squared_difference([3.0], [1.0]).tolist()
    [4.0]
    """
    return square(ops.subtract(x, y))


def divide_no_nan(x: TensorLike, y: TensorLike) -> Tensor:
    """x / y, and 0 where y is 0; the derivative is finite too.

    >>> divide_no_nan([1.0, 1.0], [2.0, 0.0]).tolist()
    [0.5, 0.0]
    """
    bottom = ops.as_tensor(y)
    none = ops.equal(bottom, 0)
    return ops.where(none, 0.0, ops.divide(x, ops.where(none, 1, bottom)))


def multiply_no_nan(x: TensorLike, y: TensorLike) -> Tensor:
    """x * y, and 0 where y is 0 even if x is infinite or NaN.

    >>> multiply_no_nan([math.inf], [0.0]).tolist()
    [0.0]
    """
    none = ops.equal(y, 0)
    return ops.where(none, 0.0, ops.multiply(ops.where(none, 0.0, x), y))


def xlogy(x: TensorLike, y: TensorLike) -> Tensor:
    """x log y, and 0 where x is 0.

    >>> xlogy([0.0], [0.0]).tolist()
    [0.0]
    """
    left, right = ops.meet(x, y, floating=True)
    none = ops.equal(left, 0)
    return ops.where(none, 0.0, left * ops.log(ops.where(none, 1.0, right)))


def xlog1py(x: TensorLike, y: TensorLike) -> Tensor:
    """x log(1 + y), and 0 where x is 0.

    >>> xlog1py([0.0], [-1.0]).tolist()
    [0.0]
    """
    left, right = ops.meet(x, y, floating=True)
    none = ops.equal(left, 0)
    return ops.where(none, 0.0, left * ops.log1p(ops.where(none, 0.0, right)))


def xdivy(x: TensorLike, y: TensorLike) -> Tensor:
    """x / y, and 0 where x is 0.

    >>> xdivy([0.0], [0.0]).tolist()
    [0.0]
    """
    left, right = ops.meet(x, y, floating=True)
    none = ops.equal(left, 0)
    return ops.where(none, 0.0, left / ops.where(none, 1.0, right))


def polyval(coeffs: Sequence[TensorLike], x: TensorLike) -> Tensor:
    """c0 x^n + ... + cn by Horner's rule.

    >>> polyval([2.0, 0.0, 1.0], 3.0).item()
    19.0
    """
    first, *others = coeffs if len(coeffs) else (0,)
    total, value = ops.meet(first, x)
    if not others:
        return ops.where(True, total, value)  # the constant, in the shape of x
    for coefficient in others:
        total = total * value + coefficient
    return total


def ceil(x: TensorLike) -> Tensor:
    """The least integer that is at least x.

    >>> ceil([1.2]).tolist()
    [2.0]
    """
    return ops.negative(ops.floor(ops.negative(x)))


def tan(x: TensorLike) -> Tensor:
    """The tangent.

    >>> tan([0.0]).tolist()
    [0.0]
    """
    return ops.divide(ops.sin(x), ops.cos(x))


def sinh(x: TensorLike) -> Tensor:
    """The hyperbolic sine, by expm1, which is accurate for small values.

    >>> sinh([0.0]).tolist()
    [0.0]
    """
    return (ops.expm1(x) - ops.expm1(ops.negative(x))) * 0.5


def cosh(x: TensorLike) -> Tensor:
    """The hyperbolic cosine.

    >>> cosh([0.0]).tolist()
    [1.0]
    """
    return (ops.exp(x) + ops.exp(ops.negative(x))) * 0.5


def is_nan(x: TensorLike) -> Tensor:
    """Whether values are NaN.

    >>> is_nan([1.0, math.nan]).tolist()
    [False, True]
    """
    return ops.not_equal(x, x)


def is_inf(x: TensorLike) -> Tensor:
    """Whether values are infinite.

    >>> is_inf([1.0, -math.inf]).tolist()
    [False, True]
    """
    return ops.equal(ops.absolute(x), math.inf)


def is_finite(x: TensorLike) -> Tensor:
    """Whether values are neither infinite nor NaN.

    >>> is_finite([1.0, math.inf, math.nan]).tolist()
    [True, False, False]
    """
    return ops.less(ops.absolute(x), math.inf)


def erfinv(x: TensorLike) -> Tensor:
    """The inverse of the error function.

    Giles, "Approximating the erfinv function" (GPU Computing Gems, 2010), refined by two of
    Newton's steps; by log1p, since 1 - x^2 would lose digits near -1 and 1.

    >>> erfinv(ops.erf(ops.constant([0.3], "float64"))).numpy().round(12).tolist()
    [0.3]
    """
    (y,) = ops.meet(x, floating=True)
    w = -(ops.log1p(-y) + ops.log1p(y))
    guess = y * ops.where(w < 5.0, polyval(_CENTRAL, w - 2.5), polyval(_TAIL, ops.sqrt(
        ops.maximum(w, 5.0)) - 3.0))  # fmt: skip
    for _ in (1, 2):
        slope = (2.0 / math.sqrt(math.pi)) * ops.exp(-(guess * guess))
        step = (ops.erf(guess) - y) / ops.maximum(slope, 1e-30)
        guess = ops.where(slope > 1e-12, guess - step, guess)
    return ops.where(ops.equal(ops.absolute(y), 1.0), ops.sign(y) * math.inf, guess)


_CENTRAL = (
    2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087,
    -0.00125372503, -0.00417768164, 0.246640727, 1.50140941,
)  # fmt: skip
_TAIL = (
    -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773,
    -0.0076224613, 0.00943887047, 1.00167406, 2.83297682,
)  # fmt: skip
