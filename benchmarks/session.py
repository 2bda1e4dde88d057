"""One run of the benchmark: processes started in turn, A B C A B C, and every answer written down.

The parent imports no contestant; it leans on worker.py through the command line only.
"""

from __future__ import annotations

import compileall
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from benchmarks import contestants, data, machine, sizes
from benchmarks.contestants import Contestant
from benchmarks.rows import Row

Line = dict[str, Any]
ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"
CACHES = ("XDG_CACHE_HOME", "STEEPEST_CACHE", "TORCHINDUCTOR_CACHE_DIR")


@dataclass(frozen=True)
class Plan:
    """What to run: rows, contestants, repetitions, and the limits of each process."""

    rows: tuple[Row, ...]
    contestants: tuple[Contestant, ...]
    repeat: int
    threads: int
    calls: int
    timeout: float


def run(plan: Plan) -> Iterator[Line]:
    """All measurements, one line each, as they are made; the first and last are ceilings."""
    yield {"kind": "machine", "when": _now(), **machine.describe(plan.threads)}
    _compile_to_bytecode()
    yield {"kind": "ceilings", **_ceilings(plan)}
    for row in plan.rows:
        data.prepare(row.data)
        yield from _size(row, plan) if row.kind == "size" else _repetitions(row, plan)
    yield {"kind": "ceilings", **_ceilings(plan)}


def store(lines: Iterator[Line]) -> Iterator[Line]:
    """The same lines, each appended to a new file of benchmarks/results on its way."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{datetime.now():%Y%m%d-%H%M%S}.jsonl"
    for line in lines:
        with path.open("a") as file:
            file.write(json.dumps(line) + "\n")
        yield line


def _compile_to_bytecode() -> None:
    """What pip does for the peers when it installs them, done for steepest from its source."""
    for folder in ("src", "benchmarks"):
        compileall.compile_dir(ROOT / folder, quiet=2)


def _now() -> str:
    return f"{datetime.now():%Y-%m-%d %H:%M}"


def _ceilings(plan: Plan) -> Line:
    return _worker(["ceilings", "numpy"], plan, {})


def _repetitions(row: Row, plan: Plan) -> Iterator[Line]:
    able = []
    for one in plan.contestants:
        reason = contestants.unsupported(one.name, row)
        if not reason and one.missing():
            reason = f"{one.missing()} is not installed"
        if reason:
            yield _line(row, one, {"absent": reason})
        else:
            able.append(one)
    for _ in range(plan.repeat):
        for one in able:
            yield _line(row, one, _measured(row, one, plan))


def _line(row: Row, one: Contestant, found: Line) -> Line:
    load = round(os.getloadavg()[0], 2)
    return {"kind": "result", "row": row.name, "contestant": one.name, "load": load, **found}


def _measured(row: Row, one: Contestant, plan: Plan) -> Line:
    with TemporaryDirectory() as empty:
        fresh = dict.fromkeys(CACHES, empty) if row.fresh_cache else {}
        start = perf_counter()
        found = _worker([row.name, one.name], plan, dict(one.environment) | fresh)
        wall = perf_counter() - start
    if row.kind == "cold" and "failed" not in found:
        found["value"] = wall
    return found | {"wall_seconds": wall}


def _worker(arguments: list[str], plan: Plan, environment: dict[str, str]) -> Line:
    limits = ["--threads", str(plan.threads), "--calls", str(plan.calls)]
    command = [sys.executable, "-m", "benchmarks.worker", *arguments, *limits]
    whole = os.environ | machine.thread_environment(plan.threads) | environment
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=whole, capture_output=True, text=True, timeout=plan.timeout
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"no answer in {plan.timeout:.0f} s"}
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or ["killed"])[-1][:300]}
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def _size(row: Row, plan: Plan) -> Iterator[Line]:
    for one in plan.contestants:
        reason = contestants.unsupported(one.name, row)
        reason = reason or (one.missing() and f"{one.missing()} is not installed")
        found = {"absent": reason} if reason else {"value": sizes.installed_mb(one.distributions)}
        yield _line(row, one, found)
