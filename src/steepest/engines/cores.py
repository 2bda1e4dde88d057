"""Counts the cores that this process may use, by its affinity and its container's limit.

Depends on the operating system's files.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

_CONTROL_GROUPS = Path("/sys/fs/cgroup")


def usable_cores() -> int:
    """The number of cores that this process may use: its affinity, limited by its container.

    >>> 1 <= usable_cores() <= os.cpu_count()
    True
    """
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min([cores, *map(math.ceil, _container_limits())]))


def _container_limits() -> list[float]:
    """The processors granted by the control groups that this process is in."""
    folders = [_CONTROL_GROUPS, _CONTROL_GROUPS / "cpu"]
    for line in text_of(Path("/proc/self/cgroup")).splitlines():
        controllers, _, path = line.partition(":")[2].partition(":")
        root = _CONTROL_GROUPS / "cpu" if "cpu" in controllers.split(",") else _CONTROL_GROUPS
        own = Path(path.strip("/"))
        folders += [root / step for step in (own, *own.parents)]
    limits = [share_of(folder) for folder in dict.fromkeys(folders)]
    return [limit for limit in limits if limit is not None]


def share_of(folder: Path) -> float | None:
    """The processors granted by one control group: version 2 (one file) or 1 (two files)."""
    words = text_of(folder / "cpu.max").split() or [
        *text_of(folder / "cpu.cfs_quota_us").split(),
        *text_of(folder / "cpu.cfs_period_us").split(),
    ]
    if len(words) == 2 and words[0].isdigit() and words[1].isdigit() and int(words[1]):
        return int(words[0]) / int(words[1])
    return None


def text_of(path: Path) -> str:
    """A file of the system as text; empty if it does not exist.

    >>> text_of(Path("/no/such/file"))
    ''
    """
    try:
        return path.read_text()
    except OSError:
        return ""
