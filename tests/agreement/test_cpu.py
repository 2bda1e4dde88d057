"""The CPU engine on random programs: machine code and loop form give NumPy's results, batch for
batch, their derivatives included.

Each program is taken in its own dtypes, where float32 may err by a few units in the last
place an operation, and with every float32 widened to float64, where it may err by 1e-12.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

import steepest as st
from steepest.data.columns import DenseColumn
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.numpy import NumpyEngine
from steepest.program.trace import TensorSpec, record
from tests.agreement.compare import on_cpu, on_interpreter, on_numpy
from tests.engines.cpu.fences import FencedProgram
from tests.programs import Case, programs

Arrays = list[np.ndarray]
ULPS = 8  # an operation
NEAR = 1e-12
SLOW_TO_DRAW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
more = settings(max_examples=120, suppress_health_check=SLOW_TO_DRAW)
fewer = settings(max_examples=70, suppress_health_check=SLOW_TO_DRAW)
thousands = settings(max_examples=3000, suppress_health_check=SLOW_TO_DRAW)
edges_too = some.booleans().flatmap(lambda edges: programs(edges=edges))


# ---------------------------------------------------------------- in float64


def widened(case: Case) -> Case:
    """The same program with float64 wherever it had float32."""
    return replace(
        case,
        specs=tuple(TensorSpec(spec.shape, _wide(spec.dtype)) for spec in case.specs),
        inputs=tuple(_wide(array) for array in case.inputs),
        initial=tuple(_wide(array) for array in case.initial),
        steps=tuple(
            replace(s, params={k: _wide(v) for k, v in s.params.items()}) for s in case.steps
        ),
    )


def _wide(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.astype(_wide(value.dtype))
    return np.dtype(np.float64) if isinstance(value, np.dtype) and value == np.float32 else value


# ---------------------------------------------------------------- how near is near


def allowance(case: Case) -> float:
    """Absolute error: each operation may add its ulps, of the largest number in the program."""
    values = case.values([st.constant(array) for array in case.inputs], case.variables())
    sizes = [_largest(value.numpy()) for value in values if value.dtype.kind == "f"]
    return max(sizes, default=0.0) * (len(case.steps) + 1)


def _largest(array: np.ndarray) -> float:
    return float(np.abs(array[np.isfinite(array)]).max(initial=1.0))


def assert_near(
    got: Arrays, want: Arrays, unit: float, epsilons: dict[str, float], where: str
) -> None:
    """Raises unless shapes and dtypes are equal and numbers within `unit` epsilons."""
    assert len(got) == len(want), where
    for number, (ours, meant) in enumerate(zip(got, want, strict=True)):
        where_found = f"result {number} of {where}"
        assert (ours.shape, ours.dtype) == (meant.shape, meant.dtype), where_found
        near = unit * epsilons.get(meant.dtype.name, 0.0)
        np.testing.assert_allclose(ours, meant, rtol=0.0, atol=near, err_msg=where_found)


def check(case: Case, epsilons: dict[str, float]) -> None:
    """Machine code and the interpreter of the loop form give the results of the definition."""
    meant, unit, graph = case.meaning(), allowance(case), case.graph()
    count = len(graph.outputs)
    state = [np.array(array) for array in case.initial]
    outputs = CpuProgram(graph).call(case.inputs, state)
    with np.errstate(all="ignore"):
        ran = on_interpreter(graph, case.inputs, list(case.initial))
    for name, found in (("machine code", [*outputs, *state]), ("loop form", ran.arrays)):
        first = 0 if case.is_legal() else count  # a false guard may stop before the outputs
        assert_near(found[first:], meant[first:], unit, epsilons, f"{name}\n{case}\n{graph}")


SINGLE = {name: ULPS * float(np.finfo(np.float32).eps) for name in ("float32", "float64")}
DOUBLE = {"float64": NEAR}


@more
@given(programs())
def test_random_programs(case: Case) -> None:
    check(case, SINGLE)


@fewer
@given(programs(edges=True))
def test_random_programs_on_infinities_and_nan(case: Case) -> None:
    check(case, SINGLE)


@fewer
@given(programs())
def test_random_programs_in_float64(case: Case) -> None:
    check(widened(case), DOUBLE)


@pytest.mark.long
@thousands
@given(edges_too)
def test_thousands_of_random_programs(case: Case) -> None:
    check(case, SINGLE)
    check(widened(case), DOUBLE)


# ---------------------------------------------------------------- derivatives


def check_gradients(case: Case) -> None:
    """The derivatives of a program, recorded: as machine code, in loop form, on NumPy."""
    recording = record(case.gradients(case.variables()), case.specs)
    meant = on_numpy(recording.graph, case.inputs, list(case.initial))
    for name, engine in (("machine code", on_cpu), ("loop form", on_interpreter)):
        with np.errstate(all="ignore"):
            ran = engine(recording.graph, case.inputs, list(case.initial))
        # Derivatives are products along the program: their own size is part of what they may err.
        unit = allowance(case) * max(map(_largest, meant.arrays), default=1.0)
        assert_near(ran.arrays, meant.arrays, unit, DOUBLE, f"{name}\n{case}\n{recording.graph}")


@fewer
@given(programs())
def test_derivatives_of_random_programs(case: Case) -> None:
    check_gradients(widened(case))


@pytest.mark.long
@thousands
@given(programs(most_steps=14))
def test_derivatives_of_thousands_of_random_programs(case: Case) -> None:
    check_gradients(widened(case))


# ---------------------------------------------------------------- runs of batches


def can_be_stored(case: Case) -> bool:
    """Whether every input has rows, which columns can hold."""
    return case.batch > 0 and all(spec.shape[:1] == (None,) for spec in case.specs)


def check_runs(case: Case, seed: int) -> None:
    """Rows in any order, some of them twice, a smaller last batch: the results are NumPy's."""
    rng = np.random.default_rng(seed)
    order = rng.integers(0, case.batch, rng.integers(1, 8))
    batch = int(rng.integers(1, 4))
    graph = case.graph()
    ran = []
    for make in (NumpyEngine().prepare, CpuProgram, partial(FencedProgram, at_end=False, team=3)):
        state = [np.array(array) for array in case.initial]
        columns = [DenseColumn(array) for array in case.inputs]
        done = make(graph).run(state, columns, order, batch)
        ran.append((done.batches, [*done.outputs, *state]))
    where = f"batches of {batch} from {order.tolist()} of {case}"
    assert ran[0][0] == ran[1][0] == ran[2][0], where
    unit = allowance(case) * max(map(_largest, ran[0][1]), default=1.0)
    assert_near(ran[1][1], ran[0][1], unit, RUN, where)
    assert [a.tobytes() for a in ran[2][1]] == [a.tobytes() for a in ran[1][1]], where


RUN = {"float64": 1e-10}  # several batches, each building on the last
seeds = some.integers(0, 2**16)


@fewer
@given(programs().filter(can_be_stored), seeds)
def test_runs_of_random_programs(case: Case, seed: int) -> None:
    check_runs(widened(case), seed)


@pytest.mark.long
@thousands
@given(programs(most_steps=14).filter(can_be_stored), seeds)
def test_runs_of_thousands_of_random_programs(case: Case, seed: int) -> None:
    check_runs(widened(case), seed)


def test_a_wrong_digit_is_found() -> None:
    one = np.ones(1)
    assert_near([one + 0.9e-12], [one], 1.0, DOUBLE, "here")
    for wrong in (one + 1.1e-12, one * np.nan, one.astype(np.float32), np.ones(2)):
        with pytest.raises(AssertionError):
            assert_near([wrong], [one], 1.0, DOUBLE, "here")
