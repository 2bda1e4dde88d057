"""Fixtures of all tests: seeds, the folder of real data sets, peers, a count of skipped tests.

Depends on pytest, hypothesis and NumPy; a skip for want of data or of a peer goes through here.
"""

from __future__ import annotations

import gc
import importlib.util
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import hypothesis
import numpy as np
import pytest

os.environ.setdefault("MPLBACKEND", "Agg")

# The same examples in every run, so that a failure is the change's own; `make test-long` explores.
hypothesis.settings.register_profile("steady", derandomize=True, deadline=None, database=None)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1000)
hypothesis.settings.load_profile("steady")

PEERS = ("jax", "keras", "sklearn", "tensorflow", "torch")
MISSING_DATA = "missing data"
MISSING_PEER = "missing peer"
BLOCKS_NOT_RUN = "documentation blocks not run"


@pytest.fixture
def rng() -> np.random.Generator:
    """A NumPy generator with the same seed in every test."""
    return np.random.default_rng(20_260_401)


@pytest.fixture
def names_from_one() -> None:
    """Names layers and models as in a new process, whichever tests came before."""
    from steepest.backend import number_from_one

    number_from_one()


@pytest.fixture(autouse=True)
def same_seed() -> None:
    """Starts every test with the same state of `st.random`."""
    import steepest as st

    st.random.set_seed(0)


@pytest.fixture(autouse=True, scope="session")
def every_plan_is_verified() -> None:
    """Verifies the loop form of every program that a test plans."""
    from steepest.engines.cpu.plan import CHECKS
    from steepest.engines.cpu.plan.verify import verify_plan

    if verify_plan not in CHECKS:
        CHECKS.append(verify_plan)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of real data sets, or a skip that is counted."""
    named = os.environ.get("STEEPEST_DATA")
    if not named or not Path(named).is_dir():
        pytest.skip(f"{MISSING_DATA}: set STEEPEST_DATA to the folder with mnist/, imdb/, cats/")
    return Path(named)


@pytest.fixture
def peer() -> Callable[[str], ModuleType]:
    """Import a peer by name, `torch = peer("torch")`, or skip and be counted."""

    def get(name: str) -> ModuleType:
        return pytest.importorskip(name, reason=f"{MISSING_PEER}: pip install {name}")

    return get


def pytest_configure(config: pytest.Config) -> None:
    """Uses a temporary folder as the cache of code and data; workers inherit it."""
    if "STEEPEST_CACHE" not in os.environ:
        folder = tempfile.TemporaryDirectory(prefix="steepest-tests-")
        os.environ["STEEPEST_CACHE"] = folder.name
        config.add_cleanup(folder.cleanup)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Leaves modules and tests out of the garbage collector's visits: they stay until the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_report_header() -> list[str]:
    """Lists, before the run, the data sets and peers that are there to compare with."""
    found = [name for name in PEERS if importlib.util.find_spec(name)]
    data = os.environ.get("STEEPEST_DATA") or "none (STEEPEST_DATA is not set)"
    return [f"data sets: {data}", f"peers: {', '.join(found) or 'none'}"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints, after the run, how many tests were skipped, and why."""
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    data = sum(MISSING_DATA in reason for reason in reasons)
    peers = sum(MISSING_PEER in r or "could not import" in r for r in reasons)  # importorskip's
    counts = {MISSING_DATA: data, MISSING_PEER: peers, "other reasons": len(reasons) - data - peers}
    counts[BLOCKS_NOT_RUN] = sum(_blocks_not_run(terminalreporter))
    listed = ", ".join(f"{kind}: {count}" for kind, count in counts.items())
    terminalreporter.write_line(f"skipped for {listed}")


def _blocks_not_run(terminalreporter: pytest.TerminalReporter) -> Iterator[int]:
    for report in terminalreporter.stats.get("passed", []):
        yield from (n for name, n in report.user_properties if name == BLOCKS_NOT_RUN)
