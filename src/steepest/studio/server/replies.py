"""Replies: what threads compute for the event loop, which itself never computes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, TypeVar

from steepest.studio.workers import Workers

Result = TypeVar("Result")


class Ended(Exception):
    """The server ends, and what was asked is not computed any more."""


class Replies:
    """Results of functions that threads call, awaited in an event loop.

    >>> replies = Replies(Workers())
    >>> asyncio.run(replies.of("map", lambda: 6 * 7))
    42
    >>> replies.close()
    """

    def __init__(self, workers: Workers) -> None:
        self.workers = workers
        self._awaited: set[asyncio.Future[Any]] = set()

    async def of(self, name: str, function: Callable[[], Result]) -> Result:
        """The result of a function that the thread of this name calls; raises `Ended`."""
        if self.workers.ended:
            raise Ended
        loop = asyncio.get_running_loop()
        reply: asyncio.Future[Result] = loop.create_future()

        def job() -> None:
            result, error = None, None
            try:
                result = function()
            except Exception as raised:
                error = raised
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(_settle, reply, result, error)

        self._awaited.add(reply)
        self.workers.do(name, job)
        try:
            return await reply
        finally:
            self._awaited.discard(reply)

    def close(self) -> None:
        """Ends the threads after what they are at; whoever waits is given `Ended`.

        It is called in the thread of the event loop, or after the loop has ended.
        """
        self.workers.close()
        for reply in list(self._awaited):
            _settle(reply, None, Ended())


def _settle(reply: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
    if reply.done():
        return
    if error is None:
        reply.set_result(result)
    else:
        reply.set_exception(error)
