"""A pytest plugin for `scripts.mutants`: which functions a test enters, and a selection of tests.

`-p scripts.entered --entered FILE` records, for each test that passes, its seconds and the
functions of steepest that it enters (`core/tape.py:Tape.watch`). `--only-tests FILE` runs the tests
listed in a JSON file, in its order. A function counts as entered by name, so that a record stays
useful while the code changes; comprehensions and lambdas belong to the function around them.
Depends on pytest alone.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType

import pytest

PACKAGE = "/src/steepest/"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the two options."""
    parser.addoption("--entered", type=Path, help="where to write the functions that tests enter")
    parser.addoption("--only-tests", type=Path, help="a JSON list of the tests to run, in order")


def pytest_configure(config: pytest.Config) -> None:
    """Starts recording if asked to."""
    if target := config.getoption("--entered"):
        config.pluginmanager.register(Recorder(target))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves the chosen tests, in the order chosen."""
    if chosen := config.getoption("--only-tests"):
        place = {name: at for at, name in enumerate(json.loads(chosen.read_text()))}
        items[:] = sorted(
            (item for item in items if item.nodeid in place), key=lambda item: place[item.nodeid]
        )


class Recorder:
    """Collects what each test enters, through a trace function that sees calls only."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.seen: dict[int, CodeType] = {}  # by address: the hash of a code object is slow
        self.numbers: dict[str, int] = {}
        self.tests: dict[str, tuple[float, list[int]]] = {}
        self.failed: set[str] = set()

    def _trace(self, frame: FrameType, event: str, argument: object) -> None:
        code = frame.f_code
        if id(code) not in self.seen:
            self.seen[id(code)] = code

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Traces a test with its fixtures."""
        self.seen, start = {}, time.perf_counter()
        threading.settrace(self._trace)
        sys.settrace(self._trace)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)
            names = {name_of(code) for code in list(self.seen.values())} - {""}
            numbers = sorted(self.numbers.setdefault(n, len(self.numbers)) for n in names)
            self.tests[item.nodeid] = (round(time.perf_counter() - start, 4), numbers)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes the tests that did not pass."""
        if not report.passed:
            self.failed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        """Writes the record."""
        passed = {name: test for name, test in self.tests.items() if name not in self.failed}
        record = {"functions": list(self.numbers), "tests": passed}
        self.target.write_text(json.dumps(record, separators=(",", ":")))


def name_of(code: CodeType) -> str:
    """The file and function of a code object of the package, or ""."""
    _, found, path = code.co_filename.rpartition(PACKAGE)
    parts = code.co_qualname.split(".")
    while parts and parts[-1].startswith("<"):
        parts.pop()  # <lambda>, <listcomp>, and <locals> before them
    return f"{path}:{'.'.join(parts)}" if found and parts else ""
