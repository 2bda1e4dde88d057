"""The time that a call will take: measured, or estimated from its arithmetic before it is.

Depends on engines/batches.py and the processor's description.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from steepest.engines.batches import Batches
from steepest.engines.cpu.machine.processor import processor

LONG_SECONDS = 0.18  # of a call: Ctrl-C is to return within 0.2 seconds
_RATE = 200_000_000  # operations of products a second and core, for each bit of a vector
_MOST_SIZES = 64


@dataclass
class Pace:
    """Seconds per row by size of the batch, and a polynomial of the batch with its operations.

    Of all measurements the shortest counts: other programs may have slowed the others.

    >>> from steepest.engines.batches import cut
    >>> pace, batches = Pace((0.0, 1e12, 0.0)), cut(10, 10, None)
    >>> pace.estimated(batches, workers=1) > 1, pace.measured(batches)
    (True, None)
    >>> pace.record(batches, 0.5)
    >>> pace.measured(batches)
    0.5
    """

    operations: tuple[float, float, float]
    _per_row: dict[int, float] = field(default_factory=dict)

    def measured(self, batches: Batches) -> float | None:
        """The seconds that a call will take, if one with batches of this size was measured."""
        each = self._per_row.get(batches.batch)
        return None if each is None else each * batches.rows

    def estimated(self, batches: Batches, workers: int) -> float:
        """The seconds that a call will take by its operations."""
        fixed, each, pairs = self.operations
        batch = min(batches.rows, batches.batch)
        whole = batches.count * (fixed + batch * (each + batch * pairs))
        return whole / (workers * _RATE * processor().vector_bits)

    def record(self, batches: Batches, seconds: float) -> None:
        """Records the time that a call took."""
        each, known = seconds / (batches.rows or 1), self._per_row.get(batches.batch)
        if known is None or each < known:
            if len(self._per_row) > _MOST_SIZES:
                self._per_row.clear()
            self._per_row[batches.batch] = each
