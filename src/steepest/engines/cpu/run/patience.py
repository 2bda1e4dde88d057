"""How long a worker waits at a barrier before it gives its core to others.

Depends on the processor's description.
"""

from __future__ import annotations

from steepest.engines.cpu.machine.processor import processor

ON_OWN_CORES, ON_SHARED_CORES = 20_000, 100  # checks; 20,000 take half a millisecond or less


def patience(workers: int) -> int:
    """How often a worker of so many checks a barrier before it sleeps.

    Where each worker has a core, the last one comes within microseconds unless another program has
    its core. Then a worker that yields would lose its own turn to such a program: since version
    6.6 Linux lets that run for milliseconds, at each barrier. One that sleeps continues when it
    wakes up, and leaves its core free meanwhile.

    >>> patience(1)
    20000
    """
    return ON_OWN_CORES if workers <= processor().cores else ON_SHARED_CORES
