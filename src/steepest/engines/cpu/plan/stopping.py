"""Marks the kernels at which an interruptible program may stop within a batch.

A batch that is left has changed nothing: so no kernel may stop in a phase that writes variables or
after it. Workers compute the guard each for itself, and all of them must find the same: so no
kernel may stop in the guard's phase before it. Depends on the loop form.
"""

from __future__ import annotations

from dataclasses import replace

from steepest.engines.cpu.loops.form import Kernel, Loops


def stoppable(loops: Loops) -> Loops:
    """The loops, with `may_stop` where it is allowed."""
    found: list[tuple[Kernel, ...]] = []
    written = False
    for kernels in loops.phases:
        stores = [store for kernel in kernels for store in kernel.stores]
        written = written or any(store.access.buffer.role == "state" for store in stores)
        guards = [number for number, kernel in enumerate(kernels) if kernel.guards is not None]
        first = len(kernels) if written else max(guards, default=-1) + 1
        found.append((
            *kernels[:first],
            *(replace(kernel, may_stop=True) for kernel in kernels[first:]),
        ))
    return replace(loops, phases=tuple(found))
