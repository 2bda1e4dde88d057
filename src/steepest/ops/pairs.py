"""Functions of two tensors, x1 and x2 in `keras.ops`. Depends on the functions of tensors."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Protocol, cast

from steepest.core.tensor import Tensor, TensorLike
from steepest.functions import public


class Pair(Protocol):
    """A function of the tensors x1 and x2."""

    def __call__(self, x1: TensorLike, x2: TensorLike) -> Tensor:
        """The tensor computed from both."""


def _named(function: Callable[..., Tensor]) -> Pair:
    """A function of `st` with Keras's names of its two arguments."""

    @functools.wraps(function)
    def pair(x1: TensorLike, x2: TensorLike) -> Tensor:
        return function(x1, x2)

    del vars(pair)["__wrapped__"]  # of whose arguments help() would show the names
    return cast(Pair, pair)


add, subtract, multiply = map(_named, (public.add, public.subtract, public.multiply))
divide, divide_no_nan = _named(public.divide), _named(public.divide_no_nan)
floor_divide, mod, power = map(_named, (public.floor_divide, public.mod, public.power))
maximum, minimum, arctan2 = map(_named, (public.maximum, public.minimum, public.atan2))
equal, not_equal = _named(public.equal), _named(public.not_equal)
less, less_equal = _named(public.less), _named(public.less_equal)
greater, greater_equal = _named(public.greater), _named(public.greater_equal)
logical_and, logical_or = _named(public.logical_and), _named(public.logical_or)
logical_xor, matmul = _named(public.logical_xor), _named(public.matmul)
true_divide = divide
