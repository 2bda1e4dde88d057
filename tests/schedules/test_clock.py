"""The clock of a training: step and progress, planned, finished and unknown."""

from __future__ import annotations

from typing import Any

import pytest

import steepest as st
from steepest.errors import ArgumentError
from steepest.schedules import Clock, PerEpoch, PowerDecay
from steepest.schedules import clock as clocks
from steepest.schedules.clock import current_clock, is_training


def clock_at(step: int) -> Clock:
    return Clock(st.Variable(step, dtype="int64", trainable=False))


def test_progress_is_the_finished_fraction_of_the_plan() -> None:
    clock = clock_at(10)
    assert not clock.planned and clock.progress.item() == 0.0
    clock.plan(steps=4)
    assert clock.planned
    path = []
    for step in (8, 10, 11, 13, 14, 15):
        clock.step.assign(step)
        path.append(clock.progress.item())
    assert path == [0.0, 0.0, 0.25, 0.75, 1.0, 1.0]
    assert clock.progress.dtype.name == "float64"


def test_finished_steps_count_and_one_step_is_a_plan() -> None:
    clock = clock_at(7)
    clock.plan(steps=4, done=1)
    assert clock.progress.item() == 0.25
    clock.plan(steps=1)
    assert clock.progress.item() == 0.0
    clock.step.assign(8)
    assert clock.progress.item() == 1.0


@pytest.mark.parametrize(
    ("steps", "done"), [(0, 0), (1.5, 0), (4, -1), (4, 0.5), (None, 0), (True, 0)]
)
def test_a_plan_of_no_steps_is_refused(steps: Any, done: Any) -> None:
    clock = clock_at(0)
    with pytest.raises(ArgumentError, match=f"got steps={steps!r} and done={done!r}"):
        clock.plan(steps, done)
    assert not clock.planned


def test_progress_may_be_set_until_the_next_plan() -> None:
    clock = clock_at(3)
    for progress in (0.0, 0.5, 1):
        clock.stand_at(progress)
        assert clock.planned and clock.progress.item() == progress
    clock.step.assign(100)
    assert clock.progress.item() == 1.0
    clock.plan(steps=10)
    assert clock.progress.item() == 0.0
    for wrong in (-0.001, 1.001, float("nan")):
        with pytest.raises(ArgumentError, match="a number from 0 to 1, got"):
            clock.stand_at(wrong)


def test_the_length_of_an_epoch_may_change() -> None:
    clock = clock_at(6)
    clock.set_steps_per_epoch(3)
    assert clock.steps_per_epoch.item() == 3
    clock.set_steps_per_epoch(2)
    assert clock.steps_per_epoch.item() == 2 and not clock.planned
    assert clock_at(0).steps_per_epoch.item() == 0


def test_epochs_are_counted_by_the_schedule_else_by_the_clock() -> None:
    clock = clock_at(6)
    halving = PowerDecay(1.0, 0.5)
    own, open_ = PerEpoch(halving, 2), PerEpoch(halving)
    assert (own.at(clock).item(), open_.at(clock).item()) == (0.125, 1.0)
    clock.set_steps_per_epoch(3)
    assert (own.at(clock).item(), open_.at(clock).item()) == (0.125, 0.25)
    open_.set_steps_per_epoch(1)
    assert open_.at(clock).item() == 2.0**-6
    assert PerEpoch(halving, 1)(3).item() == 0.125
    assert [v.numpy().item() for v in own.variables] == [2]


def test_the_innermost_clock_is_the_current_one() -> None:
    outer, inner = clock_at(0), clock_at(1)
    assert current_clock() is None and is_training()
    with outer:
        assert current_clock() is outer and is_training()
        with clocks.Testing(inner):
            assert current_clock() is inner and not is_training()
            with outer as entered:
                assert entered is outer and current_clock() is outer and is_training()
            assert not is_training()
        assert current_clock() is outer
    assert current_clock() is None
