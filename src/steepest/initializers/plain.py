"""Values that do not depend on the layer's size: constants, and draws of a given width."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.arguments import require_within
from steepest.core.dtype import DTypeLike, float32
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError
from steepest.functions import composed
from steepest.initializers.base import INITIALIZERS, Initializer, generator, require_fractions


@INITIALIZERS.register("zero")
class Zeros(Initializer):
    """0 everywhere: the usual start of biases. Kernels must differ to learn different things.

    >>> Zeros()((2,)).tolist()
    [0.0, 0.0]
    """

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The first values of a weight."""
        return composed.zeros(shape, dtype)


@INITIALIZERS.register("one")
class Ones(Initializer):
    """1 everywhere.

    >>> Ones()((2,)).tolist()
    [1.0, 1.0]
    """

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The first values of a weight."""
        return composed.ones(shape, dtype)


@INITIALIZERS.register
class Constant(Initializer):
    """One value everywhere, or an array that fills the shape by broadcasting.

    >>> Constant(0.5)((2,)).tolist()
    [0.5, 0.5]
    """

    def __init__(self, value: Any = 0.0) -> None:
        if np.asarray(value).dtype.kind not in "biuf":
            raise ArgumentError(f"Constant: a number or an array was expected, got {value!r}")
        self.value = value

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The first values of a weight."""
        return composed.fill(shape, self.value, dtype)


@INITIALIZERS.register("uniform")
class RandomUniform(Initializer):
    """Every value between two bounds is equally likely.

    >>> values = RandomUniform(-0.1, 0.1, seed=1)((1000,))
    >>> -0.1 <= values.min().item() and values.max().item() < 0.1
    True
    """

    def __init__(
        self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None
    ) -> None:
        self.minval, self.maxval, self.seed = minval, maxval, seed
        require_within(self, f"[{minval}, inf)", maxval=maxval)

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The first values of a weight."""
        return generator(self.seed).uniform(shape, self.minval, self.maxval, dtype)


@INITIALIZERS.register("normal")
class RandomNormal(Initializer):
    """The normal distribution.

    >>> abs(RandomNormal(seed=1)((1000,)).mean().item()) < 0.01
    True
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        self.mean, self.stddev, self.seed = mean, stddev, seed
        require_within(self, "[0, inf)", stddev=stddev)

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The first values of a weight."""
        require_fractions(self, dtype)
        return generator(self.seed).normal(shape, self.mean, self.stddev, dtype)


@INITIALIZERS.register
class TruncatedNormal(Initializer):
    """The normal distribution between two deviations below and above its mean.

    >>> abs(TruncatedNormal(seed=1)((1000,))).max().item() <= 0.1
    True
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        self.mean, self.stddev, self.seed = mean, stddev, seed
        require_within(self, "[0, inf)", stddev=stddev)

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The first values of a weight."""
        require_fractions(self, dtype)
        return generator(self.seed).truncated_normal(shape, self.mean, self.stddev, dtype)
