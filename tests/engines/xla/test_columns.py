"""Columns on the device: uploaded once, again after they were written to, in parts if need be."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import DenseColumn, SparseColumn
from steepest.engines.choose import bind
from steepest.engines.derived_cache import forget
from steepest.engines.xla import columns as on_device
from steepest.engines.xla import device_memory
from steepest.engines.xla.placement import placement
from steepest.program.trace import record

ROWS = 1 << 18


@pytest.fixture
def uploads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of rows of each column that is uploaded."""
    found, upload = list[int](), on_device._on_device
    monkeypatch.setattr(on_device, "_on_device", lambda a: found.append(len(a[0])) or upload(a))
    return found


def total(x: np.ndarray) -> float:
    """The sum of a column by the engine, which reads 1,000 of its rows at a time."""
    add = bind(record(lambda x: st.reduce_sum(x), [st.TensorSpec((None,))]), engine="xla")
    order = np.arange(0, len(x), 64)
    return float(add.run([DenseColumn(x)], order, 1000).outputs[0].sum())


def test_large_data_are_uploaded_again_only_if_they_were_written_to(uploads: list[int]) -> None:
    x = np.ones(ROWS, np.float32)
    assert total(x) == total(x) == ROWS / 64 and uploads == [ROWS]
    x[64] = 5
    assert total(x) == ROWS / 64 + 4 and uploads == [ROWS] * 2
    held = on_device.cached(lambda: None, x, extra_key=(on_device.UPLOADS, placement()))
    assert held is not None
    del x, held
    gc.collect()
    assert not on_device._uploaded
    forget((on_device.UPLOADS, placement()))


def test_data_larger_than_the_memory_and_mapped_files_go_in_parts(
    uploads: list[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(on_device, "PART_BYTES", 4 * 2048)
    np.save(tmp_path / "x.npy", np.ones(ROWS, np.float32))
    assert total(np.load(tmp_path / "x.npy", mmap_mode="r")) == ROWS / 64
    assert len(uploads) == 3 and max(uploads) <= 2048
    uploads.clear()
    monkeypatch.setattr(device_memory, "free_bytes", lambda: 1 << 20)
    assert total(np.ones(ROWS, np.float32)) == ROWS / 64 and max(uploads) <= 2048


@pytest.mark.parametrize("dtype", [None, np.float32, np.uint8])
def test_products_with_sparse_rows_are_those_with_dense_ones(dtype: object) -> None:
    rng = np.random.default_rng(0)
    dense = (rng.random((40, 300)) < 0.2) * rng.integers(1, 9, (40, 300))
    dense[3] = 0
    indptr = np.concatenate([[0], np.cumsum((dense != 0).sum(1))])
    values = None if dtype is None else dense[dense != 0].astype(dtype)
    rows = SparseColumn(indptr, np.nonzero(dense)[1], values, 300)
    w = st.Variable(rng.standard_normal((300, 5)).astype(np.float32))

    def step(x: st.Tensor) -> st.Tensor:
        product = st.matmul(x, w)
        w.assign_sub(st.matmul(x, product, transpose_a=True) * 1e-4)
        return product

    order, start = rng.permutation(40), w.numpy()
    found = []
    for column in (rows, DenseColumn(rows.toarray())):
        w.assign(start)
        program = bind(record(step, [st.TensorSpec((None, 300))]), engine="xla")
        found.append([program.run([column], order, 16).outputs[0], w.numpy()])
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-5)
