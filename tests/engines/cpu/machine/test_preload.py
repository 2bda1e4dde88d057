"""LLVM's library is loaded in a thread, and code that needs it waits for that thread."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from steepest.engines.cpu.machine import preload
from tests.engines.cpu.child import end_of, fork, forking, needs_fork

SCRIPT = """
import sys
from steepest.engines.cpu.machine import preload
from steepest.engines.cpu.machine.processor import llvm_binding
preload.begin().join()
assert "libllvmlite" in open("/proc/self/maps").read()
assert "llvmlite.binding" not in sys.modules
print(llvm_binding().get_default_triple())
"""


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="reads /proc")
def test_the_library_is_loaded_before_its_binding() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert done.stdout.strip(), done.stderr


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A list that gets an entry when loading ends, some time after it began."""
    ready, entries = threading.Event(), list[int]()

    def load() -> None:
        ready.wait(20)
        entries.append(1)

    monkeypatch.setattr(preload, "_load", load)
    preload.begin.cache_clear()
    preload.begin()
    threading.Timer(0.05, ready.set).start()
    yield entries
    preload.begin.cache_clear()


def test_code_that_needs_the_library_waits(loaded: list[int]) -> None:
    preload.finish()
    assert loaded == [1]


@needs_fork
@forking
def test_a_fork_waits(loaded: list[int]) -> None:
    def is_there() -> None:
        assert loaded == [1]

    assert end_of(fork(is_there)) == 0


def test_finish_does_not_wait_if_loading_has_not_begun() -> None:
    preload.begin.cache_clear()
    preload.finish()
    assert preload.begin.cache_info().currsize == 0


def test_without_a_thread_the_library_is_loaded_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    preload.begin.cache_clear()
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert preload.begin() is None
    preload.finish()
    preload.begin.cache_clear()
