"""Limits the size of new weights, so that a model file cannot request more memory than it fills.

Depends on errors.py.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from steepest.errors import DataError


class _Limit(threading.local):
    def __init__(self) -> None:
        self.remaining: int | None = None


_limit = _Limit()


@contextlib.contextmanager
def limited_weights(numbers: int) -> Iterator[None]:
    """Limits how many numbers all weights created inside the `with` block have together.

    So a file whose configuration asks for more numbers than it contains costs no memory.

    >>> with limited_weights(3):
    ...     count_weight("kernel", 3)
    """
    before, _limit.remaining = _limit.remaining, numbers
    try:
        yield
    finally:
        _limit.remaining = before


def count_weight(name: str | None, numbers: int) -> None:
    """Counts a weight before it is created; raises if the weights exceed the limit."""
    if _limit.remaining is None:
        return
    if numbers > _limit.remaining:
        raise DataError(
            f"the configuration asks for a weight {name!r} of {numbers:,} numbers, "
            f"where the file holds {_limit.remaining:,} more"
        )
    _limit.remaining -= numbers
