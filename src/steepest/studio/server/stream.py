"""The stream of pushed frames to a page: the next one once the page has acknowledged the last."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from steepest.studio.frame import Frame
from steepest.studio.outbox import Outbox
from steepest.studio.server.replies import Ended, Replies
from steepest.studio.session import Session

SECONDS_TO_LIFE_SIGN = 20.0


class Streams:
    """The streams of a server; `close` ends them all.

    A frame of kind "alive", which is not acknowledged, is sent while there is no other.

    >>> from steepest.studio.workers import Workers
    >>> Streams(Session(), Replies(Workers())).closing
    False
    """

    def __init__(self, session: Session, replies: Replies) -> None:
        self.session, self.replies = session, replies
        self.closing = False
        self._bells: set[asyncio.Event] = set()

    def open(self, client: str) -> AsyncIterator[bytes]:
        """The frames for a page as bytes; raises if there are too many pages."""
        loop, bell = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended; trainings go on
                loop.call_soon_threadsafe(bell.set)

        page = self.session.listen(client, wake)
        self._bells.add(bell)
        return self._frames(client, page, bell)

    async def _frames(self, client: str, page: Outbox, bell: asyncio.Event) -> AsyncIterator[bytes]:
        try:
            yield Frame("alive", view="session").to_bytes()
            while not self.closing:
                bell.clear()
                if (frame := page.take()) is not None:
                    yield await self.replies.of("stream", frame.to_bytes)
                    continue
                try:
                    await asyncio.wait_for(bell.wait(), SECONDS_TO_LIFE_SIGN)
                except TimeoutError:
                    yield Frame("alive", view="session").to_bytes()
        except Ended:
            pass
        finally:
            self._bells.discard(bell)
            self.session.leave(client, page)

    def close(self) -> None:
        """Ends all streams."""
        self.closing = True
        for bell in self._bells:
            bell.set()
