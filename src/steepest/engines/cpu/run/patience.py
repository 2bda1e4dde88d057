"""How long a worker waits at a barrier before it gives its core to others.

Depends on the processor's description.
"""

from __future__ import annotations

from steepest.engines.cpu.machine.processor import processor

ON_OWN_CORES = 20_000, 0
ON_SHARED_CORES = 100, 2_000


def patience(workers: int) -> tuple[int, int]:
    """(checks before a worker yields its core, checks between which it yields, before it sleeps).

    Where each worker has a core, the last one comes within microseconds unless another program has
    its core. Yielding would not help it, and costs this worker its turn: Linux lets the other
    program run for milliseconds, at each barrier. A sleeping worker leaves its core free for that
    program. Where workers share cores they yield to each other.

    >>> patience(1)
    (20000, 0)
    """
    return ON_OWN_CORES if workers <= processor().cores else ON_SHARED_CORES
