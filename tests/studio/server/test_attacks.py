"""The attacks that a server on this machine must survive, by raw sockets, on every path.

Each test names the attack; what a browser alone can show is in the tests with a browser.
"""

from __future__ import annotations

import asyncio
import json
import os
import stat

import hypothesis
import pytest
from hypothesis import strategies

from steepest.studio.server.app import ENTRIES, PAGE
from steepest.studio.server.guard import FAILURES, HEADERS, Entry, Guard
from tests.studio.server.running import Answer, ask, exchange, message, parsed, request, running

PATHS = list(ENTRIES)
DATA = [path for path, entry in ENTRIES.items() if entry.method == "POST"]
STATIC = [path for path, entry in ENTRIES.items() if entry.method == "GET"]
BODIES = {
    "/api/message": b'{"view": "echo", "do": "double", "id": 1, "with": {}}',
    "/api/table": b'{"name": "t", "text": "a,b\\n1,2\\n3,4\\n"}',
    "/api/stream": b'{"client": 1}',  # refused, so that the answer ends
}


@pytest.fixture(scope="module")
def server():
    with running() as server:
        yield server


def walk(server, path, **options) -> Answer:
    """A request to a path by its own method."""
    method = ENTRIES[path].method
    return ask(server, path, method, body=BODIES.get(path, b""), **options)


def expected(path: str) -> int:
    """The status of a request with nothing wrong about it."""
    return 400 if path == "/api/stream" else 200


@pytest.fixture
def foreign_port(server):
    return server.port + 1 if server.port < 65535 else server.port - 1


# ------------------------------------------------------------ all paths


@pytest.mark.parametrize("path", PATHS)
def test_a_request_with_nothing_wrong_is_answered(server, path):
    assert walk(server, path).status == expected(path)


def test_the_paths_are_those_of_the_table(server):
    routes = {route.path: route.methods for route in server.guard.app.routes}
    assert routes.keys() == ENTRIES.keys()
    assert all(ENTRIES[path].method in methods for path, methods in routes.items())


HOSTS = {
    "another name": "evil.test:{port}",
    "no port": "127.0.0.1",
    "another port": "127.0.0.1:{other}",
    "a trailing dot": "localhost.:{port}",
    "a user": "a@127.0.0.1:{port}",
    "the wildcard address": "0.0.0.0:{port}",
    "another form of the number": "127.1:{port}",
    "a list": "127.0.0.1:{port}, evil.test",
    "nothing": "",
}


@pytest.mark.parametrize("name", HOSTS)
@pytest.mark.parametrize("path", PATHS)
def test_attack_1_another_host(server, foreign_port, path, name):
    host = HOSTS[name].format(port=server.port, other=foreign_port)
    answer = walk(server, path, changed={"Host": host})
    assert answer.status == 421 or (answer.status == 400 and name in ("a list", "nothing"))


@pytest.mark.parametrize("path", PATHS)
def test_attack_1_two_hosts_none_or_an_absolute_target(server, path):
    own = f"127.0.0.1:{server.port}"
    assert walk(server, path, more=f"Host: {own}\r\n").status == 400
    assert walk(server, path, changed={"Host": None}).status == 400
    old = request(server, path, ENTRIES[path].method, changed={"Host": None})
    assert parsed(exchange(server, old.replace(b"HTTP/1.1", b"HTTP/1.0"))).status == 421
    absolute = request(server, f"http://{own}{path}", ENTRIES[path].method)
    assert parsed(exchange(server, absolute)).status == 404


@pytest.mark.parametrize("host", ["localhost", "LocalHost", "[::1]"])
def test_other_names_of_this_machine_are_taken(server, host):
    own = f"{host}:{server.port}"
    changed = {"Host": own, "Origin": f"http://{own.lower()}"}
    assert walk(server, "/api/message", changed=changed).status == 200


FORGED = {
    "another site": {"Origin": "https://evil.test"},
    "another port": {"Origin": "http://127.0.0.1:{other}"},
    "another name of this machine": {"Origin": "http://localhost:{port}"},
    "another scheme": {"Origin": "https://127.0.0.1:{port}"},
    "a file": {"Origin": "null"},
    "an extension": {"Origin": "chrome-extension://aaaa"},
    "no port": {"Origin": "http://127.0.0.1"},
    "a longer name": {"Origin": "http://127.0.0.1:{port}.evil.test"},
    "cross-site": {"Sec-Fetch-Site": "cross-site"},
    "same-site": {"Sec-Fetch-Site": "same-site"},
    "an unknown site": {"Sec-Fetch-Site": "x"},
    "in a frame": {
        "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe",
    },
    "as a script": {
        "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.parametrize("path", PATHS)
def test_attacks_2_4_5_from_another_origin(server, foreign_port, path, name):
    changed = {
        header: value.format(port=server.port, other=foreign_port)
        for header, value in FORGED[name].items()
    }
    assert walk(server, path, changed=changed).status == 403


@pytest.mark.parametrize("path", PATHS)
def test_a_link_leads_to_the_page_and_to_nothing_else(server, path):
    link = {
        "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document",
    }  # fmt: skip
    assert walk(server, path, changed=link).status == (200 if path in STATIC else 403)


TOKENS = {
    "none": None,
    "empty": "",
    "another": "Bearer " + 43 * "A",
    "a part": "Bearer {part}",
    "more": "Bearer {token}A",
    "no scheme": "{token}",
    "another scheme": "Basic {token}",
    "letters that are not ASCII": "Bearer \u00fc",
}


@pytest.mark.parametrize("name", TOKENS)
@pytest.mark.parametrize("path", DATA)
def test_attacks_5_8_15_data_without_the_token(server, path, name):
    server.guard._failures.clear()
    given = TOKENS[name]
    if given is not None:
        given = given.format(token=server.token, part=server.token[:-1])
    assert walk(server, path, changed={"Authorization": given}).status == 401


@pytest.mark.parametrize("path", DATA)
def test_attack_7_the_token_is_nowhere_but_in_its_header(server, path):
    server.guard._failures.clear()
    for where in (f"{path}?token={server.token}", f"{path}?access_token={server.token}"):
        without = request(server, where, body=BODIES[path], changed={"Authorization": None})
        assert parsed(exchange(server, without)).status == 401
    cookie = {"Authorization": None, "Cookie": f"token={server.token}"}
    assert walk(server, path, changed=cookie).status == 401


KINDS = {
    "a form": "application/x-www-form-urlencoded",
    "text": "text/plain",
    "text that names JSON": "text/plain;application/json",
    "several parts": "multipart/form-data; boundary=a",
    "nothing": None,
    "another charset": "application/json; charset=utf-16",
    "a longer name": "application/json+x",
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("path", DATA)
def test_attack_2_a_body_that_a_form_can_send(server, path, name):
    assert walk(server, path, changed={"Content-Type": KINDS[name]}).status == 415
    packed = {"Content-Encoding": "gzip"}
    assert walk(server, path, changed=packed).status == 415


def test_the_charset_may_be_named(server):
    for kind in ("application/json;charset=UTF-8", 'Application/JSON; charset="utf-8"'):
        assert walk(server, "/api/message", changed={"Content-Type": kind}).status == 200


METHODS = ("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "BREW", "get")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", PATHS)
def test_attack_18_another_method(server, path, method):
    answer = ask(server, path, method)
    assert answer.status == 405 and answer.headers["allow"] == ENTRIES[path].method
    other = "GET" if ENTRIES[path].method == "POST" else "POST"
    assert ask(server, path, other).status == 405


def test_attack_18_odd_framing(server):
    good = request(server, "/api/message")
    twice = good.replace(b"Content-Length: 32\r\n", b"Content-Length: 32\r\nContent-Length: 3\r\n")
    assert twice != good and parsed(exchange(server, twice)).status == 400
    both = good.replace(b"Content-Length", b"Transfer-Encoding: chunked\r\nContent-Length")
    assert parsed(exchange(server, both)).status == 400
    folded = good.replace(b"Connection: close", b"Connection: close\r\nX: y\r\n folded")
    assert parsed(exchange(server, folded)).status in (200, 400)
    for bad in (b" : ", b"\n", b"\x00"):
        bent = good.replace(b"Host: ", b"Host" + bad)
        assert parsed(exchange(server, bent)).status == 400
    hidden = b"GET / HTTP/1.1\r\nHost: evil.test\r\nX: " + good
    assert parsed(exchange(server, hidden)).status in (400, 421)


def test_attack_18_what_follows_a_refused_request_is_not_answered(server):
    refused = request(server, "/api/message", changed={"Content-Type": "text/plain",
                                                       "Connection": "keep-alive"})  # fmt: skip
    answer = exchange(server, refused + request(server, "/", "GET"))
    assert answer.count(b"HTTP/1.1 ") == 1 and parsed(answer).status == 415


PLACES = (
    "/../pyproject.toml", "/%2e%2e/%2e%2e/etc/passwd", "/studio.js/../../widget.py", "//studio.js",
    "/page/studio.js", "/%2fstudio.js", "/studio%2ejs", "/index.html", "/api", "/api/message/",
    "/API/message", "/api//message", "/docs", "/openapi.json", "/static/studio.js", "/.git/config",
    "/source/main.js", "*",
)  # fmt: skip


@pytest.mark.parametrize("path", PLACES)
def test_attacks_11_12_other_paths(server, path):
    answer = ask(server, path, "GET")
    assert answer.status == 404 and "location" not in answer.headers
    assert ask(server, path).status == 404


def test_attack_11_files_are_read_at_the_start(server):
    names = {"/": "index.html"}
    for path in STATIC:
        wanted = (PAGE / names.get(path, path[1:])).read_bytes()
        assert ask(server, f"{path}?../../x", "GET").body == wanted


@pytest.mark.parametrize("path", PATHS)
def test_attack_3_a_websocket_by_its_head(server, path):
    upgrade = (
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    )
    answer = walk(server, path, changed={"Connection": "Upgrade"}, more=upgrade)
    assert answer.status == 400


@pytest.mark.parametrize("path", [*PATHS, "/ws", "/api"])
def test_attack_3_a_websocket_scope(server, path):
    sent = []

    async def receive():
        return {"type": "websocket.connect"}

    async def send(event):
        sent.append(event)

    headers = [(b"host", f"127.0.0.1:{server.port}".encode())]
    headers.append((b"authorization", f"Bearer {server.token}".encode()))
    scope = {"type": "websocket", "path": path, "headers": headers}
    asyncio.run(server.guard(scope, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


def guarded(server, *more, path="/api/message"):
    """The status that the guard alone gives to a request with further headers."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": BODIES[path]}

    async def send(event):
        sent.append(event)

    head = request(server, path, body=BODIES[path]).split(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    pairs = [line.split(b": ", 1) for line in head]
    headers = [(name.lower(), value) for name, value in pairs]
    scope = {"type": "http", "path": path, "raw_path": path.encode(), "method": "POST"}
    asyncio.run(server.guard({**scope, "headers": [*headers, *more]}, receive, send))
    return sent[0]["status"]


@pytest.mark.parametrize("name", [b"host", b"authorization", b"content-type", b"content-length"])
def test_attack_1_a_header_that_is_there_twice(server, name):
    value = dict(
        line.lower().split(b": ", 1)
        for line in request(server, "/api/message").split(b"\r\n")[1:-2]
    )[name]
    assert guarded(server, (name, value)) == 400
    assert guarded(server, (b"origin", b"null"), (b"origin", b"null")) == 400


# ------------------------------------------------------------ headers

FIXED = {name.decode(): value.decode() for name, value in HEADERS}


def test_the_headers_of_every_answer_are_known():
    assert FIXED == {
        "content-security-policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
            "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        ),
        "cross-origin-resource-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cache-control": "no-store",
    }


def answers_of_all_kinds(server):
    """Answers of every status, by every path, with their own headers."""
    for path in PATHS:
        yield expected(path), walk(server, path), set()
        yield 421, walk(server, path, changed={"Host": "evil.test"}), set()
        yield 403, walk(server, path, changed={"Origin": "null"}), set()
        yield 405, ask(server, path, "DELETE"), {"allow"}
    for path in DATA:
        server.guard._failures.clear()
        yield 401, walk(server, path, changed={"Authorization": None}), set()
        yield 415, walk(server, path, changed={"Content-Type": None}), set()
        yield 413, walk(server, path, changed={"Content-Length": "99999999"}), set()
    yield 404, ask(server, "/x", "GET"), set()
    yield 400, parsed(exchange(server, b"\x16\x03\x01\x00\r\n\r\n")), set()


def test_attacks_6_10_19_every_answer_has_these_headers_and_no_other(server):
    for status, answer, own in answers_of_all_kinds(server):
        assert answer.status == status
        for name, value in FIXED.items():
            assert answer.headers[name] == value, name
        assert answer.headers.keys() - FIXED.keys() == {
            "content-type", "content-length", "connection", *own,
        }  # fmt: skip
        assert "set-cookie" not in answer.headers
        assert not any(name.startswith("access-control") for name in answer.headers)


def test_the_kinds_of_content_are_known(server):
    kinds = {path: walk(server, path).headers["content-type"] for path in PATHS}
    assert kinds == {
        "/": "text/html; charset=utf-8",
        "/studio.js": "text/javascript; charset=utf-8",
        "/studio.css": "text/css; charset=utf-8",
        "/icon.svg": "image/svg+xml",
        "/api/message": "application/octet-stream",
        "/api/table": "application/octet-stream",
        "/api/stream": "text/plain; charset=utf-8",  # of the refusal
    }


def test_attack_2_a_preflight_is_refused(server):
    preflight = {
        "Origin": "https://evil.test", "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
        "Access-Control-Request-Private-Network": "true",
    }  # fmt: skip
    for path in DATA:
        answer = ask(server, path, "OPTIONS", changed=preflight)
        assert answer.status == 405
        assert not any(name.startswith("access-control") for name in answer.headers)


# ------------------------------------------------------------ limits


@pytest.mark.parametrize("path", DATA)
def test_attack_14_a_body_that_is_too_long(server, path):
    most = ENTRIES[path].most
    said = walk(server, path, changed={"Content-Length": str(most + 1)})
    assert said.status == 413 and f"{most:,} bytes" in said.body.decode()
    assert walk(server, path, changed={"Content-Length": 200 * "9"}).status in (400, 413)


@pytest.mark.parametrize("path", PATHS)
def test_attack_14_a_body_in_parts_or_without_a_length(server, path):
    parts = {"Content-Length": None, "Transfer-Encoding": "chunked"}
    assert walk(server, path, changed=parts).status == 400
    if path in DATA:
        without = request(server, path, body=b"", changed={"Content-Length": None})
        assert parsed(exchange(server, without)).status == 411
    else:
        with_body = request(server, path, "GET", changed={"Content-Length": "3"}) + b"abc"
        assert parsed(exchange(server, with_body)).status == 413


def test_attack_14_a_body_is_counted_while_it_comes(server):
    came = []

    async def receive():
        came.append(1)
        return {"type": "http.request", "body": 100_000 * b" ", "more_body": True}

    head = request(server, "/api/message").split(b"\r\n")[1:-2]
    pairs = [line.split(b": ", 1) for line in head]
    scope = {
        "type": "http", "path": "/api/message", "raw_path": b"/api/message", "method": "POST",
        "headers": [(name.lower(), value) for name, value in pairs],
    }  # fmt: skip
    sent = []

    async def send(event):
        sent.append(event)

    asyncio.run(server.guard(scope, receive, send))
    assert sent[0]["status"] == 413 and len(came) == 11


def test_attack_14_values_without_end(server):
    deep = b'{"view": ' + 200_000 * b"[" + 200_000 * b"]" + b"}"
    assert ask(server, "/api/message", body=deep).status == 400
    digits = b'{"view": "echo", "do": "double", "with": {"value": ' + 5000 * b"9" + b"}}"
    assert ask(server, "/api/message", body=digits).status == 400


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"NaN", b'{"x": Infinity}', b"\xfe\xff\x00{"])
@pytest.mark.parametrize("path", DATA)
def test_a_body_that_is_no_json_is_refused(server, path, body):
    answer = ask(server, path, body=body)
    assert answer.status == 400 and b"no JSON" in answer.body


def test_attack_8_answers_to_many_wrong_tokens_are_late():
    waited = []

    async def pause(seconds):
        waited.append(seconds)

    async def app(scope, receive, send):
        raise AssertionError("is not reached")

    times = iter([0.0, *(0.01 * n for n in range(FAILURES + 3)), 100.0])
    guard = Guard(app, {"/": Entry("POST", 10)}, "right", 8765, lambda: next(times), pause)

    async def ask_once():
        sent = []

        async def send(event):
            sent.append(event)

        headers = [(b"host", b"localhost:8765"), (b"authorization", b"Bearer wrong")]
        scope = {"type": "http", "path": "/", "raw_path": b"/", "method": "POST"}
        scope["headers"] = headers
        await guard(scope, None, send)
        return sent[0]["status"]

    statuses = [asyncio.run(ask_once()) for _ in range(FAILURES + 4)]
    assert statuses == [401] * (FAILURES + 4)
    assert waited == [1.0, 1.0, 1.0]  # and none after a time without failures


# ------------------------------------------------------------ content

SCRIPTS = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)",
    "</script><svg onload=alert(1)>", "{{7*7}}", "\u202eevil", "'; alert(1)//", "\x00", "\ud800",
    "<!--", "]]>", "&lt;b&gt;", "${alert(1)}",
)  # fmt: skip


@pytest.mark.parametrize("name", SCRIPTS)
def test_attack_9_names_come_back_as_data_of_a_frame(server, name):
    answer = ask(server, "/api/message", body=json.dumps(
        {"view": "echo", "do": "double", "with": {"name": name}}).encode())  # fmt: skip
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.frame.data["name"] == name


@pytest.mark.parametrize(
    "name", [name for name in SCRIPTS if name.isprintable() and ";" not in name]
)
def test_attack_9_columns_of_a_table_come_back_as_data(server, name):
    quoted = '"' + name.replace('"', '""') + '"'
    body = json.dumps({"name": name, "text": f"{quoted},b\n1,2\n3,4\n"}).encode()
    answer = ask(server, "/api/table", body=body)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.frame.data["columns"][0]["name"] == name


def test_attack_13_names_are_looked_up_and_never_imported(server):
    for view in ("os", "steepest.studio.views.training", "__class__", "views", "echo:Echo"):
        frame = message(server, view, "double")
        assert frame.kind == "error" and frame.data["field"] == "view"
    for do in ("__init__", "close", "push", "host", "handlers"):
        assert message(server, "echo", do).data["field"] == "do"


def test_attack_15_the_file_with_the_address_is_for_its_owner_only(server):
    from steepest.studio.server.browser import AddressFile

    file = AddressFile(server.address)
    try:
        assert stat.S_IMODE(os.stat(file.path).st_mode) == 0o600
        assert stat.S_IMODE(os.stat(file.folder).st_mode) == 0o700
        assert server.token in file.path.read_text()
    finally:
        file.remove()
    assert not os.path.exists(file.folder)


def test_attack_16_forwarded_headers_change_nothing(server):
    forwarded = {
        "X-Forwarded-Host": "evil.test", "X-Forwarded-For": "10.0.0.1", "Forwarded": "host=evil",
        "X-Forwarded-Proto": "https", "X-Original-URL": "/api/table", "X-Rewrite-URL": "/x",
    }  # fmt: skip
    assert walk(server, "/api/message", changed=forwarded).status == 200
    changed = {**forwarded, "Host": "evil.test", "X-Forwarded-Host": f"127.0.0.1:{server.port}"}
    assert walk(server, "/api/message", changed=changed).status == 421
    assert server.socket.getsockname()[0] == "127.0.0.1"


# ------------------------------------------------------------ any bytes


def is_refused(answer: bytes) -> bool:
    """Whether some bytes were refused as a client's fault, or not answered at all."""
    return not answer or 400 <= parsed(answer).status < 500


@hypothesis.given(strategies.binary(max_size=300))
@hypothesis.settings(max_examples=150)
def test_any_bytes_are_refused(server, data):
    assert is_refused(exchange(server, data, ends=True))


@hypothesis.given(strategies.data())
@hypothesis.settings(max_examples=150)
def test_a_request_with_some_bytes_changed_is_answered_or_refused(server, data):
    good = request(server, "/api/message")
    at = data.draw(strategies.integers(0, len(good) - 1))
    new = data.draw(strategies.binary(max_size=8))
    answer = exchange(server, good[:at] + new + good[at + len(new) :], ends=True)
    assert is_refused(answer) or parsed(answer).status == 200


@hypothesis.given(strategies.binary(max_size=400))
@hypothesis.settings(max_examples=150)
def test_any_body_is_refused_or_answered_by_a_frame(server, body):
    for path in ("/api/message", "/api/table"):
        answer = ask(server, path, body=body)
        assert answer.status == 400 or answer.frame.kind == "error"
