"""Prefetching and parallel map on background threads.

Errors of a thread are raised where its results are read. Depends on engines/ for the core count.
"""

from __future__ import annotations

import contextvars
import itertools
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

from steepest.arguments import is_whole
from steepest.engines.cores import usable_cores
from steepest.errors import ArgumentError

AUTOTUNE = -1
"""Lets the library choose, where a number of threads or of batches is asked for."""
DEPTH = 2  # items prepared in advance by default
WAIT_SECONDS = 0.1
WAITING_PER_WORKER = 2


class _Failed:
    """The error that ended the thread."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


_END = object()


def ahead(make: Callable[[], Iterable[Any]], depth: int) -> Iterator[Any]:
    """The items of `make()`, `depth` of them prepared in advance on a background thread.

    >>> list(ahead(lambda: range(3), depth=1))
    [0, 1, 2]
    """
    ready: queue.Queue[Any] = queue.Queue(max(depth, 1))
    stopped = threading.Event()
    work = contextvars.copy_context().run  # random numbers come from the caller's generator
    worker = threading.Thread(target=work, args=(_work, make, ready, stopped), daemon=True)
    worker.start()
    try:
        while (item := ready.get()) is not _END:
            if isinstance(item, _Failed):
                raise item.error
            yield item
    finally:
        stopped.set()


def _work(make: Callable[[], Iterable[Any]], ready: queue.Queue[Any], stopped: Any) -> None:
    try:
        for item in make():
            if not _put(item, ready, stopped):
                return
    except BaseException as error:
        _put(_Failed(error), ready, stopped)
    else:
        _put(_END, ready, stopped)


def _put(item: Any, ready: queue.Queue[Any], stopped: Any) -> bool:
    """Puts an item into the queue; False if the reader has stopped."""
    while not stopped.is_set():
        try:
            ready.put(item, timeout=WAIT_SECONDS)
        except queue.Full:
            continue
        return True
    return False


def threads_asked_for(where: str, number: int | None) -> int:
    """The number of threads of `num_parallel_calls`: one for None, the core count for AUTOTUNE.

    >>> threads_asked_for("Dataset.map", 3), threads_asked_for("Dataset.map", None)
    (3, 1)
    """
    if number is not None and not (is_whole(number) and (number >= 1 or number == AUTOTUNE)):
        raise ArgumentError(
            f"{where}: num_parallel_calls must be a whole number from 1, or AUTOTUNE, "
            f"got {number!r}"
        )
    return usable_cores() if number == AUTOTUNE else number or 1


def side_by_side(
    function: Callable[[Any], Any], items: Iterable[Any], workers: int
) -> Iterator[Any]:
    """`function` of each item, `workers` at a time on threads; the results keep the items' order.

    An error, of the function or of the items, is raised in its place among the results.

    >>> list(side_by_side(lambda n: n * n, range(4), workers=2))
    [0, 1, 4, 9]
    """
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(workers)
    try:
        submitted = _submitted(pool, function, items)
        waiting = deque(itertools.islice(submitted, WAITING_PER_WORKER * workers))
        while waiting:
            result = waiting.popleft().result()
            waiting.extend(itertools.islice(submitted, 1))
            yield result
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _submitted(
    pool: Executor, function: Callable[[Any], Any], items: Iterable[Any]
) -> Iterator[Future[Any]]:
    from concurrent.futures import Future

    try:
        for item in items:
            yield pool.submit(contextvars.copy_context().run, function, item)
    except Exception as error:
        failed: Future[Any] = Future()
        failed.set_exception(error)
        yield failed
