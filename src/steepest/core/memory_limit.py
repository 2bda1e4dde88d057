"""Refuses to ask for more memory than the machine has. Depends on the errors.

The system grants such a request and ends the process when the memory is used, without a message.
"""

from __future__ import annotations

import functools
import os

from steepest.errors import NotEnoughMemory


@functools.cache
def machine_memory() -> int | None:
    """The bytes of memory that this machine has; None where it does not tell.

    >>> (machine_memory() or 1) > 0
    True
    """
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def require_memory(needed: int, what: str, remedy: str) -> None:
    """Raises where something would need more bytes than the machine has.

    >>> require_memory(8, "one number", "")
    >>> require_memory(2**60, "the outputs for 1,000 rows", "give fewer rows at a time")
    Traceback (most recent call last):
        ...
    steepest.errors.NotEnoughMemory: the outputs for 1,000 rows would need 1,152,921,504.6 GB of \
memory, this machine has ... GB; give fewer rows at a time
    """
    present = machine_memory()
    if present is not None and needed > present:
        raise NotEnoughMemory(
            f"{what} would need {needed / 1e9:,.1f} GB of memory, this machine has "
            f"{present / 1e9:,.1f} GB; {remedy}"
        )
