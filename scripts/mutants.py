"""Samples single changes of the source and runs the tests: a change that survives is untested.

    python -m scripts.mutants 20                       # 20 changes anywhere in src/steepest
    python -m scripts.mutants 20 --seed 3 --only src/steepest/core/tape.py
    python -m scripts.mutants 20 --jobs 2 --also tests/agreement
    python -m scripts.mutants 100 --journal sample.jsonl   # the same again continues it

Each change is tried in a temporary copy of the tree, on the examples of its file and on the tests
of its own (src/steepest/data/order.py: tests/data/test_order.py), up to the first that fails. Then
those that survive are tried on the tests that enter the function changed: those of the folder, of
the room, and for a file of the CPU engine of `ENGINE_TESTS`, which compare it with NumPy.
Which tests enter which function is recorded once, folder by folder when they are needed, by running
their files under a trace function (half as long again as the tests alone), and stored in
`.mutants_cache`; delete that folder after large changes of the source. `--also tests` takes all
tests, and records the whole suite at its first use. At most `--seconds` of tests are run at a
time, and a change that twice makes them take three times as long counts as noticed. Tests that fail
without a change are named and left out. Results in the journal are not sought again: delete the
lines of changes to be tried once more.
Depends on mutations.py, tests_by_function.py and pytest.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Event

from scripts.mutations import Mutation, mutations_of
from scripts.tests_by_function import Function, Records, by_folder, function_at, likely

SCRIPTS = Path(__file__).resolve().parent
ROOT = SCRIPTS.parent
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", "__pycache__", ".*_cache", ".hypothesis", "build", "dist", "shared"
)
PATIENCE, GRACE = 3.0, 60.0  # times as long as without a change, and seconds on top
SECONDS = 60.0  # of tests for one change, as they took without it
RECORDS = ".mutants_cache"
NONE_RUN = 5  # pytest's exit status
FAILED = re.compile(r"^(?:FAILED|ERROR) (.*?)(?: - .*)?$", re.MULTILINE)
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


def tests_of(root: Path, path: Path) -> tuple[list[str], list[str], list[str]]:
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
    return first, examples, [*others, *(ENGINE_TESTS if is_engine else ())]


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
    """The result of a change: killed by a test, by the time limit, or not at all."""

    mutation: Mutation
    how: str
    by: str = ""

    @property
    def survived(self) -> bool:
        """Whether all tests passed."""
        return self.how == "survived"


@dataclass(frozen=True)
class Journal:
    """Results in a file, a line of JSON each, so that an interrupted search can be continued."""

    path: Path | None

    def of(self, mutations: Sequence[Mutation]) -> list[Verdict]:
        """The results that the file has of these changes."""
        if self.path is None or not self.path.exists():
            return []
        noted = map(json.loads, self.path.read_text().splitlines())
        known = {one["change"]: (one["how"], one["by"]) for one in noted}
        return [Verdict(m, *known[key]) for m in mutations if (key := _digest(m)) in known]

    def note(self, verdict: Verdict) -> None:
        """Adds a result."""
        if self.path is not None:
            line = {"where": _where(verdict), "how": verdict.how, "by": verdict.by}
            with self.path.open("a") as file:
                file.write(json.dumps(line | {"change": _digest(verdict.mutation)}) + "\n")


def _digest(mutation: Mutation) -> str:
    changed = mutation.applied(mutation.path.read_bytes())
    return hashlib.sha256(mutation.path.name.encode() + changed).hexdigest()[:16]


@dataclass
class Bench:
    """Copies of the tree in which changes are tried, one for each job."""

    root: Path
    folder: Path
    jobs: int
    also: Sequence[str] = ()
    seconds: float = SECONDS
    stopped: Event = field(default_factory=Event)
    records: Records = field(init=False)
    _free: SimpleQueue[Path] = field(default_factory=SimpleQueue)
    _running: set[subprocess.Popen[bytes]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.records = Records(self.root, self.root / RECORDS, self._record)
        for job in range(self.jobs):
            copy = self.folder / f"copy{job}"
            shutil.copytree(self.root, copy, ignore=LEFT_OUT)
            self._free.put(copy)

    def near(self, mutation: Mutation) -> Verdict:
        """The result of the examples of its file and of the tests of its own."""
        first, examples, _ = tests_of(self.root, mutation.path)
        function = self._function(mutation)
        tests, seconds = likely(self.records.of(first), function, self.seconds, every=True)
        return self._tried(mutation, [*examples, *tests], seconds)

    def far(self, mutation: Mutation) -> Verdict:
        """The result of the tests that enter the function, folder by folder.

        The folders that come later are not recorded when a test of an earlier one fails.
        """
        first, _, rest = tests_of(self.root, mutation.path)
        others = [t for t in in_order(self.root, [*rest, *self.also]) if t not in first]
        function, left, records = self._function(mutation), self.seconds, []
        for folder in by_folder(others):
            records += (found := self.records.of(folder))
            if left > 0 and any(record.entered(function) for record in found):
                tests, seconds = likely(found, function, left)
                left -= seconds
                if not (verdict := self._tried(mutation, tests, seconds)).survived:
                    return verdict
        if left < self.seconds:
            return Verdict(mutation, "survived")
        return self._tried(mutation, *likely(records, function, self.seconds))

    def _function(self, mutation: Mutation) -> Function:
        inside = mutation.path.relative_to(self.root / "src" / "steepest").as_posix()
        return function_at(inside, mutation.path.read_bytes(), mutation.line)

    def _tried(self, mutation: Mutation, tests: list[str], seconds: float) -> Verdict:
        """The result of tests that take so many seconds without the change."""
        if not tests:
            return Verdict(mutation, "survived")
        copy = self._free.get()
        target, text = copy / mutation.path.relative_to(self.root), mutation.path.read_bytes()
        target.write_bytes(mutation.applied(text))
        listed = copy / "only-tests.json"
        listed.write_text(json.dumps(tests))
        files = dict.fromkeys(t if DOCTESTS in t else t.partition("::")[0] for t in tests)
        arguments = ["-x", "--only-tests", str(listed), *files]
        limit = PATIENCE * seconds + GRACE
        try:
            status, printed = self._run(copy, arguments, limit)
            if status is None:  # perhaps the machine was busy meanwhile
                status, printed = self._run(copy, arguments, limit)
        finally:
            target.write_bytes(text)
            self._free.put(copy)
        how = {0: "survived", NONE_RUN: "survived", None: "timed out"}.get(status, "killed")
        failed = FAILED.search(printed)
        return Verdict(mutation, how, failed[1] if failed else "")

    def _record(self, tests: Sequence[str], target: Path) -> None:
        print(f"recording {len(tests)} files or tests from {tests[0]} on", flush=True)
        copy = self._free.get()
        try:
            status, printed = self._run(copy, ["--entered", str(target), *tests], None)
        finally:
            self._free.put(copy)
        for failed in FAILED.finditer(printed):
            print(f"this test fails without any change: {failed[1]}", flush=True)
        if status not in (0, 1, NONE_RUN):
            raise SystemExit(f"these tests cannot be recorded: {printed[-2000:]}")

    def _run(
        self, copy: Path, arguments: Sequence[str], limit: float | None
    ) -> tuple[int | None, str]:
        """Pytest's exit status, None past the limit, and what it printed."""
        if self.stopped.is_set():
            return None, ""
        environment = {k: v for k, v in os.environ.items() if k != "STEEPEST_CACHE"}
        paths = os.pathsep.join([str(copy / "src"), str(SCRIPTS.parent)])
        environment |= {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
        options = ["-q", "--tb=no", "-rfE", "--no-header", "-p", "no:cacheprovider"]
        printed = copy / "printed.txt"
        with printed.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "pytest", *options, "-p", "no:xdist",
                 "-p", "scripts.entered", *arguments],
                cwd=copy, env=environment, start_new_session=True,
                stdout=file, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        self._running.add(process)
        try:
            status = None if self.stopped.is_set() else process.wait(limit)
            return status, printed.read_text(errors="replace")
        except subprocess.TimeoutExpired:
            return None, ""
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
    root: Path,
    mutations: Sequence[Mutation],
    jobs: int = 1,
    also: Sequence[str] = (),
    seconds: float = SECONDS,
) -> Iterator[Verdict]:
    """Yields the result of each change when it is known. The tree itself is not changed."""
    with tempfile.TemporaryDirectory(prefix="steepest-mutants-") as folder:
        bench = Bench(root.resolve(), Path(folder), jobs, also, seconds)
        with ThreadPoolExecutor(jobs) as pool:
            try:
                rest = []
                for verdict in _done(pool, bench.near, mutations):
                    if verdict.survived:
                        rest.append(verdict.mutation)
                    else:
                        yield verdict
                yield from _done(pool, bench.far, rest)
            finally:
                bench.stop()
                pool.shutdown(cancel_futures=True)


def _done(
    pool: ThreadPoolExecutor, tried: Callable[[Mutation], Verdict], mutations: Sequence[Mutation]
) -> Iterator[Verdict]:
    for done in as_completed([pool.submit(tried, mutation) for mutation in mutations]):
        yield done.result()


def main(arguments: Sequence[str] | None = None) -> int:
    """Samples changes, tries them and lists the survivors; an interrupt lists those so far."""
    parser = argparse.ArgumentParser(prog="python -m scripts.mutants", description=__doc__)
    parser.add_argument("count", type=int, help="how many changes to try")
    parser.add_argument("--seed", type=int, default=0, help="which ones")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time")
    parser.add_argument("--only", type=Path, help="a file or folder of the package")
    parser.add_argument(
        "--also", action="append", default=[], help="further tests that enter the function"
    )
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, help="how many of tests for one change"
    )
    parser.add_argument("--journal", type=Path, help="a file of results, to continue a search")
    options = parser.parse_args(arguments)
    mutations = sampled(ROOT, options.count, options.seed, options.only)
    journal = Journal(options.journal)
    found = journal.of(mutations)
    known = {verdict.mutation for verdict in found}
    rest = [mutation for mutation in mutations if mutation not in known]
    try:
        for verdict in verdicts(ROOT, rest, options.jobs, options.also, options.seconds):
            found.append(verdict)
            journal.note(verdict)
            print(
                f"{len(found)}/{len(mutations)} {verdict.how}: {_where(verdict)} {verdict.by}",
                flush=True,
            )
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
