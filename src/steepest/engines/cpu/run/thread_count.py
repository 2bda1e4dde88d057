"""How many workers go through a stretch quickest: found out by doing, for no bit depends on it.

When other programs keep cores busy, workers wait for one that is not running; one worker alone is
then quicker, and more are tried again from time to time. Leans on the engine's protocol.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from steepest.engines.batches import Batches, cut

SOON, LATE = 2, 24  # stretches until a number of workers that was slower is tried again
TRIALS = 8  # a number is tried on such a part of a stretch, if that is long enough to tell
LEAST_SECONDS = 5e-3  # what takes less tells little: caches are cold, threads have just begun


@dataclass
class Pace:
    """Seconds a row, by number of workers, for batches of one size.

    Of the last two measurements the quicker counts: a single one may have met other work. The
    slower numbers are soon tried again, and each time that they are slower still, twice as late.

    >>> pace = Pace()
    >>> for seconds in (0.02, 0.01):
    ...     pace.note(pace.choose(2), rows=10, seconds=seconds)
    >>> pace.choose(2)
    1
    """

    seconds: dict[int, float] = field(default_factory=dict)
    newest: dict[int, float] = field(default_factory=dict)
    noted: dict[int, int] = field(default_factory=dict)
    stretches: int = 0
    patience: int = SOON

    def choose(self, most: int) -> int:
        """The number of workers for the next stretch, `most` at most: first all, then one."""
        candidates = [most, 1] if most < 4 else [most, 1, most // 2]
        for workers in candidates:
            if workers not in self.seconds:
                return workers
        longest_ago = min(candidates, key=self.noted.__getitem__)
        if self.stretches - self.noted[longest_ago] > self.patience:
            return longest_ago
        return min(candidates, key=self.seconds.__getitem__)

    def parts(self, most: int, batches: Batches) -> Iterator[tuple[int, Batches]]:
        """(workers, batches) that make up a stretch: a number is tried on a first part of it.

        >>> list(Pace().parts(2, cut(10, 4, None)))
        [(2, Batches(rows=10, batch=4, epoch=10))]
        """
        workers, quickest = self.choose(most), self._quickest()
        if quickest is None or workers == quickest or batches.epoch < batches.rows:
            yield workers, batches
            return
        telling = int(1.5 * LEAST_SECONDS / (self.seconds[quickest] * batches.batch)) + 1
        rows = batches.rows_before(max(telling, batches.count // TRIALS))
        if rows < batches.rows:
            yield workers, cut(rows, batches.batch, None)
        rest = cut(batches.rows - rows, batches.batch, None) if rows < batches.rows else batches
        yield self._quickest() or workers, rest

    def note(self, workers: int, rows: int, seconds: float) -> None:
        """What a stretch took."""
        if seconds < LEAST_SECONDS or not rows:
            return
        quickest = self._quickest()
        before, newest = self.newest.get(workers, seconds / rows), seconds / rows
        self.newest[workers], self.seconds[workers] = newest, min(before, newest)
        self.stretches += 1
        self.noted[workers] = self.stretches
        if self._quickest() != quickest:
            self.patience = SOON
        elif workers != quickest:
            self.patience = min(2 * self.patience, LATE)

    def _quickest(self) -> int | None:
        return min(self.seconds, key=self.seconds.__getitem__, default=None)
