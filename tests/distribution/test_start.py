"""How a program joins its job: the place of a process, and what is said where it has none."""

from __future__ import annotations

import pytest

import steepest as st
from steepest.cli import launching
from steepest.distribution import start
from steepest.distribution.start import Place, _place, no_answer
from steepest.errors import ArgumentError

VARIABLES = (start.ADDRESS, start.COUNT, start.NUMBER)
LAUNCHED = launching.ADDRESS, launching.COUNT, launching.NUMBER, launching.WATCHED


@pytest.fixture(autouse=True)
def no_job(monkeypatch):
    """No variables of a job."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_the_launcher_sets_the_variables_that_are_read():
    assert (*VARIABLES, start.WATCHED) == LAUNCHED


def test_a_place_is_given_or_that_of_the_launcher(monkeypatch):
    assert _place(None, None, None) == Place(None, None, None)
    assert _place("10.0.0.1:1234,10.0.0.2:1234", 2, 1) == Place("10.0.0.1:1234", 2, 1)
    for name, text in zip(VARIABLES, ("127.0.0.1:9", "4", "3"), strict=True):
        monkeypatch.setenv(name, text)
    assert _place(None, None, None) == Place("127.0.0.1:9", 4, 3)
    assert _place("10.0.0.1:1234", 2, 0) == Place("10.0.0.1:1234", 2, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"job_addresses": "10.0.0.1"}, "'host:port' was expected, got '10.0.0.1'"),
        ({"num_processes": 2, "process_id": 2}, "a number below 2, the number of processes"),
        ({"num_processes": 0, "process_id": 0}, "num_processes"),
        ({"timeout": 0}, "seconds above 0 were expected, got 0"),
    ],
)
def test_a_wrong_place_is_named(arguments, message):
    with pytest.raises(ArgumentError, match=message):
        st.distribution.initialize(**arguments)


def test_a_wrong_variable_is_named(monkeypatch):
    for name, text in zip(VARIABLES, ("127.0.0.1:9", "two", "0"), strict=True):
        monkeypatch.setenv(name, text)
    with pytest.raises(ArgumentError, match="STEEPEST_NUM_PROCESSES: a whole number was expected"):
        st.distribution.initialize()


def test_who_does_not_answer_is_named_with_address_and_time():
    chief = no_answer(Place("10.0.0.1:1234", 3, 0), 300.0)
    assert chief.startswith("process 0 of 3 has waited 300 s at 10.0.0.1:1234 for the others")
    other = no_answer(Place(None, None, None), 60.0)
    assert "got no answer from process 0 at the address that JAX has found" in other
    assert "within 60 s" in other
