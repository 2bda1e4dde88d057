"""Dropout and its variants. Depends on the base of noise layers, noise.py."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from steepest.arguments import is_whole
from steepest.core import ops
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, ShapeError
from steepest.functions.generators import Seed
from steepest.functions.nn import SELU_ALPHA, SELU_SCALE
from steepest.layers.noise import Noise
from steepest.schedules.hyper import HyperParameter, Setting, now


def _sqrt(value: Any) -> Any:
    return ops.sqrt(value) if isinstance(value, Tensor) else math.sqrt(value)


def _keep_probability(rate: Any, x: Tensor) -> Any:
    """1 - rate as a divisor: 1 instead of 0 where a schedule has reached rate 1."""
    if not isinstance(rate, Tensor):
        return 1.0 - rate
    return ops.cast(ops.where(rate < 1.0, 1.0 - rate, 1.0), x.dtype)


def _checked_noise_shape(layer: Any, given: Sequence[int | None] | None) -> Any:
    """The shape of the mask as a tuple; its sizes are positive or None."""
    if given is None:
        return None
    if any(size is not None and not (is_whole(size) and size > 0) for size in given):
        raise ArgumentError(
            f"{type(layer).__name__}: noise_shape: positive sizes or None, got {tuple(given)}"
        )
    return tuple(given)


class MaskedNoise(Noise):
    """The base of dropouts: `masked` computes the outputs from a mask of the values retained.

    >>> class Halving(MaskedNoise):
    ...     def masked(self, x, retained, rate):
    ...         return st.where(retained, x, 0.5 * x)
    >>> sorted(set(Halving(0.5, seed=1)(np.ones(99), training=True).tolist()))
    [0.5, 1.0]
    """

    rate = HyperParameter("[0, 1]")

    def __init__(
        self,
        rate: Setting,
        noise_shape: Sequence[int | None] | None = None,
        seed: Seed = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        if rate is None:
            raise ArgumentError(f"{type(self).__name__}: rate must be a number in [0, 1], got None")
        self.rate = rate
        self.noise_shape = _checked_noise_shape(self, noise_shape)

    def perturb(self, x: Tensor) -> Tensor:
        """Returns the inputs with values dropped."""
        rate = now(self, "rate")
        if not isinstance(rate, Tensor) and rate in (0.0, 1.0):
            return x * (1.0 - rate)
        retained = self.random.fractions(self._mask_shape(x)) >= rate
        return self.masked(x, retained, rate)

    def masked(self, x: Tensor, retained: Tensor, rate: Any) -> Tensor:
        """Returns the outputs, given which values are retained and the rate of the others."""
        raise NotImplementedError(f"{type(self).__name__} must define masked")

    def _mask_shape(self, x: Tensor) -> tuple[int | None, ...]:
        """The shape of the dropout mask: size 1 along the axes that share one decision."""
        given = self.noise_shape
        if given is None:
            return x.shape
        pairs = list(zip(x.shape, given, strict=False))
        if len(given) != x.ndim or any(g not in (None, 1, size) for size, g in pairs):
            raise ShapeError(
                f"layer {self.name!r}: noise_shape {tuple(given)} does not fit inputs of shape "
                f"{show(x.shape)}; give each axis its size, None or 1"
            )
        return tuple(size if g is None else g for size, g in pairs)


class Dropout(MaskedNoise):
    """Sets values to 0 with probability `rate` while training, and divides the others by 1 - rate.

    So the expected value stays the same, and nothing needs to be done outside of training. In
    `noise_shape`, 1 stands at the axes along which all values are dropped together. `rate` is a
    number, a schedule, or a function of the training's progress:
    `Dropout(lambda progress: 0.5 * progress)`.

    >>> layer = Dropout(0.5, seed=1)
    >>> layer([[1.0, 2.0]]).tolist()
    [[1.0, 2.0]]
    >>> sorted(set(layer(np.ones((1, 99)), training=True).numpy().ravel().tolist()))
    [0.0, 2.0]
    """

    output_depends_on = ()

    def masked(self, x: Tensor, retained: Tensor, rate: Any) -> Tensor:
        """Returns the retained values, divided by 1 - rate, and 0 at the others."""
        return ops.where(retained, x / _keep_probability(rate, x), 0.0)


class SpatialDropout(Dropout):
    """The base of dropouts of whole features: `own_noise_shape` is the only shape of the mask."""

    own_noise_shape: tuple[int | None, ...]
    takes: str  # the inputs, in errors

    def __init__(self, rate: Setting, seed: Seed = None, **kwargs: Any) -> None:
        noise_shape = kwargs.pop("noise_shape", self.own_noise_shape)
        super().__init__(rate, noise_shape, seed, **kwargs)
        if self.noise_shape != self.own_noise_shape:
            raise ArgumentError(f"{type(self).__name__} has a fixed noise_shape; use Dropout")

    def perturb(self, x: Tensor) -> Tensor:
        """Returns the inputs with features dropped."""
        if x.ndim != len(self.own_noise_shape):
            raise ShapeError(f"layer {self.name!r} takes {self.takes}, got {show(x.shape)}")
        return super().perturb(x)


class SpatialDropout1D(SpatialDropout):
    """Dropout of whole features of a sequence: a feature is dropped at all steps or at none.

    >>> x = SpatialDropout1D(0.5, seed=1)(np.ones((1, 9, 4)), training=True).numpy()
    >>> bool((x == x[:, :1]).all())
    True
    """

    own_noise_shape = (None, 1, None)
    takes = "sequences of vectors, (batch, steps, features)"


class SpatialDropout2D(SpatialDropout):
    """Dropout of whole channels of pictures: a channel is dropped at all pixels or at none.

    >>> x = SpatialDropout2D(0.5, seed=1)(np.ones((1, 5, 5, 4)), training=True).numpy()
    >>> bool((x == x[:, :1, :1]).all())
    True
    """

    own_noise_shape = (None, 1, 1, None)
    takes = "pictures, (batch, rows, columns, channels)"

    def __init__(
        self, rate: Setting, data_format: str | None = None, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(rate, seed, **kwargs)
        if data_format not in (None, "channels_last"):
            raise ArgumentError(
                f"SpatialDropout2D: pictures have their channels last, got {data_format!r}; "
                "reorder the axes by st.layers.Permute((2, 3, 1))"
            )
        self.data_format = data_format


class AlphaDropout(MaskedNoise):
    """Dropout for selu: sets values to selu's minimum; mean and standard deviation stay the same.

    In `noise_shape`, 1 stands at the axes along which all values are dropped together. Klambauer
    et al., "Self-normalizing neural networks", 2017.

    >>> AlphaDropout(0.1)([[1.0, 2.0]]).tolist()
    [[1.0, 2.0]]
    """

    def masked(self, x: Tensor, retained: Tensor, rate: Any) -> Tensor:
        """Returns the inputs with selu's minimum at the others, scaled and shifted."""
        lowest = -SELU_ALPHA * SELU_SCALE
        share = ops.cast(rate, x.dtype) if isinstance(rate, Tensor) else rate
        slope = 1.0 / _sqrt(_keep_probability(rate, x) * (1.0 + share * lowest * lowest))
        return ops.where(retained, x, lowest) * slope - slope * lowest * share


class GaussianDropout(Noise):
    """Multiplies by normal noise of mean 1 and variance rate / (1 - rate) while training.

    >>> GaussianDropout(0.1)([[1.0, 2.0]]).tolist()
    [[1.0, 2.0]]
    """

    rate = HyperParameter("[0, 1)")

    def __init__(self, rate: Setting, seed: Seed = None, **kwargs: Any) -> None:
        super().__init__(seed=seed, **kwargs)
        self.rate = rate

    def perturb(self, x: Tensor) -> Tensor:
        """Returns the inputs times noise."""
        rate = now(self, "rate", x)
        deviation = _sqrt(rate / (1.0 - rate))
        return x * self.random.normal(x.shape, 1.0, deviation, x.dtype)
