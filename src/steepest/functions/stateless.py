"""Stateless draws, which depend on two seeds alone, as in TensorFlow. Depends on generators."""

from __future__ import annotations

from typing import Any

from steepest.core import ops
from steepest.core.dtype import DTypeLike, float32, is_float
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError
from steepest.functions.generators import Generator


class _Stateless(Generator):
    """The draw of two seeds, which is the same each time."""

    def __init__(self, seed: TensorLike) -> None:
        pair = ops.as_tensor(seed)
        if pair.shape != (2,) or is_float(pair.dtype):
            raise ArgumentError(
                f"seed: two whole numbers were expected, as in seed=(1, 2), got {seed!r}"
            )
        # A step that no generator reaches: the numbers are not those of a stream.
        self._fixed = ops.concat([ops.cast(pair, "int64"), ops.constant([2**31 - 1], "int64")])

    def _next(self) -> Tensor:
        return self._fixed


def stateless_uniform(
    shape: Any,
    seed: TensorLike,
    minval: Any = 0,
    maxval: Any = None,
    dtype: DTypeLike = float32,
) -> Tensor:
    """Uniform numbers that depend on the two seeds only.

    >>> first = stateless_uniform((3,), seed=(1, 2))
    >>> bool((first == stateless_uniform((3,), seed=(1, 2))).all())
    True
    """
    return _Stateless(seed).uniform(shape, minval, maxval, dtype)


def stateless_normal(
    shape: Any,
    seed: TensorLike,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: DTypeLike = float32,
) -> Tensor:
    """Normally distributed numbers that depend on the two seeds only.

    >>> first = stateless_normal((3,), seed=(1, 2))
    >>> bool((first == stateless_normal((3,), seed=(1, 3))).any())
    False
    """
    return _Stateless(seed).normal(shape, mean, stddev, dtype)


def stateless_truncated_normal(
    shape: Any,
    seed: TensorLike,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: DTypeLike = float32,
) -> Tensor:
    """Normal numbers within two standard deviations that depend on the two seeds only.

    >>> bool((abs(stateless_truncated_normal((9,), seed=(1, 2))) <= 2.0).all())
    True
    """
    return _Stateless(seed).truncated_normal(shape, mean, stddev, dtype)
