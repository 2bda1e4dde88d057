"""Starts the server: its port, its token, the browser, and when it ends."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import secrets
import socket
import sys
import time
from collections.abc import Callable, Iterator
from typing import TextIO

import uvicorn

from steepest.arguments import is_whole
from steepest.errors import ArgumentError, SteepestError
from steepest.studio.server.app import ENTRIES, Routes
from steepest.studio.server.browser import AddressFile, has_browser, open_browser
from steepest.studio.server.connection import Connection
from steepest.studio.server.guard import Guard
from steepest.studio.server.replies import Replies
from steepest.studio.server.stream import Streams
from steepest.studio.session import Session
from steepest.studio.workers import Workers

HOST = "127.0.0.1"
IDLE_SECONDS = 30 * 60.0
LOWEST_PORT = 1024


class StudioServer(uvicorn.Server):  # type: ignore[misc] # uvicorn is optional, not read by mypy
    """The server of one session: `run_here` runs it until it ends.

    It ends with its parent process, by Ctrl-C, or after 30 minutes in which no page asked.

    >>> server = StudioServer(Session())
    >>> server.address.startswith("http://127.0.0.1:"), len(server.token)
    (True, 43)
    >>> server.close()
    """

    def __init__(
        self, session: Session, port: int | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.session, self.clock = session, clock
        self.socket = listening(port)
        self.port = self.socket.getsockname()[1]
        self.token = secrets.token_urlsafe(32)
        self.address = f"http://{HOST}:{self.port}/#token={self.token}"
        self.file: AddressFile | None = None
        self.why = ""
        """Why it has ended, if not by Ctrl-C."""
        self.replies = Replies(Workers())
        self.streams = Streams(session, self.replies)
        routes = Routes(session, self.replies, self.streams)
        self.guard = Guard(routes.app, ENTRIES, self.token, self.port, clock)
        self._parent, self._started_at = os.getppid(), self.guard.seen
        options = {
            "http": Connection, "ws": "none", "lifespan": "off", "loop": "asyncio",
            "log_config": None, "log_level": "critical", "access_log": False,
            "proxy_headers": False, "server_header": False, "date_header": False,
            "timeout_graceful_shutdown": 0,
        }  # fmt: skip
        super().__init__(uvicorn.Config(self.guard, **options))

    def announcement(self, browser: bool = True) -> Iterator[str]:
        """Lines that say where the studio is; a browser is opened if there is one.

        Only a terminal is shown the token: elsewhere the lines name a file that holds it.
        """
        shown = is_terminal(sys.stdout)
        opens = browser and has_browser()
        yield f"The studio is at {self.address if shown else self.address.partition('#')[0]}"
        if opens or not shown:
            self.file = AddressFile(self.address)
        if self.file is not None and not shown:
            yield f"The file {self.file.path} leads there with its token."
        if self.file is not None and opens:
            open_browser(self.file.path)
        yield "Ctrl-C ends it."

    def run_here(self) -> None:
        """Runs until the server ends; what the first page asks for is imported meanwhile."""

        def prepare() -> None:
            self.session.request({"view": self.session.name, "do": "hello"})

        self.replies.workers.do(self.session.name, prepare)
        with hidden_in_logs(self.token), contextlib.suppress(KeyboardInterrupt):
            self.run(sockets=[self.socket])

    async def on_tick(self, counter: int) -> bool:
        """Whether the server is to end; asked ten times a second."""
        ends = await super().on_tick(counter)
        if self.guard.seen > self._started_at and self.file is not None:
            self.file.remove()  # the page has the token
        if self.session.pages:
            self.guard.seen = self.clock()
        if self.clock() - self.guard.seen > IDLE_SECONDS:
            self.why = ": no page was open for 30 minutes"
        elif os.getppid() != self._parent:
            self.why = ": the program that started it has ended"
        if ends or self.why:
            self.streams.close()
            self.replies.close()
            return True
        return False

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends connections, trainings and threads; a signal may end the process after it."""
        await super().shutdown(sockets)
        self.close()

    def close(self) -> None:
        """Ends trainings and threads, and removes the file of the address; may be called again."""
        self.replies.close()
        self.session.close()
        self.socket.close()
        if self.file is not None:
            self.file.remove()


def listening(port: int | None) -> socket.socket:
    """A socket that listens on a port of this machine; on any free one if none is given.

    >>> listening(80)
    Traceback (most recent call last):
        ...
    steepest.errors.ArgumentError: port: a number from 1024 to 65535 was expected, got 80
    """
    if port is not None and not (is_whole(port) and LOWEST_PORT <= port <= 65535):
        raise ArgumentError(
            f"port: a number from {LOWEST_PORT} to 65535 was expected, got {port!r}"
        )
    # With the protocol named, asyncio sets TCP_NODELAY; else a reply waits 40 ms for a delayed ACK.
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    exclusive = getattr(socket, "SO_EXCLUSIVEADDRUSE", None)  # of Windows
    found.setsockopt(socket.SOL_SOCKET, exclusive or socket.SO_REUSEADDR, 1)
    try:
        found.bind((HOST, port or 0))
        found.listen()
    except OSError as error:
        found.close()
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise SteepestError(
            f"port {port} is in use; name another (--port), or none for one that is free"
        ) from None
    return found


class _Hiding(logging.Filter):
    def __init__(self, token: str) -> None:
        super().__init__()
        self.token = token

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = record.getMessage().replace(self.token, "[token]"), ()
        if record.exc_info:
            trace = logging.Formatter().formatException(record.exc_info)
            record.exc_text = trace.replace(self.token, "[token]")
        return True


@contextlib.contextmanager
def hidden_in_logs(token: str) -> Iterator[None]:
    """Replaces a token in what the server logs."""
    loggers = [logging.getLogger(name) for name in ("uvicorn.error", "steepest.studio", "asyncio")]
    hiding = _Hiding(token)
    for logger in loggers:
        logger.addFilter(hiding)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(hiding)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal.

    >>> is_terminal(None)
    False
    """
    return stream is not None and not stream.closed and stream.isatty()
