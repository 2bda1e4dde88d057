"""Runs many computations in parallel: jobs that advance step by step on a pool of threads.

A job is an iterator: each step runs a piece of it, such as a bound program over some batches, and
yields the result. Machine code runs without the global interpreter lock, so that as many jobs
advance at once as there are workers. Each should use one thread (`Bound.run(threads=1)`, or a model
with `compile(threads=1)`). Depends on Python's threads and on the random generators of a context.
"""

from __future__ import annotations

import contextvars
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from steepest.arguments import whole
from steepest.engines.cores import usable_cores
from steepest.functions import generators

Value = TypeVar("Value")


@dataclass(frozen=True)
class Piece(Generic[Value]):
    """The result of one step of a job: a value that it yielded, or its end.

    `job` is the job's index. At the end `is_over` is true, and `value` is the value that the job
    returned, or `error` the error that it raised.
    """

    job: int
    value: Value | Any = None
    is_over: bool = False
    error: BaseException | None = None


class Room:
    """Decides whether another job begins beside those that are active; by default always.

    `begin_more` is set while jobs run: who sees that there is room now, on any thread, calls it.

    >>> room = Room()
    >>> room.admits(3)
    True
    """

    begin_more: Callable[[], None] | None = None

    def admits(self, active: int) -> bool:
        """Whether another job may begin; where none is active, it does."""
        return True

    def note_active(self, active: int) -> None:
        """Is called with the number of active jobs when it has changed."""

    def end(self) -> None:
        """Is called at the end, before the jobs that are still active complete their pieces."""


def advance(
    jobs: Iterable[Iterator[Value]],
    workers: int | None = None,
    in_turn: bool = False,
    room: Room | None = None,
) -> Iterator[Piece[Value]]:
    """Runs jobs on so many threads, by default one for each core; yields pieces as they are done.

    At most `workers` jobs are active, and no more than `room` admits: one begins when another is
    over. With `in_turn` all are, and each advances by one piece before the first goes on. A job
    goes on only after the caller took its last piece and asks for the next, so that the caller can
    end it in time: by `job.close()`, if it is a generator. An error ends only its own job; it is
    the `error` of a piece, with a note that names the job.

    If the caller stops, or an interrupt arrives, the active pieces are completed, then all jobs are
    closed. Each job has its own random generator, seeded here in their order: no result depends on
    the number of workers.

    >>> def halved(number):
    ...     while number > 1:
    ...         number //= 2
    ...         yield number
    ...     return "done"
    >>> [(piece.job, piece.value) for piece in advance([halved(4), halved(2)], workers=1)]
    [(0, 2), (0, 1), (0, 'done'), (1, 1), (1, 'done')]
    """
    count = usable_cores() if workers is None else whole("advance: workers", workers, 1)
    each = [_Job(index, job) for index, job in enumerate(jobs)]
    return _pieces(each, count, in_turn, Room() if room is None else room)


def run_all(jobs: Iterable[Iterator[Any]], workers: int | None = None) -> list[Piece[Any]]:
    """Runs jobs to their ends; returns the last piece of each, in their order.

    >>> [piece.value for piece in run_all([iter("ab"), iter("c")])]
    [None, None]
    """
    last = {piece.job: piece for piece in advance(jobs, workers) if piece.is_over}
    return [last[job] for job in sorted(last)]


class _Job:
    """A job with its own context, in which the random generator has its own seed."""

    def __init__(self, index: int, steps: Iterator[Any]) -> None:
        self._index, self._steps, self.has_begun = index, steps, False
        self._context = contextvars.copy_context()
        self._context.run(generators.separate, generators.fresh_seed())

    def step(self, done: queue.SimpleQueue[Piece[Any]]) -> None:
        """Puts the next piece, or the end, into a queue."""
        try:
            done.put(Piece(self._index, self._context.run(next, self._steps)))
        except StopIteration as end:
            done.put(Piece(self._index, end.value, is_over=True))
        except BaseException as error:
            error.add_note(f"in job {self._index}")
            done.put(Piece(self._index, is_over=True, error=error))

    def close(self) -> None:
        """Lets a generator leave its `with` and `try` blocks."""
        close = getattr(self._steps, "close", None)
        if close is not None:
            self._context.run(close)


def _pieces(jobs: list[_Job], workers: int, in_turn: bool, room: Room) -> Iterator[Piece[Any]]:
    waiting, active = deque(jobs), 0
    done: queue.SimpleQueue[Piece[Any]] = queue.SimpleQueue()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="steepest job")
    lock = threading.Lock()

    def begin() -> None:
        nonlocal active
        with lock:
            while waiting and active < workers:
                if active and not waiting[0].has_begun and not room.admits(active):
                    break
                job, active = waiting.popleft(), active + 1
                job.has_begun = True
                pool.submit(job.step, done)
            room.note_active(active)

    room.begin_more = begin
    try:
        while True:
            begin()
            if not active:
                return
            piece = done.get()
            yield piece
            with lock:
                active -= 1
                if not piece.is_over:
                    resume = waiting.append if in_turn else waiting.appendleft
                    resume(jobs[piece.job])
    finally:
        room.begin_more = None
        with lock:
            waiting.clear()
        room.end()
        pool.shutdown(cancel_futures=True)
        for job in jobs:
            job.close()
