"""Runs work in threads and waits for all of them. Depends on the standard library alone."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

PATIENCE = 0.05  # seconds: some systems let Python note an interrupt only after a wait

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_parallel(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """`work(item)` for every item, each in a thread, or in as many threads as can be started.

    >>> in_parallel(lambda number: number * number, [1, 2, 3])
    [1, 4, 9]
    """
    left, found, failed = deque(enumerate(items)), dict[int, Result](), list[BaseException]()

    def take_items() -> None:
        while left:
            try:
                number, item = left.popleft()
            except IndexError:
                return  # another thread took the last item
            try:
                found[number] = work(item)
            except BaseException as error:
                failed.append(error)
                left.clear()

    _run_in_threads(take_items, len(items) - 1)
    if failed:
        try:
            raise failed[0]
        finally:
            failed.clear()  # the list refers to the error, its frames refer to the list: a cycle
    return [found[number] for number in range(len(items))]


def _run_in_threads(run: Callable[[], None], others: int) -> None:
    """Calls `run` in this thread and in `others` other ones."""
    threads: list[threading.Thread] = []
    try:
        for _ in range(others):
            thread = threading.Thread(target=run, daemon=True)
            thread.start()
            threads.append(thread)
    except RuntimeError:
        pass  # no more threads are available: the started ones do the work
    finally:
        run()
        join_all(threads)


def join_all(threads: Sequence[threading.Thread], stop: Callable[[], object] = bool) -> None:
    """Waits for all threads; an interrupt calls `stop`, and is raised after they have ended."""
    interrupt: BaseException | None = None
    ended = False
    while not ended:
        try:
            while any(thread.is_alive() for thread in threads):
                for thread in threads:
                    thread.join(PATIENCE)
            ended = True
        except BaseException as error:
            interrupt = error
            stop()
    if interrupt is not None:
        raise interrupt
