"""Cosine schedules: decay, restarts and one cycle."""

from __future__ import annotations

import math

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError
from steepest.functions import composed
from steepest.schedules.base import (
    SCHEDULES,
    LearningRateSchedule,
    as_rate,
    count_of,
    power,
)


def _half_wave(passed: Tensor) -> Tensor:
    """From 1 to 0 along half a cosine, as `passed` goes from 0 to 1."""
    return 0.5 * (1.0 + ops.cos(passed * math.pi))


@SCHEDULES.register
class CosineDecay(LearningRateSchedule):
    """Half a cosine from r0 down to alpha r0 at step decay_steps (Loshchilov and Hutter, 2017).

    With `warmup_target`, the rate first rises linearly from r0 to it in `warmup_steps`.

    >>> import steepest as st
    >>> st.schedules.CosineDecay(1.0, 10)(5).numpy().round(6).item()
    0.5
    """

    never_negative = True

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        name: str | None = None,
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        require_within(self, "(0, inf)", decay_steps=decay_steps)
        require_within(self, "[0, inf)", warmup_steps=warmup_steps)
        require_within(self, "[0, inf)", warmup_target=warmup_target)
        require_within(self, "[0, 1]", alpha=alpha)
        require_within(self, "[0, inf)", initial_learning_rate=initial_learning_rate)
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.alpha, self.name = alpha, name
        self.warmup_target, self.warmup_steps = warmup_target, warmup_steps

    def __call__(self, step: TensorLike) -> Tensor:
        """The rate at a step."""
        count = count_of(step)
        if self.warmup_target is None or not self.warmup_steps:
            top = self.initial_learning_rate if self.warmup_target is None else self.warmup_target
            return as_rate(self._decayed(count, top))
        rise = (self.warmup_target - self.initial_learning_rate) / self.warmup_steps
        rising = self.initial_learning_rate + rise * count
        falling = self._decayed(count - float(self.warmup_steps), self.warmup_target)
        return as_rate(ops.where(count < float(self.warmup_steps), rising, falling))

    def _decayed(self, count: Tensor, top: float) -> Tensor:
        passed = composed.clip_by_value(count / float(self.decay_steps), 0.0, 1.0)
        return top * ((1.0 - self.alpha) * _half_wave(passed) + self.alpha)


@SCHEDULES.register
class CosineDecayRestarts(LearningRateSchedule):
    """Half cosines in sequence, each `t_mul` times as long and `m_mul` times as high as the last.

    Loshchilov and Hutter, "SGDR" (2017).

    >>> import steepest as st
    >>> rate = st.schedules.CosineDecayRestarts(1.0, 10)
    >>> rate(0).item(), rate(10).item(), rate(30).item()
    (1.0, 1.0, 1.0)
    """

    never_negative = True

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: float,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str | None = None,
    ) -> None:
        require_within(self, "(0, inf)", first_decay_steps=first_decay_steps, m_mul=m_mul)
        require_within(self, "[1, inf)", t_mul=t_mul)
        require_within(self, "[0, 1]", alpha=alpha)
        require_within(self, "[0, inf)", initial_learning_rate=initial_learning_rate)
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = first_decay_steps
        self.t_mul, self.m_mul, self.alpha, self.name = t_mul, m_mul, alpha, name

    def __call__(self, step: TensorLike) -> Tensor:
        """The rate at a step."""
        restarts, passed = self._position(count_of(step) / float(self.first_decay_steps))
        wave = power(self.m_mul, restarts) * _half_wave(passed)
        return as_rate(self.initial_learning_rate * ((1.0 - self.alpha) * wave + self.alpha))

    def _position(self, periods: Tensor) -> tuple[Tensor, Tensor]:
        """The number of restarts so far, and the passed fraction of the present wave."""
        if self.t_mul == 1.0:
            restarts = ops.floor(periods)
            return restarts, periods - restarts
        growth = self.t_mul - 1.0
        # 1e-9 is added so that a rounded logarithm does not miss a restart.
        restarts = ops.floor(ops.log1p(periods * growth) / math.log(self.t_mul) + 1e-9)
        length = power(self.t_mul, restarts)
        return restarts, (periods - (length - 1.0) / growth) / length


@SCHEDULES.register
class OneCycle(LearningRateSchedule):
    """One rise and one fall, each half a cosine, over a whole training (Smith and Topin, 2018).

    From max / div_factor up to max in the fraction `rising` of the steps, then down to
    max / (div_factor final_div_factor) in the last step.

    >>> import steepest as st
    >>> rate = st.schedules.OneCycle(1.0, total_steps=100, rising=0.3)
    >>> round(rate(0).item(), 3), rate(29).item(), rate(99).item() < 1e-5
    (0.04, 1.0, True)
    """

    never_negative = True

    def __init__(
        self,
        max_learning_rate: float,
        total_steps: int,
        rising: float = 0.3,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
    ) -> None:
        require_within(self, "(0, inf)", total_steps=total_steps, div_factor=div_factor)
        require_within(self, "(0, inf)", final_div_factor=final_div_factor)
        require_within(self, "[0, inf)", max_learning_rate=max_learning_rate)
        if not 1.0 < rising * total_steps < total_steps - 1.0:
            raise ArgumentError(
                f"OneCycle: rising={rising!r} of {total_steps} steps leaves no step to rise or fall"
            )
        self.max_learning_rate, self.total_steps, self.rising = (
            max_learning_rate, total_steps, rising,
        )  # fmt: skip
        self.div_factor, self.final_div_factor = div_factor, final_div_factor

    def __call__(self, step: TensorLike) -> Tensor:
        """The rate at a step."""
        count = count_of(step)
        top, low = self.max_learning_rate, self.max_learning_rate / self.div_factor
        last = low / self.final_div_factor
        summit, end = self.rising * self.total_steps - 1.0, self.total_steps - 1.0
        up = top + (low - top) * _half_wave(composed.clip_by_value(count / summit, 0.0, 1.0))
        passed = composed.clip_by_value((count - summit) / (end - summit), 0.0, 1.0)
        down = last + (top - last) * _half_wave(passed)
        return as_rate(ops.where(count < summit, up, down))
