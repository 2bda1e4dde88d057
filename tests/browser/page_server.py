"""A small server of the page for tests: the page's files and a session, without the guard.

The real server has its own tests; this one can be killed, and counts what the page asks for.
"""

from __future__ import annotations

import json
import queue
import select
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import steepest.studio
from steepest.studio.frame import Frame
from steepest.studio.session import Session

PAGE = Path(steepest.studio.__file__).parent / "page"
TOKEN = "test-token"
FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/studio.js": ("studio.js", "text/javascript; charset=utf-8"),
    "/studio.css": ("studio.css", "text/css; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)


class PageServer:
    """Serves a session on a free port of this machine until `stop`."""

    def __init__(self, session: Session | None = None, port: int = 0) -> None:
        self.session = session or Session()
        self.requests: list[tuple[str, str]] = []
        owner = self

        class Handler(_Handler):
            server_of_page = owner

        self._http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        self.closing = threading.Event()
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def address(self) -> str:
        """The page without its token."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def with_token(self) -> str:
        """What a user opens first."""
        return f"{self.address}#token={TOKEN}"

    def stop(self) -> None:
        """Ends as a killed server does: nothing answers any longer."""
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()

    def answer(self, message: Any) -> Frame:
        """The answer to a message; notes who was asked for what."""
        if isinstance(message, dict):
            self.requests.append((str(message.get("view")), str(message.get("do"))))
        return self.session.request(message)


class _Handler(BaseHTTPRequestHandler):
    server_of_page: PageServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path not in FILES:
            return self._send(404, b"not here", "text/plain")
        name, kind = FILES[self.path]
        return self._send(200, (PAGE / name).read_bytes(), kind)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return self._send(401, b"", "text/plain")
        message = json.loads(body)
        if self.path == "/api/stream":
            return self._stream(message["client"])
        if self.path == "/api/table":
            message = {"view": "session", "do": "table", "with": message}
        frame = self.server_of_page.answer(message)
        return self._send(200, frame.to_bytes(), "application/octet-stream")

    def _stream(self, client: str) -> None:
        woken: queue.SimpleQueue[None] = queue.SimpleQueue()
        session, closing = self.server_of_page.session, self.server_of_page.closing
        outbox = session.listen(client, lambda: woken.put(None))
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            while not (closing.is_set() or select.select([self.connection], [], [], 0)[0]):
                while (frame := outbox.take()) is not None:
                    self.wfile.write(frame.to_bytes())
                try:
                    woken.get(timeout=0.1)
                except queue.Empty:
                    continue
        except OSError:
            pass
        finally:
            session.leave(client, outbox)
            self.close_connection = True

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        """Says nothing."""
