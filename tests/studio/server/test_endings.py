"""How a server and what it runs end: by Ctrl-C, by kill -9, and by the end of a page."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.studio.server.running import Stream, message

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no signals for a child")

SECONDS_TO_END = 0.5
SERVED = """
import signal, sys, time
from steepest.studio.opening import opened_of, server_for
signal.signal(signal.SIGINT, signal.default_int_handler)
server = server_for(opened_of(None, None, None), None)
print(server.port, server.token, flush=True)
begun = []
handle = server.handle_exit
def noted(number, frame):
    begun.append(time.process_time())
    begun.append(time.monotonic())
    handle(number, frame)
server.handle_exit = noted
server.run_here()
print(time.process_time() - begun[0], time.monotonic() - begun[1], flush=True)
"""


class Served:
    """A server in a process of its own."""

    def __init__(self) -> None:
        self.child = subprocess.Popen(
            [sys.executable, "-c", SERVED], stdout=subprocess.PIPE, text=True
        )
        port, self.token = self.child.stdout.readline().split()
        self.port = int(port)

    def trains(self) -> Stream:
        """An open page of a playground that trains as fast as it can, once all is compiled."""
        stream, seen = Stream(self), 0
        assert message(self, "playground", "run", speed="unlimited").kind != "error"
        while seen < 12:
            frame = stream.next()
            if frame.number is not None:
                message(self, "session", "acknowledge", client="page", number=frame.number)
            seen += frame.kind == "progress"
        return stream


@pytest.fixture
def served():
    found = Served()
    yield found
    found.child.kill()
    found.child.communicate()


def test_ctrl_c_ends_a_server_that_trains_within_half_a_second(served):
    stream = served.trains()
    served.child.send_signal(signal.SIGINT)
    out, _ = served.child.communicate(timeout=60)
    used, taken = map(float, out.split())
    # Others may use the processor meanwhile: the time that the server itself computes is bounded.
    assert used < SECONDS_TO_END, f"{taken} s by the clock"
    assert served.child.returncode == 0
    stream.close()


def test_kill_9_of_the_server_leaves_no_process_and_closes_its_connections(served):
    stream = served.trains()
    group = Path(f"/proc/{served.child.pid}/task/{served.child.pid}/children")
    assert not group.exists() or group.read_text() == ""  # it has begun none
    served.child.send_signal(signal.SIGKILL)
    assert served.child.wait(60) == -signal.SIGKILL
    with contextlib.suppress(ConnectionError):
        stream.file.read()  # to its end
    stream.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", served.port), timeout=5)


PARENT = """
import subprocess, sys
child = subprocess.Popen(
    [sys.executable, "-m", "steepest", "studio", "--no-browser"], stdout=subprocess.PIPE, text=True
)
print(child.pid, child.stdout.readline().split()[-1], flush=True)
input()
"""


def test_kill_9_of_the_program_that_started_it_ends_the_server():
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    number, address = parent.stdout.readline().split()
    port = int(re.search(r":(\d+)", address)[1])
    parent.kill()
    parent.communicate()
    end = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            break
        assert time.monotonic() < end, f"process {number} goes on"
        time.sleep(0.05)
