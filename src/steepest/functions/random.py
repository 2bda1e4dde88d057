"""Random tensors: the same seed gives the same numbers on every engine.

Depends on generators and, for the rarer ones, on distributions.
"""

from __future__ import annotations

from typing import Any

from steepest.core import ops
from steepest.core.dtype import DTypeLike, float32
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError, suggest_names
from steepest.functions.generators import (
    Generator,
    SeedGenerator,
    seeded,
    set_seed,
    source_of,
)
from steepest.functions.softmax import floating
from steepest.functions.stateless import (
    stateless_normal,
    stateless_truncated_normal,
    stateless_uniform,
)

__all__ = [
    "Generator",
    "SeedGenerator",
    "set_seed",
    "seeded",
    "uniform",
    "normal",
    "truncated_normal",
    "bernoulli",
    "categorical",
    "dropout",
    "randint",
    "gamma",
    "beta",
    "binomial",
    "permutation",
    "poisson",
    "shuffle",
    "stateless_normal",
    "stateless_truncated_normal",
    "stateless_uniform",
]


def uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: DTypeLike = float32,
    seed: int | Generator | None = None,
) -> Tensor:
    """Uniform numbers from `minval` up to, not including, `maxval`.

    >>> uniform((3,), 5, 6, dtype="int32").tolist()
    [5, 5, 5]
    """
    return source_of(seed).uniform(shape, minval, maxval, dtype)


def normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: DTypeLike = float32,
    seed: int | Generator | None = None,
) -> Tensor:
    """Normally distributed numbers.

    >>> normal((2, 3), seed=1).shape
    (2, 3)
    """
    return source_of(seed).normal(shape, mean, stddev, dtype)


def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: DTypeLike = float32,
    seed: int | Generator | None = None,
) -> Tensor:
    """Normal numbers within two standard deviations of the mean.

    >>> truncated_normal((2, 3), seed=1).shape
    (2, 3)
    """
    return source_of(seed).truncated_normal(shape, mean, stddev, dtype)


def bernoulli(shape: Any, probability: float = 0.5, seed: int | Generator | None = None) -> Tensor:
    """Booleans that are true with a probability.

    >>> bernoulli((2,), 1.0).tolist()
    [True, True]
    """
    return source_of(seed).bernoulli(shape, probability)


def categorical(
    logits: TensorLike,
    num_samples: int,
    dtype: DTypeLike = "int64",
    seed: int | Generator | None = None,
) -> Tensor:
    """Classes drawn for each row of unnormalised log-probabilities, with replacement.

    >>> categorical([[0.0, -np.inf]], 3).tolist()
    [[0, 0, 0]]
    """
    return ops.cast(source_of(seed).categorical(logits, num_samples), dtype)


def permutation(count: int, seed: int | Generator | None = None) -> Tensor:
    """The numbers 0 to count - 1 in random order.

    >>> sorted(permutation(4, seed=1).tolist())
    [0, 1, 2, 3]
    """
    return source_of(seed).permutation(count)


def shuffle(values: TensorLike, seed: int | Generator | None = None, *, axis: int = 0) -> Tensor:
    """The entries along an axis, the first one by default, in random order.

    >>> sorted(shuffle([3, 1, 2], seed=1).tolist())
    [1, 2, 3]
    """
    tensor = ops.as_tensor(values)
    (along,) = ops.axes_of(axis, tensor.ndim)
    return ops.gather(tensor, permutation(tensor.shape[along] or 0, seed), along)


def randint(
    shape: Any,
    minval: int,
    maxval: int,
    dtype: DTypeLike = "int32",
    seed: int | Generator | None = None,
) -> Tensor:
    """Whole numbers from `minval` up to, not including, `maxval`.

    >>> randint((3,), 5, 6).tolist()
    [5, 5, 5]
    """
    return uniform(shape, minval, maxval, dtype, seed)


def gamma(
    shape: Any, alpha: TensorLike, dtype: DTypeLike = float32, seed: int | Generator | None = None
) -> Tensor:
    """Gamma distributed numbers of shape parameter `alpha` and scale 1.

    >>> bool((gamma((3,), 2.0, seed=1) > 0.0).all())
    True
    """
    from steepest.functions.distributions import gamma_numbers

    return gamma_numbers(source_of(seed), shape, alpha, dtype)


def beta(
    shape: Any,
    alpha: TensorLike,
    beta: TensorLike,
    dtype: DTypeLike = float32,
    seed: int | Generator | None = None,
) -> Tensor:
    """Beta distributed numbers between 0 and 1.

    >>> bool((beta((3,), 2.0, 3.0, seed=1) < 1.0).all())
    True
    """
    from steepest.functions.distributions import beta_numbers

    return beta_numbers(source_of(seed), shape, alpha, beta, dtype)


def binomial(
    shape: Any,
    counts: TensorLike,
    probabilities: TensorLike,
    dtype: DTypeLike = float32,
    seed: int | Generator | None = None,
) -> Tensor:
    """The numbers of successes among `counts` trials of a probability.

    >>> binomial((2,), [3.0, 5.0], 1.0).tolist()
    [3.0, 5.0]
    """
    from steepest.functions.distributions import binomial_numbers

    return binomial_numbers(source_of(seed), shape, counts, probabilities, dtype)


def poisson(
    shape: Any, lam: TensorLike, dtype: DTypeLike = float32, seed: int | Generator | None = None
) -> Tensor:
    """Poisson distributed numbers of mean `lam`; as in TensorFlow, `shape` for each mean.

    >>> poisson((2,), 0.0, seed=1).tolist()
    [0.0, 0.0]
    """
    from steepest.functions.distributions import poisson_numbers

    return poisson_numbers(source_of(seed), shape, lam, dtype)


def dropout(
    inputs: TensorLike,
    rate: float,
    noise_shape: Any = None,
    seed: int | Generator | None = None,
) -> Tensor:
    """Each value divided by 1 - rate, or made 0 with probability `rate`.

    `noise_shape` has 1 for the axes whose values are dropped together.

    >>> dropout([[1.0, 2.0]], 0.5, noise_shape=(1, 1), seed=1).tolist()
    [[2.0, 4.0]]
    """
    tensor = floating(inputs)
    if not 0.0 <= rate < 1.0:
        raise ArgumentError(f"dropout: rate must lie in [0, 1), got {rate}")
    if rate == 0.0:
        return tensor
    keep = uniform(tensor.shape if noise_shape is None else noise_shape, seed=seed) >= rate
    return ops.where(keep, tensor / (1.0 - rate), 0.0)


suggest_names(__name__)
