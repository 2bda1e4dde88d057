"""Which engine runs a program: what is asked for, what is possible, what is kept."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.engines import choose
from steepest.engines.numpy import NumpyProgram
from steepest.errors import EngineUnavailable, UnknownNameError


@pytest.fixture(autouse=True)
def no_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start without kept programs or things already said, on the engine of choice."""
    monkeypatch.setattr(choose, "_programs", type(choose._programs)())
    monkeypatch.setattr(choose, "_said", set())
    monkeypatch.setattr(st.config, "engine", "auto")


class Missing:
    """An engine that cannot run here."""

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


def test_the_engine_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st.config, "engine", "numpy")
    assert isinstance(choose.prepare(graph()), NumpyProgram)
    assert not isinstance(choose.prepare(graph(), engine="cpu"), NumpyProgram)


def test_a_misspelt_engine_suggests_a_near_one() -> None:
    with pytest.raises(UnknownNameError, match=r"'numpi'.*'numpy'"):
        choose.prepare(graph(), engine="numpi")


def test_numpy_takes_over_and_says_so_once(monkeypatch, capsys) -> None:
    monkeypatch.setattr(choose, "_cpu_engine", Missing)
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
        """Between the making of a program and its first use, others take all the room."""

        def move_to_end(self, key, last=True):
            self.clear()
            super().move_to_end(key, last)

    monkeypatch.setattr(choose, "_programs", Busy())
    assert run(choose.prepare(graph(), engine="numpy")) == [2.0, 3.0]
