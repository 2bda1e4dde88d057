"""First values of weights. Leans on core's random numbers and the registry.

An initializer is any function of (shape, dtype). One with a seed gives the same values at each
call; one without draws from the common generator that `random.set_seed` starts.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from steepest.arguments import require_within
from steepest.core import math as composed
from steepest.core import ops, random
from steepest.core.dtype import DTypeLike, as_dtype, float32, float64, is_float, name_of
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, ShapeError, suggest_names
from steepest.registry import Configurable, Registry

INITIALIZERS = Registry("initializer")
# A normal distribution cut at two deviations has a deviation smaller by this factor.
TRUNCATED_DEVIATION = 0.87962566103423978


class Initializer(Configurable):
    """The base of one's own initializers: `__call__(shape, dtype)` gives the first values.

    >>> class Sevens(Initializer):
    ...     def __call__(self, shape, dtype="float32"):
    ...         return composed.fill(shape, 7, dtype)
    >>> Sevens()((2,)).tolist()
    [7.0, 7.0]
    """

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The first values of a weight."""
        raise NotImplementedError


def _fractions(owner: Initializer, dtype: DTypeLike) -> None:
    """Raise where weights that are whole numbers would be drawn from fractions."""
    kind = as_dtype(dtype)
    if not is_float(kind):
        raise ArgumentError(
            f"{type(owner).__name__} draws fractions, and weights of {name_of(kind)} are whole "
            "numbers; give the layer dtype='float32', or start them by 'zeros' or 'ones'"
        )


def _generator(seed: int | None) -> random.Generator:
    return random.common() if seed is None else random.Generator(seed)


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
        return _generator(self.seed).uniform(shape, self.minval, self.maxval, dtype)


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
        _fractions(self, dtype)
        return _generator(self.seed).normal(shape, self.mean, self.stddev, dtype)


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
        _fractions(self, dtype)
        return _generator(self.seed).truncated_normal(shape, self.mean, self.stddev, dtype)


def fans(shape: Any) -> tuple[float, float]:
    """How many inputs a unit has, and how many units an input goes to.

    A matrix is (in, out); axes before these two multiply both, as in a convolution.

    >>> fans((784, 50)), fans((3, 3, 8, 16))
    ((784.0, 50.0), (72.0, 144.0))
    """
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    if len(sizes) < 2:
        only = float(sizes[0]) if sizes else 1.0
        return only, only
    field = math.prod(sizes[:-2])
    return float(field * sizes[-2]), float(field * sizes[-1])


MODES = ("fan_in", "fan_out", "fan_avg")
DISTRIBUTIONS = ("truncated_normal", "untruncated_normal", "uniform")


@INITIALIZERS.register
class VarianceScaling(Initializer):
    """Values of variance scale / n, n being the inputs, the outputs, or the mean of both.

    `distribution` is "truncated_normal", "untruncated_normal" or "uniform"; the uniform one lies
    within sqrt(3 scale / n). `mode` is "fan_in", "fan_out" or "fan_avg".

    >>> VarianceScaling(2.0, "fan_in", seed=1)((100, 50)).shape
    (100, 50)
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
    ) -> None:
        self.scale, self.mode, self.seed = scale, mode, seed
        self.distribution = "truncated_normal" if distribution == "normal" else distribution
        if scale <= 0 or self.mode not in MODES or self.distribution not in DISTRIBUTIONS:
            raise ArgumentError(
                f"VarianceScaling: scale above 0, mode of {MODES} and distribution of "
                f"{DISTRIBUTIONS} were expected, got {scale}, {mode!r}, {distribution!r}"
            )

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The first values of a weight."""
        _fractions(self, dtype)
        variance = self.scale / max(self._count(shape), 1.0)
        source = _generator(self.seed)
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return source.uniform(shape, -limit, limit, dtype)
        if self.distribution == "untruncated_normal":
            return source.normal(shape, 0.0, math.sqrt(variance), dtype)
        return source.truncated_normal(shape, 0.0, math.sqrt(variance) / TRUNCATED_DEVIATION, dtype)

    def _count(self, shape: Any) -> float:
        fan_in, fan_out = fans(shape)
        return {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]


@INITIALIZERS.register("xavier_uniform")
class GlorotUniform(VarianceScaling):
    """Uniform within sqrt(6 / (in + out)) (Glorot and Bengio, 2010), also called Xavier.

    >>> abs(GlorotUniform(seed=1)((3, 3))).max().item() <= 1.0
    True
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed)


@INITIALIZERS.register("xavier_normal")
class GlorotNormal(VarianceScaling):
    """Truncated normal of deviation sqrt(2 / (in + out)) (Glorot and Bengio, 2010).

    >>> GlorotNormal(seed=1)((3, 3)).shape
    (3, 3)
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed)


@INITIALIZERS.register
class HeUniform(VarianceScaling):
    """Uniform within sqrt(6 / in) (He et al., 2015): for layers with relu.

    >>> abs(HeUniform(seed=1)((6, 3))).max().item() <= 1.0
    True
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(2.0, "fan_in", "uniform", seed)


@INITIALIZERS.register
class HeNormal(VarianceScaling):
    """Truncated normal of deviation sqrt(2 / in) (He et al., 2015): for layers with relu.

    >>> HeNormal(seed=1)((3, 3)).shape
    (3, 3)
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(2.0, "fan_in", "truncated_normal", seed)


@INITIALIZERS.register
class LecunUniform(VarianceScaling):
    """Uniform within sqrt(3 / in) (LeCun et al., 1998).

    >>> abs(LecunUniform(seed=1)((3, 3))).max().item() <= 1.0
    True
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_in", "uniform", seed)


@INITIALIZERS.register
class LecunNormal(VarianceScaling):
    """Truncated normal of deviation sqrt(1 / in) (LeCun et al., 1998): for layers with selu.

    >>> LecunNormal(seed=1)((3, 3)).shape
    (3, 3)
    """

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(1.0, "fan_in", "truncated_normal", seed)


@INITIALIZERS.register("orthogonal_initializer")
class Orthogonal(Initializer):
    """Rows (or columns, whichever are fewer) of length `gain` at right angles (Saxe et al., 2014).

    All axes but the last are taken together as rows.

    >>> w = Orthogonal(seed=1)((4, 2))
    >>> bool(np.allclose(w.T @ w, np.eye(2), atol=1e-6))
    True
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        self.gain, self.seed = gain, seed

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The first values of a weight."""
        if len(tuple(shape)) < 2:
            raise ShapeError(f"Orthogonal: a shape of at least 2 axes was expected, got {shape}")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        tall = (max(rows, columns), min(rows, columns))
        q, r = np.linalg.qr(_generator(self.seed).normal(tall, dtype=float64).numpy())
        q = q * np.sign(np.diag(r))  # else the angles would not be evenly distributed
        matrix = q if rows >= columns else q.T
        return ops.constant(self.gain * matrix.reshape(shape), as_dtype(dtype))


@INITIALIZERS.register("identity_initializer")
class Identity(Initializer):
    """`gain` on the diagonal of a matrix, 0 elsewhere: a layer that begins by passing on.

    >>> Identity()((2, 2)).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: Any, dtype: DTypeLike = float32) -> Tensor:
        """The first values of a weight."""
        if len(tuple(shape)) != 2:
            raise ShapeError(f"Identity: a matrix was expected, got the shape {shape}")
        return ops.constant(self.gain * np.eye(*shape), as_dtype(dtype))


XavierUniform = GlorotUniform
XavierNormal = GlorotNormal
# The names by which Keras has them too: he_normal() is HeNormal().
zeros = Zeros
ones = Ones
constant = Constant
random_uniform = RandomUniform
random_normal = RandomNormal
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
glorot_uniform = GlorotUniform
glorot_normal = GlorotNormal
he_uniform = HeUniform
he_normal = HeNormal
lecun_uniform = LecunUniform
lecun_normal = LecunNormal
orthogonal = Orthogonal
identity = Identity


def get(identifier: Any) -> Any:
    """The initializer that a name, an object or a function stands for; None stays None.

    >>> get("he_normal"), get("GlorotUniform")
    (HeNormal(), GlorotUniform())
    """
    return INITIALIZERS.get(identifier)


__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "XavierNormal",
    "XavierUniform",
    "Zeros",
    "constant",
    "fans",
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]

suggest_names(__name__)
