"""Layers that hold a network back in training and do nothing outside of it: noise and penalties.

Leans on the layer contract. Each has a random generator of its own, whose state is a variable,
so that the noise goes on from where it was, in a recorded program and after a resume.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from steepest.core import ops
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, ShapeError
from steepest.functions import random
from steepest.functions.nn import SELU_ALPHA, SELU_SCALE
from steepest.layers.layer import Layer
from steepest.regularizers import L1L2
from steepest.schedules.hyper import HyperParameter, Setting, now


class Noise(Layer):
    """The base of noise in training: `disturb(x)` is what a subclass writes.

    >>> class Flip(Noise):
    ...     def disturb(self, x):
    ...         return ops.where(self.random.bernoulli(x.shape), x, -x)
    >>> Flip(seed=1)([[1.0, 2.0]]).tolist()
    [[1.0, 2.0]]
    """

    single_input = True

    def __init__(self, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed = seed
        self.random: random.Generator = self.add_generator(seed)

    def disturb(self, x: Tensor) -> Tensor:
        """The inputs with noise."""
        raise NotImplementedError

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """The inputs, disturbed while training."""
        return self.disturb(inputs) if training else inputs


def _fates(layer: Any, x: Tensor) -> tuple[int | None, ...]:
    """The shape of what is drawn: one number for all values that share a fate."""
    given = layer.noise_shape
    if given is None:
        return x.shape
    pairs = list(zip(x.shape, given, strict=False))
    if len(given) != x.ndim or any(g not in (None, 1, size) for size, g in pairs):
        raise ShapeError(
            f"layer {layer.name!r}: noise_shape {tuple(given)} does not fit inputs of shape "
            f"{show(x.shape)}; give each axis its size, None or 1"
        )
    return tuple(size if g is None else g for size, g in pairs)


def _root(value: Any) -> Any:
    return ops.sqrt(value) if isinstance(value, Tensor) else math.sqrt(value)


def _left(rate: Any, x: Tensor) -> Any:
    """1 - rate, to divide by: not 0 where a schedule has come to 1, where nothing is left."""
    if not isinstance(rate, Tensor):
        return 1.0 - rate
    return ops.cast(ops.where(rate < 1.0, 1.0 - rate, 1.0), x.dtype)


class Dropout(Noise):
    """Each value kept with probability 1 - rate and divided by it, or else made 0.

    So the mean stays what it is, and nothing needs to be done outside of training. In
    `noise_shape`, 1 stands at the axes along which all values share one fate. `rate` is a number, a
    schedule, or a function of the training's progress: `Dropout(lambda progress: 0.5 * progress)`.

    >>> layer = Dropout(0.5, seed=1)
    >>> layer([[1.0, 2.0]]).tolist()
    [[1.0, 2.0]]
    >>> sorted(set(layer(np.ones((1, 99)), training=True).numpy().ravel().tolist()))
    [0.0, 2.0]
    """

    rate = HyperParameter("[0, 1]")

    def __init__(
        self,
        rate: Setting,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.rate = rate
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)

    def disturb(self, x: Tensor) -> Tensor:
        """The inputs with values dropped."""
        rate = now(self, "rate")
        if not isinstance(rate, Tensor) and rate in (0.0, 1.0):
            return x * (1.0 - rate)
        kept = self.random.fractions(_fates(self, x)) >= rate
        return ops.where(kept, x / _left(rate, x), 0.0)


class SpatialDropout1D(Dropout):
    """Dropout of whole features: one fate for all steps of a sequence.

    >>> x = SpatialDropout1D(0.5, seed=1)(np.ones((1, 9, 4)), training=True).numpy()
    >>> bool((x == x[:, :1]).all())
    True
    """

    def __init__(self, rate: Setting, seed: int | None = None, **kwargs: Any) -> None:
        noise_shape = kwargs.pop("noise_shape", (None, 1, None))
        super().__init__(rate, noise_shape, seed, **kwargs)
        if self.noise_shape != (None, 1, None):
            raise ArgumentError("SpatialDropout1D has a noise_shape of its own; use Dropout")

    def disturb(self, x: Tensor) -> Tensor:
        """The inputs with features dropped."""
        if x.ndim != 3:
            raise ShapeError(
                f"layer {self.name!r} takes sequences of vectors, (batch, steps, features), got "
                f"{show(x.shape)}"
            )
        return super().disturb(x)


class AlphaDropout(Noise):
    """Dropout for selu: dropped values become selu's lowest, mean and deviation stay.

    In `noise_shape`, 1 stands at the axes along which all values share one fate. Klambauer et
    al., "Self-normalizing neural networks", 2017.

    >>> AlphaDropout(0.1)([[1.0, 2.0]]).tolist()
    [[1.0, 2.0]]
    """

    rate = HyperParameter("[0, 1]")

    def __init__(
        self,
        rate: Setting,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.rate = rate
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)

    def disturb(self, x: Tensor) -> Tensor:
        """The inputs with values dropped."""
        rate = now(self, "rate")
        if not isinstance(rate, Tensor) and rate in (0.0, 1.0):
            return x * (1.0 - rate)
        lowest = -SELU_ALPHA * SELU_SCALE
        kept = self.random.fractions(_fates(self, x)) >= rate
        share = ops.cast(rate, x.dtype) if isinstance(rate, Tensor) else rate
        slope = 1.0 / _root(_left(rate, x) * (1.0 + share * lowest * lowest))
        return ops.where(kept, x, lowest) * slope - slope * lowest * share


class GaussianNoise(Noise):
    """x plus a normal number of mean 0.

    >>> GaussianNoise(0.1)([[1.0, 2.0]]).tolist()
    [[1.0, 2.0]]
    """

    stddev = HyperParameter("[0, inf)")

    def __init__(self, stddev: Setting, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed=seed, **kwargs)
        self.stddev = stddev

    def disturb(self, x: Tensor) -> Tensor:
        """The inputs with noise."""
        return x + self.random.normal(x.shape, 0.0, now(self, "stddev", x), x.dtype)


class GaussianDropout(Noise):
    """x times a normal number of mean 1 and variance rate / (1 - rate).

    >>> GaussianDropout(0.1)([[1.0, 2.0]]).tolist()
    [[1.0, 2.0]]
    """

    rate = HyperParameter("[0, 1)")

    def __init__(self, rate: Setting, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed=seed, **kwargs)
        self.rate = rate

    def disturb(self, x: Tensor) -> Tensor:
        """The inputs with noise."""
        rate = now(self, "rate", x)
        deviation = _root(rate / (1.0 - rate))
        return x * self.random.normal(x.shape, 1.0, deviation, x.dtype)


class ActivityRegularization(Layer):
    """The inputs as they are, with a penalty on their size: l1 sum |x| + l2 sum x^2.

    >>> layer = ActivityRegularization(l1=0.5)
    >>> layer([[1.0, -3.0]]).tolist(), layer.losses[0].item()
    ([[1.0, -3.0]], 2.0)
    """

    single_input = True

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "activity_regularizer": L1L2(l1, l2)})
        self.l1, self.l2 = l1, l2

    def call(self, inputs: Tensor) -> Tensor:
        """The inputs."""
        return inputs
