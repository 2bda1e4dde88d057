"""Values derived from arrays are reused while the arrays are unchanged, and freed with them."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import numpy as np
import pytest

from steepest.data.columns import WORTH_CACHING, DenseColumn, SparseColumn, as_column
from steepest.data.sparsify import packed
from steepest.engines import derived_cache
from steepest.engines.derived_cache import MOST_ENTRIES, cached, is_cached


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    derived_cache._entries.clear()
    yield
    derived_cache._entries.clear()


def table(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.where(rng.random((50, 80)) < 0.1, 2.0, 0.0).astype(np.float32)


def packed_or_cached(array: np.ndarray) -> SparseColumn:
    return cached(lambda: packed(DenseColumn(array)), array)


def test_an_unchanged_table_is_packed_once() -> None:
    array = table()
    assert not is_cached(array)
    first = packed_or_cached(array)
    assert is_cached(array) and packed_or_cached(array) is first


@pytest.mark.parametrize("row", [0, 25, 49])
def test_a_changed_table_is_packed_anew(row: int) -> None:
    array = table()
    first = packed_or_cached(array)
    array[row, 3] += 1
    again = packed_or_cached(array)
    assert again is not first
    np.testing.assert_array_equal(again.take(np.arange(50)), array)


def test_a_change_through_a_view_is_seen() -> None:
    whole = np.concatenate([table(), table(1)])
    part = whole[:50]
    first = packed_or_cached(part)
    whole.reshape(-1)[5] = 7
    assert packed_or_cached(part) is not first


def test_a_cached_value_is_freed_with_its_array() -> None:
    array = table()
    packed_or_cached(array[:40])
    assert len(derived_cache._entries) == 1
    del array
    gc.collect()
    assert not derived_cache._entries


def test_few_values_are_cached() -> None:
    arrays = [table(seed) for seed in range(MOST_ENTRIES + 2)]
    for array in arrays:
        packed_or_cached(array)
    assert [is_cached(array) for array in arrays] == [False] * 2 + [True] * MOST_ENTRIES


def test_an_array_has_one_weak_reference_however_often_its_entry_is_evicted() -> None:
    arrays = [table(seed) for seed in range(MOST_ENTRIES + 1)]
    for array in 3 * arrays:
        packed_or_cached(array)
    assert max(map(weakref.getweakrefcount, arrays)) == 1


class Rows:
    """A matrix as SciPy stores it, with enough entries to be cached."""

    def __init__(self, entries: int) -> None:
        self.shape = (2, 1000)
        self.indptr = np.array([0, entries // 2, entries], np.int32)
        self.indices = np.sort(np.arange(entries, dtype=np.int32).reshape(2, -1) % 1000).reshape(-1)
        self.data = np.full(entries, 2.0, np.float32)


@pytest.mark.parametrize("part", ["indptr", "indices", "data"])
def test_an_unchanged_sparse_matrix_is_converted_once(part: str) -> None:
    matrix = Rows(WORTH_CACHING)
    first = as_column(matrix)
    assert as_column(matrix) is first
    getattr(matrix, part)[1] += 1
    changed = as_column(matrix)
    assert changed is not first
    assert isinstance(changed, SparseColumn)
    assert changed.values is not None
    assert changed.values[:3].tolist() == ([2.0, 3.0, 2.0] if part == "data" else [2.0] * 3)


def test_a_matrix_of_another_width_is_another_one_even_with_the_same_arrays() -> None:
    matrix, wider = Rows(WORTH_CACHING), Rows(0)
    vars(wider).update(vars(matrix), shape=(2, 2000))
    assert [as_column(rows).row_shape for rows in (matrix, wider)] == [(1000,), (2000,)]


def test_a_small_sparse_matrix_is_not_cached() -> None:
    matrix = Rows(100)
    assert as_column(matrix) is not as_column(matrix)
    assert not derived_cache._entries
