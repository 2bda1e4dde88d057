"""The server: where it listens, how it is opened, its stream, and when it ends."""

from __future__ import annotations

import io
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from steepest.errors import SteepestError
from steepest.studio.frame import Frame
from steepest.studio.server import start
from steepest.studio.server.start import IDLE_SECONDS, StudioServer, hidden_in_logs, listening
from steepest.studio.session import Session
from tests.studio.echo_views import PLACES
from tests.studio.server.running import Stream, ask, exchange, message, request, running, until


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_pushed_frames_come_one_after_another_and_the_latest_wins():
    with running() as server:
        page = Stream(server)
        message(server, "echo", "report", value=1)
        frame = page.next()
        assert (frame.kind, frame.view, frame.number) == ("reported", "echo", 1)
        for value in range(2, 30):
            message(server, "echo", "report", value=value)
        message(server, "session", "acknowledge", client="page", number=1)
        frame = page.next()
        assert (frame.data, frame.number) == ({"value": 29.0}, 2)
        page.close()
        until(lambda: server.session.pages == 0)


def test_two_pages_see_the_same_and_a_ninth_is_refused():
    with running() as server:
        pages = [Stream(server, f"page {at}") for at in range(8)]
        message(server, "echo", "report", value=5)
        for page in pages:
            assert page.next().data == {"value": 5.0}
        ninth = ask(server, "/api/stream", body=b'{"client": "page 9"}')
        assert ninth.status == 429 and b"8 pages listen already" in ninth.body
        for page in pages:
            page.close()


def test_the_body_of_a_reply_does_not_wait_until_its_head_is_acknowledged():
    with running() as server:
        page = Stream(server)
        until(lambda: server.session.pages == 1)
        connections = list(server.server_state.connections)
        assert connections
        for each in connections:
            accepted = each.transport.get_extra_info("socket")
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        page.close()


def test_a_page_that_does_not_read_delays_no_push():
    with running() as server:
        page, outbox = Stream(server), server.session._pages["page"]
        big = np.zeros((1 << 20,), np.uint8)
        for number in range(300):  # 300 MB, of which a socket holds a small part
            server.session.push(Frame("map", {"number": number}, {"values": big}), "echo")
            until(lambda: outbox._sent == 1)  # the first is under way
        assert page.next().data == {"number": 0}
        outbox.acknowledge(1)
        assert page.next().data == {"number": 299}
        page.close()


NEEDED_LATER = """
import sys, steepest
import steepest.studio.server.start
rooms = "data doctor evaluate neuralnet plot studio.files studio.catalogue studio.runs".split()
print([room for room in rooms if f"steepest.{room}" in sys.modules])
"""


def test_a_server_starts_before_the_rooms_are_imported_that_views_need():
    done = subprocess.run([sys.executable, "-c", NEEDED_LATER], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_event_loop_answers_while_a_view_computes():
    begun, go_on = threading.Event(), threading.Event()
    session = Session(views=PLACES)

    def wait(state):
        begun.set()
        assert go_on.wait(20)

    with running(session) as server:
        message(server, "echo", "double")
        session._views["echo"].handlers = {
            "wait": ({}, lambda view, state: wait(state) or Frame("done"))
        }
        slow = threading.Thread(target=lambda: message(server, "echo", "wait"))
        slow.start()
        assert begun.wait(20)
        assert ask(server, "/", "GET").status == 200
        assert message(server, "session", "hello").kind == "hello"
        go_on.set()
        slow.join(20)


def test_the_end_of_the_server_ends_streams_threads_and_what_is_asked():
    before = set(threading.enumerate())
    go_on, begun, statuses = threading.Event(), threading.Event(), []
    session = Session(views=PLACES)
    with running(session) as server:
        page = Stream(server)
        message(server, "echo", "double")

        def wait(view, state):
            begun.set()
            go_on.wait(20)
            return Frame("done")

        session._views["echo"].handlers = {"wait": ({}, wait)}
        body = b'{"view": "echo", "do": "wait"}'
        slow = threading.Thread(
            target=lambda: statuses.append(
                exchange(server, request(server, "/api/message", body=body))
            )
        )
        slow.start()
        assert begun.wait(20)
    assert page.next() is None  # the stream has ended in order
    page.close()
    slow.join(20)
    assert not statuses[0] or statuses[0].startswith(b"HTTP/1.1 503")
    go_on.set()
    until(lambda: set(threading.enumerate()) <= before)


def test_it_ends_after_half_an_hour_without_a_page():
    times = [0.0]
    with running(clock=lambda: times[0]) as server:
        message(server, "echo", "double")
        page = Stream(server)
        times[0] += 3 * IDLE_SECONDS
        message(server, "echo", "double")
        times[0] += IDLE_SECONDS * 0.9  # a page listens, and asks for nothing
        page.close()
        until(lambda: server.session.pages == 0)
        assert not server.why
        times[0] += IDLE_SECONDS * 1.1
        until(lambda: server.why)
        assert "30 minutes" in server.why


def test_it_ends_with_its_parent(monkeypatch):
    with running() as server:
        monkeypatch.setattr(os, "getppid", lambda: 1)
        until(lambda: server.why)
        assert "has ended" in server.why


def test_a_port_in_use_is_named():
    with listening(None) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SteepestError, match=f"port {port} is in use; name another"):
            listening(port)


@pytest.mark.parametrize("port", [0, 80, 1023, 65536, -1, "8765", 8765.0])
def test_ports_out_of_range_are_refused(port):
    with pytest.raises(SteepestError, match="port: a number from 1024 to 65535"):
        listening(port)


@pytest.fixture
def idle_server():
    server = StudioServer(Session(views=PLACES))
    yield server
    server.close()


def test_the_token_is_of_256_bits_and_new_each_time(idle_server):
    other = StudioServer(Session(views=PLACES))
    other.close()
    assert len(idle_server.token) == 43 and idle_server.token != other.token


def test_a_terminal_is_shown_the_token(idle_server, monkeypatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    said = "\n".join(idle_server.announcement(browser=False))
    assert f"127.0.0.1:{idle_server.port}/#token={idle_server.token}" in said


def test_elsewhere_a_file_has_the_token(idle_server, capsys):
    said = "\n".join(idle_server.announcement(browser=False))
    assert idle_server.token not in said
    path = re.search(r"The file (\S+) leads", said)[1]
    assert f"/#token={idle_server.token}" in Path(path).read_text()


def test_the_browser_is_given_a_file_which_is_removed_once_the_page_has_come(monkeypatch):
    opened = []
    monkeypatch.setattr(start, "has_browser", lambda: True)
    monkeypatch.setattr(start, "open_browser", opened.append)
    with running() as server:
        list(server.announcement())
        (path,) = opened
        assert server.token in path.read_text() and server.token not in str(path)
        ask(server, "/", "GET")
        message(server, "echo", "double")
        until(lambda: not path.exists())


def test_without_a_screen_no_browser_is_opened(idle_server, monkeypatch):
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(start, "open_browser", lambda path: pytest.fail("a browser was opened"))
    assert "127.0.0.1" in next(iter(idle_server.announcement()))


def test_what_is_logged_has_no_token(caplog):
    log = logging.getLogger("steepest.studio")
    with hidden_in_logs("secret"), caplog.at_level("INFO"):
        log.info("asked with %s", "secret")
        try:
            raise ValueError("secret")
        except ValueError:
            log.exception("failed")
    assert "secret" not in caplog.text and "asked with [token]" in caplog.text


CHILD = [sys.executable, "-m", "steepest", "studio", "--no-browser"]


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGINT for a child")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_command_and_its_file_is_removed(number):
    child = subprocess.Popen(CHILD, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    lines = [child.stdout.readline() for _ in range(3)]
    path = re.search(r"The file (\S+) leads", lines[1])[1]
    address = re.search(r"url=http://127.0.0.1:(\d+)/#token=(\S+)\"", Path(path).read_text())

    with socket.create_connection(("127.0.0.1", int(address[1])), timeout=30) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 421"  # it runs
    child.send_signal(number)
    out, err = child.communicate(timeout=30)
    assert not os.path.exists(path) and address[2] not in out + err + "".join(lines)
    assert err == ""
    if number == signal.SIGINT:
        assert child.returncode == 0 and out == "The studio has ended.\n"


def test_a_head_that_does_not_come_is_not_waited_for(monkeypatch):
    from steepest.studio.server import connection

    monkeypatch.setattr(connection, "SECONDS_FOR_A_HEAD", 0.05)
    with running() as server:
        server.config.timeout_keep_alive = 0.05
        assert exchange(server, b"") == b""
        assert exchange(server, b"GET / HTTP/1.1\r\nHost:") == b""
        begun = request(server, "/", "GET", changed={"Connection": None})
        answered = exchange(server, begun + b"GET / HT")
        assert answered.count(b"HTTP/1.1 200") == 1


def test_connections_are_few(monkeypatch):
    from steepest.studio.server import connection

    monkeypatch.setattr(connection, "MOST_CONNECTIONS", 2)
    with running() as server:
        held = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(2)]
        until(lambda: len(server.server_state.connections) == 2)
        assert exchange(server, request(server, "/", "GET")) == b""
        for each in held:
            each.close()
        until(lambda: not server.server_state.connections)
        assert ask(server, "/", "GET").status == 200
