"""Starts a script as the processes of one job on this machine, and ends all if one fails.

For development: a cluster starts the processes of a job itself. Depends on the standard library
and the names of the variables that `st.distribution.initialize` reads.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

ADDRESS, COUNT, NUMBER, WATCHED = (
    "STEEPEST_JOB_ADDRESS", "STEEPEST_NUM_PROCESSES", "STEEPEST_PROCESS_ID", "STEEPEST_JOB_WATCHED",
)  # fmt: skip
LOOPBACK = "127.0.0.1"
PATIENCE = 5.0  # seconds between the request to end and the end by force
PAUSE = 0.02
LAST_LINES = 30  # of what a failed process has printed


class Job:
    """The processes of a script: the first prints as any program does, the others to files.

    They run in sessions of their own, so that a Ctrl-C in the terminal reaches the launcher alone,
    which ends them all.
    """

    def __init__(self, words: Sequence[str], processes: int, logs: Path, output: TextIO) -> None:
        self._logs = logs
        with socket.socket() as listener:  # whose port is free
            listener.bind((LOOPBACK, 0))
            address = f"{LOOPBACK}:{listener.getsockname()[1]}"
        self.children: list[subprocess.Popen[bytes]] = []
        with contextlib.ExitStack() as files:
            for number in range(processes):
                environment = {
                    **os.environ, "PYTHONUNBUFFERED": "1", ADDRESS: address,
                    COUNT: str(processes), NUMBER: str(number), WATCHED: "1",
                    "JAX_LOCAL_DEVICE_IDS": str(number),
                }  # fmt: skip
                file: Any = files.enter_context(self.log(number).open("wb")) if number else None
                self.children.append(
                    subprocess.Popen(
                        [sys.executable, *words],
                        env=environment,
                        stdin=subprocess.DEVNULL,
                        stdout=file or _handle(output),
                        stderr=file,
                        start_new_session=True,
                    )
                )

    def log(self, number: int) -> Path:
        """The file of what a process other than the first prints."""
        return self._logs / f"process-{number}.txt"

    def wait(self) -> int | None:
        """Waits until all have ended well, or one has failed: then returns its number."""
        while True:
            codes = [child.poll() for child in self.children]
            failed = [number for number, code in enumerate(codes) if code]
            if failed or None not in codes:
                return failed[0] if failed else None
            time.sleep(PAUSE)

    def end(self) -> None:
        """Ends those that still run: by request, then by force."""
        running = [child for child in self.children if child.poll() is None]
        for child in running:
            child.terminate()
        until = time.monotonic() + PATIENCE
        for child in running:
            try:
                child.wait(max(until - time.monotonic(), 0.0))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def last_lines(self, number: int) -> list[str]:
        """The last lines that a process has printed; those of the first are in the terminal."""
        if not number:
            return []
        text = self.log(number).read_text("utf-8", "replace")
        return text.splitlines()[-LAST_LINES:]


@contextlib.contextmanager
def job(words: Sequence[str], processes: int, logs: str | None, output: TextIO) -> Iterator[Job]:
    """A job that has ended at the end of the `with` block, however that is left.

    A request to end the launcher (SIGTERM, SIGHUP) is a Ctrl-C to it.

    >>> import sys
    >>> with job(["-c", "print(2)"], 1, None, sys.stdout) as started:
    ...     started.wait() is None
    True
    """
    with contextlib.ExitStack() as stack:
        if logs is None:
            logs = stack.enter_context(tempfile.TemporaryDirectory(prefix="steepest-job-"))
        Path(logs).mkdir(parents=True, exist_ok=True)
        stack.enter_context(_signals_as_interrupt())
        started = Job(words, processes, Path(logs), output)
        stack.callback(started.end)
        yield started


def ending(code: int) -> str:
    """How a process ended, by its exit code.

    >>> ending(1), ending(-9)
    ('ended with exit code 1', 'was ended by the signal SIGKILL')
    """
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by the signal {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by the signal {-code}"


def _handle(output: TextIO) -> int | None:
    """The file that a stream writes to; None, that of this process, where it has none."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return output.fileno()
    return None


@contextlib.contextmanager
def _signals_as_interrupt() -> Iterator[None]:
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {}
    with contextlib.suppress(ValueError):  # in a thread, which receives no signals
        for number in (getattr(signal, name) for name in names):
            before[number] = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
