"""The gradient rule of each primitive, written in steepest's own functions.

A rule takes an operation's output and inputs and returns the function from the output's cotangent
to the input's; for several inputs one function each, or None where no derivative flows. A tape
stores the functions of those inputs that it follows, and with them only the tensors that they
refer to. A rule may ignore broadcasting: `cotangents` sums over the broadcast axes for all rules.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from steepest.core import ops
from steepest.core.tensor import Tensor

Pullback = Callable[[Tensor], Tensor]
Pullbacks = tuple[Pullback | None, ...]
GRADIENTS: dict[str, Callable[..., Pullback | Pullbacks] | None] = dict.fromkeys(
    "floor round sign floor_divide equal less less_equal logical_and logical_or logical_not "
    "argmax iota batch_size random_bits".split()
)  # None: the derivative is 0 wherever it exists


def _rule(function: Callable[..., Any]) -> Callable[..., Any]:
    GRADIENTS[function.__name__.strip("_")] = function
    return function


# fmt: off
GRADIENTS.update({
    "negative": lambda y, x: lambda g: -g,
    "add": lambda y, a, b: (lambda g: g, lambda g: g),
    "subtract": lambda y, a, b: (lambda g: g, lambda g: -g),
    "multiply": lambda y, a, b: (lambda g: g * b, lambda g: g * a),
    "divide": lambda y, a, b: (lambda g: g / b, lambda g: -g * y / b),
    "abs": lambda y, x: lambda g: g * ops.sign(x),
    "exp": lambda y, x: lambda g: g * y,
    "expm1": lambda y, x: lambda g: g * (y + 1.0),
    "log": lambda y, x: lambda g: g / x,
    "log1p": lambda y, x: lambda g: g / (x + 1.0),
    "tanh": lambda y, x: lambda g: g * (1.0 - y * y),
    "logistic": lambda y, x: lambda g: g * (y * (1.0 - y)),
    "erf": lambda y, x: lambda g: g * (ops.exp(-(x * x)) * (2.0 / math.sqrt(math.pi))),
    "sqrt": lambda y, x: lambda g: g * 0.5 / y,
    "rsqrt": lambda y, x: lambda g: g * (-0.5 * (y * y * y)),
    "sin": lambda y, x: lambda g: g * ops.cos(x),
    "cos": lambda y, x: lambda g: -(g * ops.sin(x)),
})
# fmt: on


@_rule
def _power(y: Tensor, base: Tensor, exponent: Tensor) -> Pullbacks:
    """y b^(y-1) and b^y log b; both are 0 where the plain formula gives 0 times infinity."""

    def by_base(g: Tensor) -> Tensor:
        slope = exponent * ops.power(base, exponent - 1.0)
        return g * ops.where(exponent == 0.0, 0.0, slope)

    def by_exponent(g: Tensor) -> Tensor:
        positive = ops.where(base > 0.0, base, 1.0)
        return g * (y * ops.where(base > 0.0, ops.log(positive), 0.0))

    return by_base, by_exponent


def _share(ahead: Tensor, tied: Tensor, dtype: Any) -> Tensor:
    return ops.where(ahead, 1.0, ops.where(tied, 0.5, 0.0)).astype(dtype)


@_rule
def _maximum(y: Tensor, a: Tensor, b: Tensor) -> Pullbacks:
    """The derivative goes to the greater one; half to each where they are equal."""
    return (
        lambda g: g * _share(a > b, a == b, g.dtype),
        lambda g: g * _share(b > a, a == b, g.dtype),
    )


@_rule
def _minimum(y: Tensor, a: Tensor, b: Tensor) -> Pullbacks:
    """The derivative goes to the lesser one; half to each where they are equal."""
    return (
        lambda g: g * _share(a < b, a == b, g.dtype),
        lambda g: g * _share(b < a, a == b, g.dtype),
    )


@_rule
def _select(y: Tensor, condition: Tensor, yes: Tensor, no: Tensor) -> Pullbacks:
    return None, lambda g: ops.where(condition, g, 0.0), lambda g: ops.where(condition, 0.0, g)


@_rule
def _cast(y: Tensor, x: Tensor, dtype: Any) -> Pullback:
    before = x.dtype
    return lambda g: g.astype(before)


@_rule
def _sum(y: Tensor, x: Tensor, axes: tuple[int, ...]) -> Pullback:
    shape = x.shape
    return lambda g: ops.broadcast_to(g, shape)


def _extreme(y: Tensor, x: Tensor, axes: tuple[int, ...]) -> Pullback:
    """Shared equally among the elements that attain the extreme."""

    def pullback(g: Tensor) -> Any:
        attained = (x == y).astype(g.dtype)
        return g * attained / ops.reduce_sum(attained, axes, keepdims=True)

    return pullback


GRADIENTS.update(max=_extreme, min=_extreme)


@_rule
def _cumsum(y: Tensor, x: Tensor, axes: tuple[int, ...]) -> Pullback:
    """The sum of all later elements; along a batch of unknown size, which cannot be reversed, the
    total less the earlier ones."""
    if x.shape[axes[0]] is None:
        return lambda g: ops.reduce_sum(g, axes, keepdims=True) - ops.cumsum(g, axes[0]) + g
    return lambda g: ops.cumsum(g, axes[0], reverse=True)


@_rule
def _matmul(y: Tensor, a: Tensor, b: Tensor) -> Pullbacks:
    return lambda g: ops.matmul(g, ops.swap_last(b)), lambda g: ops.matmul(ops.swap_last(a), g)


@_rule
def _reshape(y: Tensor, x: Tensor, to: Any) -> Pullback:
    shape = x.shape
    return lambda g: ops.reshape(g, shape)


@_rule
def _transpose(y: Tensor, x: Tensor, order: tuple[int, ...]) -> Pullback:
    back = tuple(sorted(range(len(order)), key=order.__getitem__))
    return lambda g: ops.transpose(g, back)


@_rule
def _broadcast_to(y: Tensor, x: Tensor, to: Any) -> Pullback:
    return lambda g: g


@_rule
def _slice(y: Tensor, x: Tensor, ranges: Any) -> Pullback:
    shape = x.shape
    return lambda g: ops.place(g, ranges, shape)


@_rule
def _place(y: Tensor, x: Tensor, ranges: Any, to: Any) -> Pullback:
    return lambda g: ops.take_ranges(g, ranges)


@_rule
def _concat(y: Tensor, *parts: Tensor, axis: int) -> Pullback | Pullbacks:
    if len(parts) == 1:
        return lambda g: g
    sizes = [part.shape[axis] or 0 for part in parts]
    starts = np.cumsum([0, *sizes]).tolist()
    return tuple(
        functools.partial(ops.take_range, axis=axis, start=start, size=size)
        for start, size in zip(starts, sizes, strict=False)
    )


@_rule
def _gather(y: Tensor, table: Tensor, indices: Tensor) -> Pullbacks:
    rows = table.shape[0]
    return lambda g: ops.scatter_add(indices, g, rows), None


@_rule
def _scatter_add(y: Tensor, indices: Tensor, updates: Tensor, rows: Any) -> Pullbacks:
    return None, lambda g: ops.gather(g, indices)
