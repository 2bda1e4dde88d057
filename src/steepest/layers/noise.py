"""GaussianNoise, and the base of layers that add noise in training. Depends on the Layer base.

Each such layer has its own random generator, whose state is a variable: noise continues from that
state in a recorded program and after a resumed training.
"""

from __future__ import annotations

from typing import Any

from steepest.core.tensor import Tensor
from steepest.functions import generators
from steepest.functions.generators import Seed
from steepest.layers.layer import Layer
from steepest.schedules.hyper import HyperParameter, Setting, now


class Noise(Layer):
    """The base of layers that are active in training only: a subclass writes `perturb(x)`.

    >>> class Flip(Noise):
    ...     def perturb(self, x):
    ...         return st.where(self.random.bernoulli(x.shape), x, -x)
    >>> Flip(seed=1)([[1.0, 2.0]]).tolist()
    [[1.0, 2.0]]
    """

    single_input = True
    supports_masking = True

    def __init__(self, seed: Seed = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed = seed
        self.random: generators.Generator = self.add_generator(seed)

    def perturb(self, x: Tensor) -> Tensor:
        """Returns the inputs with noise."""
        raise NotImplementedError

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Returns the inputs, with noise while training."""
        return self.perturb(inputs) if training else inputs


class GaussianNoise(Noise):
    """Adds normally distributed noise of mean 0 while training.

    >>> GaussianNoise(0.1)([[1.0, 2.0]]).tolist()
    [[1.0, 2.0]]
    """

    stddev = HyperParameter("[0, inf)")

    def __init__(self, stddev: Setting, seed: Seed = None, **kwargs: Any) -> None:
        super().__init__(seed=seed, **kwargs)
        self.stddev = stddev

    def perturb(self, x: Tensor) -> Tensor:
        """Returns the inputs with noise added."""
        return x + self.random.normal(x.shape, 0.0, now(self, "stddev", x), x.dtype)
