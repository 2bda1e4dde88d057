"""Work on background threads gives the results of the same work on the calling thread."""

from __future__ import annotations

from typing import Any

import pytest

import steepest as st
from steepest.data import AUTOTUNE
from steepest.data.stages.threads_ahead import ahead, side_by_side, threads_asked_for
from steepest.engines.cores import usable_cores
from steepest.errors import ArgumentError


def draw(number: int = 0) -> list[float]:
    return st.random.normal((2,)).tolist()


def test_random_numbers_come_from_the_generator_of_the_caller() -> None:
    with st.random.seeded(1):
        wanted = [draw(), draw()]
    with st.random.seeded(1):
        assert list(ahead(lambda: (draw() for _ in range(2)), depth=1)) == wanted
    with st.random.seeded(1):
        assert list(side_by_side(draw, range(2), workers=1)) == wanted


def test_threads_that_are_asked_for() -> None:
    found = [threads_asked_for("here", number) for number in (None, 1, 2, 16, AUTOTUNE)]
    assert found == [1, 1, 2, 16, usable_cores()]


@pytest.mark.parametrize("number", [0, -2, 1.5, "2"])
def test_other_numbers_of_threads_are_errors(number: Any) -> None:
    with pytest.raises(ArgumentError, match=f"here: num_parallel_calls must be .*{number!r}"):
        threads_asked_for("here", number)
