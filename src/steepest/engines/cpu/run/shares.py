"""How much of each phase each worker computes: the cores of a computer need not be equally fast.

Desktop processors have fast and slow cores, and a virtual one loses half its speed when a neighbour
uses the other thread of its core. With equal shares all wait for the slowest. Results do not
depend on shares. Depends on spaces.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from steepest.engines.cpu.loops.spaces import WHOLE

LEAST_SECONDS = 5e-3  # of a run whose times count
EQUAL = 0.15  # of an equal share: cores are that alike, and unequal parts have ragged tiles
SLIGHT = 0.08  # of an equal share: a change that is too small to be worth it
STEP = 0.6  # of the way to the shares that the last run would have needed
LEAST = 0.25  # of an equal share, so that a worker's speed is always measured


@dataclass
class Shares:
    """The shares of so many workers, equal at first, then by the speeds that were measured.

    >>> shares = Shares(2)
    >>> shares.record([3.0, 1.0], seconds=0.05)
    >>> shares.parts
    [0.35, 0.65]
    """

    workers: int
    parts: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.parts = self.parts or self._equal()

    def _equal(self) -> list[float]:
        return [1 / self.workers] * self.workers

    @property
    def bounds(self) -> list[int]:
        """Where each share begins in a whole of `WHOLE`, and where the last one ends.

        >>> Shares(2).bounds == [0, WHOLE // 2, WHOLE]
        True
        """
        inner = accumulate(self.parts[:-1])
        return [0, *(math.ceil(WHOLE * end - 1e-6) for end in inner), WHOLE]

    def record(self, busy: Sequence[float], seconds: float) -> None:
        """Records the time that each worker was busy in a run that took so many seconds."""
        if seconds < LEAST_SECONDS or min(busy) <= 0:
            return
        speeds = [part / time for part, time in zip(self.parts, busy, strict=True)]
        wanted = [speed / sum(speeds) for speed in speeds]
        equal = self._equal()
        if self._distance(wanted, equal) < EQUAL:
            self.parts = equal
        elif self._distance(wanted, self.parts) >= SLIGHT:
            moved = [p + STEP * (w - p) for p, w in zip(self.parts, wanted, strict=True)]
            moved = [max(part, LEAST / self.workers) for part in moved]
            self.parts = [part / sum(moved) for part in moved]

    def _distance(self, ones: list[float], others: list[float]) -> float:
        """The largest difference, as a part of an equal share."""
        return max(abs(a - b) * self.workers for a, b in zip(ones, others, strict=True))
