"""Pace: how many messages a second are answered. Depends on the standard library."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from steepest.studio.session import MOST_PAGES

MOST_OF_A_PAGE = 60
MOST = MOST_OF_A_PAGE * MOST_PAGES
"""Messages a second of all pages together; so many may come at once."""


class Pace:
    """Lets so many messages a second pass; others wait for their turn, and none is refused.

    A page has one request of a kind under way, so one that waits sends less.

    >>> pace = Pace(clock=lambda: 0.0)
    >>> waits = [pace.wait() for _ in range(MOST + 48)]
    >>> waits[:MOST] == [0.0] * MOST, round(waits[-1], 3)
    (True, 0.1)
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._due = clock() - 1.0  # when all messages so far would have come, evenly spread

    def wait(self) -> float:
        """The seconds that a message that comes now has to wait."""
        now = self._clock()
        self._due = max(self._due, now - 1.0) + 1 / MOST
        return max(0.0, self._due - now)

    async def turn(self) -> None:
        """Returns when it is the turn of a message that comes now."""
        if (seconds := self.wait()) > 0:
            await self._sleep(seconds)
