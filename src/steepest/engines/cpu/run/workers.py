"""Running the code: one call of `run` for each worker, workers being threads outside Python's lock.

Leans on memory.py and threads.py. Threads are started for a stretch and joined at its end: none is
left behind, none is there to be lost in a fork, and an interrupt waits at most for the stretch. If
they are as many as the cores, each keeps to a core of its own: left to the system, two were seen to
share one for tens of milliseconds, since workers that wait for each other at a barrier look busy on
it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import threading
from collections.abc import Callable

from steepest.engines.cpu.machine.threads import join_all
from steepest.engines.cpu.run.memory import Room

Entry = Callable[[int, int, int, int, int], int]
_SIGNATURE = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_int64] * 5)


def entry_at(address: int) -> Entry:
    """The function `run` of a program, callable from Python."""
    return _SIGNATURE(address)


def size_at(address: int) -> Callable[[int], int]:
    """A function of the batch that tells a size, callable from Python."""
    return ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(address)


def launch(entry: Entry, room: Room) -> int:
    """Do what the room says; returns how many batches were done."""
    workers = room.layout.workers
    if workers == 1:
        return entry(0, 1, *room.shared)
    room.meeting[0] = 0
    return _together(entry, room.shared, workers)


def _together(entry: Entry, shared: tuple[int, ...], workers: int) -> int:
    """All workers are threads, the first one too: an interrupt of the main thread stops none.

    A thread that an interrupt kept from being counted finds that out and goes home.
    """
    team = _Team(entry, shared)
    threads = [
        threading.Thread(target=team.work, args=(number,), daemon=True) for number in range(workers)
    ]
    started = []
    try:
        for thread in threads:
            thread.start()
            started.append(thread)
    except RuntimeError:
        pass  # no more threads are to be had: those that are there do the work
    finally:
        team.begin(len(started))
        join_all(started)
    return team.done if started else entry(0, 1, *shared)


class _Team:
    """Workers that wait until it is known how many they are."""

    def __init__(self, entry: Entry, shared: tuple[int, ...]) -> None:
        self.entry = entry
        self.shared = shared
        self.workers = 0
        self.done = 0
        self._ready = threading.Event()

    def begin(self, workers: int) -> None:
        """So many of them were started."""
        self.workers = workers
        self._ready.set()

    def work(self, number: int) -> None:
        """What each thread does."""
        self._ready.wait()
        if number >= self.workers:
            return
        keep_to_a_core(number, self.workers)
        done = self.entry(number, self.workers, *self.shared)
        if number == 0:
            self.done = done


def keep_to_a_core(number: int, workers: int) -> None:
    """Bind this thread to the core of its number where each core has one worker, until it ends."""
    if not hasattr(os, "sched_setaffinity"):
        return
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) == workers:
        with contextlib.suppress(OSError):  # a system that forbids it does without
            os.sched_setaffinity(0, {cores[number]})
