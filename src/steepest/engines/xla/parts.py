"""Consecutive batches that one loop runs on the device. Depends on batches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from steepest.engines.batches import Batches


@dataclass(frozen=True)
class Part:
    """Consecutive batches that one loop runs."""

    batches: Batches
    first: int
    last: int

    @property
    def rows(self) -> slice:
        """Their places in the order."""
        return slice(self.batches.rows_before(self.first), self.batches.rows_before(self.last))

    @cached_property
    def starts(self) -> np.ndarray:
        """The place of each batch among these rows, and their end."""
        cut = self.batches
        whole, rest = np.divmod(np.arange(self.first, self.last + 1), max(cut.each, 1))
        ends = np.minimum(whole * cut.epoch + np.minimum(rest * cut.batch, cut.epoch), cut.rows)
        return ends - ends[0]

    def grid(self, order: np.ndarray, size: int) -> np.ndarray:
        """The numbers of the rows by batch, `size` of each: padding repeats the first of a batch.

        The number of batches is rounded up to a power of two, as code is compiled for each.

        >>> Part(Batches(5, 2, 5), 1, 3).grid(np.array([4, 3, 2, 1, 0]), 3).tolist()
        [[2, 1, 2], [0, 0, 0]]
        """
        rows = order[self.rows]
        count = 1 << (self.last - self.first - 1).bit_length()
        grid = np.full((count, size), rows[0])
        for batch, numbers in zip(grid, np.split(rows, self.starts[1:-1]), strict=False):
            batch[:] = numbers[0]
            batch[: len(numbers)] = numbers
        return grid


def cut_into_parts(batches: Batches, most: int) -> list[Part]:
    """All batches, in parts of at most so many.

    >>> [(part.first, part.last) for part in cut_into_parts(Batches(10, 2, 10), 3)]
    [(0, 3), (3, 5)]
    """
    count = batches.count
    return [Part(batches, n, min(n + most, count)) for n in range(0, count, most)]
