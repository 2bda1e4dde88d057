"""The elementwise functions, for anything tensor-like. Depends on conversion and dispatch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from steepest.core.conversion import NUMBERS, as_tensor, in_dtype, meet
from steepest.core.dispatch import bind
from steepest.core.dtype import (
    DTypeLike,
    as_dtype,
    bool_,
    computing,
    float32,
    int32,
    is_float,
    name_of,
)
from steepest.core.primitives import PRIMITIVES
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError, DTypeError

__all__ = [
    "absolute", "add", "cast", "cos", "divide", "equal", "erf", "exp", "expm1", "floor",
    "floor_divide", "greater", "greater_equal", "less", "less_equal", "log", "log1p", "logical_and",
    "logical_not", "logical_or", "logical_xor", "maximum", "minimum", "multiply", "negative",
    "not_equal", "power", "remainder", "round", "rsqrt", "sign", "sin", "sqrt", "subtract", "tanh",
    "where",
]  # fmt: skip

_P = PRIMITIVES


def _unary(
    name: str, meaning: str, example: str, floating: bool = True
) -> Callable[[TensorLike], Tensor]:
    primitive = _P[name]

    def function(x: TensorLike) -> Tensor:
        tensor = as_tensor(x)
        dtype = computing(tensor.dtype)
        if (floating and not is_float(dtype)) or dtype == bool_:
            dtype = float32 if floating else int32
        return bind(primitive, in_dtype(tensor, dtype))

    return _described(function, name, meaning, example)


def _binary(
    name: str, meaning: str, example: str, floating: bool = False, numeric: bool = True
) -> Callable[[TensorLike, TensorLike], Tensor]:
    primitive = _P[name]

    def function(x: TensorLike, y: TensorLike) -> Tensor:
        left, right = meet(x, y, floating=floating)
        if numeric and left.dtype == bool_:
            left, right = in_dtype(left, int32), in_dtype(right, int32)
        return bind(primitive, left, right)

    return _described(function, name, meaning, example)


def _described(function: Callable[..., Tensor], name: str, meaning: str, example: str) -> Any:
    call, result = example.split(" -> ")
    shown = "sigmoid" if name == "logistic" else name  # the name that users know
    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"{meaning}, element by element.\n\n"
        f"    >>> st.math.{shown}{call}.tolist()\n    {result}\n    "
    )
    return function


exp = _unary("exp", "e^x", "([0.0]) -> [1.0]")
expm1 = _unary("expm1", "e^x - 1, accurate for small x", "([0.0]) -> [0.0]")
log = _unary("log", "The natural logarithm of x", "([1.0]) -> [0.0]")
log1p = _unary("log1p", "log(1 + x), accurate for small x", "([0.0]) -> [0.0]")
tanh = _unary("tanh", "The hyperbolic tangent of x", "([0.0]) -> [0.0]")
erf = _unary("erf", "The error function of x", "([0.0]) -> [0.0]")
sqrt = _unary("sqrt", "The square root of x", "([9.0]) -> [3.0]")
rsqrt = _unary("rsqrt", "1 / sqrt(x)", "([4.0]) -> [0.5]")
sin = _unary("sin", "The sine of x, in radians", "([0.0]) -> [0.0]")
cos = _unary("cos", "The cosine of x, in radians", "([0.0]) -> [1.0]")
logistic = _unary("logistic", "1 / (1 + e^-x), without overflow", "([0.0]) -> [0.5]")
floor = _unary("floor", "The greatest integer that is at most x", "([1.5]) -> [1.0]")
round = _unary("round", "The integer nearest to x, halves to the even one", "([2.5]) -> [2.0]")
negative = _unary("negative", "-x", "([2]) -> [-2]", floating=False)
absolute = _unary("abs", "|x|", "([-2]) -> [2]", floating=False)
sign = _unary("sign", "-1, 0 or 1, the sign of x", "([-2]) -> [-1]", floating=False)
add = _binary("add", "x + y", "([1], [2]) -> [3]")
subtract = _binary("subtract", "x - y", "([1], [2]) -> [-1]")
multiply = _binary("multiply", "x * y", "([3], [2]) -> [6]")
divide = _binary("divide", "x / y", "([1], [2]) -> [0.5]", floating=True)
floor_divide = _binary("floor_divide", "x / y rounded down to an integer", "([7], [2]) -> [3]")
maximum = _binary("maximum", "The greater of x and y", "([1], [2]) -> [2]", numeric=False)
minimum = _binary("minimum", "The lesser of x and y", "([1], [2]) -> [1]", numeric=False)
equal = _binary("equal", "Whether x and y are equal", "([1], [1]) -> [True]", numeric=False)
less = _binary("less", "Whether x is less than y", "([1], [2]) -> [True]", numeric=False)
less_equal = _binary("less_equal", "Whether x is at most y", "([2], [2]) -> [True]", numeric=False)


def _truth(name: str, value: Any) -> Tensor:
    tensor = as_tensor(value)
    if tensor.dtype != bool_:
        raise DTypeError(
            f"{name}: bool was expected, got {name_of(tensor.dtype)}; compare first, as in x > 0"
        )
    return tensor


def logical_not(x: TensorLike) -> Tensor:
    """Logical not, element by element.

    >>> logical_not([True, False]).tolist()
    [False, True]
    """
    return bind(_P["logical_not"], _truth("logical_not", x))


def logical_and(x: TensorLike, y: TensorLike) -> Tensor:
    """Logical and, element by element.

    >>> logical_and([True, True], [True, False]).tolist()
    [True, False]
    """
    both = (_truth("logical_and", value) for value in (x, y))
    return bind(_P["logical_and"], *both)


def logical_or(x: TensorLike, y: TensorLike) -> Tensor:
    """Logical or, element by element.

    >>> logical_or([False, True], [False, False]).tolist()
    [False, True]
    """
    both = (_truth("logical_or", value) for value in (x, y))
    return bind(_P["logical_or"], *both)


def logical_xor(x: TensorLike, y: TensorLike) -> Tensor:
    """Exclusive or, element by element.

    >>> logical_xor([True, True], [True, False]).tolist()
    [False, True]
    """
    both = (_truth("logical_xor", value) for value in (x, y))
    return not_equal(*both)


def not_equal(x: TensorLike, y: TensorLike) -> Tensor:
    """Whether x and y differ, element by element.

    >>> not_equal([1, 2], [1, 3]).tolist()
    [False, True]
    """
    return logical_not(equal(x, y))


def greater(x: TensorLike, y: TensorLike) -> Tensor:
    """Whether x is greater than y, element by element.

    >>> greater([1, 2], 1).tolist()
    [False, True]
    """
    return less(y, x)


def greater_equal(x: TensorLike, y: TensorLike) -> Tensor:
    """Whether x is at least y, element by element.

    >>> greater_equal([1, 2], 2).tolist()
    [False, True]
    """
    return less_equal(y, x)


def remainder(x: TensorLike, y: TensorLike) -> Tensor:
    """The remainder of `floor_divide`, element by element: it has the sign of y.

    >>> remainder([7, -7], 3).tolist()
    [1, 2]
    """
    left, right = meet(x, y)
    return subtract(left, multiply(floor_divide(left, right), right))


def power(x: TensorLike, y: TensorLike) -> Tensor:
    """x to the power y, element by element; small integers by multiplication, 0.5 by `sqrt`.

    >>> power([1.0, 2.0, 3.0], 2).tolist()
    [1.0, 4.0, 9.0]
    """
    if isinstance(y, NUMBERS) and not isinstance(x, NUMBERS):
        known = _SIMPLE_POWERS.get(float(y))
        if known and (y >= 0 or is_float(as_tensor(x).dtype)) and float(y) != 0.5:
            return known(as_tensor(x))
        if known and float(y) == 0.5:
            return sqrt(x)
    base, exponent = meet(x, y)
    negative = isinstance(y, NUMBERS) and float(y) < 0  # integers then give fractions
    return bind(_P["power"], *meet(base, exponent, floating=negative))


_SIMPLE_POWERS: dict[float, Callable[[Tensor], Tensor]] = {
    1.0: lambda x: x,
    2.0: lambda x: x * x,
    3.0: lambda x: x * x * x,
    0.5: lambda x: sqrt(x),
    -1.0: lambda x: 1.0 / x,
}


def where(
    condition: TensorLike, x: TensorLike | None = None, y: TensorLike | None = None
) -> Tensor:
    """`x` where the condition holds, else `y`; without the two, the indices where it holds.

    >>> where([True, False], 1.0, [5.0, 6.0]).tolist()
    [1.0, 6.0]
    >>> where([[True, False], [False, True]]).tolist()
    [[0, 0], [1, 1]]
    """
    if x is None or y is None:
        if x is not y:
            raise ArgumentError(
                "where: give both x and y, or neither for the indices where it holds"
            )
        return as_tensor(np.argwhere(_truth("where", condition).numpy()), "int64")
    yes, no = meet(x, y)
    return bind(_P["select"], _truth("where", condition), yes, no)


def cast(x: TensorLike, dtype: DTypeLike) -> Tensor:
    """The values as another dtype; fractions are truncated towards zero.

    >>> cast([1.7, -1.7], "int32").tolist()
    [1, -1]
    """
    tensor, wanted = as_tensor(x), as_dtype(dtype)
    return tensor if tensor.dtype == wanted else bind(_P["cast"], tensor, dtype=wanted)
