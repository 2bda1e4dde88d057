"""One run of the benchmark: starts the processes in turn, A B C A B C, and stores their results.

The parent imports no contestant; it starts worker.py by its command line.
"""

from __future__ import annotations

import compileall
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Any

from benchmarks import contestants, data, machine, sizes
from benchmarks.contestants import Contestant
from benchmarks.live import Live
from benchmarks.rows import Row

Line = dict[str, Any]
ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"
PAUSE = 0.05  # seconds in which the threads of the contestant before stop waiting for work
LOADS = (0, 1, 2)  # processes that spin meanwhile
CACHES = ("XDG_CACHE_HOME", "STEEPEST_CACHE", "TORCHINDUCTOR_CACHE_DIR")


@dataclass(frozen=True)
class Selection:
    """The rows and contestants to run, the repetitions, and the limits of each process.

    `seconds` is the time of one measurement of a process that lives on.
    """

    rows: tuple[Row, ...]
    contestants: tuple[Contestant, ...]
    repeat: int
    threads: int
    calls: int
    timeout: float
    seconds: float


def run(selection: Selection) -> Iterator[Line]:
    """Yields one line for each measurement; ceilings are measured first and last."""
    yield {"kind": "machine", "when": _now(), **machine.describe(selection.threads)}
    _compile_to_bytecode()
    yield {"kind": "ceilings", **_ceilings(selection)}
    for row in selection.rows:
        data.prepare(row.data)
        yield from RUNS.get(row.kind, _repetitions)(row, selection)
    yield {"kind": "ceilings", **_ceilings(selection)}


def store(lines: Iterator[Line]) -> Iterator[Line]:
    """Yields the same lines, and appends each to a new file of benchmarks/results."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{datetime.now():%Y%m%d-%H%M%S}.jsonl"
    for line in lines:
        with path.open("a") as file:
            file.write(json.dumps(line) + "\n")
        yield line


def _compile_to_bytecode() -> None:
    """Compiles the source of steepest to bytecode, as pip has done for the peers."""
    for folder in ("src", "benchmarks"):
        compileall.compile_dir(ROOT / folder, quiet=2)


def _now() -> str:
    return f"{datetime.now():%Y-%m-%d %H:%M}"


def _ceilings(selection: Selection) -> Line:
    found = _worker(["ceilings", "numpy"], selection, {})
    ours = any(one.name == "steepest" for one in selection.contestants)
    if ours and any(row.kind == "turns" for row in selection.rows):
        found |= _worker(["core", "steepest"], selection, {})
    return found


def _able(row: Row, selection: Selection, absent: list[Line]) -> list[Contestant]:
    """The contestants that take part in a row; `absent` gets the reasons of the others."""
    able = []
    for one in selection.contestants:
        reason = contestants.unsupported(one.name, row)
        if not reason and one.missing():
            reason = f"{one.missing()} is not installed"
        if reason:
            absent.append(_line(row, one, {"absent": reason}))
        else:
            able.append(one)
    return able


def _repetitions(row: Row, selection: Selection) -> Iterator[Line]:
    absent: list[Line] = []
    able = _able(row, selection, absent)
    yield from absent
    for _ in range(selection.repeat):
        for one in able:
            yield _line(row, one, _measured(row, one, selection))


def _turns(row: Row, selection: Selection) -> Iterator[Line]:
    """Measurements A B A B by processes that live as long as the row, under each load."""
    absent: list[Line] = []
    able = _able(row, selection, absent)
    yield from absent
    with ExitStack() as stack:
        lives = [stack.enter_context(_live(row, one, selection)) for one in able]
        found = [live.answer() for live in lives]
        for spinning in LOADS if row.kind in ("load", "load_predict") else (0,):
            with machine.spinning(spinning):
                for _ in range(selection.repeat):
                    for one, live, prepared in zip(able, lives, found, strict=True):
                        sleep(PAUSE)
                        measured = prepared if "failed" in prepared else live.answer(row.kind)
                        yield _line(row, one, {"spinning": spinning, **prepared, **measured})


def _live(row: Row, one: Contestant, selection: Selection) -> Live:
    threads = selection.threads * row.threads_per_core
    arguments = [row.name, one.name, "--threads", str(threads)]
    environment = os.environ | machine.thread_environment(threads) | dict(one.environment)
    return Live([*arguments, "--seconds", str(selection.seconds)], environment, selection.timeout)


def _line(row: Row, one: Contestant, found: Line) -> Line:
    load = round(os.getloadavg()[0], 2)
    return {"kind": "result", "row": row.name, "contestant": one.name, "load": load, **found}


def _measured(row: Row, one: Contestant, selection: Selection) -> Line:
    with TemporaryDirectory() as empty:
        fresh = dict.fromkeys(CACHES, empty) if row.fresh_cache else {}
        start = perf_counter()
        found = _worker([row.name, one.name], selection, dict(one.environment) | fresh)
        wall = perf_counter() - start
    if row.kind == "cold" and "failed" not in found:
        found["value"] = wall
    return found | {"wall_seconds": wall}


def _worker(arguments: list[str], selection: Selection, environment: dict[str, str]) -> Line:
    limits = ["--threads", str(selection.threads), "--calls", str(selection.calls)]
    command = [sys.executable, "-m", "benchmarks.worker", *arguments, *limits]
    whole = os.environ | machine.thread_environment(selection.threads) | environment
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=whole, capture_output=True, text=True, timeout=selection.timeout
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"no answer in {selection.timeout:.0f} s"}
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or ["killed"])[-1][:300]}
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def _size(row: Row, selection: Selection) -> Iterator[Line]:
    for one in selection.contestants:
        reason = contestants.unsupported(one.name, row)
        reason = reason or (one.missing() and f"{one.missing()} is not installed")
        found = {"absent": reason} if reason else {"value": sizes.installed_mb(one.distributions)}
        yield _line(row, one, found)


RUNS = {"size": _size, "turns": _turns, "load": _turns, "load_predict": _turns}
