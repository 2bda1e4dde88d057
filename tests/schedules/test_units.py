"""Functions of the step, of progress and of nothing as schedules."""

from __future__ import annotations

from typing import Any

import pytest

import steepest as st
from steepest import schedules
from steepest.errors import ArgumentError
from steepest.schedules.units import takes_nothing


@pytest.mark.parametrize(
    ("function", "name", "kind"),
    [
        (lambda step: 0.1, "step", "PerStep"),
        (lambda steps: 0.1, "steps", "PerStep"),
        (lambda iteration: 0.1, "iteration", "PerStep"),
        (lambda iterations: 0.1, "iterations", "PerStep"),
        (lambda epoch: 0.1, "epoch", "PerEpoch"),
        (lambda epochs: 0.1, "epochs", "PerEpoch"),
    ],
)
def test_a_plain_function_of_steps_or_epochs_is_refused(
    function: Any, name: str, kind: str
) -> None:
    with pytest.raises(ArgumentError, match=rf"takes \({name}\): wrap it in st.schedules.{kind}\("):
        schedules.OfProgress(function)
    assert schedules.PerStep(function)(3).item() == pytest.approx(0.1)


def test_functions_without_a_signature_are_taken_as_functions_of_one_number() -> None:
    class Unsigned:
        @property
        def __signature__(self) -> Any:
            raise ValueError("no signature")

        def __call__(self, number: Any) -> Any:
            return number * 2.0

    assert not takes_nothing(Unsigned())
    assert takes_nothing(lambda: 0.1) and not takes_nothing(lambda t=0: 0.1)
    assert schedules.OfProgress(Unsigned())(0.25).item() == 0.5


def test_a_schedule_may_be_read_by_progress_and_keeps_its_configuration() -> None:
    schedule = schedules.OfProgress(schedules.PolynomialDecay(1.0, 1, 0.0))
    config = schedule.get_config()
    assert config["function"]["class_name"] == "PolynomialDecay"
    assert schedules.OfProgress.from_config(config)(0.25).item() == 0.75


def test_a_function_gives_one_number_or_one_a_step() -> None:
    steps = st.constant([0.0, 1.0, 2.0])
    assert schedules.PerStep(lambda step: step * 2.0)(steps).tolist() == [0.0, 2.0, 4.0]
    assert schedules.PerStep(lambda step: 0.5)(steps).tolist() == 0.5
    for given in (steps, 0.0):
        with pytest.raises(ArgumentError, match=r"must give one number, got shape \(2,\)"):
            schedules.PerStep(lambda step: st.constant([0.1, 0.2]))(given)


def test_functions_take_the_number_of_arguments_of_their_kind() -> None:
    for kind, function in (
        (schedules.PerStep, lambda: 0.1),
        (schedules.OfProgress, lambda: 0.1),
        (schedules.Evaluated, lambda step: 0.1),
        (schedules.PerStep, lambda a, b: 0.1),
    ):
        with pytest.raises((ArgumentError, TypeError), match=r"lambda"):
            kind(function)


def test_progress_is_read_from_the_clock_and_steps_are_counted() -> None:
    clock = st.optimizers.SGD().clock
    clock.plan(steps=4)
    clock.step.assign(1)
    assert schedules.OfProgress(lambda t: t * 2.0).at(clock).item() == 0.5
    assert schedules.PerStep(lambda n: st.cast(n, "float32") * 2.0).at(clock).item() == 2.0
    assert schedules.Evaluated(lambda: 0.5).at(clock).item() == 0.5
