"""A curve of bounded length, for trainings that go on for days. Depends on NumPy."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

MOST = 2000


class Curve:
    """Values by place; of a curve that grows long every second, fourth, ... value is stored.

    >>> curve = Curve()
    >>> for place in range(5000):
    ...     curve.add(place, place / 10)
    >>> places, values = curve.arrays()
    >>> len(places), places[:3].tolist(), float(values[-1]), curve.last
    (1250, [0.0, 4.0, 8.0], 499.6, 499.9)
    """

    def __init__(self) -> None:
        self.points: list[tuple[float, float]] = []
        self.last: float | None = None
        self.least = np.inf
        self._every, self._count = 1, 0

    def __len__(self) -> int:
        return self._count

    def add(self, place: float, value: float) -> None:
        """Adds a value at a place behind all others."""
        if self._count % self._every == 0:
            self.points.append((place, value))
            if len(self.points) > MOST:
                del self.points[1::2]
                self._every *= 2
        self._count += 1
        self.last, self.least = value, min(self.least, value)

    def cut(self, place: float) -> None:
        """Removes what is behind a place."""
        self.points = [point for point in self.points if point[0] <= place]
        self._count = self._every * len(self.points)
        self.last = self.points[-1][1] if self.points else None
        self.least = min((value for _, value in self.points), default=np.inf)

    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """The places and the values that are stored, as float32."""
        both = np.array(self.points, np.float32).reshape(-1, 2)
        return both[:, 0].copy(), both[:, 1].copy()

    def extend(self, first: float, values: Iterable[float]) -> None:
        """Adds values at a place and those after it."""
        for place, value in enumerate(values):
            self.add(first + place, value)
