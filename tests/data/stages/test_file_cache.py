"""The cache in files: what an interrupted run left is removed when it is old, and only then."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from steepest.data import Dataset
from steepest.data.stages.file_cache import PARTIAL, STALE_SECONDS
from steepest.errors import DataError


def test_partial_folders_are_removed_when_they_are_old(tmp_path: Path) -> None:
    old, recent = (tmp_path / f"numbers{PARTIAL}{name}" for name in ("old", "recent"))
    for folder in (old, recent):
        folder.mkdir()
    before = time.time() - STALE_SECONDS - 60.0
    os.utime(old, (before, before))
    found = [
        int(x) for x in Dataset.from_generator(lambda: iter(range(3))).cache(tmp_path / "numbers")
    ]
    assert found == [0, 1, 2]
    assert not old.exists()
    assert recent.exists()


def test_cached_numbers_are_aligned_and_readable_by_numpy(tmp_path: Path) -> None:
    rows = np.arange(12.0).reshape(4, 3)
    data = Dataset.from_tensor_slices((rows, {"label": np.arange(4)})).cache(tmp_path / "rows")
    first = [(x.tolist(), part["label"].item()) for x, part in data]
    again = [(x.tolist(), part["label"].item()) for x, part in data]
    assert first == again == [(row.tolist(), n) for n, row in enumerate(rows)]
    for file, wanted in (("0.npy", rows), ("1.npy", np.arange(4))):
        path = tmp_path / "rows" / file
        np.testing.assert_array_equal(np.load(path), wanted)
        assert (path.stat().st_size - wanted.astype(np.load(path).dtype).nbytes) % 64 == 0


def test_a_folder_that_is_no_cache_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    data = Dataset.range(3)
    assert len(list(data.cache(tmp_path / "mine"))) == 3  # an empty folder may be used
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "text").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("full", "file"):
        with pytest.raises(DataError, match=f"{name} is there already and is no cache; name a fol"):
            list(data.cache(tmp_path / name))


def test_what_cannot_be_cached_in_a_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="texts and lists cannot be cached in a file"):
        list(Dataset.from_tensor_slices(["a", "b"]).cache(tmp_path / "texts"))
    uneven = Dataset.from_generator(lambda: iter([[1], [1, 2]]), "int64", (None,))
    with pytest.raises(DataError, match="element 1 has another shape or dtype than element 0"):
        list(uneven.cache(tmp_path / "uneven"))
    assert not (tmp_path / "uneven").exists() and not (tmp_path / "texts").exists()
