"""How far to go along a direction: the strong Wolfe conditions. Leans on NumPy alone.

Nocedal and Wright, Numerical Optimization, algorithms 3.5 (bracket) and 3.6 (zoom).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

ENOUGH_DESCENT = 1e-4
FLATTER = 0.9


class Point(NamedTuple):
    """A place on the line: how far, the value and slope there, the vector and gradient."""

    length: float
    value: float
    slope: float
    vector: np.ndarray
    gradient: np.ndarray


def strong_wolfe(
    function: Callable[[np.ndarray], tuple[float, np.ndarray]],
    start: np.ndarray,
    value: float,
    gradient: np.ndarray,
    direction: np.ndarray,
    first: float = 1.0,
    evaluations: int = 25,
) -> tuple[np.ndarray, float, np.ndarray] | None:
    """A point along a direction of descent where value and slope have fallen enough.

    Gives the vector, value and gradient there, or None where no lower point was found.

    >>> bowl = lambda x: (float(x @ x), 2 * x)
    >>> x = np.array([4.0])
    >>> vector, value, _ = strong_wolfe(bowl, x, *bowl(x), direction=-x)
    >>> vector.tolist(), value
    ([0.0], 0.0)
    """
    search = _Search(function, start, direction, evaluations)
    origin = Point(0.0, value, float(gradient @ direction), start, gradient)
    if not origin.slope < 0:
        return None
    best = search.bracket(origin, first)
    return (best.vector, best.value, best.gradient) if best.value < value else None


class _Search:
    """One search: the line, and how many more points may be evaluated."""

    def __init__(
        self,
        function: Callable[[np.ndarray], tuple[float, np.ndarray]],
        start: np.ndarray,
        direction: np.ndarray,
        evaluations: int,
    ) -> None:
        self.function, self.start, self.direction = function, start, direction
        self.left = evaluations

    def at(self, length: float) -> Point:
        """The point so far along the line."""
        self.left -= 1
        vector = self.start + length * self.direction
        value, gradient = self.function(vector)
        return Point(length, value, float(gradient @ self.direction), vector, gradient)

    def bracket(self, origin: Point, length: float) -> Point:
        """Go further until a good point is passed, then look between."""
        before = origin
        while self.left > 0:
            here = self.at(length)
            if _too_high(here, origin) or (before is not origin and here.value >= before.value):
                return self.zoom(before, here, origin)
            if _flat_enough(here, origin):
                return here
            if here.slope >= 0:
                return self.zoom(here, before, origin)
            before, length = here, 2.0 * length
        return before

    def zoom(self, low: Point, high: Point, origin: Point) -> Point:
        """Close in between a point that descends enough and one that is too far."""
        while self.left > 0:
            here = self.at(_between(low, high))
            if _too_high(here, origin) or here.value >= low.value:
                high = here
                continue
            if _flat_enough(here, origin):
                return here
            if here.slope * (high.length - low.length) >= 0:
                high = low
            low = here
        return low


def _too_high(here: Point, origin: Point) -> bool:
    """Not enough descent; a value that is no number is too high."""
    allowed = origin.value + ENOUGH_DESCENT * here.length * origin.slope
    return not here.value <= allowed


def _flat_enough(here: Point, origin: Point) -> bool:
    return abs(here.slope) <= -FLATTER * origin.slope


def _between(low: Point, high: Point) -> float:
    """The minimum of the parabola through value and slope at `low` and the value at `high`.

    The middle where that is no number, and never within a tenth of either end.
    """
    span = high.length - low.length
    bend = high.value - low.value - low.slope * span
    share = -0.5 * low.slope * span / bend if bend > 0 and np.isfinite(bend) else 0.5
    return low.length + span * float(np.clip(share, 0.1, 0.9))
