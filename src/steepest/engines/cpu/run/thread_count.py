"""Chooses the number of threads by timing; results do not depend on it.

When other programs use the cores, workers wait for one that is not running; one worker alone is
then quicker, and more are tried again from time to time. A run is divided into parts of some
milliseconds, so that a change is noticed within one or two. Depends on engines/batches.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from steepest.engines.batches import Batches, cut

SOON, LATE = 2, 32  # measured parts until a number of workers that was slower is tried again
LEAST_SECONDS = 5e-3  # shorter times say little: caches are cold, threads have just begun
TRIAL, PART = 7.5e-3, 15e-3  # seconds of a part with a number that was slower, with the quickest
DISTURBED = 1.5  # so many times the time before: another program has begun, or ended


@dataclass
class ThreadChoice:
    """Seconds per row by number of workers, for batches of one size, and the choice among them.

    Of the last two measurements the shorter counts: other programs may have slowed one of them. A
    slower number is soon tried again, and each time that it is slower still, after twice as long;
    at once, if the quickest takes much longer than before.

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
        """The number of workers for the next part, `most` at most: first all of them, then one."""
        candidates = [most, 1] if most < 4 else [most, 1, most // 2]
        for workers in candidates:
            if workers not in self.seconds:
                return workers
        longest_ago = min(candidates, key=self.measured_at.__getitem__)
        if self.measured - self.measured_at[longest_ago] > self.patience:
            return longest_ago
        return min(candidates, key=self.seconds.__getitem__)

    def parts(self, most: int, batches: Batches) -> Iterator[tuple[int, Batches]]:
        """Divides a run into (workers, batches); the caller records each before it asks for more.

        >>> list(ThreadChoice().parts(2, cut(10, 4, None)))
        [(2, Batches(rows=10, batch=4, epoch=10))]
        """
        if batches.epoch < batches.rows or not batches.rows:
            yield self.choose(most), batches
            return
        left = batches.rows
        while left:
            workers = self.choose(most)
            rows = self._part(workers, left, batches.batch)
            yield workers, batches if rows == batches.rows else cut(rows, batches.batch, None)
            left -= rows

    def _part(self, workers: int, left: int, batch: int) -> int:
        """The rows of the next part; all that are left if the rest were too short to measure."""
        quickest = self._quickest()
        if quickest is None:
            return left
        seconds = self.seconds.get(workers, self.seconds[quickest]) * batch
        batches = int((PART if workers == quickest else TRIAL) / seconds) + 1
        return left if left <= (batches + LEAST_SECONDS / seconds) * batch else batches * batch

    def record(self, workers: int, rows: int, seconds: float) -> None:
        """Records the time that some rows took with so many workers."""
        if seconds < LEAST_SECONDS or not rows:
            return
        quickest, each = self._quickest(), seconds / rows
        before = self.newest.get(workers, each)
        disturbed = workers == quickest and each > DISTURBED * before
        self.newest[workers], self.seconds[workers] = each, min(before, each)
        self.measured += 1
        self.measured_at[workers] = self.measured
        if disturbed:
            self.patience = 0
        elif self._quickest() != quickest:
            self.patience = SOON
        elif workers != quickest:
            self.patience = min(max(2 * self.patience, SOON), LATE)

    def _quickest(self) -> int | None:
        return min(self.seconds, key=self.seconds.__getitem__, default=None)
