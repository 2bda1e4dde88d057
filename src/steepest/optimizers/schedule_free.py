"""ScheduleFreeAdamW, which averages weights in place of a falling learning rate."""

from __future__ import annotations

from typing import Any

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.functions import composed
from steepest.optimizers.moments import moving_average
from steepest.optimizers.optimizer import OPTIMIZERS, Optimizer
from steepest.optimizers.stateful import Slots
from steepest.schedules.hyper import Setting


@OPTIMIZERS.register
class ScheduleFreeAdamW(Optimizer):
    """AdamW without a schedule (Defazio et al., "The road less scheduled", 2024).

    With the gradient g at y, the weights: v <- b2 v + (1 - b2) g^2, z <- z - a g / (sqrt(v /
    (1 - b2^t)) + epsilon), x <- the mean of all z so far, y <- (1 - b1) z + b1 x. The rate a grows
    linearly from 0 in the first `warmup_steps`.

    >>> import steepest as st
    >>> w = st.Variable([1.0])
    >>> st.optimizers.ScheduleFreeAdamW(0.1).apply([[5.0]], [w])
    >>> w.numpy().round(4).tolist()
    [0.9]
    """

    usual_rates = (1e-7, 0.1)

    def __init__(
        self,
        learning_rate: Setting = 0.0025,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        warmup_steps: int = 0,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        require_within(self, "(0, 1)", beta_1=beta_1, beta_2=beta_2)
        require_within(self, "[0, inf)", epsilon=epsilon, warmup_steps=warmup_steps)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self.warmup_steps = warmup_steps

    def init(self, weight: Tensor) -> Slots:
        """z, which begins at the weight, and v."""
        return {"z": weight, "v": composed.zeros_like(weight)}

    def update(
        self, gradient: Tensor, weight: Tensor, slots: Slots, rate: Tensor, step: Tensor
    ) -> tuple[Tensor, Slots]:
        """The formula of one step for one array."""
        if self.warmup_steps:
            rate = rate * ops.minimum(step / float(self.warmup_steps), 1.0)
        v = moving_average(slots["v"], gradient * gradient, self.beta_2)
        corrected = v / (1.0 - self.beta_2**step)
        z = slots["z"] - rate * gradient / (ops.sqrt(corrected) + self.epsilon)
        x = (weight - (1.0 - self.beta_1) * slots["z"]) / self.beta_1
        x = x + (z - x) / step
        return (1.0 - self.beta_1) * z + self.beta_1 * x, {"z": z, "v": v}
