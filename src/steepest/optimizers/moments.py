"""Moving averages of gradients and of their squares, with bias correction: the basis of Adam.

1 - beta^t is computed as -expm1(t log beta): in float32 the plain form loses three digits in the
first steps, where the correction matters most.
"""

from __future__ import annotations

import math
from typing import Any

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.tensor import Tensor
from steepest.functions import composed
from steepest.optimizers.optimizer import Optimizer
from steepest.optimizers.stateful import CORRECTION, Slots
from steepest.schedules.base import LearningRateSchedule
from steepest.schedules.hyper import HyperParameter, Setting


def one_minus_power(beta: float, step: Tensor) -> Tensor:
    """1 - beta^t: the sum of the weights in a moving average of t values that started at 0.

    >>> from steepest.core import ops
    >>> round(one_minus_power(0.9, ops.constant(2.0)).item(), 6)
    0.19
    """
    if beta <= 0.0:
        return step * 0.0 + 1.0
    return -ops.expm1(step * math.log(beta))


def moving_average(average: Tensor, value: Tensor | float, beta: float | Tensor) -> Tensor:
    """beta times the average so far plus 1 - beta times the new value."""
    return average + (value - average) * (1.0 - beta)


def bias_correction(
    optimizer: Optimizer, beta: str, slots: Slots, step: Tensor
) -> tuple[Tensor, Slots]:
    """The divisor that corrects a moving average for its start at 0, and its new slot if any.

    1 - beta^t for a constant beta; for a scheduled one 1 - beta_1 beta_2 ... beta_t, which is the
    moving average of ones, in a slot.
    """
    slot = CORRECTION + beta
    if slot not in slots:
        return one_minus_power(getattr(optimizer, beta), step), {}
    divisor = moving_average(slots[slot], 1.0, optimizer.now(beta, slots[slot]))
    return divisor, {slot: divisor}


def correction_slots(optimizer: Optimizer, weight: Tensor, *betas: str) -> Slots:
    """The initial slots that `bias_correction` needs for those betas that are scheduled."""
    return {
        CORRECTION + beta: composed.zeros((), weight.dtype)
        for beta in betas
        if isinstance(getattr(optimizer, beta), LearningRateSchedule)
    }


class Moments(Optimizer):
    """The base of Adam and its variants: their arguments, and the slots m and v."""

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
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        require_within(self, "[0, inf)", epsilon=epsilon)

    def init(self, weight: Tensor) -> Slots:
        """The moving averages, and the bias corrections of scheduled betas."""
        averages = {name: composed.zeros_like(weight) for name in ("m", "v")}
        return {**averages, **correction_slots(self, weight, "beta_1", "beta_2")}


def adam_step(
    optimizer: Any,
    gradient: Tensor,
    weight: Tensor,
    slots: Slots,
    rate: Tensor,
    step: Tensor,
    prefix: str = "",
    amsgrad: bool = False,
) -> tuple[Tensor, Slots]:
    """The new weight and slots of a step of Adam; `prefix` precedes the names of the betas."""
    beta_1, beta_2 = prefix + "beta_1", prefix + "beta_2"
    correction_v, slots_v = bias_correction(optimizer, beta_2, slots, step)
    speed = rate * ops.sqrt(correction_v)
    correction_m, slots_m = bias_correction(optimizer, beta_1, slots, step)
    speed = speed / correction_m
    m = moving_average(slots["m"], gradient, optimizer.now(beta_1, weight))
    v = moving_average(slots["v"], gradient * gradient, optimizer.now(beta_2, weight))
    new_slots = {"m": m, "v": v, **slots_m, **slots_v}
    if amsgrad:
        new_slots["greatest_v"] = v = ops.maximum(slots["greatest_v"], v)
    return weight - speed * m / (ops.sqrt(v) + optimizer.epsilon), new_slots
