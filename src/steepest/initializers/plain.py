"""Initial values that do not depend on the layer's size: constants and given distributions."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.arguments import require_within
from steepest.core.dtype import DTypeLike, float32
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError
from steepest.functions import composed
from steepest.functions.generators import Seed
from steepest.initializers.base import INITIALIZERS, Initializer, generator, require_fractions


@INITIALIZERS.register("zero")
class Zeros(Initializer):
    """Zeros, the usual initial biases; kernels need random values, so that units differ.

    >>> Zeros()((2,)).tolist()
    [0.0, 0.0]
    """

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The initial values of a weight."""
        return composed.zeros(shape, dtype)


@INITIALIZERS.register("one")
class Ones(Initializer):
    """Ones.

    >>> Ones()((2,)).tolist()
    [1.0, 1.0]
    """

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The initial values of a weight."""
        return composed.ones(shape, dtype)


@INITIALIZERS.register
class Constant(Initializer):
    """One value everywhere, or an array broadcast to the shape.

    >>> Constant(0.5)((2,)).tolist()
    [0.5, 0.5]
    """

    def __init__(self, value: Any = 0.0) -> None:
        if np.asarray(value).dtype.kind not in "biuf":
            raise ArgumentError(f"Constant: a number or an array was expected, got {value!r}")
        self.value = value

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The initial values of a weight."""
        return composed.fill(shape, self.value, dtype)


@INITIALIZERS.register("uniform")
class RandomUniform(Initializer):
    """The uniform distribution between two bounds.

    >>> values = RandomUniform(-0.1, 0.1, seed=1)((1000,))
    >>> -0.1 <= values.min().item() and values.max().item() < 0.1
    True
    """

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Seed = None) -> None:
        self.minval, self.maxval, self.seed = minval, maxval, seed
        require_within(self, f"[{minval}, inf)", maxval=maxval)

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The initial values of a weight."""
        return generator(self.seed).uniform(shape, self.minval, self.maxval, dtype)


@INITIALIZERS.register("normal")
class RandomNormal(Initializer):
    """The normal distribution with a mean and a standard deviation.

    >>> abs(RandomNormal(seed=1)((1000,)).mean().item()) < 0.01
    True
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Seed = None) -> None:
        self.mean, self.stddev, self.seed = mean, stddev, seed
        require_within(self, "[0, inf)", stddev=stddev)

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The initial values of a weight."""
        require_fractions(self, dtype)
        return generator(self.seed).normal(shape, self.mean, self.stddev, dtype)


@INITIALIZERS.register
class TruncatedNormal(Initializer):
    """The normal distribution truncated at two standard deviations from its mean.

    >>> abs(TruncatedNormal(seed=1)((1000,))).max().item() <= 0.1
    True
    """

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Seed = None) -> None:
        self.mean, self.stddev, self.seed = mean, stddev, seed
        require_within(self, "[0, inf)", stddev=stddev)

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The initial values of a weight."""
        require_fractions(self, dtype)
        return generator(self.seed).truncated_normal(shape, self.mean, self.stddev, dtype)
