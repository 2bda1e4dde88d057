"""Keys of rows: equal for equal rows, different for others, in every form of a table."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from steepest.data.splitting import duplicates
from steepest.data.splitting.duplicates import KeyedRows, are_several, columns_of


def shared(x: Any, split: int) -> list[tuple[int, int]]:
    """Pairs of equal rows before and from `split` on."""
    rows = KeyedRows(x)
    return rows.shared(np.arange(split), np.arange(split, len(rows.keys)))


def test_the_last_of_equal_rows_is_the_partner() -> None:
    assert shared(np.array([5, 7, 5, 9, 5, 7, 8]), 3) == [(4, 2), (5, 1)]


@pytest.mark.parametrize("width", [1, 3, 4, 5, 8, 9])
@pytest.mark.parametrize("dtype", ["uint8", "int16", "float64"])
def test_different_rows_have_different_keys(width: int, dtype: str) -> None:
    x = np.zeros((width + 1, width), dtype)
    x[np.arange(width), np.arange(width)] = 1  # a one at each place, and a row of zeros
    keys = KeyedRows(x).keys
    assert len(set(keys.tolist())) == width + 1
    assert np.array_equal(KeyedRows(np.concatenate([x, x])).keys, np.concatenate([keys, keys]))


def test_factors_are_odd_and_differ() -> None:
    factors = duplicates._factors(100)
    assert (factors % np.uint64(2) == 1).all() and len(set(factors.tolist())) == 100
    assert factors.max() > 1 << 60


@pytest.mark.parametrize("block", [1, 6, 7, 1 << 22])
def test_keys_do_not_depend_on_the_size_of_blocks(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = np.random.default_rng(0).normal(size=(11, 3))
    wanted = KeyedRows(x).keys
    monkeypatch.setattr(duplicates, "BLOCK_WORDS", block)
    assert np.array_equal(KeyedRows(x).keys, wanted)


def test_blocks_are_of_a_few_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    contiguous = np.ascontiguousarray
    monkeypatch.setattr(np, "ascontiguousarray", lambda x: sizes.append(len(x)) or contiguous(x))
    KeyedRows(np.zeros((5, 1 << 21), np.uint8))
    KeyedRows(np.zeros((3, 1 << 25), np.uint8))
    assert sizes == [5, 1, 1, 1]
    sizes.clear()
    KeyedRows(np.zeros(((1 << 22) + 1, 2), np.uint8))
    assert sizes == [1 << 22, 1]


def test_no_rows_and_rows_of_nothing_have_keys() -> None:
    assert KeyedRows(np.zeros((0, 3))).keys.shape == (0,)
    assert len(set(KeyedRows(np.zeros((3, 0))).keys.tolist())) == 1


def test_objects_are_compared_by_value() -> None:
    entries = [[1, 2], {"a": 1}, {3}, (1, 2), "text", None, np.array([1, 5])]
    again = [[1, 2], {"a": 1}, {3}, (1, 2), "text", None, np.array([1, 5]), [1, 5]]
    made = np.empty(15, object)
    for place, entry in enumerate([*entries, *again]):
        made[place] = entry
    assert shared(made, 7) == [*((n + 7, n) for n in range(7)), (14, 6)]
    assert shared([*entries, "tex", [2, 1], {4}, {"a": 2}, (1, 2.5), 0], 7) == []


def test_columns_are_compared_entry_by_entry() -> None:
    wide = np.array([[1, 2], [1, 2], [2, 1], [1, 2]])
    names = np.array(["a", "a", "a", "b"], object)
    mixed = np.array([1, "1", 2, 3], object)
    assert shared({"wide": wide, "name": names}, 1) == [(1, 0)]
    assert shared({"name": names}, 1) == [(1, 0), (2, 0)]
    assert shared({"wide": wide}, 1) == [(1, 0), (3, 0)]
    assert shared([mixed, names], 1) == [(1, 0)]


def test_sparse_rows_are_compared_whatever_the_order_of_their_entries() -> None:
    values = np.array([5.0, 7.0, 7.0, 5.0, 5.0, 7.0])
    x = SimpleNamespace(
        indptr=[0, 2, 4, 6, 6], indices=[1, 3, 3, 1, 3, 1], shape=(4, 9), data=values
    )
    assert shared(x, 1) == [(1, 0)]
    del x.data
    x.values = None  # ones
    assert shared(x, 1) == [(1, 0), (2, 0)]
    x.values = values.astype("float32")
    assert shared(x, 1) == [(1, 0)]


def test_a_compressed_matrix_of_columns_is_read_by_rows() -> None:
    scipy = pytest.importorskip("scipy.sparse")
    dense = np.array([[0, 1, 0], [1, 0, 2], [0, 1, 0], [2, 0, 1]])
    for x in (scipy.csr_array(dense), scipy.csc_array(dense), scipy.coo_array(dense)):
        assert shared(x, 2) == [(2, 0)]


def test_which_inputs_are_several_and_have_columns() -> None:
    arrays = [np.zeros(3), np.ones(3)]
    assert are_several(tuple(arrays)) and not are_several([np.zeros(3), 4.0])
    assert not are_several([np.float64(1.0), np.float64(2.0)]) and not are_several(np.zeros((2, 2)))
    found = columns_of(arrays)
    assert found is not None and all(map(np.array_equal, found, arrays))
    assert columns_of([[1, 2], [3, 4]]) is None and columns_of(np.zeros((2, 2))) is None


def test_frames_have_their_columns() -> None:
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    arrow = pytest.importorskip("pyarrow")
    table = {"a": [1, 2], "b": ["x", "y"], "c": [0.5, 0.25]}
    for frame in (pandas.DataFrame(table), polars.DataFrame(table), arrow.table(table)):
        found = columns_of(frame)
        assert found is not None
        assert [np.asarray(column).tolist() for column in found] == list(table.values())
