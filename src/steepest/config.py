"""Settings of the whole process: the engine, the number of threads, the cache folder.

Environment variables STEEPEST_ENGINE and STEEPEST_THREADS set the initial values; STEEPEST_CACHE
sets the folder, or turns caching off.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from pathlib import Path

from steepest.arguments import whole
from steepest.errors import ArgumentError, unknown_name

_engines: list[Collection[str]] = []  # their names, set by the table of engines


class Config:
    """The settings of this process; a wrong value is refused on assignment.

    >>> import steepest as st
    >>> st.config.engine = "numpy"
    >>> st.config.engine
    'numpy'
    >>> st.config.engine = "auto"
    """

    def __init__(self) -> None:
        self._engine = os.environ.get("STEEPEST_ENGINE", "auto")
        threads = os.environ.get("STEEPEST_THREADS")
        self.threads = None if threads in (None, "", "auto") else _whole(threads)

    @property
    def engine(self) -> str:
        """Which engine runs programs: "auto" (the fastest that can), "cpu" or "numpy"."""
        return self._engine

    @engine.setter
    def engine(self, name: str) -> None:
        self._engine = checked_engine(name)

    @property
    def threads(self) -> int | None:
        """The number of threads an engine may use; None lets the engine choose."""
        return self._threads

    @threads.setter
    def threads(self, count: int | None) -> None:
        self._threads = None if count is None else whole("threads", count, 1)


def _whole(text: str | None) -> int:
    try:
        return int(text or "")
    except ValueError:
        raise ArgumentError(
            f"STEEPEST_THREADS: a whole number from 1, or auto, got {text!r}"
        ) from None


def know_engines(names: Collection[str]) -> None:
    """Accepts the names in a collection as engines, also those added to it later.

    >>> from steepest.engines.table import ENGINES
    >>> know_engines(ENGINES)
    """
    _engines[:] = [names]
    checked_engine(config.engine)


def checked_engine(name: str) -> str:
    """The name, if it is "auto" or that of an engine; raises otherwise.

    >>> checked_engine("cpu")
    'cpu'
    """
    names = ["auto", *(name for names in _engines for name in names)]
    if name not in names:
        raise unknown_name("engine", name, names)
    return name


def cache_folder() -> Path | None:
    """The folder of cached files; None if caching is off.

    STEEPEST_CACHE replaces the folder of the platform. Set to "off", "no", "false", "0" or "", it
    turns caching off, as does a missing home directory.

    >>> folder = cache_folder()
    >>> folder is None or folder.is_absolute()
    True
    """
    named = os.environ.get("STEEPEST_CACHE")
    if named is not None and named.strip().lower() in ("", "off", "no", "false", "0"):
        return None
    try:
        return (Path(named).expanduser() if named else _platform_cache() / "steepest").absolute()
    except RuntimeError:  # no home directory
        return None


def _platform_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


config = Config()
