"""Feeds of arrays: columns, orders of epochs, steps that go on where the last epoch ended."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import DenseColumn, SparseColumn
from steepest.errors import DataError, ShapeError
from steepest.neuralnet.input.feeds import (
    ArrayFeed,
    OrderedRows,
    all_in_place,
    check_rows,
    columns_of,
    specs_of,
    storage_of,
)

FLOAT = np.dtype(np.float32)


def column(rows: int, *shape: int, dtype: str = "float32") -> DenseColumn:
    return DenseColumn(np.zeros((rows, *shape), dtype))


def feed(count: int = 10, batch: int = 4, **options: Any) -> ArrayFeed:
    return ArrayFeed((column(count, 2), column(count)), batch, **options)


def order(of: ArrayFeed, number: int = 0) -> list[int]:
    (rows,) = of.epoch(number)
    return rows.order.tolist()


@pytest.mark.parametrize(
    ("rows", "batch", "batches"), [(10, 4, 3), (8, 4, 2), (3, 4, 1), (1, 1, 1)]
)
def test_batches_of_an_epoch(rows: int, batch: int, batches: int) -> None:
    made = feed(rows, batch)
    assert (made.batches, made.count) == (batches, rows)
    (epoch,) = made.epoch(0)
    assert epoch.batches == batches and epoch.batch == min(batch, rows)
    assert feed(rows, batch, steps=7).batches == 7
    cut = made.cut(3)
    assert (cut.rows, cut.batch, cut.epoch) == (3 * rows, min(batch, rows), rows)


def test_orders_of_epochs() -> None:
    assert order(feed(5)) == order(feed(5), 3) == [0, 1, 2, 3, 4]
    shuffled = feed(10, shuffle=True, seed=1)
    orders = [order(shuffled, number) for number in range(3)]
    assert all(sorted(rows) == [*range(10)] for rows in orders)
    assert len({tuple(rows) for rows in orders}) == 3
    assert shuffled.epochs(0, 3).order.tolist() == [row for rows in orders for row in rows]
    assert shuffled.epochs(1, 2).order.tolist() == orders[1] + orders[2]
    assert order(feed(10, shuffle=True, seed=2)) != orders[0]
    assert order(feed(4, 4, shuffle=True, seed=1), 1) == [0, 1, 2, 3], "one batch has one order"
    assert sorted(order(feed(5, 4, shuffle=True, seed=1))) == [0, 1, 2, 3, 4]
    assert order(feed(5, 4, shuffle=True, seed=1)) != [0, 1, 2, 3, 4]


def test_some_rows() -> None:
    part = feed(10, 2, rows=np.array([7, 2, 5]))
    assert (part.count, part.batches, order(part)) == (3, 2, [7, 2, 5])
    assert part.epochs(0, 2).order.tolist() == [7, 2, 5, 7, 2, 5]
    shuffled = feed(10, 2, shuffle=True, rows=np.array([7, 2, 5]))
    assert sorted(order(shuffled)) == [2, 5, 7]
    assert sorted(shuffled.epochs(0, 1).order.tolist()) == [2, 5, 7]


def test_steps_go_on_where_the_last_epoch_ended() -> None:
    steps = feed(5, 2, steps=2)
    assert [order(steps, number) for number in range(3)] == [
        [0, 1, 2, 3], [4, 0, 1, 2], [3, 4, 0, 1],
    ]  # fmt: skip
    assert order(feed(5, 2, steps=5)) == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4]
    shuffled = feed(6, 2, steps=2, shuffle=True, seed=3)
    rows = [row for number in range(3) for row in order(shuffled, number)]
    assert sorted(rows[:6]) == sorted(rows[6:]) == [*range(6)]


def test_columns_have_equally_many_rows() -> None:
    with pytest.raises(ShapeError, match=r"equally many rows, got \[2, 3\]"):
        ArrayFeed((column(3), column(2)), 1)


# ---------------------------------------------------------------- rows of columns


def test_rows_are_copied_where_a_program_cannot_read_them() -> None:
    values = np.arange(12.0, dtype=np.float32).reshape(6, 2)
    lying, turned = DenseColumn(values), DenseColumn(np.asfortranarray(values))
    assert all_in_place([lying]) and not all_in_place([lying, turned])
    rows = OrderedRows([lying, turned], np.array([5, 0, 3, 1]), 3)
    assert rows.rows_of(0, 1).tolist() == [5, 0, 3] and rows.rows_of(1, 1).tolist() == [1]
    columns, numbers = rows.fetched(np.array([5, 0]))
    assert numbers.tolist() == [0, 1]
    assert [c.take(numbers).tolist() for c in columns] == [[[10.0, 11.0], [0.0, 1.0]]] * 2
    same, given = OrderedRows([lying], np.arange(6), 3).fetched(np.array([5, 0]))
    assert same == [lying] and given.tolist() == [5, 0]


def test_at_most_64_megabytes_are_copied_for_a_call() -> None:
    lying = OrderedRows([column(10, 3)], np.arange(10), 4)
    assert lying.most_fetched == lying.batches == 3
    wide = DenseColumn(np.zeros((1 << 10, 10), np.float32).T)  # 4 KB a row
    assert OrderedRows([wide], np.arange(10), 64).most_fetched == (1 << 26) // (4096 * 64)
    assert OrderedRows([wide], np.arange(10), 1 << 20).most_fetched == 1


# ---------------------------------------------------------------- from what users give


def test_nests_of_arrays_are_nests_of_columns() -> None:
    floats, numbers = np.zeros((4, 3)), np.arange(4)
    one = columns_of(floats, "x", FLOAT)
    assert (one.dtype, one.row_shape) == (FLOAT, (3,))
    assert columns_of(numbers, "y", FLOAT).dtype == np.int64
    assert columns_of(st.constant(floats), "x", FLOAT).row_shape == (3,)
    assert columns_of([[1, 2], [3, 4]], "x", FLOAT).row_shape == (2,)
    both = columns_of([floats, numbers], "x", FLOAT)
    assert isinstance(both, list) and [part.dtype for part in both] == [FLOAT, np.int64]
    assert isinstance(columns_of((floats, numbers), "x", FLOAT), tuple)
    assert columns_of([floats], "x", FLOAT).row_shape == (3,), "a list of one is one input"
    named = columns_of({"a": floats, "b": numbers}, "x", FLOAT)
    assert sorted(named) == ["a", "b"] and named["b"].dtype == np.int64
    sparse = SparseColumn(np.array([0, 1]), np.array([2]), None, 5)
    assert columns_of(sparse, "x", FLOAT) is sparse


def test_specs_and_storage() -> None:
    nest = (column(4, 3), {"n": column(4, dtype="int64")})
    assert [(spec.shape, spec.dtype) for spec in specs_of(nest)] == [
        ((None, 3), FLOAT), ((None,), np.int64),
    ]  # fmt: skip
    assert storage_of(nest) == ("dense", "dense")


def test_lengths_are_listed_by_name() -> None:
    with pytest.raises(ShapeError, match=r"batch 3: .*: x has 3, y has 2, sample_weight has 3"):
        check_rows((column(3), column(2), column(3)), "batch 3: ")
    with pytest.raises(ShapeError, match=r": x\[0\] has 3, x\[1\] has 2, y has 3$"):
        check_rows(([column(3), column(2)], column(3)))
    with pytest.raises(ShapeError, match=r"x\[0\] has 3, .*x\[6\] has 3, y has 2$"):
        check_rows(([column(3)] * 7, column(2)))
    with pytest.raises(ShapeError, match=r"x\[1\] has 3 and so on, y has 2. x is a list of 8"):
        check_rows(([column(3)] * 8, column(2)))


def test_data_have_rows_and_columns() -> None:
    check_rows((column(1, 1), column(1)))
    with pytest.raises(DataError, match="x has 0 rows"):
        check_rows((column(0, 2), column(0)))
    with pytest.raises(DataError, match="x has no columns"):
        check_rows((column(3, 0), column(3)))
    check_rows((column(3, 2), column(3, 0)))
