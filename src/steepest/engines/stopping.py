"""A word in memory that tells an engine call to stop before its batch is complete.

Machine code reads the word while it runs, so that Ctrl-C need not wait for a long batch. Depends on
NumPy alone.
"""

from __future__ import annotations

import numpy as np


class StopWord:
    """Zero until it is set; a call that it was given to then ends before it writes a variable.

    >>> stop = StopWord()
    >>> stop.set()
    >>> stop.is_set()
    True
    """

    def __init__(self) -> None:
        self._word = np.zeros(1, np.int64)
        self.address: int = self._word.__array_interface__["data"][0]

    def set(self) -> None:
        """Asks the calls that read this word to stop."""
        self._word[0] = 1

    def is_set(self) -> bool:
        """Whether the calls are to stop."""
        return bool(self._word[0])


def is_set(stop: StopWord | None) -> bool:
    """Whether a call with this word, or without one, is to stop.

    >>> is_set(None)
    False
    """
    return stop is not None and stop.is_set()
