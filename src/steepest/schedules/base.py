"""The base class of schedules, and schedules that count epochs.

A schedule is a function of the step, a tensor counted from 0, to a rate or another number.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from steepest.configurable import Configurable
from steepest.core import ops
from steepest.core.dtype import float32, float64
from steepest.core.tensor import Tensor, TensorLike
from steepest.core.variable import Variable
from steepest.registry import Registry
from steepest.schedules.clock import Clock

SCHEDULES = Registry("schedule")


class LearningRateSchedule(Configurable):
    """The base of schedules: subclass it with `__call__(step)`.

    Learning rates, decay, momentum, dropout and label smoothing may follow a schedule.

    >>> import steepest as st
    >>> class Halving(st.schedules.LearningRateSchedule):
    ...     def __call__(self, step):
    ...         return 0.1 * 0.5 ** st.cast(step, "float32")
    >>> Halving()(2).numpy().round(4).item()
    0.025
    """

    never_negative = False  # whether the constructor checks that no value is negative
    needs_plan = False  # whether it reads the progress of the clock

    def __call__(self, step: TensorLike) -> Tensor:
        """The rate at a step."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__(step)")

    def at(self, clock: Clock) -> Tensor:
        """The value at the step of a clock."""
        return self(clock.step.value)

    def set_steps_per_epoch(self, steps: int) -> None:
        """Sets the number of steps of an epoch, for schedules that count epochs."""


@SCHEDULES.register
class PerEpoch(LearningRateSchedule):
    """A schedule whose steps are epochs: its value is constant within an epoch.

    `fit` sets the number of steps of an epoch; a custom loop passes `steps_per_epoch`.

    >>> import steepest as st
    >>> rate = st.schedules.PerEpoch(st.schedules.PowerDecay(1.0, 0.5), steps_per_epoch=10)
    >>> rate(9).item(), rate(10).item(), rate(25).item()
    (1.0, 0.5, 0.25)
    """

    def __init__(self, schedule: Any, steps_per_epoch: int | None = None) -> None:
        self.schedule = SCHEDULES.get(schedule)
        self.steps_per_epoch = steps_per_epoch
        self._steps = Variable(
            steps_per_epoch or 0, trainable=False, name="steps_per_epoch", dtype="int64"
        )

    @property
    def variables(self) -> list[Variable]:
        """The number of steps of an epoch."""
        return [self._steps]

    def set_steps_per_epoch(self, steps: int) -> None:
        """Sets the number of steps of an epoch, unless the constructor did."""
        if self.steps_per_epoch is None:
            self._steps.assign(steps)

    def __call__(self, step: TensorLike) -> Tensor:
        """The value in the epoch of a step."""
        return self._of_epoch(step, self._steps.value)

    def at(self, clock: Clock) -> Tensor:
        """The value in the epoch of the clock's step."""
        if self.steps_per_epoch is not None:
            return self(clock.step.value)
        own = self._steps.value
        return self._of_epoch(clock.step.value, ops.where(own > 0, own, clock.steps_per_epoch))

    def _of_epoch(self, step: TensorLike, steps: Tensor) -> Tensor:
        epoch = ops.where(steps > 0, ops.as_tensor(step, "int64") // ops.maximum(steps, 1), 0)
        return ops.as_tensor(self.schedule(epoch))


def per_epoch(
    schedule: Callable[[Any], Any], steps_per_epoch: int | None = None
) -> LearningRateSchedule:
    """Makes a schedule that counts epochs instead of steps.

    >>> import steepest as st
    >>> st.schedules.per_epoch(st.schedules.PowerDecay(1.0, 0.5), 10)(10).item()
    0.5
    """
    return PerEpoch(schedule, steps_per_epoch)


def count_of(step: TensorLike) -> Tensor:
    """The step as float64, which is exact beyond the 2^24 of float32."""
    return ops.as_tensor(step, float64)


def as_rate(value: Tensor) -> Tensor:
    """Casts a value to the dtype of learning rates, float32."""
    return ops.cast(value, float32)


def power(base: float, exponent: Tensor) -> Tensor:
    """base^exponent for a base above 0."""
    return ops.exp(exponent * math.log(base))
