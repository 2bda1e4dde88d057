"""Decaying schedules: stepwise, exponential, inverse, square-root and polynomial."""

from __future__ import annotations

import math
from collections.abc import Sequence

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.dtype import float64
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


@SCHEDULES.register
class PiecewiseConstantDecay(LearningRateSchedule):
    """values[0] up to and with step boundaries[0], values[1] up to boundaries[1], and so on.

    >>> import steepest as st
    >>> rate = st.schedules.PiecewiseConstantDecay([5, 85], [0.1, 0.01, 0.001])
    >>> rate([0, 5, 6, 86])
    Tensor([0.1   0.1   0.01  0.001], shape=(4,), dtype=float32)
    """

    never_negative = True

    def __init__(
        self, boundaries: Sequence[float], values: Sequence[float], name: str | None = None
    ) -> None:
        if len(boundaries) != len(values) - 1 or list(boundaries) != sorted(boundaries):
            raise ArgumentError(
                "PiecewiseConstantDecay: boundaries must rise, and there must be one value more "
                f"than boundaries; got {list(boundaries)} and {list(values)}"
            )
        self.boundaries, self.values, self.name = list(boundaries), list(values), name

    def __call__(self, step: TensorLike) -> Tensor:
        """The rate at a step."""
        count = count_of(step)
        rate = composed.fill(count.shape, self.values[-1], float64)
        for boundary, value in reversed(list(zip(self.boundaries, self.values, strict=False))):
            rate = ops.where(count <= float(boundary), float(value), rate)
        return as_rate(rate)


class DecayByRate(LearningRateSchedule):
    """The base of schedules that decay by `decay_rate` in `decay_steps` steps, or in stairs."""

    never_negative = True

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str | None = None,
    ) -> None:
        require_within(self, "(0, inf)", decay_steps=decay_steps)
        require_within(self, "[0, inf)", decay_rate=decay_rate)
        require_within(self, "[0, inf)", initial_learning_rate=initial_learning_rate)
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.decay_rate, self.staircase, self.name = decay_rate, staircase, name

    def passed(self, step: TensorLike) -> Tensor:
        """n / decay_steps at step n, rounded down in stairs."""
        passed = count_of(step) / float(self.decay_steps)
        return ops.floor(passed) if self.staircase else passed


@SCHEDULES.register
class ExponentialDecay(DecayByRate):
    """r0 decay_rate^(n / decay_steps); with `staircase` the exponent is rounded down.

    The decay rate is 1/e by default: r0 exp(-n / c) is `ExponentialDecay(r0, c)`.

    >>> import steepest as st
    >>> st.schedules.ExponentialDecay(1.0, 10, 0.5)(20).item()
    0.25
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float = math.exp(-1.0),
        staircase: bool = False,
        name: str | None = None,
    ) -> None:
        require_within(self, "(0, inf)", decay_steps=decay_steps, decay_rate=decay_rate)
        super().__init__(initial_learning_rate, decay_steps, decay_rate, staircase, name)

    def __call__(self, step: TensorLike) -> Tensor:
        """The rate at a step."""
        return as_rate(self.initial_learning_rate * power(self.decay_rate, self.passed(step)))


@SCHEDULES.register
class PowerDecay(LearningRateSchedule):
    """r0 base^n after n steps, or n epochs in `PerEpoch`.

    >>> import steepest as st
    >>> st.schedules.PowerDecay(0.1, base=0.5)(2).numpy().round(4).item()
    0.025
    """

    never_negative = True

    def __init__(self, initial_learning_rate: float, base: float = 0.95) -> None:
        require_within(self, "(0, inf)", base=base)
        require_within(self, "[0, inf)", initial_learning_rate=initial_learning_rate)
        self.initial_learning_rate, self.base = initial_learning_rate, base

    def __call__(self, step: TensorLike) -> Tensor:
        """The rate at a step."""
        return as_rate(self.initial_learning_rate * power(self.base, count_of(step)))


@SCHEDULES.register
class InverseTimeDecay(DecayByRate):
    """r0 / (1 + decay_rate n / decay_steps); with `staircase` n / decay_steps is rounded down.

    >>> import steepest as st
    >>> st.schedules.InverseTimeDecay(1.0, 1, 0.5)(2).item()
    0.5
    """

    def __call__(self, step: TensorLike) -> Tensor:
        """The rate at a step."""
        return as_rate(self.initial_learning_rate / (1.0 + self.decay_rate * self.passed(step)))


@SCHEDULES.register
class SquareRootDecay(LearningRateSchedule):
    """k / sqrt(n), n counted from 1.

    >>> import steepest as st
    >>> st.schedules.SquareRootDecay(1.0)(3).item()
    0.5
    """

    never_negative = True

    def __init__(self, k: float) -> None:
        require_within(self, "[0, inf)", k=k)
        self.k = k

    def __call__(self, step: TensorLike) -> Tensor:
        """The rate at a step."""
        return as_rate(self.k / ops.sqrt(count_of(step) + 1.0))


@SCHEDULES.register
class PolynomialDecay(LearningRateSchedule):
    """end + (r0 - end) (1 - n / N)^power up to step N = decay_steps, then end.

    With `cycle`, N is the least multiple of decay_steps that is not below n.

    >>> import steepest as st
    >>> st.schedules.PolynomialDecay(1.0, 10, end_learning_rate=0.0)(5).item()
    0.5
    """

    never_negative = True

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str | None = None,
    ) -> None:
        require_within(self, "(0, inf)", decay_steps=decay_steps, power=power)
        require_within(self, "[0, inf)", end_learning_rate=end_learning_rate)
        require_within(self, "[0, inf)", initial_learning_rate=initial_learning_rate)
        self.initial_learning_rate, self.decay_steps = initial_learning_rate, decay_steps
        self.end_learning_rate, self.power = end_learning_rate, power
        self.cycle, self.name = cycle, name

    def __call__(self, step: TensorLike) -> Tensor:
        """The rate at a step."""
        count = count_of(step)
        span = ops.as_tensor(float(self.decay_steps), float64)
        if self.cycle:
            span = span * ops.maximum(composed.ceil(count / span), 1.0)
        remaining = 1.0 - ops.minimum(count, span) / span
        drop = self.initial_learning_rate - self.end_learning_rate
        return as_rate(self.end_learning_rate + drop * ops.power(remaining, float(self.power)))
