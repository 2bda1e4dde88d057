"""Sparse rows by the kernel are those of the definition."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.engines.to_sparse import SparseArrays, defined_rows, to_sparse


def parts(rows: SparseArrays | None) -> list[object]:
    assert rows is not None
    arrays = (rows.indptr, rows.indices, rows.values)
    return [rows.width, *((a.dtype.name, a.tolist()) for a in arrays if a is not None)]


@pytest.mark.parametrize("kind", ["float32", "float64", "uint8"])
@pytest.mark.parametrize("width", [1, 17, 65_537])
@pytest.mark.parametrize("share", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("ones", [True, False])
def test_the_kernel_gives_the_defined_rows(kind: str, width: int, share: float, ones: bool) -> None:
    rng = np.random.default_rng(0)
    numbers = np.ones((5, width)) if ones else rng.integers(1, 200, (5, width))
    array = np.where(rng.random((5, width)) < share, numbers, 0).astype(kind)
    assert parts(to_sparse(array)) == parts(defined_rows(array))


def test_an_entry_by_hand() -> None:
    array = np.float32([[0, -2], [np.inf, 0], [-0.0, 0]])
    for rows in (to_sparse(array), defined_rows(array), to_sparse(np.asfortranarray(array))):
        assert parts(rows) == [
            2, ("int64", [0, 1, 2, 2]), ("uint16", [1, 0]), ("float32", [-2.0, np.inf]),
        ]  # fmt: skip


@pytest.mark.parametrize("array", [np.zeros(3), np.zeros((0, 3)), np.zeros((3, 3), np.int32)])
def test_what_is_no_matrix_of_floats_or_bytes_has_no_rows(array: np.ndarray) -> None:
    assert to_sparse(array) is None and defined_rows(array) is None


def test_the_numpy_engine_needs_no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st.config, "engine", "numpy")
    monkeypatch.setattr("steepest.engines.cpu.kernels.to_sparse.to_sparse_rows", None)
    assert parts(to_sparse(np.eye(2, dtype=np.uint8)))[-1] == ("uint16", [0, 1])
