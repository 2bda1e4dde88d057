"""Which tests enter which function of steepest: recorded once for each test file, then read.

The records are files in a folder, each named after a test file and the digest of its text, so that
a changed test file is recorded again. They know functions by name; after large changes of
the source, delete the folder. Depends on the standard library alone.
"""

from __future__ import annotations

import ast
import bisect
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby
from pathlib import Path
from threading import Lock
from typing import NamedTuple

Function = str  # "core/tape.py:Tape.watch"; "core/tape.py:" is the code outside functions


class Timed(NamedTuple):
    """A test by its seconds and its name for pytest."""

    seconds: float
    name: str


@dataclass(frozen=True)
class Record:
    """The tests of a file that pass, and the functions with the places of those that enter them."""

    tests: list[Timed]
    entering: dict[Function, list[int]]

    def entered(self, function: Function) -> set[Timed]:
        """The tests that enter a function or one defined in it; a class and a file have several."""
        inner = function if function.endswith(":") else f"{function}."
        found = (p for f, p in self.entering.items() if f == function or f.startswith(inner))
        return {self.tests[place] for places in found for place in places}


@dataclass
class Records:
    """The records of a tree's tests. `run` runs test files and writes what `entered.py` records.

    The files of a folder run in one process: starting one costs more than most files do.
    """

    root: Path
    folder: Path
    run: Callable[[Sequence[str], Path], None]
    _known: dict[str, Record] = field(default_factory=dict)
    _locks: dict[str, Lock] = field(default_factory=dict)

    def of(self, tests: Sequence[str]) -> list[Record]:
        """The records of test files; those that have none are run first.

        Several threads may call it: each records another folder.
        """
        self.folder.mkdir(exist_ok=True)
        for group in by_folder(tests):
            with self._locks.setdefault(group[0].rpartition("/")[0], Lock()):
                if missing := [t for t in group if not self._file(t).exists()]:
                    self._run(missing)
                for test in set(group) - self._known.keys():
                    record = json.loads(self._file(test).read_text())
                    timed = [Timed(*pair) for pair in record["tests"]]
                    self._known[test] = Record(timed, record["by"])
        return [self._known[test] for test in tests]

    def _run(self, tests: Sequence[str]) -> None:
        written = self._file(tests[0]).with_suffix(".run")
        self.run(tests, written)
        found = json.loads(written.read_text())
        written.unlink()
        for test in tests:
            own = {n: t for n, t in found["tests"].items() if n.startswith(f"{test}::")}
            self._file(test).write_text(json.dumps(_by_function(found["functions"], own)))

    def _file(self, test: str) -> Path:
        digest = hashlib.sha256(test.encode() + (self.root / test).read_bytes()).hexdigest()
        return self.folder / f"{Path(test).stem}-{digest[:16]}.json"


def by_folder(tests: Sequence[str]) -> list[list[str]]:
    """Test files in their order, those of one folder that follow each other in one list."""
    return [list(group) for _, group in groupby(tests, key=lambda test: test.rpartition("/")[0])]


def _by_function(functions: list[str], tests: dict[str, tuple[float, list[int]]]) -> object:
    by: dict[Function, list[int]] = {}
    for place, (_, numbers) in enumerate(tests.values()):
        for number in numbers:
            by.setdefault(functions[number], []).append(place)
    return {"tests": [(seconds, name) for name, (seconds, _) in tests.items()], "by": by}


def function_at(path: str, text: bytes, line: int) -> Function:
    """The innermost function, or else class, that a line of a file belongs to.

    A default and a decorator belong to their function, a comprehension to what is around it.
    """
    return f"{path}:{'.'.join(_names(ast.parse(text), line)).removesuffix('.<locals>')}"


def _names(node: ast.AST, line: int) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        lines = [n for part in ast.walk(child) for n in _lines(part)]
        if not lines or not min(lines) <= line <= max(lines):
            continue
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield child.name
            if not isinstance(child, ast.ClassDef):
                yield "<locals>"
        yield from _names(child, line)


def _lines(node: ast.AST) -> Iterator[int]:
    yield from (getattr(node, name) for name in ("lineno", "end_lineno") if hasattr(node, name))


def likely(
    records: Sequence[Record], function: Function, seconds: float, every: bool = False
) -> tuple[list[str], float]:
    """The tests to try a change of a function on, and their seconds without a change.

    They are those that enter it, then the others if `every` one counts or none enters it; the
    quickest first, up to a sum of seconds.
    """
    entering = {test for record in records for test in record.entered(function)}
    order = sorted(entering)
    if every or not entering:
        order += sorted({test for record in records for test in record.tests} - entering)
    sums = list(accumulate(test.seconds for test in order))
    taken = order[: max(1, bisect.bisect_right(sums, seconds))]
    return [test.name for test in taken], sum(test.seconds for test in taken)
