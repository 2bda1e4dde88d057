"""Packed tables are used again while the table is unchanged, and go when the table goes."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import numpy as np
import pytest

from steepest.data import keeping
from steepest.data.columns import DenseColumn
from steepest.data.keeping import MOST_TABLES, is_kept, packed_or_kept


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    keeping._kept.clear()
    yield
    keeping._kept.clear()


def table(seed: int = 0) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return np.where(chance.random((50, 80)) < 0.1, 2.0, 0.0).astype(np.float32)


def test_an_unchanged_table_is_packed_once() -> None:
    array = table()
    assert not is_kept(DenseColumn(array))
    first = packed_or_kept(DenseColumn(array))
    assert is_kept(DenseColumn(array)) and packed_or_kept(DenseColumn(array)) is first


@pytest.mark.parametrize("row", [0, 25, 49])
def test_a_changed_table_is_packed_anew(row: int) -> None:
    array = table()
    first = packed_or_kept(DenseColumn(array))
    array[row, 3] += 1
    again = packed_or_kept(DenseColumn(array))
    assert again is not first
    np.testing.assert_array_equal(again.take(np.arange(50)), array)


def test_a_change_through_a_view_is_seen() -> None:
    whole = np.concatenate([table(), table(1)])
    part = whole[:50]
    first = packed_or_kept(DenseColumn(part))
    whole.reshape(-1)[5] = 7
    assert packed_or_kept(DenseColumn(part)) is not first


def test_what_is_kept_goes_with_the_table() -> None:
    array = table()
    packed_or_kept(DenseColumn(array[:40]))
    assert len(keeping._kept) == 1
    del array
    gc.collect()
    assert not keeping._kept


def test_few_tables_are_kept() -> None:
    arrays = [table(seed) for seed in range(MOST_TABLES + 2)]
    for array in arrays:
        packed_or_kept(DenseColumn(array))
    assert [is_kept(DenseColumn(array)) for array in arrays] == [False] * 2 + [True] * MOST_TABLES
