"""Numbers that change with the step. Leans on core and the registry.

A schedule is a function of the step, a tensor counted from 0, to a rate or another number.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from steepest.core import ops
from steepest.core.dtype import float32, float64
from steepest.core.tensor import Tensor, TensorLike
from steepest.core.variable import Variable
from steepest.registry import Configurable, Registry
from steepest.schedules.clock import Clock

SCHEDULES = Registry("schedule")


class LearningRateSchedule(Configurable):
    """A number that follows the step: subclass it with `__call__(step)`.

    Learning rates may follow one, and so may decay, momentum, dropout and label smoothing.

    >>> import steepest as st
    >>> class Halving(st.schedules.LearningRateSchedule):
    ...     def __call__(self, step):
    ...         return 0.1 * 0.5 ** st.cast(step, "float32")
    >>> Halving()(2).numpy().round(4).item()
    0.025
    """

    never_negative = False  # whether the constructor has made sure of it
    needs_plan = False  # whether it reads the clock's progress

    def __call__(self, step: TensorLike) -> Tensor:
        """The rate at a step."""
        raise NotImplementedError(f"{type(self).__name__} must define __call__(step)")

    def at(self, clock: Clock) -> Tensor:
        """The value at a clock's step."""
        return self(clock.step.value)

    def set_steps_per_epoch(self, steps: int) -> None:
        """Training says here how many steps an epoch has, for schedules that go by epochs."""


@SCHEDULES.register
class PerEpoch(LearningRateSchedule):
    """A schedule whose steps are epochs: it changes when a new epoch begins, and not within.

    `fit` says how many steps an epoch has; a loop of one's own gives `steps_per_epoch`.

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
        """The length of an epoch."""
        return [self._steps]

    def set_steps_per_epoch(self, steps: int) -> None:
        """Take the length of an epoch, unless one was given."""
        if self.steps_per_epoch is None:
            self._steps.assign(steps)

    def __call__(self, step: TensorLike) -> Tensor:
        """The rate of the epoch in which a step lies."""
        return self._of_epoch(step, self._steps.value)

    def at(self, clock: Clock) -> Tensor:
        """The value of the epoch in which the clock's step lies."""
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
    """The schedule, counted in epochs.

    >>> import steepest as st
    >>> st.schedules.per_epoch(st.schedules.PowerDecay(1.0, 0.5), 10)(10).item()
    0.5
    """
    return PerEpoch(schedule, steps_per_epoch)


def count_of(step: TensorLike) -> Tensor:
    """The step as a fraction: in float64, which counts on where float32 stops at 2^24."""
    return ops.as_tensor(step, float64)


def rate_of(value: Tensor) -> Tensor:
    """A rate as optimizers take it."""
    return ops.cast(value, float32)


def power(base: float, exponent: Tensor) -> Tensor:
    """base^exponent for a base above 0."""
    return ops.exp(exponent * math.log(base))
