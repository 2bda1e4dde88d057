"""Optimizers that size the step of a whole array by its own length. Leans on adam."""

from __future__ import annotations

from typing import Any

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.functions import composed
from steepest.optimizers.adam import filled, shares, towards
from steepest.optimizers.optimizer import OPTIMIZERS, Optimizer, Slots
from steepest.schedules.hyper import HyperParameter, Setting


@OPTIMIZERS.register
class Lamb(Optimizer):
    """Lamb (You et al., 2020): Adam's step, made as long as the weights are: for large batches.

    m <- b1 m + (1 - b1) g,  v <- b2 v + (1 - b2) g^2,
    u = m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon),  w <- w - a |w| / |u| u,
    where |w| / |u| is the ratio of lengths over the whole array, and 1 if one of them is 0.

    >>> import steepest as st
    >>> w = st.Variable([3.0, 4.0])
    >>> st.optimizers.Lamb(0.1).apply([[1.0, 0.0]], [w])
    >>> w.numpy().round(4).tolist()
    [2.5, 4.0]
    """

    beta_1 = HyperParameter("[0, 1)")
    beta_2 = HyperParameter("[0, 1)")

    def __init__(
        self,
        learning_rate: Setting = 0.001,
        beta_1: Setting = 0.9,
        beta_2: Setting = 0.999,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        require_within(self, "[0, inf)", epsilon=epsilon)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon

    def init(self, weight: Tensor) -> Slots:
        """The averages."""
        first = {name: composed.zeros_like(weight) for name in ("m", "v")}
        return {**first, **shares(self, weight, "beta_1", "beta_2")}

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        m = towards(slots["m"], gradient, self.now("beta_1", weight))
        v = towards(slots["v"], gradient * gradient, self.now("beta_2", weight))
        squared, by_squares = filled(self, "beta_2", slots, step)
        spread = ops.sqrt(v / squared) + self.epsilon
        mean, by_means = filled(self, "beta_1", slots, step)
        move = m / mean / spread
        ratio = _ratio(composed.norm(weight), composed.norm(move))
        return weight - rate * ratio * move, {"m": m, "v": v, **by_means, **by_squares}


def _ratio(weight: Tensor, move: Tensor) -> Tensor:
    """One length over the other, or 1 where either is 0."""
    both = ops.logical_and(weight > 0.0, move > 0.0)
    return ops.where(both, composed.divide_no_nan(weight, move), 1.0)
