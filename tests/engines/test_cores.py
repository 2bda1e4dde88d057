"""The number of cores that a process may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from steepest.engines import cores


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"cpu.max": "150000 100000"}, 1.5),
        ({"cpu.max": "max 100000"}, None),
        ({"cpu.cfs_quota_us": "50000", "cpu.cfs_period_us": "100000"}, 0.5),
        ({"cpu.cfs_quota_us": "-1", "cpu.cfs_period_us": "100000"}, None),
        ({}, None),
    ],
)
def test_a_containers_share_is_read(tmp_path: Path, files: dict[str, str], expected: float | None):
    for name, content in files.items():
        (tmp_path / name).write_text(content + "\n")
    assert cores.share_of(tmp_path) == expected


def test_cores_are_limited_by_the_container(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cores, "_container_limits", lambda: [0.3])
    assert cores.usable_cores() == 1
