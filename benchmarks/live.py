"""The parent's side of live_worker.py: starts a worker, asks it for measurements, and ends it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parent.parent
COMMAND = (sys.executable, "-m", "benchmarks.live_worker")


class Live:
    """A process that measures when asked, killed if an answer takes longer than `timeout` seconds.

    It is also killed at the end of the `with` block, whatever ends that.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        environment: dict[str, str],
        timeout: float,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self.timeout, self.errors = timeout, TemporaryFile("w+")  # noqa: SIM115
        self.process = subprocess.Popen(
            [*command, *arguments],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
        )

    def __enter__(self) -> Live:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.communicate()
        self.errors.close()

    def answer(self, request: str = "") -> dict[str, Any]:
        """The answer to a request, or without one the first answer, after preparation."""
        assert self.process.stdin is not None and self.process.stdout is not None
        limit = Timer(self.timeout, self.process.kill)
        limit.start()
        try:
            if request:
                print(request, file=self.process.stdin, flush=True)
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            limit.cancel()
        return dict(json.loads(line)) if line else {"failed": self._trouble()}

    def _trouble(self) -> str:
        self.process.wait()
        self.errors.seek(0)
        lines = self.errors.read().strip().splitlines()
        return (lines or [f"no answer in {self.timeout:.0f} s"])[-1][:300]
