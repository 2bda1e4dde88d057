"""Learning rate, scheduled hyper-parameters and step count of an optimizer.

A constant learning rate is a variable, so that it can be assigned without recording a new program;
other constants become part of the program.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, Self

import numpy as np

from steepest.configurable import Configurable
from steepest.core import ops
from steepest.core.dtype import is_float
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.errors import ArgumentError
from steepest.schedules.base import LearningRateSchedule
from steepest.schedules.clock import Clock
from steepest.schedules.hyper import Setting, as_setting, now, scheduled
from steepest.user_objects import custom_objects as custom_objects_known

RATES = "[0, inf)"


class Scheduled(Configurable):
    """The base of Optimizer that has the learning rate, the hyper-parameters and the clock.

    >>> import steepest as st
    >>> sgd = st.optimizers.SGD(lambda progress: 0.5 * (1.0 - progress))
    >>> sgd.clock.plan(steps=10, done=5)
    >>> sgd.learning_rate.item()
    0.25
    """

    full_batch = False

    def __init__(self, learning_rate: Setting, name: str | None) -> None:
        self.name = name or type(self).__name__.lower()
        self.iterations = Variable(
            0, trainable=False, name=f"{self.name}/iterations", dtype="int64"
        )
        self.clock = Clock(self.iterations)
        self._now: dict[str, Tensor] | None = None
        self._rate = self._checked_rate(learning_rate)

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Self:
        """An optimizer with the configuration of `get_config`, and no state.

        `custom_objects` are the user's schedules and constraints in it, by name.
        """
        with custom_objects_known(custom_objects or {}):
            return super().from_config(config)

    def _checked_rate(self, given: Setting) -> Any:
        if isinstance(given, Variable) and is_float(given.dtype) and given.shape == ():
            return given  # assignments to it change the rate
        if callable(given) or isinstance(given, (dict, type)):
            return as_setting(self, "learning_rate", given, RATES)
        if isinstance(given, (str, bool)) or np.ndim(given):
            raise ArgumentError(
                f"learning_rate: a number or a schedule was expected, got {given!r}"
            )
        if not 0 <= ops.as_tensor(given).item() < float("inf"):
            raise ArgumentError(f"learning_rate: expected 0 or more, got {given!r}")
        name = f"{self.name}/learning_rate"
        return Variable(given, trainable=False, name=name, dtype="float32")

    @property
    def learning_rate(self) -> Any:
        """The learning rate: a variable to assign to, or the schedule's value in this step."""
        return self._rate if isinstance(self._rate, Variable) else self._rate.at(self.clock)

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if callable(value):
            before = self._rate
            self._rate = as_setting(self, "learning_rate", value, RATES)
            self.argument_changed("learning_rate", before)
        elif isinstance(self._rate, Variable):
            self._rate.assign(value)
        else:
            raise ArgumentError(
                f"learning_rate: {self.name} follows {self._rate!r}, so its rate cannot be set to "
                f"{value!r}; make the optimizer with a number, or change the schedule"
            )

    def rate_now(self) -> Tensor:
        """The learning rate in this step; raises if a schedule gives a negative one."""
        rate = self._rate
        if isinstance(rate, Variable):
            return ops.as_tensor(rate)
        interval = None if rate.never_negative else RATES
        return scheduled(self, "learning_rate", rate, interval, self.clock)

    lr = learning_rate

    def rate_at(self, step: int) -> float:
        """The learning rate at a step of the present plan, counted from 0; a constant one as it is.

        >>> import steepest as st
        >>> st.optimizers.SGD(st.schedules.PowerDecay(0.5, 0.5)).rate_at(1)
        0.25
        """
        known = isinstance(self._rate, Variable)
        rate = self._rate if known else self._rate.at(self.clock.at(step))
        return float(np.asarray(rate))

    @property
    def schedule(self) -> Callable[[Any], Any] | None:
        """The schedule of the learning rate, or None if it is constant."""
        return None if isinstance(self._rate, Variable) else self._rate

    def plan(self, steps: int | None, epochs: int, initial_epoch: int = 0) -> None:
        """Sets the steps of an epoch (None: unknown) and the epochs of a fit, for schedules.

        >>> import steepest as st
        >>> optimizer = st.optimizers.SGD()
        >>> optimizer.plan(steps=10, epochs=4, initial_epoch=1)
        >>> optimizer.clock.progress.item()
        0.25
        """
        steps = 1 if self.full_batch else steps
        if not steps or not epochs:
            self.clock.stand_at(min(initial_epoch / max(epochs, 1), 1.0))
            return
        self.set_steps_per_epoch(steps)
        self.clock.plan(steps * epochs, steps * initial_epoch)

    def set_steps_per_epoch(self, steps: int) -> None:
        """Sets the number of steps of an epoch, for schedules that count epochs."""
        self.clock.set_steps_per_epoch(steps)
        if isinstance(self._rate, LearningRateSchedule):
            self._rate.set_steps_per_epoch(steps)

    # ------------------------------------------------------------ other hyper-parameters

    def now(self, name: str, like: Tensor | None = None) -> Any:
        """The value of a hyper-parameter in this step: the constant, or a tensor of the schedule.

        The tensor has the dtype of `like`, or float32.

        >>> import steepest as st
        >>> optimizer = st.optimizers.SGD(0.1, momentum=st.schedules.PowerDecay(0.8, 0.5))
        >>> optimizer.iterations.assign_add(1); optimizer.now("momentum").item()
        Variable('sgd/iterations', 1, shape=(), dtype=int64)
        0.4
        """
        if not isinstance(getattr(self, name), LearningRateSchedule):
            return getattr(self, name)
        if self._now is None:
            return now(self, name, like, self.clock)
        if name not in self._now:  # one computation for all variables of a step
            self._now[name] = now(self, name, None, self.clock)
        return ops.cast(self._now[name], like.dtype) if like is not None else self._now[name]

    @contextlib.contextmanager
    def one_step(self) -> Iterator[None]:
        """Computes each scheduled value only once for all variables inside the `with` block."""
        self._now = {}
        try:
            yield
        finally:
            self._now = None
