"""Many computations at a time: jobs that advance piece by piece on a pool of worker threads.

A job is an iterator: each step runs a piece of it, such as a bound program over some batches, and
yields what came of it. Machine code runs outside of Python's lock, so that as many jobs advance at
once as there are workers. Each should keep to one thread (`Bound.run(threads=1)`, or a model with
`compile(threads=1)`). Leans on Python's threads and on the random numbers of a context.
"""

from __future__ import annotations

import contextvars
import queue
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from steepest.arguments import whole
from steepest.engines.cores import usable_cores
from steepest.functions import random

Value = TypeVar("Value")


@dataclass(frozen=True)
class Piece(Generic[Value]):
    """What came of one step of a job: a value that it yielded, or its end.

    `job` is its place among the jobs. At the end `is_over` is true, and `value` is what the job
    returned, or `error` what it raised.
    """

    job: int
    value: Value | Any = None
    is_over: bool = False
    error: BaseException | None = None


def advance(
    jobs: Iterable[Iterator[Value]], workers: int | None = None, in_turn: bool = False
) -> Iterator[Piece[Value]]:
    """Run jobs on so many threads, by default one for each core; the pieces as they are done.

    At most `workers` jobs are under way: one begins when another is over. With `in_turn` all of
    them are, and each advances by one piece before the first goes on. A job goes on only after its
    last piece was taken and the next is asked for, so that whoever reads the pieces can end it in
    time: by `job.close()`, if it is a generator. An error ends its job alone; it comes as the
    `error` of a piece, with a note that says which job it was.

    If the reader stops, or an interrupt arrives, the pieces at work are done to their end, then all
    jobs are closed. Random numbers without a seed of their own come from one for each job, drawn
    here in their order: no result depends on the number of workers.

    >>> def halved(number):
    ...     while number > 1:
    ...         number //= 2
    ...         yield number
    ...     return "done"
    >>> [(piece.job, piece.value) for piece in advance([halved(4), halved(2)], workers=1)]
    [(0, 2), (0, 1), (0, 'done'), (1, 1), (1, 'done')]
    """
    count = usable_cores() if workers is None else whole("advance: workers", workers, 1)
    return _pieces([_Job(place, job) for place, job in enumerate(jobs)], count, in_turn)


def run_all(jobs: Iterable[Iterator[Any]], workers: int | None = None) -> list[Piece[Any]]:
    """Run jobs to their ends; the last piece of each, in their order.

    >>> [piece.value for piece in run_all([iter("ab"), iter("c")])]
    [None, None]
    """
    last = {piece.job: piece for piece in advance(jobs, workers) if piece.is_over}
    return [last[job] for job in sorted(last)]


class _Job:
    """A job with a context of its own, in which its random numbers begin with its own seed."""

    def __init__(self, place: int, steps: Iterator[Any]) -> None:
        self._place, self._steps = place, steps
        self._context = contextvars.copy_context()
        self._context.run(random.separate, random.fresh_seed())

    def step(self) -> Piece[Any]:
        """One piece, or the end."""
        try:
            return Piece(self._place, self._context.run(next, self._steps))
        except StopIteration as end:
            return Piece(self._place, end.value, is_over=True)
        except BaseException as error:
            error.add_note(f"in job {self._place}")
            return Piece(self._place, is_over=True, error=error)

    def close(self) -> None:
        """Let a generator leave its `with` and `try` blocks."""
        close = getattr(self._steps, "close", None)
        if close is not None:
            self._context.run(close)


def _pieces(jobs: list[_Job], workers: int, in_turn: bool) -> Iterator[Piece[Any]]:
    waiting = deque(jobs)
    done: queue.SimpleQueue[Piece[Any]] = queue.SimpleQueue()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="steepest job")
    at_work = 0
    try:
        while True:
            while waiting and at_work < workers:
                pool.submit(_do, waiting.popleft(), done)
                at_work += 1
            if not at_work:
                return
            piece = done.get()
            at_work -= 1
            yield piece
            if not piece.is_over:
                begin_again = waiting.append if in_turn else waiting.appendleft
                begin_again(jobs[piece.job])
    finally:
        pool.shutdown(cancel_futures=True)
        for job in jobs:
            job.close()


def _do(job: _Job, done: queue.SimpleQueue[Piece[Any]]) -> None:
    done.put(job.step())
