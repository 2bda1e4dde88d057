"""Threads that are waited for: none outlives the call that started it. Leans on nothing."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def at_once(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """work(item) for every item, all at the same time, or as many as threads are to be had.

    >>> at_once(lambda number: number * number, [1, 2, 3])
    [1, 4, 9]
    """
    left, found, failed = deque(enumerate(items)), dict[int, Result](), list[BaseException]()

    def labour() -> None:
        while left:
            try:
                place, item = left.popleft()
            except IndexError:
                return  # another thread was quicker
            try:
                found[place] = work(item)
            except BaseException as error:
                failed.append(error)
                left.clear()

    _together(labour, len(items) - 1)
    if failed:
        try:
            raise failed[0]
        finally:
            failed.clear()  # it would keep the frames that it was raised through, and they keep it
    return [found[place] for place in range(len(items))]


def _together(labour: Callable[[], None], others: int) -> None:
    """Labour here and in so many other threads."""
    threads: list[threading.Thread] = []
    try:
        for _ in range(others):
            thread = threading.Thread(target=labour, daemon=True)
            thread.start()
            threads.append(thread)
    except RuntimeError:
        pass  # no more threads are to be had: those that are there do the work
    finally:
        labour()
        join_all(threads)


def join_all(threads: Sequence[threading.Thread]) -> None:
    """Wait for all threads, whatever interrupts the waiting, then let the interrupt through."""
    interrupt: BaseException | None = None
    while any(thread.is_alive() for thread in threads):
        try:
            for thread in threads:
                thread.join()
        except BaseException as error:
            interrupt = error
    if interrupt is not None:
        raise interrupt
