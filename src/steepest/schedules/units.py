"""Converts functions of the step or of the progress into schedules of a training."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from steepest.arguments import require_function_of
from steepest.core import ops
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ArgumentError
from steepest.registry import to_config
from steepest.schedules.base import SCHEDULES, LearningRateSchedule, as_rate
from steepest.schedules.clock import Clock
from steepest.user_objects import registered_name

_OTHER_UNITS = {
    "step": "PerStep",
    "steps": "PerStep",
    "iteration": "PerStep",
    "iterations": "PerStep",
    "epoch": "PerEpoch",
    "epochs": "PerEpoch",
}


class _OfFunction(LearningRateSchedule):
    """A schedule made from a function of one number, saved under its registered name."""

    unit: str

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = SCHEDULES.get(function)
        require_function_of(self, f"({self.unit})", self.function, 1, {})

    def __call__(self, step: TensorLike) -> Tensor:
        """The value for a step, or for a progress in `OfProgress`."""
        value = ops.as_tensor(self.function(ops.as_tensor(step)))
        if value.shape != () and value.shape != ops.as_tensor(step).shape:
            raise ArgumentError(
                f"{self!r}: the function must give one number, got shape {value.shape}"
            )
        return as_rate(value)

    def get_config(self) -> dict[str, Any]:
        """The function, by its registered name."""
        is_schedule = isinstance(self.function, LearningRateSchedule)
        return {
            "function": to_config(self.function) if is_schedule else registered_name(self.function)
        }


@SCHEDULES.register
class PerStep(_OfFunction):
    """A schedule made from a function of the step, counted from 0.

    >>> import steepest as st
    >>> rate = st.schedules.PerStep(lambda step: 0.5 / (1.0 + st.cast(step, "float32")))
    >>> rate(0).item(), rate(4).item()
    (0.5, 0.1)
    """

    unit = "step"


@SCHEDULES.register
class OfProgress(_OfFunction):
    """A schedule made from a function of progress, 0 to 1: the default for a plain function.

    Progress is a float64 tensor; see `st.schedules.Clock` for its definition. The function may be
    another schedule, which is then called with progress instead of steps.

    >>> import steepest as st
    >>> cycles = st.schedules.OfProgress(lambda t: 0.5 - 0.5 * st.cos(6.2831853 * t))
    >>> cycles(0.0).item(), round(cycles(0.5).item(), 4)
    (0.0, 1.0)
    >>> half = st.schedules.OfProgress(st.schedules.CosineDecay(0.2, decay_steps=1.0))
    >>> round(half(0.5).item(), 4)
    0.1
    """

    unit = "progress"
    needs_plan = True

    def __init__(self, function: Callable[[Any], Any]) -> None:
        super().__init__(function)
        if not isinstance(self.function, LearningRateSchedule):
            _refuse_other_units(self.function)

    def at(self, clock: Clock) -> Tensor:
        """The value for the clock's progress."""
        return self(clock.progress)


@SCHEDULES.register
class Evaluated(LearningRateSchedule):
    """A schedule made from a function without arguments, as in `SGD(lambda: 0.1)`.

    The function becomes part of the recorded step: a variable that it reads is read in each step;
    anything else that it computes is computed once.

    >>> import steepest as st
    >>> rate = st.Variable(0.5)
    >>> sgd = st.optimizers.SGD(lambda: rate * 2.0)
    >>> sgd.learning_rate.item()
    1.0
    """

    def __init__(self, function: Callable[[], Any]) -> None:
        self.function = SCHEDULES.get(function)
        require_function_of(self, "()", self.function, 0, {})

    def __call__(self, step: TensorLike) -> Tensor:
        """The value that the function returns."""
        return as_rate(ops.as_tensor(self.function()))

    def get_config(self) -> dict[str, Any]:
        """The function, by its registered name."""
        return {"function": registered_name(self.function)}


def takes_nothing(function: Callable[..., Any]) -> bool:
    """Whether a function takes no arguments.

    >>> takes_nothing(lambda: 0.1), takes_nothing(lambda progress: progress)
    (True, False)
    """
    try:
        return not inspect.signature(function).parameters
    except ValueError:  # some built-in functions have no signature
        return False


def _refuse_other_units(function: Callable[[Any], Any]) -> None:
    """Raises if the name of the function's argument says that it takes steps or epochs."""
    try:
        first = next(iter(inspect.signature(function).parameters), "")
    except ValueError:  # some built-in functions have no signature
        return
    if first in _OTHER_UNITS:
        name = getattr(function, "__name__", repr(function))
        raise ArgumentError(
            f"a plain function is given the progress of the training, from 0 to 1, and {name!r} "
            f"takes ({first}): wrap it in st.schedules.{_OTHER_UNITS[first]}(...), or name its "
            "argument progress"
        )
