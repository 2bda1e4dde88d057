"""Guard: the root of the server, through which every request passes.

Depends on the standard library.

It refuses every websocket. Of HTTP it takes the paths of a fixed table, a request that names this
server as its host, from its own page or from no page. What has an effect or gives data needs the
token. There are no cookies, and no other site is allowed to read an answer.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, NamedTuple

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

log = logging.getLogger("steepest.studio")

HOSTS = ("127.0.0.1", "localhost", "[::1]")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),  # no-referrer would send "Origin: null" with POST
    (b"cache-control", b"no-store"),
)
"""What every answer has."""
ONCE = (b"host", b"origin", b"authorization", b"content-type", b"content-length", b"sec-fetch-site",
        b"sec-fetch-mode", b"sec-fetch-dest")  # fmt: skip
JSON = re.compile(rb'application/json(?:\s*;\s*charset="?utf-8"?)?', re.IGNORECASE)
MOST_AT_ONCE = 64
SECONDS_FOR_A_BODY = 60.0
FAILURES, WITHIN, PAUSE = 10, 1.0, 1.0
"""After so many wrong tokens within so many seconds, each answer to one is late by a second."""


class Entry(NamedTuple):
    """What a path takes: its method, and the most bytes of a body; POST needs the token.

    >>> Entry("POST", 1 << 20).method
    'POST'
    """

    method: str
    most: int = 0


class Refusal(Exception):
    """An answer in place of that of the application: its status, and a sentence.

    >>> Refusal(404, "there is nothing here").status
    404
    """

    def __init__(self, status: int, sentence: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(sentence)
        self.status, self.sentence, self.headers = status, sentence, headers


class _Gone(Exception):
    """The client has closed the connection."""


class Guard:
    """An ASGI application that passes on what is allowed, and refuses the rest.

    >>> guard = Guard(app=None, entries={"/": Entry("GET")}, token="s", port=8765)
    >>> b"localhost:8765" in guard.hosts
    True
    """

    def __init__(
        self,
        app: App,
        entries: Mapping[str, Entry],
        token: str,
        port: int,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.app, self.entries = app, dict(entries)
        self.hosts = {f"{host}:{port}".encode() for host in HOSTS}
        self.seen = clock()
        """When a request with the token came last."""
        self.active = 0
        self._expected = b"Bearer " + token.encode()
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._clock, self._pause = clock, pause

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        if scope["type"] != "http":
            return
        self.active += 1
        try:
            entry = await self._entry(scope)
            body = await _body_of(receive, entry.most)
            await self.app(scope, _again(body, receive), _with_headers(send))
        except Refusal as refusal:
            await _answer(refusal, _with_headers(send))
        except _Gone:
            pass
        except Exception:
            log.exception("%s failed", scope["path"])
            await _answer(Refusal(500, "this is a bug of steepest"), _with_headers(send))
        finally:
            self.active -= 1

    async def _entry(self, scope: Scope) -> Entry:
        """The entry of a request that is allowed; raises a refusal for any other."""
        headers = _headers_of(scope)
        host = headers.get(b"host", b"").lower()
        if host not in self.hosts:
            raise Refusal(421, "this server answers to 127.0.0.1 and localhost with its port only")
        path = scope["path"]
        if path not in self.entries or scope.get("raw_path", path.encode()) != path.encode():
            raise Refusal(404, "there is nothing here")
        entry = self.entries[path]
        if scope["method"] != entry.method:
            allowed = (b"allow", entry.method.encode())
            raise Refusal(405, f"{path} takes {entry.method} only", allowed)
        if self.active > MOST_AT_ONCE:
            raise Refusal(429, f"more than {MOST_AT_ONCE} requests at once")
        if b"upgrade" in headers or b"transfer-encoding" in headers:
            raise Refusal(400, "there is no websocket here, and a body comes as a whole")
        _refuse_foreign(host, headers, entry)
        if entry.method == "POST":
            await self._check_token(headers)
            _refuse_kind(headers, entry)
        return entry

    async def _check_token(self, headers: Mapping[bytes, bytes]) -> None:
        given = headers.get(b"authorization", b"")
        if hmac.compare_digest(given, self._expected):
            self.seen = self._clock()
            return
        now, before = self._clock(), list(self._failures)
        self._failures.append(now)
        if len(before) == FAILURES and now - before[0] < WITHIN:
            await self._pause(PAUSE)
        raise Refusal(
            401,
            "the token is missing or wrong: open the address that the terminal shows, or start "
            "steepest studio again",
        )


def _headers_of(scope: Scope) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in found and name in ONCE:
            raise Refusal(400, f"the header {name.decode('latin-1')} is there twice")
        found[name] = value
    return found


def _refuse_foreign(host: bytes, headers: Mapping[bytes, bytes], entry: Entry) -> None:
    """Raises for a request that another site, or another port, has made.

    A link or a file may lead to the page itself, which has neither data nor an effect.
    """
    if headers.get(b"origin", b"http://" + host) != b"http://" + host:
        raise Refusal(403, "the request came from another origin")
    site = headers.get(b"sec-fetch-site", b"same-origin")
    leads_here = headers.get(b"sec-fetch-mode") == b"navigate"
    leads_here = leads_here and headers.get(b"sec-fetch-dest") == b"document"
    if site not in (b"same-origin", b"none") and not (entry.method == "GET" and leads_here):
        raise Refusal(403, "the request came from another site")


def _refuse_kind(headers: Mapping[bytes, bytes], entry: Entry) -> None:
    """Raises for a body that is no JSON, or is said to be too long."""
    if not JSON.fullmatch(headers.get(b"content-type", b"")) or b"content-encoding" in headers:
        raise Refusal(415, "a body of application/json was expected, in UTF-8 and not compressed")
    length = headers.get(b"content-length", b"")
    if not length:
        raise Refusal(411, "the length of the body was expected as Content-Length")
    if not length.isdigit() or len(length) > 15 or int(length) > entry.most:
        raise Refusal(413, f"a body of at most {entry.most:,} bytes was expected")


async def _body_of(receive: Receive, most: int) -> bytes:
    """The whole body, counted while it comes."""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(SECONDS_FOR_A_BODY):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _Gone
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > most:
                    raise Refusal(413, f"a body of at most {most:,} bytes was expected")
                if not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError:
        raise Refusal(408, f"the body took more than {SECONDS_FOR_A_BODY:.0f} seconds") from None


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives the body that was read, and then what comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return waiting.pop() if waiting else await receive()

    return give


def _with_headers(send: Send) -> Send:
    async def give(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *HEADERS]}
        await send(message)

    return give


async def _answer(refusal: Refusal, send: Send) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(refusal.sentence.encode())).encode()),
        (b"connection", b"close"),
        *refusal.headers,
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": refusal.sentence.encode()})
