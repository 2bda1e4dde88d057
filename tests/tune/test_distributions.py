"""Distributions of options: quantiles, what they hold, what they ask a trial of Optuna for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from steepest.tune.distributions import Integer, Uniform, choice


class FakeTrial:
    """Notes what is asked, and suggests the last value."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def suggest_categorical(self, name: str, values: list[int]) -> int:
        self.asked.append((name, values))
        return values[-1]

    def suggest_float(self, name: str, low: float, high: float, log: bool) -> float:
        self.asked.append((name, low, high, log))
        return high

    def suggest_int(self, name: str, low: int, high: int, log: bool) -> int:
        self.asked.append((name, low, high, log))
        return high


@pytest.mark.parametrize(
    "part, asked, suggested",
    [
        (choice(list("abc")), ("x", [0, 1, 2]), 2),
        (Uniform(1.0, 2.0, log=True), ("x", 1.0, 2.0, True), 2.0),
        (Integer(1, 8), ("x", 1, 8, False), 8),
    ],
)
def test_a_trial_of_optuna_is_asked_for_the_whole_range(
    part: Any, asked: Any, suggested: Any
) -> None:
    trial = FakeTrial()
    assert part.suggested(trial, "x") == suggested and trial.asked == [asked]


def test_what_a_distribution_holds() -> None:
    def held(part: Any, values: list[Any]) -> list[bool]:
        return [part.holds(value) for value in values]

    assert held(choice(list("abc")), [0, 2, 3, -1]) == [True, True, False, False]
    assert held(Uniform(1.0, 2.0), [1.0, 2.0, 0.9, 2.1, "1"]) == [True, True, False, False, False]
    assert held(Integer(1, 3), [1, 3, 2.0, 1.5, 0, 4, None]) == [True] * 3 + [False] * 4


def test_quantiles() -> None:
    assert [choice(list("abc")).at(q) for q in (0.0, 0.33, 0.34, 0.67, 0.999, 1.0)] == [
        0,
        0,
        1,
        2,
        2,
        2,
    ]
    assert [Integer(1, 4).at(q) for q in (0.0, 0.24, 0.25, 0.75, 1.0)] == [1, 1, 2, 4, 4]
    assert Integer(1, 4).count == 4
    assert [Uniform(2.0, 4.0).at(q) for q in (0.0, 0.5, 1.0)] == [2.0, 3.0, 4.0]
    assert Uniform(1e-4, 1.0, log=True).at(0.5) == pytest.approx(1e-2)
    assert Uniform(1e-4, 1.0, log=True).at(0.0) == pytest.approx(1e-4)
    drawn = [Integer(1, 100, log=True).at(q) for q in np.linspace(0, 1, 1001)]
    assert (min(drawn), max(drawn)) == (1, 100) and np.median(drawn) == pytest.approx(7, abs=1)
