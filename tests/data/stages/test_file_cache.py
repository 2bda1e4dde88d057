"""The cache in files: what an interrupted run left is removed when it is old, and only then."""

from __future__ import annotations

import os
import time
from pathlib import Path

from steepest.data import Dataset
from steepest.data.stages.file_cache import PARTIAL, STALE_SECONDS


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
