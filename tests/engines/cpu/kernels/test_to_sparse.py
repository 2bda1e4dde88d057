"""Dense rows converted to sparse ones are the same matrix."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.engines.cpu.kernels.to_sparse import SparseArrays, rows_to_judge, to_sparse_rows
from tests.engines.cpu.gemm_harness import guarded


def densified(rows: SparseArrays, dtype: type) -> np.ndarray:
    out = np.zeros((len(rows.indptr) - 1, rows.width), dtype)
    lines = np.repeat(np.arange(len(out)), np.diff(rows.indptr))
    out[lines, rows.indices] = 1 if rows.values is None else rows.values
    return out


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
@pytest.mark.parametrize("width", [1, 15, 16, 17, 50, 784])
@pytest.mark.parametrize("share", [0.0, 0.02, 0.2])
def test_the_same_matrix(dtype: type, width: int, share: float) -> None:
    rng = np.random.default_rng(width)
    numbers = rng.integers(1, 200, (37, width)) * (rng.random((37, width)) < share)
    array = guarded(numbers.astype(dtype))
    rows = to_sparse_rows(array, densest=1.0)
    assert rows is not None
    assert rows.values is None or rows.values.dtype == dtype
    np.testing.assert_array_equal(densified(rows, dtype), array)
    assert (
        np.diff(rows.indices)[np.diff(np.repeat(np.arange(37), np.diff(rows.indptr))) == 0] > 0
    ).all()


@pytest.mark.parametrize("width", [63, 64, 65, 130, 65_536, 65_537])
@pytest.mark.parametrize("ones", [True, False])
@pytest.mark.parametrize("threads", [1, 3])
def test_many_pieces(width: int, ones: bool, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Vectors in groups and after them, wide rows, pieces of several threads."""
    monkeypatch.setattr("steepest.engines.cpu.kernels.to_sparse.PIECE", 3 * width)
    monkeypatch.setattr(st.config, "threads", threads)
    rng = np.random.default_rng(width)
    array = (rng.random((11, width), np.float32) < 0.1).astype(np.float32)
    array[:, -1] = 1.0
    array[4] = 0.0
    if not ones:
        array *= rng.integers(1, 9, array.shape).astype(np.float32)
    rows = to_sparse_rows(array)
    assert rows is not None and (rows.values is None) is ones
    assert rows.indices.dtype == (np.uint16 if width <= 65_536 else np.int32)
    np.testing.assert_array_equal(densified(rows, np.float32), array)


def test_an_entry_that_is_not_one_is_found_outside_of_the_sample(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("steepest.engines.cpu.kernels.to_sparse.SAMPLED", 1)
    array = np.zeros((1000, 40), np.float32)
    array[:, 7] = 1.0
    array[501, 9] = -0.5
    assert 501 not in np.linspace(0, 999, 64).astype(int)
    rows = to_sparse_rows(array)
    assert rows is not None and rows.values is not None
    np.testing.assert_array_equal(densified(rows, np.float32), array)


def test_ones_need_no_values() -> None:
    array = np.eye(20, dtype=np.float32)
    rows = to_sparse_rows(array)
    assert rows is not None and rows.values is None
    array[3, 3] = np.nan
    rows = to_sparse_rows(array)
    assert rows is not None and rows.values is not None
    assert np.isnan(rows.values[3])


def test_dense_matrices_and_other_dtypes_are_not_converted() -> None:
    assert to_sparse_rows(np.ones((4, 4), np.float32)) is None
    assert to_sparse_rows(np.zeros((4, 4), np.int64)) is None
    assert to_sparse_rows(np.zeros((4, 4), np.float32).T[::2]) is None
    assert to_sparse_rows(np.zeros((0, 4), np.float32)) is None
    assert to_sparse_rows(np.zeros(4, np.float32)) is None


@pytest.mark.parametrize(("entries", "is_sparse"), [(30, True), (31, False)])
def test_up_to_three_tenths_of_entries_are_stored_sparse(entries: int, is_sparse: bool) -> None:
    array = np.zeros((10, 10), np.float32)
    array.reshape(-1)[:entries] = 1.0
    assert (to_sparse_rows(array) is not None) is is_sparse


@pytest.mark.parametrize(
    ("rows", "width", "sampled", "count"),
    [(10, 3, 3000, 10), (200, 3, 300, 100), (200, 300, 300, 64), (200, 0, 70, 70), (63, 9, 1, 63)],
)
def test_rows_are_judged_by_some_of_them(
    rows: int, width: int, sampled: int, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least 64, at equal distances, with the first and the last one."""
    monkeypatch.setattr("steepest.engines.cpu.kernels.to_sparse.SAMPLED", sampled)
    array = np.repeat(np.arange(rows)[:, None], max(width, 1), axis=1)[:, :width]
    found = rows_to_judge(array)
    assert found.shape == (count, width)
    if width:
        assert found[[0, -1], 0].tolist() == [0, rows - 1]
        assert np.ptp(np.diff(found[:, 0])) <= 1
