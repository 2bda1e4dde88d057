"""The routes of the server: four files, and three paths that take JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from steepest.studio.fields import FieldError, check, text
from steepest.studio.server.guard import Entry
from steepest.studio.server.pace import Pace
from steepest.studio.server.replies import Ended, Replies
from steepest.studio.server.stream import Streams
from steepest.studio.session import Session

PAGE = Path(__file__).parent.parent / "page"
FILES = {
    "/": ("index.html", "text/html"),
    "/studio.js": ("studio.js", "text/javascript"),
    "/studio.css": ("studio.css", "text/css"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}
ENTRIES = {
    **{path: Entry("GET") for path in FILES},
    "/api/message": Entry("POST", 1 << 20),
    "/api/table": Entry("POST", 20 << 20),
    "/api/stream": Entry("POST", 1 << 10),
}
FRAMES = "application/octet-stream"


class Routes:
    """The answers of the server; the guard is in front of them.

    >>> from steepest.studio.workers import Workers
    >>> session, replies = Session(), Replies(Workers())
    >>> routes = Routes(session, replies, Streams(session, replies))
    >>> sorted(route.path for route in routes.app.routes) == sorted(ENTRIES)
    True
    """

    def __init__(self, session: Session, replies: Replies, streams: Streams) -> None:
        self.session, self.replies, self.streams = session, replies, streams
        self.pace = Pace()
        self._files = {
            path: ((PAGE / name).read_bytes(), kind) for path, (name, kind) in FILES.items()
        }
        self.app = Starlette(
            routes=[
                *(Route(path, self.file, methods=["GET"]) for path in FILES),
                Route("/api/message", self.message, methods=["POST"]),
                Route("/api/table", self.table, methods=["POST"]),
                Route("/api/stream", self.stream, methods=["POST"]),
            ]
        )

    async def file(self, request: Request) -> Response:
        """A file of the page, which was read at the start."""
        content, kind = self._files[request.scope["path"]]
        return Response(content, media_type=kind)

    async def message(self, request: Request) -> Response:
        """The answer of a view as one frame.

        What was drawn is acknowledged at any pace: it does no work, and frames wait for it.
        """
        sent = json_of(await request.body())
        if not (isinstance(sent, dict) and sent.get("do") == "acknowledge"):
            await self.pace.turn()
        return await self._answer(sent)

    async def table(self, request: Request) -> Response:
        """The columns of a table whose text was sent, as one frame."""
        sent = json_of(await request.body())
        await self.pace.turn()
        return await self._answer({"view": "session", "do": "table", "with": sent})

    async def stream(self, request: Request) -> Response:
        """The frames that views push, one after another."""
        try:
            client = check({"client": text(64)}, json_of(await request.body()))["client"]
            frames = self.streams.open(client)
        except FieldError as error:
            status = 429 if "already" in str(error) else 400
            raise HTTPException(status, str(error)) from None
        return StreamingResponse(frames, media_type=FRAMES)

    async def _answer(self, message: Any) -> Response:
        name = self.session.view_of(message)
        try:
            frame = await self.replies.of(name, lambda: self.session.request(message).to_bytes())
        except Ended:
            raise HTTPException(503, "the studio is ending") from None
        return Response(frame, media_type=FRAMES)


def json_of(body: bytes) -> Any:
    """The value that a body holds as JSON; NaN and infinity are none.

    >>> json_of(b'{"x": 1}')
    {'x': 1}
    """
    try:
        return json.loads(body.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"the body is no JSON: {error}") from None


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")
