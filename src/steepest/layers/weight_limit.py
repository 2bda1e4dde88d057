"""A limit to how many numbers new weights may hold: a file must not ask for more than it has.

Leans on errors alone.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from steepest.errors import DataError


class _Limit(threading.local):
    def __init__(self) -> None:
        self.left: int | None = None


_limit = _Limit()


@contextlib.contextmanager
def limited_weights(numbers: int) -> Iterator[None]:
    """Limits the numbers in all weights that are made inside the `with` block.

    A file whose configuration asks for more than it holds costs no memory.

    >>> with limited_weights(3):
    ...     count_weight("kernel", 3)
    """
    before, _limit.left = _limit.left, numbers
    try:
        yield
    finally:
        _limit.left = before


def count_weight(name: str | None, numbers: int) -> None:
    """Counts a weight about to be made towards the limit; raises where it would pass it."""
    if _limit.left is None:
        return
    if numbers > _limit.left:
        raise DataError(
            f"the configuration asks for a weight {name!r} of {numbers:,} numbers, "
            f"where the file holds {_limit.left:,} more"
        )
    _limit.left -= numbers
