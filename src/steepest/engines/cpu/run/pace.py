"""The time that a call will take: measured, or estimated from its arithmetic before it is.

Depends on engines/batches.py and the processor's description.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from steepest.engines.batches import Batches
from steepest.engines.cpu.machine.processor import processor

LONG_SECONDS = 0.15  # of a call: Ctrl-C is to return within 0.2 seconds
_RATE = 120_000_000  # operations of products a second and core, for each bit of a vector
_MOST_SIZES = 64


@dataclass
class Pace:
    """Seconds per row by size of the batch, and a polynomial of the batch with its operations.

    Of all measurements the shortest counts: other programs may have slowed the others.

    >>> from steepest.engines.batches import cut
    >>> pace, batches = Pace((0.0, 1e12, 0.0)), cut(10, 10, None)
    >>> pace.seconds(batches, workers=1) > 1
    True
    >>> pace.record(batches, 0.5)
    >>> pace.seconds(batches, workers=1)
    0.5
    """

    operations: tuple[float, float, float]
    _per_row: dict[int, float] = field(default_factory=dict)

    def seconds(self, batches: Batches, workers: int) -> float:
        """The seconds that a call will take."""
        measured = self._per_row.get(batches.batch)
        if measured is not None:
            return measured * batches.rows
        fixed, each, pairs = self.operations
        batch = min(batches.rows, batches.batch)
        whole = batches.count * (fixed + batch * (each + batch * pairs))
        return whole / (workers * _RATE * processor().vector_bits)

    def record(self, batches: Batches, seconds: float) -> None:
        """Records the time that a call took."""
        if len(self._per_row) > _MOST_SIZES:
            self._per_row.clear()
        each, size = seconds / max(batches.rows, 1), batches.batch
        self._per_row[size] = min(each, self._per_row.get(size, each))
