"""Samples single changes of the source and runs the tests: a change that survives is untested.

    python -m scripts.mutants 20                       # 20 changes anywhere in src/steepest
    python -m scripts.mutants 20 --seed 3 --only src/steepest/core/tape.py
    python -m scripts.mutants 20 --jobs 2 --also tests/agreement

Each change is tried in a temporary copy of the tree, on the tests of the folder that mirrors the
file (src/steepest/data/stages/order.py: tests/data/stages, then the rest of tests/data) and on the
examples in its docstrings. A file of the
CPU engine is also tried on `ENGINE_TESTS`, which compare the engine with NumPy: that defines what
its passes do together (36 seconds of a processor for a change that survives). The same tests
must pass without a change; with a change they may take three times as long, and a change that takes
longer counts as noticed. `--also tests` tries a change that survives these on all the others.
Depends on mutations.py and pytest.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock

from scripts.mutations import Mutation, mutations_of

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", "__pycache__", ".*_cache", ".hypothesis", "build", "dist", "shared"
)
PATIENCE, GRACE = 3.0, 20.0  # times as long as without a change, and seconds on top
DOCTESTS = "test_docs.py"  # under tests/: runs the examples of a module
CPU_ENGINE = Path("engines", "cpu")
ENGINE_TESTS = tuple(  # the quick ones of tests/agreement, those that take least time first
    f"tests/agreement/test_{name}.py" for name in ("odd_programs", "storage", "cpu")
)


def sampled(root: Path, count: int, seed: int, only: Path | None = None) -> list[Mutation]:
    """A sample of `count` single changes of the package, all equally likely, by a seed."""
    top = (only or root / "src" / "steepest").resolve()
    files = [top] if top.is_file() else sorted(top.rglob("*.py"))
    found = [mutation for path in files for mutation in mutations_of(path)]
    return random.Random(seed).sample(found, min(count, len(found)))


def tests_of(root: Path, path: Path) -> list[str]:
    """The tests of a file: its own, its examples, then those of its folder and of its room.

    The folder is the nearest that exists; for a file at the top it is the tests at the top. For a
    file of the CPU engine the comparisons with NumPy come last, instead of those of the room.
    """
    inside = path.relative_to(root / "src" / "steepest")
    folder = root / "tests" / inside.parent
    while not folder.is_dir():
        folder = folder.parent
    own = sorted(folder.glob(f"test_{inside.stem}*.py"))
    is_engine = inside.is_relative_to(CPU_ENGINE)
    room = folder if is_engine else root / "tests" / inside.parts[0]
    rest = [folder] if room == folder else [folder, room]
    if folder == root / "tests":
        rest = [] if own else sorted(folder.glob("test_*.py"))
    docs = root / "tests" / DOCTESTS
    name = ".".join(("steepest", *inside.with_suffix("").parts)).removesuffix(".__init__")
    examples = [f"tests/{DOCTESTS}::test_docstring_examples_run[{name}]"] if docs.exists() else []
    first, others = (
        [test.relative_to(root).as_posix() for test in files if test != docs]
        for files in (own, rest)
    )
    return [*first, *examples, *others, *(ENGINE_TESTS if is_engine else ())]


def in_order(root: Path, tests: Sequence[str]) -> list[str]:
    """The tests with each folder replaced by its files, as pytest joins a file with its folder.

    The files named first are run first, and each file once; those of subfolders come last.
    """
    files: dict[str, None] = {}
    for test in tests:
        found = (root / test).rglob("test_*.py") if (root / test).is_dir() else ()
        near_first = sorted(found, key=lambda path: (len(path.parts), path))
        files |= dict.fromkeys(path.relative_to(root).as_posix() for path in near_first)
        files |= {} if near_first else {test: None}
    return list(files)


@dataclass(frozen=True)
class Verdict:
    """The result of a change: killed by a failing test, by the time limit, or not at all."""

    mutation: Mutation
    how: str

    @property
    def survived(self) -> bool:
        """Whether all tests passed."""
        return self.how == "survived"


@dataclass
class Bench:
    """Copies of the tree in which changes are tried, one for each job."""

    root: Path
    folder: Path
    jobs: int
    also: Sequence[str] = ()
    stopped: Event = field(default_factory=Event)
    _free: SimpleQueue[Path] = field(default_factory=SimpleQueue)
    _seconds: dict[str, float] = field(default_factory=dict)
    _running: set[subprocess.Popen[bytes]] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        for job in range(self.jobs):
            copy = self.folder / f"copy{job}"
            shutil.copytree(self.root, copy, ignore=LEFT_OUT)
            self._free.put(copy)

    def verdict(self, mutation: Mutation) -> Verdict:
        """Runs the tests with a change."""
        copy = self._free.get()
        try:
            near = tests_of(copy, copy / mutation.path.relative_to(self.root))
            status = self._status(copy, mutation, near)
            if status == 0 and self.also:
                status = self._status(copy, mutation, self.also)
        finally:
            self._free.put(copy)
        return Verdict(mutation, {0: "survived", None: "timed out"}.get(status, "killed"))

    def _status(self, copy: Path, mutation: Mutation, tests: Sequence[str]) -> int | None:
        """Pytest's exit status with a change, None past the limit."""
        whole = [test for test in tests if not test.startswith(tuple(f"{t}/" for t in tests))]
        limit = PATIENCE * sum(self._unchanged(copy, test) for test in whole) + GRACE
        target, text = copy / mutation.path.relative_to(self.root), mutation.path.read_bytes()
        target.write_bytes(mutation.applied(text))
        try:
            return self._run(copy, tests, limit)
        finally:
            target.write_bytes(text)

    def _unchanged(self, copy: Path, test: str) -> float:
        """The seconds that a test takes without a change; it must pass."""
        with self._lock:
            known = self._seconds.get(test)
        if known is None:
            start = time.monotonic()
            if self._run(copy, [test], None) not in (0, None):
                start = time.monotonic()  # once more: a busy machine may have been the reason
                if self._run(copy, [test], None) not in (0, None):
                    raise SystemExit(f"this test fails without any change: {test}")
            known = time.monotonic() - start
            with self._lock:
                self._seconds[test] = known
        return known

    def _run(self, copy: Path, tests: Sequence[str], limit: float | None) -> int | None:
        """Pytest's exit status, None past the limit."""
        if self.stopped.is_set():
            return None
        environment = {k: v for k, v in os.environ.items() if k != "STEEPEST_CACHE"}
        environment |= {"PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
        options = ["-q", "-x", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist"]
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *options, *in_order(copy, tests)],
            cwd=copy, env=environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._running.add(process)
        try:
            return None if self.stopped.is_set() else process.wait(limit)
        except subprocess.TimeoutExpired:
            return None
        finally:
            _end(process)
            self._running.discard(process)

    def stop(self) -> None:
        """Ends the running processes; no new one begins."""
        self.stopped.set()
        for process in list(self._running):
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process with all processes that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def verdicts(
    root: Path, mutations: Sequence[Mutation], jobs: int = 1, also: Sequence[str] = ()
) -> Iterator[Verdict]:
    """Yields the result of each change when it is known. The tree itself is not changed."""
    with tempfile.TemporaryDirectory(prefix="steepest-mutants-") as folder:
        bench = Bench(root.resolve(), Path(folder), jobs, also)
        with ThreadPoolExecutor(jobs) as pool:
            try:
                waiting = [pool.submit(bench.verdict, mutation) for mutation in mutations]
                for done in as_completed(waiting):
                    yield done.result()
            finally:
                bench.stop()
                pool.shutdown(cancel_futures=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Samples changes, tries them and lists the survivors; an interrupt lists those so far."""
    parser = argparse.ArgumentParser(prog="python -m scripts.mutants", description=__doc__)
    parser.add_argument("count", type=int, help="how many changes to try")
    parser.add_argument("--seed", type=int, default=0, help="which ones")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time")
    parser.add_argument("--only", type=Path, help="a file or folder of the package")
    parser.add_argument(
        "--also", action="append", default=[], help="further tests, for each survivor"
    )
    options = parser.parse_args(arguments)
    mutations = sampled(ROOT, options.count, options.seed, options.only)
    found: list[Verdict] = []
    try:
        for verdict in verdicts(ROOT, mutations, options.jobs, options.also):
            found.append(verdict)
            print(f"{len(found)}/{len(mutations)} {verdict.how}: {_where(verdict)}", flush=True)
    except KeyboardInterrupt:
        print("interrupted")
    survivors = [verdict for verdict in found if verdict.survived]
    for verdict in survivors:
        text = verdict.mutation.path.read_bytes()
        print(f"\nsurvived: {_where(verdict)}\n{verdict.mutation.diff(text)}")
    print(f"\n{len(found) - len(survivors)} of {len(found)} killed")
    return 0


def _where(verdict: Verdict) -> str:
    mutation = verdict.mutation
    return f"{mutation.path.relative_to(ROOT)}:{mutation.line} ({mutation.kind})"


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # it ends the running processes too
    # A shell starts background commands with SIGINT ignored, and the tests of Ctrl-C inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main())
