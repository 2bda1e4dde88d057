"""Hyper-parameters: constants, schedules or functions of progress.

A constant becomes part of the recorded program; a schedule is computed in the program at each
batch, from the step or the progress.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from steepest.arguments import bounds, is_number, require_within
from steepest.core import dispatch, ops
from steepest.core.dtype import float32, float64
from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, TraceError
from steepest.program.trace import TensorSpec, guard, record
from steepest.schedules.base import SCHEDULES, LearningRateSchedule
from steepest.schedules.clock import Clock, current_clock, is_training
from steepest.schedules.units import Evaluated, OfProgress, takes_nothing

Setting = Any
"""The type of such arguments: a number, a schedule, a function of progress; for some also None."""

_TRIED_PROGRESS = [k / 10 for k in range(11)]


class HyperParameter:
    """An attribute for a number within an interval, or a schedule of such numbers.

    Assigned values are checked, and a plain function becomes a schedule. `now(self, "rate")` gives
    the value in the present step.

    >>> import steepest as st
    >>> class Shift(st.layers.Layer):
    ...     amount = HyperParameter("[0, 10]")
    ...     def __init__(self, amount, **options):
    ...         super().__init__(**options)
    ...         self.amount = amount
    ...     def call(self, x):
    ...         return x + now(self, "amount", like=x)
    >>> Shift(0.5)([[1.0]]).tolist()
    [[1.5]]
    >>> layer, clock = Shift(lambda progress: 8.0 * progress), st.optimizers.SGD().clock
    >>> clock.stand_at(0.25)
    >>> with clock:
    ...     layer([[1.0]]).tolist()
    [[3.0]]
    >>> Shift(11.0)
    Traceback (most recent call last):
        ...
    steepest.errors.ArgumentError: Shift: amount must lie in [0, 10], got 11.0
    """

    def __init__(self, interval: str) -> None:
        self.interval = interval

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, owner: Any, kind: type | None = None) -> Any:
        if owner is None:
            return self
        try:
            return vars(owner)[self.name]
        except KeyError:
            raise AttributeError(f"{type(owner).__name__} has no {self.name} yet") from None

    def __set__(self, owner: Any, value: Setting) -> None:
        vars(owner)[self.name] = as_setting(owner, self.name, value, self.interval)


def as_setting(owner: object, name: str, given: Setting, interval: str) -> Any:
    """Checks an argument, a number or a schedule; converts a function to a schedule.

    >>> as_setting(object(), "rate", 0.5, "[0, 1]")
    0.5
    >>> as_setting(object(), "rate", lambda progress: 2.0 * progress, "[0, 1]")
    Traceback (most recent call last):
        ...
    steepest.errors.ArgumentError: object: rate must lie in [0, 1], got 1.2 at progress 0.6 from \
OfProgress('<lambda>')
    """
    place = f"{type(owner).__name__}: {name}"
    if isinstance(given, dict):
        given = SCHEDULES.from_config(given)
    if isinstance(given, type):
        raise ArgumentError(f"{place}: an object was expected, got the class {given!r}")
    if callable(given):
        try:
            return _tried(owner, name, given, interval)
        except ArgumentError as error:
            if str(error).startswith(f"{type(owner).__name__}: "):
                raise
            raise ArgumentError(f"{place}: {error}") from None
    if given is not None and not is_number(given):
        raise ArgumentError(
            f"{place} must be a number, got {given!r}; a schedule or a function of progress is "
            "taken too"
        )
    require_within(owner, interval, **{name: given})
    return given


def _tried(owner: object, name: str, given: Any, interval: str) -> LearningRateSchedule:
    """Makes a schedule, and checks its first value or, of progress, its values from 0 to 1."""
    if isinstance(given, LearningRateSchedule):
        schedule = given
    else:
        schedule = Evaluated(given) if takes_nothing(given) else OfProgress(given)
    by_progress = isinstance(schedule, OfProgress)
    if by_progress:
        _require_recordable(owner, name, schedule)
    with dispatch.eagerly():
        for position in _TRIED_PROGRESS if by_progress else [0]:
            argument = ops.constant(position, float64 if by_progress else "int64")
            value = ops.as_tensor(schedule(argument))
            if value.shape != ():
                raise ArgumentError(f"{schedule!r} must give one number, got shape {value.shape}")
            if not _inside(value, interval):
                where = f"{'progress' if by_progress else 'step'} {position}"
                raise ArgumentError(
                    f"{type(owner).__name__}: {name} must lie in {interval}, got "
                    f"{value.item():.6g} at {where} from {schedule!r}"
                )
    return schedule


def _require_recordable(owner: object, name: str, schedule: LearningRateSchedule) -> None:
    try:
        record(schedule, [TensorSpec((), float64)])
    except TraceError as error:
        error.add_note(
            f"in the function of progress for {type(owner).__name__}.{name}, which becomes part of "
            "the step: write it with st.cos, st.exp, st.where ... instead of math and if"
        )
        raise


def now(owner: Any, name: str, like: Tensor | None = None, clock: Clock | None = None) -> Any:
    """The value of an attribute in the present step: the constant, or a tensor of the schedule.

    The tensor has the dtype of `like`, or float32. It depends on the step and progress of the
    optimizer of the compiled model that is called, or of `with optimizer.clock:`.

    >>> import steepest as st
    >>> layer, optimizer = st.layers.Dropout(st.schedules.PowerDecay(0.5, 0.5)), st.optimizers.SGD()
    >>> with optimizer.clock:
    ...     now(layer, "rate").item()
    0.5
    >>> now(st.layers.Dropout(0.5), "rate")
    0.5
    """
    setting = getattr(owner, name)
    if not isinstance(setting, LearningRateSchedule):
        return setting
    known = clock or current_clock()
    if known is None:
        raise ArgumentError(
            f"{_named(owner)}: {name} follows {setting!r}, and no optimizer counts the steps here; "
            "train with model.fit, or call it inside `with optimizer.clock:`"
        )
    parameter = getattr(type(owner), name, None)
    interval = parameter.interval if isinstance(parameter, HyperParameter) else None
    value = scheduled(owner, name, setting, interval, known)
    return ops.cast(value, float32 if like is None else like.dtype)


def scheduled(
    owner: Any, name: str, setting: LearningRateSchedule, interval: str | None, clock: Clock
) -> Tensor:
    """The value of a schedule by a clock; outside the interval a step of training raises."""
    if setting.needs_plan and not clock.planned and is_training():
        raise ArgumentError(
            f"{_named(owner)}: {name} follows {setting!r}, and how many steps are planned is not "
            "known outside of fit; set it before: optimizer.clock.plan(steps=1000)"
        )
    value = ops.as_tensor(setting.at(clock))
    if interval is None or not is_training():
        return value
    fault = partial(_fault, owner, name, setting, interval, clock)
    if value.is_symbolic:
        guard(_is_inside(value, interval), fault)
    elif not _inside(value, interval):
        raise ArgumentError(fault())
    return value


def _is_inside(value: Tensor, interval: str) -> Tensor:
    low, high, with_low, with_high = bounds(interval)
    above = value >= low if with_low else value > low
    return ops.logical_and(above, value <= high if with_high else value < high)


def _inside(value: Tensor, interval: str) -> bool:
    with dispatch.eagerly():  # a known number, also while a step is recorded
        return bool(_is_inside(value, interval))


def _fault(
    owner: Any, name: str, setting: LearningRateSchedule, interval: str, clock: Clock
) -> str | None:
    """The error message for the present value of a schedule, or None if it is valid."""
    with dispatch.eagerly():
        value = ops.as_tensor(setting.at(clock))
        if _inside(value, interval):
            return None
        position = f"step {clock.step.item()}"
        if setting.needs_plan:
            position = f"progress {clock.progress.item():.6g}, {position}"
    return (
        f"{_named(owner)}: {name} must lie in {interval}, got {value.item():.6g} at {position} "
        f"(counted from 0) from {setting!r}"
    )


def _named(owner: Any) -> str:
    name = getattr(owner, "name", None)
    return type(owner).__name__ + (f" {name!r}" if name else "")
