"""What a user can set for the whole process: the engine and the number of threads.

Environment variables STEEPEST_ENGINE and STEEPEST_THREADS set the start values.
"""

from __future__ import annotations

import os

from steepest.errors import ArgumentError, unknown_name

ENGINES = ("auto", "cpu", "numpy")


class Config:
    """The settings of this process; a wrong value is refused where it is set.

    >>> import steepest as st
    >>> st.config.engine = "numpy"
    >>> st.config.engine
    'numpy'
    >>> st.config.engine = "auto"
    """

    def __init__(self) -> None:
        self.engine = os.environ.get("STEEPEST_ENGINE", "auto")
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
        """How many threads an engine may use; None lets it decide by the work and the machine."""
        return self._threads

    @threads.setter
    def threads(self, count: int | None) -> None:
        if count is not None and (not isinstance(count, int) or count < 1):
            raise ArgumentError(f"threads: a whole number from 1, or None, got {count!r}")
        self._threads = count


def _whole(text: str | None) -> int:
    try:
        return int(text or "")
    except ValueError:
        raise ArgumentError(
            f"STEEPEST_THREADS: a whole number from 1, or auto, got {text!r}"
        ) from None


def checked_engine(name: str) -> str:
    """The name, if an engine answers to it.

    >>> checked_engine("cpu")
    'cpu'
    """
    if name not in ENGINES:
        raise unknown_name("engine", name, ENGINES)
    return name


config = Config()
