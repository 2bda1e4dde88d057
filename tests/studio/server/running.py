"""A running server for tests, and requests to it by raw sockets."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from steepest.studio.frame import Frame
from steepest.studio.server.start import StudioServer
from steepest.studio.session import Session
from tests.studio.echo_views import PLACES

SECONDS = 20.0


class Answer(NamedTuple):
    """What a server has answered: its status, headers in lower case, and the body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def frame(self) -> Frame:
        """The frame that the body is."""
        return Frame.from_bytes(self.body)


@contextlib.contextmanager
def running(session: Session | None = None, **options: Any) -> Iterator[StudioServer]:
    """A server in a thread, which has ended after the `with` block."""
    server = StudioServer(session or Session(views=PLACES), **options)
    thread = threading.Thread(target=server.run_here, daemon=True)
    thread.start()
    try:
        until(lambda: server.started)
        yield server
    finally:
        server.should_exit = True
        thread.join(SECONDS)
        server.close()
        assert not thread.is_alive()


def until(condition: Any) -> None:
    """Waits for a condition that another thread fulfils."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def exchange(server: StudioServer, request: bytes, ends: bool = False) -> bytes:
    """All that is answered to some bytes; with `ends` nothing follows them."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS) as client:
        answer = b""
        with contextlib.suppress(ConnectionError):
            client.sendall(request)
            if ends:
                client.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError):
            while part := client.recv(1 << 16):
                answer += part
        return answer


def parsed(answer: bytes) -> Answer:
    """An answer of HTTP in its parts."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    assert len(headers) == len(lines), "a header is there twice"
    return Answer(int(first.split()[1]), headers, body)


def request(
    server: StudioServer,
    path: str,
    method: str = "POST",
    body: bytes = b'{"view": "echo", "do": "double"}',
    changed: Mapping[str, str | None] | None = None,
    more: str = "",
) -> bytes:
    """A request with all that the guard asks for; `changed` headers replace, or remove, some.

    `more` are further lines of the head.
    """
    headers: dict[str, str | None] = {"Host": f"127.0.0.1:{server.port}", "Connection": "close"}
    if method == "POST":
        headers |= {
            "Authorization": f"Bearer {server.token}",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
        }
    headers |= changed or {}
    lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
    head = "\r\n".join([f"{method} {path} HTTP/1.1", *lines])
    return f"{head}\r\n{more}\r\n".encode() + (body if method == "POST" else b"")


def ask(server: StudioServer, path: str, method: str = "POST", **options: Any) -> Answer:
    """The answer to such a request."""
    return parsed(exchange(server, request(server, path, method, **options)))


def message(server: StudioServer, view: str, do: str, **state: Any) -> Frame:
    """The frame that a view answers with."""
    body = json.dumps({"view": view, "do": do, "id": 1, "with": state}).encode()
    return ask(server, "/api/message", body=body).frame


class Stream:
    """An open stream of frames."""

    def __init__(self, server, client="page"):
        body = json.dumps({"client": client}).encode()
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=20)
        asked = request(server, "/api/stream", body=body, changed={"Connection": None})
        self.socket.sendall(asked)
        self.file = self.socket.makefile("rb")
        assert self.file.readline().startswith(b"HTTP/1.1 200")
        while self.file.readline().rstrip():
            pass
        assert self.next().kind == "alive"

    def next(self):
        """The next frame, which comes as a part of its own; None at the end."""
        size = int(self.file.readline(), 16)
        part = self.file.read(size)
        self.file.readline()
        return Frame.from_bytes(part) if size else None

    def close(self):
        """Closes the connection, as a page does that is left."""
        self.file.close()
        self.socket.close()
