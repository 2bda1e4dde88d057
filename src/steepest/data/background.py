"""What is to come is made ready on a thread of its own while the present is in use.

Leans on Python's threads alone. Errors of the thread are raised where its results are read.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

WAIT_SECONDS = 0.1


class _Failed:
    """The error that ended the thread."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


_END = object()


def ahead(make: Callable[[], Iterable[Any]], depth: int) -> Iterator[Any]:
    """What `make()` gives, `depth` items of it made before they are asked for.

    >>> list(ahead(lambda: range(3), depth=1))
    [0, 1, 2]
    """
    ready: queue.Queue[Any] = queue.Queue(max(depth, 1))
    stopped = threading.Event()
    worker = threading.Thread(target=_work, args=(make, ready, stopped), daemon=True)
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
    """Hand an item over; False if nobody will ask for it any more."""
    while not stopped.is_set():
        try:
            ready.put(item, timeout=WAIT_SECONDS)
        except queue.Full:
            continue
        return True
    return False
