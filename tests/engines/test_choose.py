"""The choice of an engine, its fallback, and the cache of programs."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

import steepest as st
from steepest.engines import choose
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.numpy import NumpyProgram
from steepest.engines.table import ENGINES, candidates
from steepest.errors import EngineUnavailable, UnknownNameError
from tests.engines.device import DeviceEngine, DeviceProgram


@pytest.fixture(autouse=True)
def no_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starts without cached programs and printed messages, on a given engine."""
    monkeypatch.setattr(choose, "_programs", type(choose._programs)())
    monkeypatch.setattr(choose, "_printed", set())
    monkeypatch.setattr(st.config, "engine", "auto")


class Missing:
    """An engine that cannot run here."""

    name = "cpu"

    def expect(self):
        pass

    def can(self, graph):
        return "llvmlite is not installed"

    def reads(self, storage):
        return True

    def prepare(self, graph, storage=None):
        raise AssertionError("was asked whether it can")


class Fails(Missing):
    """An engine that finds out late that it cannot run here."""

    def can(self, graph):
        return None

    def prepare(self, graph, storage=None):
        raise EngineUnavailable("llvmlite is not installed")


def graph(number: float = 1.0):
    return st.trace(lambda x: x + number, [st.TensorSpec((None,))])


def run(program) -> list[float]:
    return program.call([np.float32([1.0, 2.0])], [])[0].tolist()


@pytest.mark.parametrize("engine", ["numpy", "cpu", "auto", None])
def test_the_engine_asked_for(engine: str | None) -> None:
    program = choose.prepare(graph(), engine=engine)
    assert run(program) == [2.0, 3.0]
    assert isinstance(program, NumpyProgram) == (engine == "numpy")


def test_the_engine_that_would_run_a_graph_is_known_beforehand(monkeypatch) -> None:
    assert choose.engine_for(graph()).name == "cpu" == choose.engine_for(graph(), "cpu").name
    assert choose.engine_for(graph(), "numpy").name == "numpy"
    assert choose.packs() and choose.engine_for(graph()).packs()
    monkeypatch.setitem(ENGINES, "cpu", Missing)
    assert choose.engine_for(graph()).name == "numpy"
    assert not choose.engine_for(graph()).packs()


def test_one_entry_of_the_table_adds_an_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownNameError, match="'device'"):
        st.config.engine = "device"
    monkeypatch.setitem(ENGINES, "device", DeviceEngine)
    monkeypatch.setattr(st.config, "engine", "device")
    assert isinstance(choose.prepare(graph()), DeviceProgram)
    assert isinstance(choose.prepare(graph(), engine="cpu"), CpuProgram)
    assert [engine.name for engine in candidates("auto")] == ["cpu", "numpy"]
    with pytest.raises(UnknownNameError, match=r"'devise'.*'device'"):
        choose.prepare(graph(), engine="devise")


def test_a_wrong_engine_of_the_environment_is_refused_at_once() -> None:
    environment = {**os.environ, "STEEPEST_ENGINE": "numpi"}
    command = [sys.executable, "-c", "import steepest"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "UnknownNameError" in done.stderr and "'numpy'" in done.stderr


def test_the_engine_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st.config, "engine", "numpy")
    assert isinstance(choose.prepare(graph()), NumpyProgram)
    assert not isinstance(choose.prepare(graph(), engine="cpu"), NumpyProgram)


def test_a_misspelt_engine_suggests_a_near_one() -> None:
    with pytest.raises(UnknownNameError, match=r"'numpi'.*'numpy'"):
        choose.prepare(graph(), engine="numpi")


@pytest.mark.parametrize("engine", [Missing, Fails])
def test_numpy_takes_over_and_says_so_once(engine, monkeypatch, capsys) -> None:
    monkeypatch.setitem(ENGINES, "cpu", engine)
    for number in (1.0, 2.0):
        assert isinstance(choose.prepare(graph(number)), NumpyProgram)
    assert capsys.readouterr().err == "steepest runs on NumPy: llvmlite is not installed\n"
    with pytest.raises(EngineUnavailable, match="llvmlite is not installed"):
        choose.prepare(graph(3.0), engine="cpu")


def test_programs_of_equal_structure_are_prepared_once() -> None:
    one = choose.prepare(graph(), engine="numpy")
    assert choose.prepare(graph(), engine="numpy") is one
    assert choose.prepare(graph(2.0), engine="numpy") is not one
    assert choose.prepare(graph(), ["uint8"], engine="numpy") is not one


def test_the_programs_longest_unused_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "MOST_PROGRAMS", 2)
    one, two = (choose.prepare(graph(n), engine="numpy") for n in (1.0, 2.0))
    assert choose.prepare(graph(1.0), engine="numpy") is one
    choose.prepare(graph(3.0), engine="numpy")
    assert choose.prepare(graph(1.0), engine="numpy") is one
    assert choose.prepare(graph(2.0), engine="numpy") is not two


def test_a_program_is_used_though_another_thread_made_it_be_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Busy(type(choose._programs)):
        """Between the making of a program and its first use, others fill the cache."""

        def move_to_end(self, key, last=True):
            self.clear()
            super().move_to_end(key, last)

    monkeypatch.setattr(choose, "_programs", Busy())
    assert run(choose.prepare(graph(), engine="numpy")) == [2.0, 3.0]
