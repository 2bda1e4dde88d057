"""Random programs: eager, recorded, cleaned and machine code give the same results.

The same examples in every run; `make test-long` draws fresh ones, and more.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

import steepest as st
from steepest.core.primitives import PRIMITIVES
from steepest.engines.cpu.engine import CpuEngine
from steepest.engines.numpy import NumpyEngine
from steepest.program.passes import PASSES, clean
from steepest.program.trace import record
from steepest.program.verify import verify
from tests.program_builders import BUILDERS
from tests.programs import Case, assert_same, check_agreement, programs, run_graph

SLOW_TO_DRAW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
few = settings(max_examples=150, suppress_health_check=SLOW_TO_DRAW)
fewer = settings(max_examples=40, suppress_health_check=SLOW_TO_DRAW)
many = settings(max_examples=2000, suppress_health_check=SLOW_TO_DRAW)
any_program = some.booleans().flatmap(lambda edges: programs(edges=edges))


@few
@given(any_program)
def test_recorded_programs_do_what_eager_ones_do(case: Case) -> None:
    assert_same(run_graph(verify(case.graph()), case), case.meaning(), f"recorded\n{case}")


@few
@given(any_program)
def test_every_pass_keeps_the_meaning_and_the_grammar(case: Case) -> None:
    recorded, meaning = case.graph(), case.meaning()
    for step in PASSES:
        graph = verify(step(recorded))
        assert_same(run_graph(graph, case), meaning, f"{step.__name__} alone\n{case}\n{graph}")
    graph = recorded
    for step in PASSES:
        graph = verify(step(graph))
        assert_same(run_graph(graph, case), meaning, f"up to {step.__name__}\n{case}\n{graph}")


@few
@given(any_program)
def test_cleaning_ends_and_keeps_the_meaning(case: Case) -> None:
    graph = verify(clean(case.graph()))
    assert len(graph.nodes) <= len(case.graph().nodes)
    assert_same(run_graph(graph, case), case.meaning(), f"cleaned\n{case}\n{graph}")
    assert clean(graph).key() == graph.key()


@few
@given(programs())
def test_recorded_gradients_are_the_eager_ones(case: Case) -> None:
    eager = case.gradients(case.variables())(*case.inputs)
    recording = record(case.gradients(case.variables()), case.specs)
    along_the_batch = any(step.op == "cumsum" for step in case.steps)  # by another formula
    for graph in (verify(recording.graph), verify(clean(recording.graph))):
        program = NumpyEngine().prepare(graph)
        state = [np.array(array) for array in case.initial]
        computed = recording.rebuild(program.call(case.inputs, state))
        assert [g is None for g in computed] == [g is None for g in eager]
        found, meant = ([g.numpy() for g in grads if g is not None] for grads in (computed, eager))
        assert_same(found, meant, f"gradients\n{case}", 1e-5 if along_the_batch else 0.0)


@few
@given(any_program)
def test_the_numpy_engine_agrees(case: Case) -> None:
    check_agreement(case, NumpyEngine())


@fewer
@given(programs())
def test_machine_code_agrees(case: Case) -> None:
    check_agreement(case, CpuEngine(), 3e-5)


@pytest.mark.parametrize("left", [(2, 3), (None, 3), (0, 3)])
@pytest.mark.parametrize("right", [(3, 0), (3, 2)])
def test_products_without_entries_agree(left: tuple, right: tuple) -> None:
    graph = st.trace(st.matmul, [st.TensorSpec(left), st.TensorSpec(right)])
    x, y = np.ones([n or 0 for n in left], np.float32), np.ones(right, np.float32)
    (product,) = CpuEngine().prepare(graph).call([x, y], [])
    np.testing.assert_array_equal(product, x @ y)


@pytest.mark.long
@many
@given(programs(most_steps=14))
def test_gradients_in_machine_code_agree_at_length(case: Case) -> None:
    eager = case.gradients(case.variables())(*case.inputs)
    recording = record(case.gradients(case.variables()), case.specs)
    state = [np.array(array) for array in case.initial]
    computed = recording.rebuild(CpuEngine().prepare(recording.graph).call(case.inputs, state))
    found, meant = ([g.numpy() for g in grads if g is not None] for grads in (computed, eager))
    assert_same(found, meant, f"gradients\n{case}", 1e-4)


@pytest.mark.long
@many
@given(programs(most_steps=14))
def test_machine_code_agrees_at_length(case: Case) -> None:
    check_agreement(case, CpuEngine(), 3e-5)


@few
@given(any_program, any_program)
def test_keys_distinguish_structures(one: Case, other: Case) -> None:
    assert one.graph().key() == one.graph().key()
    assert (one.graph().key() == other.graph().key()) == (_drawn(one) == _drawn(other))


def _drawn(case: Case) -> tuple[str, ...]:
    """The printed program with the values of constants, which make up the structure."""
    values = [step.params["value"] for step in case.steps if step.op == "constant"]
    return str(case.graph()), *(f"{v.dtype}{v.shape}{v.tolist()}" for v in values)


# ---------------------------------------------------------------- the generator itself


def test_every_primitive_has_a_builder() -> None:
    assert set(BUILDERS) == set(PRIMITIVES)


def test_the_generator_reaches_everything() -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=300, suppress_health_check=SLOW_TO_DRAW)
    @given(any_program)
    def look(case: Case) -> None:
        seen.update({step.op for step in case.steps})
        seen.update(_traits(case))

    look()
    missing = {*PRIMITIVES, *WANTED_TRAITS} - set(seen)
    assert not missing
    assert min(seen[trait] for trait in WANTED_TRAITS) >= 10, seen


WANTED_TRAITS = (
    "assign", "guard", "batch", "no batch", "empty batch", "batch of one", "size 0", "size 1",
    "variable", "nan", "float64", "float32", "int32", "int64", "uint8", "bool",
)  # fmt: skip


def _traits(case: Case) -> set[str]:
    shapes = [spec.shape for spec in case.specs]
    opened = any(None in shape for shape in shapes)
    facts = {
        "guard": case.guarded is not None,
        "batch": opened,
        "no batch": not opened,
        "empty batch": opened and case.batch == 0,
        "batch of one": opened and case.batch == 1,
        "size 0": any(0 in shape for shape in shapes),
        "size 1": any(1 in shape for shape in shapes),
        "variable": bool(case.initial),
        "nan": any(a.dtype.kind == "f" and np.isnan(a).any() for a in case.inputs),
    }
    return {name for name, holds in facts.items() if holds} | {
        array.dtype.name for array in case.inputs
    }


def test_a_wrong_result_is_found() -> None:
    with pytest.raises(AssertionError):
        assert_same([np.float32([1.0])], [np.float32([1.1])], "here", 1e-5)
    with pytest.raises(AssertionError):
        assert_same([np.float32([1.0])], [np.float64([1.0])], "here")
    assert_same([np.float32([-0.0, np.nan])], [np.float32([0.0, np.nan])], "here")
