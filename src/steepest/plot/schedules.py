"""Schedules: the value of each at every step of a training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.core.variable import Variable
from steepest.errors import ArgumentError
from steepest.figure_style import look_of
from steepest.plot.figure import legend, open_axes
from steepest.plot.picture import Picture
from steepest.schedules import Clock
from steepest.schedules.hyper import as_setting

MOST_STEPS = 2_000  # that are computed: more would fall on the same dots


@dataclass(frozen=True)
class Schedules:
    """The values of schedules by name, at the steps in `steps`.

    >>> st.plot.schedules_data({"constant": 0.1}, steps=2).rates
    {'constant': array([0.1, 0.1])}
    """

    steps: np.ndarray
    rates: dict[str, np.ndarray]


def schedules_data(schedules: Any, steps: int, steps_per_epoch: int | None = None) -> Schedules:
    """The values of one schedule, or of several by name, at steps 0 to `steps` - 1.

    Each is a number, a schedule, or a function of the progress from 0 to 1, as for a learning rate.
    From more than 2,000 steps this many are taken, at equal distances.

    >>> data = schedules_data({"half": lambda progress: 1.0 - 0.5 * progress}, steps=4)
    >>> data.steps, data.rates["half"]
    (array([0, 1, 2, 3]), array([1.   , 0.875, 0.75 , 0.625]))
    """
    steps = whole("st.plot.schedules: steps", steps, least=1)
    named = schedules if isinstance(schedules, Mapping) else {"schedule": schedules}
    if not named:
        raise ArgumentError("st.plot.schedules: at least one schedule was expected, got none")
    shown = np.unique(np.linspace(0, steps - 1, min(steps, MOST_STEPS)).round().astype(np.int64))
    clock = Clock(Variable(0, trainable=False, dtype="int64"))
    clock.plan(steps)
    if steps_per_epoch is not None:
        clock.set_steps_per_epoch(
            whole("st.plot.schedules: steps_per_epoch", steps_per_epoch, least=1)
        )
    rates = {str(name): _rates(str(name), given, shown, clock) for name, given in named.items()}
    return Schedules(shown, rates)


def _rates(name: str, given: Any, steps: np.ndarray, clock: Clock) -> np.ndarray:
    setting = as_setting(_Owner(), name, given, "(-inf, inf)")
    if not hasattr(setting, "at"):
        return np.full(len(steps), float(setting))
    values = []
    for step in steps.tolist():
        clock.step.assign(step)
        values.append(setting.at(clock).item())
    return np.array(values, np.float64)


class _Owner:
    """Whose attribute a schedule is, in errors."""


_Owner.__name__ = "st.plot.schedules"


def schedules(
    schedules: Any,
    steps: int,
    steps_per_epoch: int | None = None,
    *,
    log: bool = False,
    ax: Any = None,
    theme: str | None = None,
) -> Picture[Schedules]:
    """Draws schedules, such as learning rates, by the step of a training.

    `log` makes the scale of the values logarithmic. For what `schedules` may be see
    `schedules_data`.

    >>> one_cycle = st.schedules.OneCycle(0.1, total_steps=101)
    >>> picture = st.plot.schedules({"one cycle": one_cycle, "constant": 0.01}, steps=101)
    >>> picture.data.rates["one cycle"].argmax().item()
    30
    """
    data = schedules_data(schedules, steps, steps_per_epoch)
    (axes,) = open_axes("st.plot.schedules", ax, theme)
    look = look_of(axes)
    for index, (name, values) in enumerate(data.rates.items()):
        axes.plot(data.steps, values, label=name, **look.line(index))
    if log:
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    axes.set(xlabel="step", ylabel="value" if not log else "value (logarithmic)")
    if len(data.rates) > 1:
        legend(axes)
    text = f"values of {', '.join(data.rates)} over {steps:,} steps"
    return Picture(data, [axes], text)
