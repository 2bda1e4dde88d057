"""The pace of messages: so many a second for all pages, and the others wait."""

from __future__ import annotations

import asyncio

import pytest

from steepest.studio.server.app import Routes
from steepest.studio.server.pace import MOST, Pace
from steepest.studio.server.replies import Replies
from steepest.studio.server.stream import Streams
from steepest.studio.session import MOST_PAGES, Session
from steepest.studio.workers import Workers


class Clock:
    """A clock that only goes on while a caller sleeps."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now

    async def sleep(self, seconds):
        self.now += seconds


def test_sixty_messages_a_second_of_each_page_pass_at_once():
    assert MOST == 60 * MOST_PAGES
    clock = Clock()
    pace = Pace(clock)
    for _ in range(20):  # seconds
        for _ in range(MOST):
            assert pace.wait() <= 1e-9
            clock.now += 1 / MOST


def test_a_flood_is_answered_at_the_pace_and_the_debt_ends_after_a_second():
    clock = Clock()
    pace = Pace(clock, clock.sleep)

    async def flood():
        for _ in range(11 * MOST):
            await pace.turn()

    asyncio.run(flood())
    assert clock.now - 100.0 == pytest.approx(10.0, abs=0.01)
    clock.now += 1.0
    assert [pace.wait() for _ in range(MOST - 1)] == [0.0] * (MOST - 1)


def answered(messages):
    """How long messages wait, sent one after the other to the routes of a server."""
    clock, session, replies = Clock(), Session(), Replies(Workers())
    routes = Routes(session, replies, Streams(session, replies))
    routes.pace = Pace(clock, clock.sleep)

    class Request:
        def __init__(self, body):
            self.given = body

        async def body(self):
            return self.given

    async def send():
        for each in messages:
            await routes.message(Request(each))

    asyncio.run(send())
    replies.close()
    return clock.now - 100.0


def test_messages_wait_and_acknowledgements_do_not():
    hello = b'{"view": "session", "do": "nothing"}'
    drawn = b'{"view": "session", "do": "acknowledge", "with": {"client": "a", "number": 1}}'
    assert answered([hello] * (MOST + 48)) == pytest.approx(0.1, abs=0.01)
    assert answered([drawn] * (MOST + 48)) == 0.0
