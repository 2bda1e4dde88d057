"""Functions of `keras.ops` that map numbers to numbers. Depends on the functions of tensors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from steepest.core import ops
from steepest.core.dtype import bool_
from steepest.core.tensor import Tensor, TensorLike
from steepest.functions import composed, public

absolute = fabs = public.abs
arccos, arccosh, arcsin, arcsinh = public.acos, public.acosh, public.asin, public.asinh
arctan, arctanh = public.atan, public.atanh
isfinite, isinf, isnan = public.is_finite, public.is_inf, public.is_nan


def clip(x: TensorLike, x_min: TensorLike, x_max: TensorLike) -> Tensor:
    """The values limited to `x_min` from below and to `x_max` from above.

    >>> clip([-1.0, 0.5, 9.0], 0.0, 1.0).tolist()
    [0.0, 0.5, 1.0]
    """
    return public.clip_by_value(x, x_min, x_max)


def cbrt(x: TensorLike) -> Tensor:
    """The cube root.

    >>> cbrt([8.0, -27.0]).tolist()
    [2.0, -3.0]
    """
    tensor = ops.meet(x, floating=True)[0]
    return ops.sign(tensor) * ops.power(ops.absolute(tensor), 1.0 / 3.0)


def deg2rad(x: TensorLike) -> Tensor:
    """Degrees as radians.

    >>> deg2rad(180.0).item()
    3.14159
    """
    return ops.multiply(x, math.pi / 180.0)


def rad2deg(x: TensorLike) -> Tensor:
    """Radians as degrees.

    >>> rad2deg(3.14159265).item()
    180.0
    """
    return ops.multiply(x, 180.0 / math.pi)


def erfc(x: TensorLike) -> Tensor:
    """1 - erf(x).

    >>> erfc(0.0).item()
    1.0
    """
    return ops.subtract(1.0, ops.erf(x))


def exp2(x: TensorLike) -> Tensor:
    """2^x.

    >>> exp2(3.0).item()
    8.0
    """
    return ops.power(2.0, x)


def ldexp(x1: TensorLike, x2: TensorLike) -> Tensor:
    """x1 * 2^x2.

    >>> ldexp([1.5, -2.0], [2, -1]).tolist()
    [6.0, -1.0]
    """
    return ops.multiply(x1, exp2(ops.cast(x2, ops.meet(x1, floating=True)[0].dtype)))


def log2(x: TensorLike) -> Tensor:
    """The logarithm to base 2.

    >>> log2(8.0).item()
    3.0
    """
    return ops.log(x) / math.log(2.0)


def log10(x: TensorLike) -> Tensor:
    """The logarithm to base 10.

    >>> log10(1000.0).item()
    3.0
    """
    return ops.log(x) / math.log(10.0)


def logaddexp(x1: TensorLike, x2: TensorLike) -> Tensor:
    """log(e^x1 + e^x2), without overflow.

    >>> logaddexp(1000.0, 1000.0).item()
    1000.693
    """
    high = ops.maximum(x1, x2)
    return high + ops.log1p(ops.exp(-ops.absolute(ops.subtract(x1, x2))))


def logaddexp2(x1: TensorLike, x2: TensorLike) -> Tensor:
    """log2(2^x1 + 2^x2), without overflow.

    >>> logaddexp2(3.0, 3.0).item()
    4.0
    """
    half = math.log(2.0)
    return logaddexp(ops.multiply(x1, half), ops.multiply(x2, half)) / half


def hypot(x1: TensorLike, x2: TensorLike) -> Tensor:
    """sqrt(x1^2 + x2^2).

    >>> hypot(3.0, 4.0).item()
    5.0
    """
    return ops.sqrt(composed.square(x1) + composed.square(x2))


def fmax(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The greater of two numbers; of a number and NaN, the number.

    >>> fmax([1.0, np.nan], [2.0, 3.0]).tolist()
    [2.0, 3.0]
    """
    a, b = ops.meet(x1, x2, floating=True)
    return ops.where(isnan(a), b, ops.where(isnan(b), a, ops.maximum(a, b)))


def fmin(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The lesser of two numbers; of a number and NaN, the number.

    >>> fmin([1.0, np.nan], [2.0, 3.0]).tolist()
    [1.0, 3.0]
    """
    a, b = ops.meet(x1, x2, floating=True)
    return ops.where(isnan(a), b, ops.where(isnan(b), a, ops.minimum(a, b)))


def fmod(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The remainder with the sign of x1, as C's fmod.

    >>> fmod([-5.0, 5.0], 3.0).tolist()
    [-2.0, 2.0]
    """
    return ops.subtract(x1, ops.multiply(x2, trunc(ops.divide(x1, x2))))


def trunc(x: TensorLike) -> Tensor:
    """The number without its fraction.

    >>> trunc([-1.7, 1.7]).tolist()
    [-1.0, 1.0]
    """
    tensor = ops.meet(x, floating=True)[0]
    return ops.sign(tensor) * ops.floor(ops.absolute(tensor))


def heaviside(x1: TensorLike, x2: TensorLike) -> Tensor:
    """0 below 0, 1 above 0, and x2 at 0.

    >>> heaviside([-1.0, 0.0, 2.0], 0.5).tolist()
    [0.0, 0.5, 1.0]
    """
    a, b = ops.meet(x1, x2, floating=True)
    return ops.where(ops.equal(a, 0.0), b, ops.cast(ops.less(0.0, a), a.dtype))


def isclose(
    x1: TensorLike,
    x2: TensorLike,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    equal_nan: bool = False,
) -> Tensor:
    """Whether |x1 - x2| <= atol + rtol |x2|, element by element.

    >>> isclose([1.0, 2.0], [1.000001, 2.1]).tolist()
    [True, False]
    """
    a, b = ops.meet(x1, x2, floating=True)
    near = ops.less_equal(ops.absolute(a - b), atol + rtol * ops.absolute(b))
    near = ops.logical_or(ops.equal(a, b), ops.logical_and(near, isfinite(b)))
    return ops.logical_or(near, ops.logical_and(isnan(a), isnan(b))) if equal_nan else near


def allclose(
    x1: TensorLike,
    x2: TensorLike,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    equal_nan: bool = False,
) -> Tensor:
    """Whether all numbers are close to each other.

    >>> allclose([1.0, 2.0], [1.000001, 2.0]).item()
    True
    """
    return composed.reduce_all(isclose(x1, x2, rtol, atol, equal_nan))


def isreal(x: TensorLike) -> Tensor:
    """Whether values are real numbers: all are, as there are no complex ones.

    >>> isreal([1.0, 2.0]).tolist()
    [True, True]
    """
    return composed.ones_like(x, "bool")


def isneginf(x: TensorLike) -> Tensor:
    """Whether values are -inf.

    >>> isneginf([-np.inf, np.inf]).tolist()
    [True, False]
    """
    return ops.equal(x, -math.inf)


def isposinf(x: TensorLike) -> Tensor:
    """Whether values are +inf.

    >>> isposinf([-np.inf, np.inf]).tolist()
    [False, True]
    """
    return ops.equal(x, math.inf)


def isin(
    x1: TensorLike, x2: TensorLike, assume_unique: bool = False, invert: bool = False
) -> Tensor:
    """Whether each entry of x1 is among the entries of x2; `assume_unique` changes nothing.

    >>> isin([1, 2, 3], [3, 1]).tolist()
    [True, False, True]
    """
    among = ops.reshape(x2, (-1,))
    found = composed.reduce_any(ops.equal(composed.expand_dims(x1, -1), among), axis=-1)
    return ops.logical_not(found) if invert else found


def nan_to_num(
    x: TensorLike, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Tensor:
    """The values with NaN replaced, and infinities by the largest numbers or those given.

    >>> nan_to_num([np.nan, 1.0, np.inf], posinf=9.0).tolist()
    [0.0, 1.0, 9.0]
    """
    tensor = ops.meet(x, floating=True)[0]
    most = float(np.finfo(tensor.dtype).max)
    tensor = ops.where(isposinf(tensor), most if posinf is None else posinf, tensor)
    tensor = ops.where(isneginf(tensor), -most if neginf is None else neginf, tensor)
    return ops.where(isnan(tensor), nan, tensor)


def round(x: TensorLike, decimals: int = 0) -> Tensor:
    """The numbers rounded to some decimals, halves to the even one.

    >>> round([1.25, 2.71828], 1).tolist()
    [1.2, 2.7]
    """
    return ops.round(ops.multiply(x, 10.0**decimals)) / 10.0**decimals if decimals else ops.round(x)


def sinc(x: TensorLike) -> Tensor:
    """sin(pi x) / (pi x), and 1 at 0.

    >>> sinc([0.0, 0.5]).tolist()
    [1.0, 0.63662]
    """
    tensor = ops.meet(x, floating=True)[0] * math.pi
    zero = ops.equal(tensor, 0.0)
    safe = ops.where(zero, 1.0, tensor)
    return ops.where(zero, 1.0, ops.sin(safe) / safe)


def signbit(x: TensorLike) -> Tensor:
    """Whether numbers are negative; -0.0 counts as 0.

    >>> signbit([-1.0, 2.0]).tolist()
    [True, False]
    """
    return ops.less(x, 0)


def saturate_cast(x: TensorLike, dtype: Any) -> Tensor:
    """The values as another dtype, limited to its range.

    >>> saturate_cast([300.0, -1.0], "uint8").tolist()
    [255, 0]
    """
    tensor, target = ops.as_tensor(x), np.dtype(dtype)
    if target.kind in "iu":
        limits = np.iinfo(target)
        tensor = composed.clip_by_value(tensor, limits.min, limits.max)
    return ops.cast(tensor, dtype)


def select(condlist: Any, choicelist: Any, default: TensorLike = 0) -> Tensor:
    """The first choice whose condition is true, element by element.

    >>> x = st.constant([1, 2, 3])
    >>> select([x < 2, x < 3], [x * 10, x * 100], 0).tolist()
    [10, 200, 0]
    """
    result: Any = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        chosen = ops.as_tensor(condition)
        chosen = chosen if chosen.dtype == bool_ else ops.not_equal(chosen, 0)
        result = ops.where(chosen, choice, result)
    return ops.as_tensor(result)
