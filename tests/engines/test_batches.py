"""Batches of epochs: how many there are, and where they begin."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import DenseColumn
from steepest.engines.batches import Batches, batch_by_batch, check_order, cut
from steepest.errors import ArgumentError, DataError


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


class Rows:
    """A column of so many rows."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count


def test_orders_name_rows_of_all_columns() -> None:
    columns = [Rows(4), Rows(3)]
    check_order(np.array([0, 2, 1]), columns, 1)
    check_order(np.array([], np.int64), columns, 1)
    check_order(np.array([9]), [], 1)
    for wrong in (3, -1):
        with pytest.raises(DataError, match=rf"order: row {wrong} is outside 0\.\.2, the rows of"):
            check_order(np.array([0, wrong, 1]), columns, 1)
    with pytest.raises(ArgumentError, match="batch: a whole number from 1 was expected, got 0"):
        check_order(np.array([0]), columns, 0)


def test_batches_end_at_the_first_that_was_not_done() -> None:
    graph = st.trace(lambda x: x * 2.0, [st.TensorSpec((None,))])
    seen: list[int] = []

    def once(inputs: list[np.ndarray]) -> tuple[list[np.ndarray], bool]:
        seen.append(len(inputs[0]))
        return [inputs[0] * 2.0], len(seen) < 3

    columns = [DenseColumn(np.arange(7, dtype=np.float32))]
    done = batch_by_batch(graph, columns, np.arange(7)[::-1], cut(7, 2, None), once)
    assert done.batches == 2 and not done.stopped and seen == [2, 2, 2]
    assert done.outputs[0].tolist() == [12.0, 10.0, 8.0, 6.0]
