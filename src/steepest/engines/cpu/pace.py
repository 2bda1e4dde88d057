"""How many workers go through a stretch quickest: found out by doing, for no bit depends on it.

Leans on nothing. When other programs keep cores busy, workers wait for one that is not running;
one worker alone is then quicker, and more are tried again from time to time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

AGAIN = 24  # stretches until the numbers of workers not in use are tried again
LEAST_SECONDS = 1e-3  # what takes less tells little


@dataclass
class Pace:
    """Seconds a row, by number of workers, for batches of one size.

    >>> pace = Pace()
    >>> for seconds in (0.02, 0.01):
    ...     pace.note(pace.choose(2), rows=10, seconds=seconds)
    >>> pace.choose(2)
    1
    """

    seconds: dict[int, float] = field(default_factory=dict)
    stretches: int = 0

    def choose(self, most: int) -> int:
        """The number of workers for the next stretch, `most` at most: first all, then one."""
        candidates = [most, 1] if most < 4 else [most, 1, most // 2]
        for workers in candidates:
            if workers not in self.seconds:
                return workers
        turn, rest = divmod(self.stretches, AGAIN)
        if rest == 0:
            return candidates[turn % len(candidates)]
        return min(candidates, key=self.seconds.__getitem__)

    def note(self, workers: int, rows: int, seconds: float) -> None:
        """What a stretch took: the newest counts half."""
        if seconds < LEAST_SECONDS or not rows:
            return
        self.stretches += 1
        before = self.seconds.get(workers, seconds / rows)
        self.seconds[workers] = (before + seconds / rows) / 2
