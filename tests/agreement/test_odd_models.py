"""Trainings drawn by number: machine code gives NumPy's results after each batch."""

from __future__ import annotations

import numpy as np
import pytest

from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.engine import Program
from steepest.engines.numpy import NumpyEngine
from tests.agreement.odd_models import OPERATIONS, RULES, Training, drawn
from tests.engines.cpu.fences import FencedProgram

Arrays = list[np.ndarray]
NEAR = 1e-8
SMALL_CHANGE = 1e-13
IN_CI, AT_LENGTH = range(len(OPERATIONS)), range(1000, 2000)


def after(program: Program, inputs: Arrays, state: Arrays) -> Arrays:
    """The outputs and the state behind one batch."""
    held = [np.array(array) for array in state]
    with np.errstate(all="ignore"):
        return [*program.call(inputs, held), *held]


def largest_difference(found: Arrays, meant: Arrays) -> float:
    """The largest difference, relative to the largest number of the array; inf if dtypes differ."""
    shares = [0.0]
    for got, want in zip(found, meant, strict=True):
        if (got.shape, got.dtype) != (want.shape, want.dtype):
            return np.inf
        if want.dtype.kind != "f":
            shares.append(0.0 if np.array_equal(got, want) else np.inf)
        else:
            difference = np.abs(got - want).max(initial=0.0)
            shares.append(float(difference / max(np.abs(want).max(initial=0.0), 1e-3)))
    return np.inf if np.isnan(shares).any() else max(shares)


def sways(program: Program, inputs: Arrays, state: Arrays, meant: Arrays) -> bool:
    """Whether NumPy's own result changes that much when the inputs differ in the last digits."""
    rng = np.random.default_rng(0)

    def moved(array: np.ndarray) -> np.ndarray:
        if array.dtype.kind != "f":
            return array
        return np.array(array * (1 + SMALL_CHANGE * rng.standard_normal(array.shape)))

    near = after(program, [*map(moved, inputs)], [*map(moved, state)])
    return largest_difference(near, meant) > NEAR / 10


def check(training: Training) -> None:
    """Each batch from the state that NumPy reached; then all of them, in three threads."""
    graph, state = training.recording.graph, training.recording.state()
    meaning, code = NumpyEngine().prepare(graph), CpuProgram(graph)
    held = [np.array(array) for array in state]
    for number, inputs in enumerate(training.batches):
        meant = after(meaning, inputs, held)
        if not all(np.isfinite(array).all() for array in meant):
            return
        found = after(code, inputs, held)
        difference = largest_difference(found, meant)
        where = f"batch {number} of {training.names}"
        assert difference < NEAR or sways(meaning, inputs, held, meant), f"{difference} in {where}"
        held = meant[len(meant) - len(held) :]
    check_threads(training, code)


def check_threads(training: Training, code: CpuProgram) -> None:
    ran = []
    for program in (code, FencedProgram(code.graph, at_end=training.batch % 2 == 0, team=3)):
        held = [np.array(array) for array in training.recording.state()]
        done = program.run(held, training.columns, training.order, training.batch)
        ran.append([array.tobytes() for array in (*done.outputs, *held)])
    assert ran[0] == ran[1], training.names


@pytest.mark.parametrize("seed", IN_CI)
def test_an_odd_training(seed: int) -> None:
    check(drawn(seed))


@pytest.mark.long
@pytest.mark.parametrize("seed", AT_LENGTH)
def test_odd_trainings_at_length(seed: int) -> None:
    check(drawn(seed))


def test_every_operation_and_rule_is_drawn() -> None:
    names = {name for seed in IN_CI for name in drawn(seed).names}
    assert names >= {*OPERATIONS, *RULES}


def test_a_difference_is_found() -> None:
    one = [np.ones(2)]
    assert largest_difference([np.ones(2) + 1e-7], one) > NEAR
    assert largest_difference([np.full(2, np.nan)], one) == np.inf
    assert largest_difference([np.ones(2, np.float32)], one) == np.inf
    assert largest_difference([np.array([1])], [np.array([2])]) == np.inf
