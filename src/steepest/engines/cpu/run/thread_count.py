"""Chooses the number of threads by timing; results do not depend on it.

When other programs use the cores, workers wait for one that is not running; one worker alone is
then quicker, and more are tried again from time to time. Depends on engines/batches.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from steepest.engines.batches import Batches, cut

SOON, LATE = 2, 24  # measured runs until a number of workers that was slower is tried again
TRIALS = 8  # a number is tried on this fraction of a run, if that takes long enough to measure
LEAST_SECONDS = 5e-3  # shorter times say little: caches are cold, threads have just begun


@dataclass
class ThreadChoice:
    """Seconds per row by number of workers, for batches of one size, and the choice among them.

    Of the last two measurements the quicker counts: other programs may have slowed one of them. A
    slower number is soon tried again, and each time that it is slower still, after twice as long.

    >>> choice = ThreadChoice()
    >>> for seconds in (0.02, 0.01):
    ...     choice.record(choice.choose(2), rows=10, seconds=seconds)
    >>> choice.choose(2)
    1
    """

    seconds: dict[int, float] = field(default_factory=dict)
    newest: dict[int, float] = field(default_factory=dict)
    measured_at: dict[int, int] = field(default_factory=dict)
    measured: int = 0
    patience: int = SOON

    def choose(self, most: int) -> int:
        """The number of workers for the next run, `most` at most: first all of them, then one."""
        candidates = [most, 1] if most < 4 else [most, 1, most // 2]
        for workers in candidates:
            if workers not in self.seconds:
                return workers
        longest_ago = min(candidates, key=self.measured_at.__getitem__)
        if self.measured - self.measured_at[longest_ago] > self.patience:
            return longest_ago
        return min(candidates, key=self.seconds.__getitem__)

    def parts(self, most: int, batches: Batches) -> Iterator[tuple[int, Batches]]:
        """Divides a run into (workers, batches); a slower number is tried on a first part of it.

        >>> list(ThreadChoice().parts(2, cut(10, 4, None)))
        [(2, Batches(rows=10, batch=4, epoch=10))]
        """
        workers, quickest = self.choose(most), self._quickest()
        if quickest is None or workers == quickest or batches.epoch < batches.rows:
            yield workers, batches
            return
        measurable = int(1.5 * LEAST_SECONDS / (self.seconds[quickest] * batches.batch)) + 1
        rows = batches.rows_before(max(measurable, batches.count // TRIALS))
        if rows < batches.rows:
            yield workers, cut(rows, batches.batch, None)
        rest = cut(batches.rows - rows, batches.batch, None) if rows < batches.rows else batches
        yield self._quickest() or workers, rest

    def record(self, workers: int, rows: int, seconds: float) -> None:
        """Records the time that some rows took with so many workers."""
        if seconds < LEAST_SECONDS or not rows:
            return
        quickest = self._quickest()
        before, newest = self.newest.get(workers, seconds / rows), seconds / rows
        self.newest[workers], self.seconds[workers] = newest, min(before, newest)
        self.measured += 1
        self.measured_at[workers] = self.measured
        if self._quickest() != quickest:
            self.patience = SOON
        elif workers != quickest:
            self.patience = min(2 * self.patience, LATE)

    def _quickest(self) -> int | None:
        return min(self.seconds, key=self.seconds.__getitem__, default=None)
