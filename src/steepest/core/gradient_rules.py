"""The derivative of each primitive, written in the language itself.

A rule takes the operation's output and inputs and gives a function from the output's cotangent
to those of the inputs. What that function mentions is all that a tape keeps. Where inputs were
broadcast, cotangents may be too wide: the walker of the tape sums them back, once for all.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from steepest.core import ops
from steepest.core.tensor import Tensor

Pullback = Callable[[Tensor], Any]
GRADIENTS: dict[str, Callable[..., Pullback] | None] = dict.fromkeys(
    "floor round sign floor_divide equal less less_equal logical_and logical_or logical_not "
    "argmax iota batch_size random_bits".split()
)  # None: flat wherever it has a derivative, so that nothing flows back


def _rule(function: Callable[..., Pullback]) -> Callable[..., Pullback]:
    GRADIENTS[function.__name__.strip("_")] = function
    return function


# fmt: off
GRADIENTS.update({
    "negative": lambda y, x: lambda g: -g,
    "add": lambda y, a, b: lambda g: (g, g),
    "subtract": lambda y, a, b: lambda g: (g, -g),
    "multiply": lambda y, a, b: lambda g: (g * b, g * a),
    "divide": lambda y, a, b: lambda g: (g / b, -g * y / b),
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
def _power(y: Tensor, base: Tensor, exponent: Tensor) -> Pullback:
    """y b^(y-1) and b^y log b; both are 0 where the plain formula would say 0 times infinity."""

    def pullback(g: Tensor) -> Any:
        slope = ops.where(exponent == 0.0, 0.0, exponent * ops.power(base, exponent - 1.0))
        positive = ops.where(base > 0.0, base, 1.0)
        return g * slope, g * (y * ops.where(base > 0.0, ops.log(positive), 0.0))

    return pullback


def _share(ahead: Tensor, tied: Tensor, dtype: Any) -> Tensor:
    return ops.where(ahead, 1.0, ops.where(tied, 0.5, 0.0)).astype(dtype)


@_rule
def _maximum(y: Tensor, a: Tensor, b: Tensor) -> Pullback:
    """All to the greater one; halves where they tie."""
    return lambda g: (g * _share(a > b, a == b, g.dtype), g * _share(b > a, a == b, g.dtype))


@_rule
def _minimum(y: Tensor, a: Tensor, b: Tensor) -> Pullback:
    """All to the smaller one; halves where they tie."""
    return lambda g: (g * _share(a < b, a == b, g.dtype), g * _share(b < a, a == b, g.dtype))


@_rule
def _select(y: Tensor, condition: Tensor, yes: Tensor, no: Tensor) -> Pullback:
    return lambda g: (None, ops.where(condition, g, 0.0), ops.where(condition, 0.0, g))


@_rule
def _cast(y: Tensor, x: Tensor, dtype: Any) -> Pullback:
    kind = x.dtype
    return lambda g: g.astype(kind)


@_rule
def _sum(y: Tensor, x: Tensor, axes: tuple[int, ...]) -> Pullback:
    shape = x.shape
    return lambda g: ops.broadcast_to(g, shape)


def _extreme(y: Tensor, x: Tensor, axes: tuple[int, ...]) -> Pullback:
    """Shared equally by the places that attain the extreme."""

    def pullback(g: Tensor) -> Any:
        attained = (x == y).astype(g.dtype)
        return g * attained / ops.reduce_sum(attained, axes, keepdims=True)

    return pullback


GRADIENTS.update(max=_extreme, min=_extreme)


@_rule
def _cumsum(y: Tensor, x: Tensor, axes: tuple[int, ...]) -> Pullback:
    """The sum of all that comes after; along an open batch, which has no last row yet, the rest
    of the total."""
    if x.shape[axes[0]] is None:
        return lambda g: ops.reduce_sum(g, axes, keepdims=True) - ops.cumsum(g, axes[0]) + g
    return lambda g: ops.cumsum(g, axes[0], reverse=True)


@_rule
def _matmul(y: Tensor, a: Tensor, b: Tensor) -> Pullback:
    return lambda g: (ops.matmul(g, ops.swap_last(b)), ops.matmul(ops.swap_last(a), g))


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
def _concat(y: Tensor, *parts: Tensor, axis: int) -> Pullback:
    sizes = [part.shape[axis] for part in parts]
    return lambda g: tuple(ops.split(g, sizes, axis)) if len(sizes) > 1 else g


@_rule
def _gather(y: Tensor, table: Tensor, indices: Tensor) -> Pullback:
    rows = table.shape[0]
    return lambda g: (ops.scatter_add(indices, g, rows), None)


@_rule
def _scatter_add(y: Tensor, indices: Tensor, updates: Tensor, rows: Any) -> Pullback:
    return lambda g: (None, ops.gather(g, indices))
