"""Adafactor, whose second moments of a matrix are one number for each row and each column."""

from __future__ import annotations

from typing import Any

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.functions import composed
from steepest.optimizers.optimizer import OPTIMIZERS, Optimizer
from steepest.optimizers.stateful import Slots
from steepest.schedules.hyper import Setting


@OPTIMIZERS.register
class Adafactor(Optimizer):
    """Adaptive rates in the memory of a row and a column (Shazeer and Stern, 2018).

    With s = g^2 + epsilon_1 and b = 1 - t^beta_2_decay: r <- b r + (1 - b) mean of s along rows,
    c <- the same along columns, v = r c / mean(r); of vectors v <- b v + (1 - b) s. Then
    u = g / sqrt(v), made shorter where its root mean square exceeds `clip_threshold`, and
    w <- w - max(epsilon_2, rms(w)) a u, where a is the learning rate, at most 1 / sqrt(t).
    `relative_step` limits a constant rate in that way too, before a schedule would.

    >>> import steepest as st
    >>> w = st.Variable([[1.0, 2.0]])
    >>> st.optimizers.Adafactor(0.5).apply([[[1.0, 1.0]]], [w])
    >>> w.numpy().round(3).tolist()
    [[0.209, 1.209]]
    """

    def __init__(
        self,
        learning_rate: Setting = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        require_within(self, "[0, inf)", epsilon_1=epsilon_1, epsilon_2=epsilon_2)
        require_within(self, "(0, inf)", clip_threshold=clip_threshold)
        self.beta_2_decay, self.epsilon_1, self.epsilon_2 = beta_2_decay, epsilon_1, epsilon_2
        self.clip_threshold, self.relative_step = clip_threshold, relative_step

    def init(self, weight: Tensor) -> Slots:
        """The moments: of rows and columns, or of each entry of a vector."""
        if weight.ndim < 2:
            return {"v": composed.zeros_like(weight)}
        return {
            "r": composed.zeros_like(ops.reduce_mean(weight, -1)),
            "c": composed.zeros_like(ops.reduce_mean(weight, -2)),
        }

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        share = 1.0 - step**self.beta_2_decay
        square = gradient * gradient + self.epsilon_1
        means = {"v": square} if weight.ndim < 2 else {
            "r": ops.reduce_mean(square, -1), "c": ops.reduce_mean(square, -2)
        }  # fmt: skip
        new = {name: share * slots[name] + (1.0 - share) * mean for name, mean in means.items()}
        direction = gradient * ops.rsqrt(_moments(new))
        too_long = ops.maximum(_rms(direction) / self.clip_threshold, 1.0)
        size = ops.maximum(_rms(weight), self.epsilon_2)
        length = ops.minimum(rate, ops.rsqrt(step))
        return weight - size * length * (direction / too_long), new

    def rate_now(self) -> Tensor:
        """The learning rate in this step."""
        rate = super().rate_now()
        if not self.relative_step or not isinstance(self._rate, Variable):
            return rate
        return ops.minimum(rate, ops.rsqrt(ops.cast(self.iterations.value + 1, rate.dtype)))


def _moments(slots: Slots) -> Tensor:
    """The second moment of each entry."""
    if "v" in slots:
        return slots["v"]
    rows, columns = slots["r"], slots["c"]
    scaled = rows / ops.reduce_mean(rows, -1, keepdims=True)
    return composed.expand_dims(scaled, -1) * composed.expand_dims(columns, -2)


def _rms(x: Tensor) -> Tensor:
    return ops.sqrt(ops.reduce_mean(x * x))
