"""Counts the cores that this process may use, by its affinity and its container's limit.

A job among several that run side by side has a share of them. Depends on the config and on the
operating system's files.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from steepest.config import config

_CONTROL_GROUPS = Path("/sys/fs/cgroup")


def usable_cores() -> int:
    """The number of cores that this process may use: its affinity, limited by its container.

    >>> 1 <= usable_cores() <= os.cpu_count()
    True
    """
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return max(1, min([cores, *map(math.ceil, _container_limits())]))


@dataclass
class CoreShare:
    """How many cores one of several jobs may use at present; it may change while they run.

    `on_working_set` gets the number of bytes that the job reads and writes at each step.
    """

    cores: int
    on_working_set: Callable[[int], None] | None = None


_share: ContextVar[CoreShare | None] = ContextVar("_share", default=None)


def use_share(share: CoreShare) -> None:
    """Limits the threads that computations in this context use, where none are asked for.

    >>> import contextvars
    >>> job = contextvars.copy_context()
    >>> job.run(use_share, CoreShare(1)); job.run(most_threads, 4)
    1
    """
    _share.set(share)


def most_threads(cores: int, threads: int | None = None) -> int:
    """The most threads for a computation: those asked for, those of the config, or the cores.

    >>> most_threads(4), most_threads(4, threads=3)
    (4, 3)
    """
    if threads:
        return threads
    share, most = _share.get(), config.threads or cores
    return most if share is None else min(share.cores, most)


def note_working_set(size: int) -> None:
    """Says how many bytes the job of this context works on, by which others are begun or not.

    >>> import contextvars
    >>> sizes, job = [], contextvars.copy_context()
    >>> job.run(use_share, CoreShare(1, sizes.append)); job.run(note_working_set, 4096)
    >>> sizes
    [4096]
    """
    share = _share.get()
    if share is not None and share.on_working_set is not None:
        share.on_working_set(size)


def is_one_of_several() -> bool:
    """Whether this context is that of a job that has a share of the cores.

    >>> is_one_of_several()
    False
    """
    return _share.get() is not None


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
