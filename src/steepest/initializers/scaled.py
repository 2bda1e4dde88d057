"""Random initial values scaled by the numbers of inputs and outputs: Glorot's, He's, LeCun's."""

from __future__ import annotations

import math
from typing import Any

from steepest.arguments import as_tuple
from steepest.core.dtype import DTypeLike, float32
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError
from steepest.functions.generators import Seed
from steepest.initializers.base import INITIALIZERS, Initializer, generator, require_fractions

# Truncation at two standard deviations reduces the standard deviation by this factor.
TRUNCATED_DEVIATION = 0.87962566103423978
MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")


def fans(shape: Any) -> tuple[float, float]:
    """The number of inputs of a unit (fan in), and of units that use an input (fan out).

    A matrix has the shape (in, out); sizes before these two multiply both, as in a convolution.

    >>> fans((784, 50)), fans((3, 3, 8, 16))
    ((784.0, 50.0), (72.0, 144.0))
    """
    sizes = as_tuple(shape)
    if len(sizes) < 2:
        only = float(sizes[0]) if sizes else 1.0
        return only, only
    field = math.prod(sizes[:-2])
    return float(field * sizes[-2]), float(field * sizes[-1])


@INITIALIZERS.register
class VarianceScaling(Initializer):
    """Values of variance scale / n, where n is the fan in, the fan out, or the mean of both.

    `distribution` is "truncated_normal", "untruncated_normal" or "uniform", with the bounds
    sqrt(3 scale / n). `mode` is "fan_in", "fan_out" or "fan_avg".

    >>> VarianceScaling(2.0, "fan_in", seed=1)((100, 50)).shape
    (100, 50)
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Seed = None,
    ) -> None:
        self.scale, self.mode, self.seed = scale, mode, seed
        self.distribution = "truncated_normal" if distribution == "normal" else distribution
        if scale <= 0 or self.mode not in MODES or self.distribution not in DISTRIBUTIONS:
            raise ArgumentError(
                f"VarianceScaling: scale above 0, mode of {MODES} and distribution of "
                f"{DISTRIBUTIONS} were expected, got {scale}, {mode!r}, {distribution!r}"
            )

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The initial values of a weight."""
        require_fractions(self, dtype)
        fan_in, fan_out = fans(shape)
        counts = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}
        variance = self.scale / max(counts[self.mode], 1.0)
        source = generator(self.seed)
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return source.uniform(shape, -limit, limit, dtype)
        if self.distribution == "untruncated_normal":
            return source.normal(shape, 0.0, math.sqrt(variance), dtype)
        return source.truncated_normal(shape, 0.0, math.sqrt(variance) / TRUNCATED_DEVIATION, dtype)


@INITIALIZERS.register("xavier_uniform")
class GlorotUniform(VarianceScaling):
    """Uniform within sqrt(6 / (in + out)) (Glorot and Bengio, 2010), also called Xavier.

    >>> abs(GlorotUniform(seed=1)((3, 3))).max().item() <= 1.0
    True
    """

    def __init__(self, seed: Seed = None) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed)


@INITIALIZERS.register("xavier_normal")
class GlorotNormal(VarianceScaling):
    """Truncated normal with deviation sqrt(2 / (in + out)) (Glorot and Bengio, 2010).

    >>> GlorotNormal(seed=1)((3, 3)).shape
    (3, 3)
    """

    def __init__(self, seed: Seed = None) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed)


@INITIALIZERS.register
class HeUniform(VarianceScaling):
    """Uniform within sqrt(6 / in) (He et al., 2015): for layers with relu.

    >>> abs(HeUniform(seed=1)((6, 3))).max().item() <= 1.0
    True
    """

    def __init__(self, seed: Seed = None) -> None:
        super().__init__(2.0, "fan_in", "uniform", seed)


@INITIALIZERS.register
class HeNormal(VarianceScaling):
    """Truncated normal with deviation sqrt(2 / in) (He et al., 2015): for layers with relu.

    >>> HeNormal(seed=1)((3, 3)).shape
    (3, 3)
    """

    def __init__(self, seed: Seed = None) -> None:
        super().__init__(2.0, "fan_in", "truncated_normal", seed)


@INITIALIZERS.register
class LecunUniform(VarianceScaling):
    """Uniform within sqrt(3 / in) (LeCun et al., 1998).

    >>> abs(LecunUniform(seed=1)((3, 3))).max().item() <= 1.0
    True
    """

    def __init__(self, seed: Seed = None) -> None:
        super().__init__(1.0, "fan_in", "uniform", seed)


@INITIALIZERS.register
class LecunNormal(VarianceScaling):
    """Truncated normal with deviation sqrt(1 / in) (LeCun et al., 1998): for layers with selu.

    >>> LecunNormal(seed=1)((3, 3)).shape
    (3, 3)
    """

    def __init__(self, seed: Seed = None) -> None:
        super().__init__(1.0, "fan_in", "truncated_normal", seed)
