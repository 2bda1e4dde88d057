"""Draws from further distributions: gamma, beta, binomial, Poisson. Depends on random's generators.

They are composed of uniform and normal draws of a fixed number, so that recorded programs and every
engine draw the same.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from steepest.arguments import as_tuple
from steepest.core import ops
from steepest.core.dtype import DTypeLike, float32, float64
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError

ROUNDS = 8  # each accepts at least 95% of the draws: 4e-11 of them are left after all
MOST_TRIALS = 10_000
MOST_COUNTS = 1_000


def gamma_numbers(source: Any, shape: Any, alpha: TensorLike, dtype: DTypeLike = float32) -> Tensor:
    """Gamma distributed numbers, by G. Marsaglia and W. W. Tsang (2000), in a few rounds at once.

    For a shape parameter below 1 a number of alpha + 1 is multiplied by u^(1 / alpha).

    >>> bool((gamma_numbers(st.random.Generator(1), (3,), 2.0) > 0.0).all())
    True
    """
    wanted = ops.as_tensor(alpha, dtype)
    if not wanted.is_symbolic and not (wanted.numpy() > 0).all():
        raise ArgumentError(f"gamma: alpha must be above 0, got {wanted.numpy().min()}")
    small = ops.less(wanted, 1.0)
    d = ops.where(small, wanted + 1.0, wanted) - 1.0 / 3.0
    c = ops.rsqrt(9.0 * d)
    value = d + ops.cast(ops.as_tensor(np.zeros(())), dtype)
    found: Any = None
    for _ in np.arange(ROUNDS):
        x = source.normal(shape, dtype=dtype)
        u = 1.0 - source.uniform(shape, dtype=dtype)
        v = (1.0 + c * x) * (1.0 + c * x) * (1.0 + c * x)
        inside = v > 0.0
        size = 0.5 * x * x + d - d * v + d * ops.log(ops.where(inside, v, 1.0))
        accepted = ops.logical_and(inside, ops.less(ops.log(u), size))
        value = ops.where(accepted, d * v, value) if found is None else ops.where(
            ops.logical_and(accepted, ops.logical_not(found)), d * v, value
        )  # fmt: skip
        found = accepted if found is None else ops.logical_or(found, accepted)
    u = 1.0 - source.uniform(shape, dtype=dtype)
    boost = ops.power(u, 1.0 / ops.where(small, wanted, 1.0))
    return value * ops.where(small, boost, 1.0)


def beta_numbers(
    source: Any, shape: Any, alpha: TensorLike, beta: TensorLike, dtype: DTypeLike = float32
) -> Tensor:
    """Beta distributed numbers: a / (a + b) of two gamma distributed ones.

    >>> drawn = beta_numbers(st.random.Generator(1), (9,), 2.0, 3.0)
    >>> bool((drawn > 0.0).all()), bool((drawn < 1.0).all())
    (True, True)
    """
    first = gamma_numbers(source, shape, alpha, dtype)
    second = gamma_numbers(source, shape, beta, dtype)
    return first / (first + second)


def binomial_numbers(
    source: Any,
    shape: Any,
    counts: TensorLike,
    probabilities: TensorLike,
    dtype: DTypeLike = float32,
) -> Tensor:
    """The numbers of successes among `counts` trials, of which each is drawn.

    >>> binomial_numbers(st.random.Generator(1), (2,), [3.0, 5.0], 1.0).tolist()
    [3.0, 5.0]
    """
    trials = ops.as_tensor(counts, float32)
    most = int(np.max(trials.numpy(), initial=0))
    if most > MOST_TRIALS:
        raise ArgumentError(
            f"binomial: at most {MOST_TRIALS:,} trials are drawn one by one, got {most:,}; for so "
            "many the normal distribution with mean n p and variance n p (1 - p) is close"
        )
    probability = ops.as_tensor(probabilities, float32)
    if not probability.is_symbolic and not (abs(probability.numpy() - 0.5) <= 0.5).all():
        raise ArgumentError(f"binomial: probabilities lie in [0, 1], got {probabilities!r:.60}")
    total: Any = ops.cast(ops.broadcast_to(ops.constant(0.0), tuple(shape)), float32)
    for trial in np.arange(most):
        hit = ops.less(source.uniform(shape), probability)
        total = total + ops.cast(ops.logical_and(hit, ops.less(float(trial), trials)), float32)
    return ops.cast(total, dtype)


def poisson_numbers(source: Any, shape: Any, lam: TensorLike, dtype: DTypeLike = float32) -> Tensor:
    """Poisson distributed numbers, `shape` of them for each mean of `lam`.

    A number is that of how many sums of probabilities lie below a uniform draw, in float64.

    >>> poisson_numbers(st.random.Generator(1), (2,), [0.0, 0.0]).shape
    (2, 2)
    """
    means = ops.as_tensor(lam, float64)
    known = means.numpy()
    if not (np.isfinite(known) & (known >= 0)).all():
        raise ArgumentError(f"poisson: lam must be finite and at least 0, got {lam}")
    largest = float(np.max(known, initial=0.0))
    most = math.ceil(largest + 12.0 * math.sqrt(largest) + 30.0)
    if most > MOST_COUNTS:
        raise ArgumentError(
            f"poisson: means up to about 650 are drawn, got {largest:,}; for such a mean the "
            "normal distribution with mean and variance lam is close"
        )
    drawn = source.uniform((*as_tuple(shape), *means.shape), dtype=float64)
    share = ops.exp(-means)
    below, total = share, ops.cast(ops.less_equal(share, drawn), float64)
    for count in np.arange(1, most).tolist():
        share = share * means / float(count)
        below = below + share
        total = total + ops.cast(ops.less_equal(below, drawn), float64)
    return ops.cast(total, dtype)
