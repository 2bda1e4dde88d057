"""Which arguments were assigned another value after construction: programs may hold the old one.

Leans on nothing.
"""

from __future__ import annotations

import itertools
from typing import Any

_numbers = itertools.count(1)
_latest = [0]


def latest_change() -> int:
    """A number that grows whenever an argument of some object is assigned another value.

    What was recorded from such arguments holds as long as this number stays.

    >>> import steepest as st
    >>> layer = st.layers.Dropout(0.5)
    >>> before = latest_change()
    >>> layer.rate = 0.5
    >>> latest_change() == before
    True
    >>> layer.rate = 0.25
    >>> latest_change() == before
    False
    """
    return _latest[0]


def note_change() -> None:
    """Let everything that was recorded be recorded anew when it is used next."""
    _latest[0] = next(_numbers)


def is_same(before: Any, after: Any) -> bool:
    """Whether two plain values are equal; any other values must be one object.

    >>> is_same(1.0, 1.0), is_same(1, 1.0), is_same([1], [1])
    (True, False, False)
    """
    plain = isinstance(before, (bool, int, float, str, type(None)))
    return before is after or (plain and type(before) is type(after) and before == after)
