"""Connection: HTTP/1.1 by h11, for a request's head that comes in time and is well formed.

Other connections are closed. Depends on uvicorn and guard.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from steepest.studio.server.guard import HEADERS

SECONDS_FOR_A_HEAD = 10.0
MOST_CONNECTIONS = 256


class Connection(H11Protocol):  # type: ignore[misc] # uvicorn is optional, and not read by mypy
    """A connection of a client to the server."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Closes the connection if there are too many."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        else:
            self._wait_for_a_head()

    def data_received(self, data: bytes) -> None:
        """Reads on; the time for a head runs from its first byte."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        elif self._late is None and not self.transport.is_closing():
            self._wait_for_a_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets the time."""
        self._stop_waiting()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answers what is no HTTP, with the headers that every answer has."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            sentence = b"this is no valid request of HTTP/1.1"
            headers = [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", str(len(sentence)).encode()),
                (b"connection", b"close"),
                *HEADERS,
            ]
            events = (h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
                      h11.Data(data=sentence), h11.EndOfMessage())  # fmt: skip
            for event in events:
                self.transport.write(self.conn.send(event))
        self.transport.close()

    def _wait_for_a_head(self) -> None:
        self._late = self.loop.call_later(SECONDS_FOR_A_HEAD, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
