"""Numbers that may be scheduled: what is accepted, and the value in the present step."""

from __future__ import annotations

from typing import Any

import pytest

import steepest as st
from steepest import schedules
from steepest.errors import ArgumentError, TraceError
from steepest.schedules import HyperParameter, now
from steepest.schedules import clock as clocks
from steepest.schedules.hyper import as_setting


class Owner:
    """Something with a number from 0 to 1, or None, and one of any interval."""

    amount = HyperParameter("[0, 1)")

    def __init__(self, amount: Any = None, name: str | None = None) -> None:
        self.amount, self.name, self.free = amount, name, amount


class Falling(schedules.LearningRateSchedule):
    """1 at step 0, then one less a step: never inside [0, 1) but at step 1."""

    def __call__(self, step: Any) -> Any:
        return 1.0 - st.cast(step, "float32")


class Half(schedules.LearningRateSchedule):
    def __call__(self, step: Any) -> Any:
        return st.constant(0.5) - 0.0 * st.cast(step, "float32")


def test_numbers_and_none_stay_as_given() -> None:
    for given in (None, 0, 0.5, 0.0):
        assert now(Owner(given), "amount") is given
    for wrong in (1.0, -0.1):
        with pytest.raises(ArgumentError, match=r"Owner: amount must lie in \[0, 1\), got"):
            Owner(wrong)
    for wrong in ("half", [0.5], True):
        with pytest.raises(
            ArgumentError, match=r"Owner: amount must be a number, got .*; a schedule"
        ):
            Owner(wrong)
    with pytest.raises(ArgumentError, match="Owner: amount: an object was expected, got the class"):
        Owner(Half)


def test_the_class_has_the_attribute_and_an_object_without_a_value_says_so() -> None:
    assert Owner.amount.interval == "[0, 1)" and Owner.amount.name == "amount"
    with pytest.raises(AttributeError, match="Owner has no amount yet"):
        _ = Owner.__new__(Owner).amount


def test_functions_become_schedules_by_their_arguments() -> None:
    assert type(Owner(lambda: 0.5).amount) is schedules.Evaluated
    assert type(Owner(lambda t: 0.5 * t).amount) is schedules.OfProgress
    half = Half()
    assert Owner(half).amount is half
    config = {"class_name": "PowerDecay", "config": {"initial_learning_rate": 0.5, "base": 0.5}}
    assert type(Owner(config).amount) is schedules.PowerDecay


def test_first_values_are_checked_and_all_of_progress() -> None:
    with pytest.raises(ArgumentError, match=r"amount must lie in \[0, 1\), got 1 at step 0"):
        Owner(Falling())
    with pytest.raises(ArgumentError, match=r"got 1 at progress 1\.0 from"):
        Owner(lambda t: t)
    with pytest.raises(ArgumentError, match=r"got -0\.4 at progress 0\.9"):
        Owner(lambda t: st.where(t > 0.85, 0.5 - t, 0.5))
    assert as_setting(Owner(), "amount", lambda t: t, "[0, 1]") is not None


def test_the_value_is_that_of_the_step_of_the_current_clock() -> None:
    owner = Owner(schedules.PowerDecay(0.5, 0.5))
    clock, other = st.optimizers.SGD().clock, st.optimizers.SGD().clock
    clock.step.assign(2)
    with clock:
        assert now(owner, "amount").item() == 0.125
        assert now(owner, "amount").dtype.name == "float32"
        assert now(owner, "amount", like=st.constant(1.0, "float64")).dtype.name == "float64"
        assert now(owner, "amount", clock=other).item() == 0.5
    with pytest.raises(ArgumentError, match=r"Owner: amount follows PowerDecay.*no optimizer"):
        now(owner, "amount")
    with pytest.raises(ArgumentError, match=r"Owner 'mine': amount follows"):
        now(Owner(Half(), "mine"), "amount")


def test_outside_its_interval_training_stops_and_an_evaluation_does_not() -> None:
    owner = Owner(Half())
    vars(owner)["amount"] = owner.free = Falling()
    clock = st.optimizers.SGD().clock
    for step, inside in ((0, False), (1, True), (2, False)):
        clock.step.assign(step)
        with clocks.Testing(clock):
            assert now(owner, "amount").item() == 1.0 - step
        with clock:
            assert now(owner, "free").item() == 1.0 - step
            if inside:
                assert now(owner, "amount").item() == 0.0
            else:
                match = rf"Owner: amount must lie in \[0, 1\), got {1 - step} at step {step} "
                with pytest.raises(ArgumentError, match=match):
                    now(owner, "amount")


@pytest.mark.parametrize(
    ("value", "inside"), [(0.0, False), (0.5, True), (1.0, True), (1.5, False)]
)
def test_each_bound_is_open_or_closed_as_written(value: float, inside: bool) -> None:
    class Above:
        amount = HyperParameter("(0, 1]")

    owner, clock = Above(), st.optimizers.SGD().clock
    vars(owner)["amount"] = schedules.Evaluated(lambda: value)
    with clock:
        if inside:
            assert now(owner, "amount").item() == value
        else:
            with pytest.raises(ArgumentError, match=r"Above: amount must lie in \(0, 1\]"):
                now(owner, "amount")


def test_progress_needs_a_plan_in_training_only() -> None:
    owner, clock = Owner(lambda t: 0.5 * t), st.optimizers.SGD().clock
    with clocks.Testing(clock):
        assert now(owner, "amount").item() == 0.0
    with clock, pytest.raises(ArgumentError, match=r"set it before: optimizer\.clock\.plan"):
        now(owner, "amount")
    clock.plan(steps=4)
    clock.step.assign(2)
    with clock:
        assert now(owner, "amount").item() == 0.25


def test_a_value_outside_names_the_progress_of_a_schedule_that_reads_it() -> None:
    owner, clock = Owner(lambda t: 0.5 * t), st.optimizers.SGD().clock
    vars(owner)["amount"] = schedules.OfProgress(lambda t: 2.0 * t)
    clock.plan(steps=4)
    clock.step.assign(3)
    with clock, pytest.raises(ArgumentError, match=r"got 1\.5 at progress 0\.75, step 3 \(counted"):
        now(owner, "amount")


def test_a_function_of_progress_that_cannot_be_recorded_gets_a_note() -> None:
    with pytest.raises(TraceError) as caught:
        Owner(lambda t: 0.5 if t > 0.5 else 0.25)
    assert "in the function of progress for Owner.amount" in caught.value.__notes__[0]

    class Branching(schedules.LearningRateSchedule):
        def __call__(self, step: Any) -> Any:
            return st.constant(0.5 if int(step) > 5 else 0.25)

    assert now(Owner(Branching()), "amount", clock=st.optimizers.SGD().clock).item() == 0.25
