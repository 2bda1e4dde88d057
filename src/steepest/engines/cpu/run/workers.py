"""Runs the code of a program on several workers: threads that call it outside of Python's lock.

Depends on threads.py. Threads are started for a run of batches and joined at its end: none is
left behind or lost in a fork, and an interrupt waits for the end of the run at most; it sets the
stop word, which code for long batches reads. If there are as many as cores, each is bound to a core
of its own: the system was seen to let two share one for tens of milliseconds, since a worker that
waits at a barrier looks busy to it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
from collections.abc import Callable

from steepest.engines.cpu.machine.threads import join_all
from steepest.engines.stopping import StopWord

Entry = Callable[[int, int, int, int, int], int]
_SIGNATURE = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_int64] * 5)


def entry_at(address: int) -> Entry:
    """The function `run` of a program, callable from Python."""
    return _SIGNATURE(address)


def size_at(address: int) -> Callable[[int], int]:
    """A function of the batch that gives a size, callable from Python."""
    return ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(address)


def run_together(
    entry: Entry, shared: tuple[int, ...], workers: int, stop: StopWord | None = None
) -> int:
    """Runs `workers` threads, the first worker too, so that an interrupt ends none of them.

    A thread that started but was not counted (interrupt) returns without working.
    """
    team = _Team(entry, shared)
    threads = [
        threading.Thread(target=team.work, args=(number,), daemon=True) for number in range(workers)
    ]
    stop, started = StopWord() if stop is None else stop, []
    try:
        for thread in threads:
            thread.start()
            started.append(thread)
    except RuntimeError:
        pass  # no more threads are available: the started ones do the work
    except BaseException:
        stop.set()
        raise
    finally:
        team.begin(len(started))
        join_all(started, stop.set)
    return team.done if started else entry(0, 1, *shared)


class _Team:
    """Workers that wait until their number is known."""

    def __init__(self, entry: Entry, shared: tuple[int, ...]) -> None:
        self.entry = entry
        self.shared = shared
        self.workers = 0
        self.done = 0
        self._ready = threading.Event()

    def begin(self, workers: int) -> None:
        """Sets the number of workers that were started, and lets them begin."""
        self.workers = workers
        self._ready.set()

    def work(self, number: int) -> None:
        """Runs one worker: the body of each thread."""
        self._ready.wait()
        if number >= self.workers:
            return
        bind_to_core(number, self.workers)
        done = self.entry(number, self.workers, *self.shared)
        if number == 0:
            self.done = done


def bind_to_core(number: int, workers: int) -> None:
    """Binds this thread to the core of its number where each core has one worker."""
    if not hasattr(os, "sched_setaffinity"):
        return
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) == workers:
        with contextlib.suppress(OSError):  # where it is forbidden, the threads run unbound
            os.sched_setaffinity(0, {cores[number]})
