"""The line search: known points, and the strong Wolfe conditions on lines of many forms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from steepest.optimizers.line_search import CURVATURE, SUFFICIENT_DECREASE, strong_wolfe

Line = Callable[[float], tuple[float, float]]

LINES: dict[str, Line] = {
    "parabola": lambda t: ((t - 1.0) ** 2, 2.0 * (t - 1.0)),
    "quartic": lambda t: ((t - 3.0) ** 4, 4.0 * (t - 3.0) ** 3),
    "valley": lambda t: (abs(t - 2.0) ** 1.5, 1.5 * np.sign(t - 2.0) * abs(t - 2.0) ** 0.5),
    "log": lambda t: (t - 2.0 * np.log1p(t), 1.0 - 2.0 / (1.0 + t)),
    "wave": lambda t: (np.sin(3.0 * t) - t, 3.0 * np.cos(3.0 * t) - 1.0),
    "rational": lambda t: (-t / (t * t + 2.0), (t * t - 2.0) / (t * t + 2.0) ** 2),
}


def searched(line: Line, first: float, evaluations: int = 25) -> tuple[float, float, float, int]:
    """The distance, value and slope that the search finds, and the number of evaluations."""
    calls: list[float] = []

    def function(x: np.ndarray) -> tuple[float, np.ndarray]:
        calls.append(float(x[0]))
        value, slope = line(x[0])
        return float(value), np.array([slope])

    start = np.zeros(1)
    value, gradient = function(start)
    found = strong_wolfe(function, start, value, gradient, np.ones(1), first, evaluations)
    assert found is not None
    return found[0].item(), found[1], found[2].item(), len(calls) - 1


@pytest.mark.parametrize("first", [1e-3, 0.1, 0.7, 1.0, 3.0, 20.0])
@pytest.mark.parametrize("name", [name for name in LINES if name != "wave"])
def test_the_conditions_hold_on_every_line(name: str, first: float) -> None:
    line = LINES[name]
    length, value, slope, evaluations = searched(line, first)
    at_start, slope_at_start = line(0.0)
    assert value <= at_start + SUFFICIENT_DECREASE * length * slope_at_start
    assert abs(slope) <= CURVATURE * abs(slope_at_start) and evaluations <= 25
    assert (value, slope) == pytest.approx(line(length))


def test_known_points() -> None:
    parabola = LINES["parabola"]
    assert searched(parabola, 1.0) == (1.0, 0.0, 0.0, 1)
    assert searched(parabola, 0.5) == (0.5, 0.25, -1.0, 1)  # flat enough: no closer search
    assert searched(parabola, 0.01)[:2] == pytest.approx((0.16, 0.84**2))  # four times doubled
    assert searched(parabola, 2.5)[0] == pytest.approx(1.0)  # the minimum of the parabola
    assert searched(parabola, 1e3)[0] == pytest.approx(1.0)


@pytest.mark.parametrize("evaluations", [1, 2, 3])
def test_no_more_points_are_evaluated_than_allowed(evaluations: int) -> None:
    *_, count = searched(LINES["quartic"], 1e-6, evaluations)
    assert count == evaluations
