"""A curve of bounded length, for trainings that go on for days. Depends on NumPy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

MOST_SPANS = 2048
MOST_NEW = 256  # values that are added one by one are taken together


class Curve:
    """Values by place; of a curve that grows long, the least and the greatest of each span.

    A span is 1, then 2, 4, ... consecutive pairs of values, so that there are between 1024 and 2048
    of them: where a span is not wider than a pixel, their line covers all values to a pixel.

    >>> curve = Curve()
    >>> curve.extend(0, np.sin(np.arange(100_000)))
    >>> places, values = curve.arrays()
    >>> len(curve), len(places), float(values.min()), float(values.max())
    (100000, 3126, -1.0, 1.0)
    """

    def __init__(self) -> None:
        self.end: float | None = None
        """The last place."""
        self.last: float | None = None
        """The last value."""
        self.least = np.inf
        """The least of all values."""
        self._count = self._size = 0
        self._span = 2
        self._complete: list[np.ndarray] = []  # points of complete spans, two of each: `_size`
        self._open = np.empty((0, 2))
        self._new: list[tuple[float, float]] = []

    def __len__(self) -> int:
        return self._count + len(self._new)

    def add(self, place: float, value: float) -> None:
        """Adds a value at a place behind all others."""
        self.end, self.last, self.least = place, value, min(self.least, value)
        self._new.append((place, value))
        if len(self._new) == MOST_NEW:
            self._take_new()

    def extend(self, first: float, values: Sequence[float] | np.ndarray) -> None:
        """Adds values at a place and those after it."""
        if not len(values):
            return
        points = np.empty((len(values), 2))
        points[:, 0], points[:, 1] = first + np.arange(len(values)), values
        self.end, self.last = points[-1].tolist()
        self.least = min(self.least, float(points[:, 1].min()))
        self._take_new()
        self._take(points)

    def _take_new(self) -> None:
        self._take(np.array(self._new).reshape(-1, 2))
        self._new = []

    def _take(self, points: np.ndarray) -> None:
        """Completes the open span, makes others, and opens one with what is left."""
        room = -self._count % self._span
        self._count += len(points)
        self._open = _extremes(np.concatenate([self._open, points[:room]])[np.newaxis])
        points = points[room:]
        if self._count % self._span and not len(points):
            return
        whole = len(points) // self._span * self._span
        self._complete += [self._open, _extremes(points[:whole].reshape(-1, self._span, 2))]
        self._size += len(self._open) + len(self._complete[-1])
        self._open = _extremes(points[np.newaxis, whole:])
        while self._size > 2 * MOST_SPANS:
            self._halve()

    def _halve(self) -> None:
        """Joins spans by two; one without a partner becomes the open one."""
        points = np.concatenate(self._complete)
        whole = len(points) // 4 * 4
        self._open = _extremes(np.concatenate([points[whole:], self._open])[np.newaxis])
        self._complete = [_extremes(points[:whole].reshape(-1, 4, 2))]
        self._size = len(self._complete[0])
        self._span *= 2

    def _held(self) -> np.ndarray:
        """All points that are stored."""
        self._take_new()
        self._complete = [np.concatenate([np.empty((0, 2)), *self._complete])]
        return np.concatenate([self._complete[0], self._open])

    def cut(self, place: float) -> None:
        """Removes what is behind a place."""
        held = self._held()
        held = held[held[:, 0] <= place]
        self._size = whole = len(held) // 2 * 2
        self._complete, self._open = [held[:whole]], held[whole:]
        self._count = whole // 2 * self._span + len(self._open)
        self.end, self.last = held[-1].tolist() if len(held) else (None, None)
        self.least = float(held[:, 1].min()) if len(held) else np.inf

    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """The places and the values that are stored, as float32."""
        both = self._held().astype(np.float32)
        return both[:, 0].copy(), both[:, 1].copy()


def _extremes(spans: np.ndarray) -> np.ndarray:
    """The points of the least and the greatest value of each span, in their order.

    >>> _extremes(np.array([[[0, 3.0], [1, 9.0], [2, 1.0]]])).tolist()
    [[1.0, 9.0], [2.0, 1.0]]
    """
    if spans.shape[1] <= 2:
        return spans.reshape(-1, 2)
    values = spans[:, :, 1]
    least, greatest = values.argmin(axis=1), values.argmax(axis=1)
    both = np.sort(np.stack([least, greatest], axis=1), axis=1)
    both[both[:, 0] == both[:, 1], 1] = spans.shape[1] - 1  # all are equal, or NaN
    found: np.ndarray = np.take_along_axis(spans, both[:, :, np.newaxis], axis=1).reshape(-1, 2)
    return found
