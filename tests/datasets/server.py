"""A small local server that misbehaves on request: the network as the tests need it.

Leans on the standard library.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


@dataclass
class Behaviour:
    """What the server does, and what it was asked for."""

    data: bytes
    status: int = 0
    ranges: bool = True
    cut_after: list[int] = field(default_factory=list)
    redirect: str = ""
    wrong_range: bool = False
    declares_length: bool = True
    asked: list[str | None] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    """Answers as the behaviour says."""

    behaviour: Behaviour

    def do_GET(self) -> None:
        behaviour = self.behaviour
        asked = self.headers.get("Range")
        behaviour.asked.append(asked)
        if behaviour.redirect:
            self.answer(302, b"", {"Location": behaviour.redirect})
        elif behaviour.status:
            self.answer(behaviour.status, b"")
        elif asked and behaviour.ranges:
            self.send_rest(int(asked.removeprefix("bytes=").rstrip("-")))
        else:
            self.answer(200, behaviour.data)

    def send_rest(self, start: int) -> None:
        data = self.behaviour.data
        first = start + 1 if self.behaviour.wrong_range else start
        self.answer(
            206, data[start:], {"Content-Range": f"bytes {first}-{len(data) - 1}/{len(data)}"}
        )

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if self.behaviour.declares_length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        cut = self.behaviour.cut_after.pop(0) if self.behaviour.cut_after else len(body)
        self.wfile.write(body[:cut])
        self.close_connection = True

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[str]:
    """The address of a server with this behaviour, for as long as the block runs."""
    handler = type("Bound", (Handler,), {"behaviour": behaviour})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/file.bin"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
