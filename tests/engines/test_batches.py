"""Batches of epochs: how many there are, and where they begin."""

from __future__ import annotations

import pytest

from steepest.engines.batches import Batches, cut


@pytest.mark.parametrize(
    "rows, batch, epoch, starts",
    [
        (10, 2, 5, [0, 2, 4, 5, 7, 9]),
        (10, 5, 10, [0, 5]),
        (10, 4, 10, [0, 4, 8]),
        (8, 2, 5, [0, 2, 4, 5, 7]),
        (9, 3, 3, [0, 3, 6]),
        (3, 5, 3, [0]),
        (0, 5, 3, []),
    ],
)
def test_batches_begin_anew_with_each_epoch(
    rows: int, batch: int, epoch: int, starts: list[int]
) -> None:
    batches = Batches(rows, batch, epoch)
    assert [batches.rows_before(number) for number in range(batches.count)] == starts
    assert batches.rows_before(batches.count) == rows


def test_rows_without_epochs_are_one_epoch() -> None:
    assert [cut(n, 4, None).count for n in (0, 1, 4, 5, 8, 9)] == [0, 1, 1, 2, 2, 3]
    assert cut(10, 4, 5) == Batches(10, 4, 5) and cut(10, 4, 5).each == 2
