"""Line search for the strong Wolfe conditions. Depends on NumPy alone.

Nocedal and Wright, Numerical Optimization, algorithms 3.5 (bracket) and 3.6 (zoom).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

SUFFICIENT_DECREASE = 1e-4  # c1 in the book
CURVATURE = 0.9  # c2


class Point(NamedTuple):
    """A point on the line: its distance, and the value, slope, vector and gradient there."""

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
    """Finds a point along a descent direction that fulfils the strong Wolfe conditions.

    Returns the vector, value and gradient there, or None if no lower point was found.

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
    """One search: the line, and the number of points that may still be evaluated."""

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
        """Evaluates the point at this distance along the line."""
        self.left -= 1
        vector = self.start + length * self.direction
        value, gradient = self.function(vector)
        return Point(length, value, float(gradient @ self.direction), vector, gradient)

    def bracket(self, origin: Point, length: float) -> Point:
        """Doubles the distance until a point is good or too far, then searches in between."""
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
        """Narrows the interval between a point that is low enough and one that is too far."""
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
    """Whether the value has not decreased enough; NaN is too high."""
    allowed = origin.value + SUFFICIENT_DECREASE * here.length * origin.slope
    return not here.value <= allowed


def _flat_enough(here: Point, origin: Point) -> bool:
    return abs(here.slope) <= -CURVATURE * origin.slope


def _between(low: Point, high: Point) -> float:
    """The minimum of the parabola through value and slope at `low` and the value at `high`.

    The midpoint if that is not finite, and never within a tenth of either end.
    """
    span = high.length - low.length
    bend = high.value - low.value - low.slope * span
    fraction = -0.5 * low.slope * span / bend if bend > 0 and np.isfinite(bend) else 0.5
    return low.length + span * float(np.clip(fraction, 0.1, 0.9))
