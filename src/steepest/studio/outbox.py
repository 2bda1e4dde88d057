"""Outbox: the frames that wait for one page; the latest of each kind wins. Depends on frame."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from steepest.studio.frame import Frame


class Outbox:
    """The frames that wait for one page, at most one of each view and kind.

    `take` gives the next one once the page has acknowledged the one before. `wake` is called, from
    any thread, when there may be something to take. Nothing here waits, so that a page that is
    slow, asleep or closed never delays whoever pushes.

    >>> outbox = Outbox()
    >>> outbox.put(Frame("curves", {"step": 1})); outbox.put(Frame("curves", {"step": 2}))
    >>> frame = outbox.take()
    >>> frame.number, frame.data
    (1, {'step': 2})
    >>> outbox.put(Frame("curves", {"step": 3})); outbox.take() is None
    True
    >>> outbox.acknowledge(1); outbox.take().data
    {'step': 3}
    """

    def __init__(self, wake: Callable[[], None] = lambda: None) -> None:
        self.wake = wake
        self._waiting: dict[tuple[str | None, str], Frame] = {}
        self._sent = self._acknowledged = 0
        self._lock = threading.Lock()

    def put(self, frame: Frame) -> None:
        """Keeps a frame in place of the one of its view and kind."""
        with self._lock:
            self._waiting[frame.view, frame.kind] = frame
        self.wake()

    def acknowledge(self, number: int) -> None:
        """Notes that the page has drawn the frame of this number."""
        with self._lock:
            self._acknowledged = max(self._acknowledged, min(number, self._sent))
        self.wake()

    def take(self) -> Frame | None:
        """The next frame with its number; None if there is none, or the page is behind."""
        with self._lock:
            if not self._waiting or self._acknowledged < self._sent:
                return None
            frame = self._waiting.pop(next(iter(self._waiting)))
            self._sent += 1
            return replace(frame, number=self._sent)
