"""A counter of assignments to constructor arguments, on whose old values programs may depend.

Depends on nothing.
"""

from __future__ import annotations

import itertools
from typing import Any

_counter = itertools.count(1)
_latest = [0]


def latest_change() -> int:
    """A number that grows whenever an argument of some object is assigned another value.

    A program recorded from such arguments is valid as long as this number is unchanged.

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
    """Makes every recorded program invalid, so that it is recorded again at its next use."""
    _latest[0] = next(_counter)


def is_same(before: Any, after: Any) -> bool:
    """Whether two values are equal, if they are plain, or else the same object.

    >>> is_same(1.0, 1.0), is_same(1, 1.0), is_same([1], [1])
    (True, False, False)
    """
    plain = isinstance(before, (bool, int, float, str, type(None)))
    return before is after or (plain and type(before) is type(after) and before == after)
