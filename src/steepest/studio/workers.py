"""Workers: a thread for each view. Depends on the standard library."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

Job = Callable[[], None]


class Workers:
    """Threads by name, each of which does its jobs in order; a job raises nothing.

    They do not delay the end of the process: whoever asked is gone by then.

    >>> workers, found = Workers(), SimpleQueue()
    >>> workers.do("map", lambda: found.put(6 * 7))
    >>> found.get()
    42
    >>> workers.close()
    """

    def __init__(self) -> None:
        self._queues: dict[str, SimpleQueue[Job | None]] = {}
        self._lock = threading.Lock()
        self.ended = False

    def do(self, name: str, job: Job) -> None:
        """Lets the thread of this name do a job, after those that it was given before."""
        with self._lock:
            if self.ended:
                return
            if name not in self._queues:
                self._queues[name] = SimpleQueue()
                thread = threading.Thread(
                    target=_work, args=(self._queues[name],), name=f"studio {name}", daemon=True
                )
                thread.start()
            self._queues[name].put(job)

    def close(self) -> None:
        """Lets each thread end after the job that it has begun."""
        with self._lock:
            self.ended = True
            for queue in self._queues.values():
                while not queue.empty():
                    queue.get()
                queue.put(None)
            self._queues.clear()


def _work(queue: SimpleQueue[Job | None]) -> None:
    while (job := queue.get()) is not None:
        job()
