"""Clean-up passes: each rule on a graph where it must act, and on one where it must not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.core import dispatch
from steepest.core.primitives import PRIMITIVES
from steepest.engines.numpy import NumpyProgram
from steepest.program import passes
from steepest.program.graph import Graph
from steepest.program.passes import clean, drop_dead, fold_constants, share_common, simplify
from steepest.program.trace import guard, record
from steepest.program.verify import verify

ROWS, CUBE = st.TensorSpec((None, 3)), st.TensorSpec((2, 3, 4))
WHOLE = st.TensorSpec((None, 3), "int32")


def bound(name: str, *inputs: Any, **params: Any) -> st.Tensor:
    """The primitive itself, without the shortcuts of its public function."""
    return dispatch.bind(PRIMITIVES[name], *[st.convert_to_tensor(x) for x in inputs], **params)


def ops_of(graph: Graph) -> list[str]:
    """The operations without the leaves."""
    return [node.op for node in graph.nodes if not node.is_leaf]


def after(pass_: Callable[[Graph], Graph], function: Any, *specs: st.TensorSpec) -> Graph:
    """The recorded function after a pass; its results must be the same as before."""
    before = verify(st.trace(function, list(specs)))
    graph = verify(pass_(before))
    rng = np.random.default_rng(0)
    inputs = [
        (rng.integers(-9, 9, [5 if n is None else n for n in s.shape]) / 2).astype(s.dtype)
        for s in specs
    ]
    meant, found = (NumpyProgram(g).call(inputs, []) for g in (before, graph))
    for ours, theirs in zip(found, meant, strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)
    return graph


SPREAD = (2, 3)
# name: the function, its specs, the operations that are left
RULES: dict[str, tuple[Any, Sequence[st.TensorSpec], list[str]]] = {
    "x + 0": (lambda x: x + 0.0, [ROWS], []),
    "0 + x": (lambda x: 0.0 + x, [ROWS], []),
    "x + zeros": (lambda x: x + np.zeros((1, 1), np.float32), [ROWS], []),
    "x + 1": (lambda x: x + 1.0, [ROWS], ["add"]),
    "x - 0": (lambda x: x - 0.0, [ROWS], []),
    "0 - x": (lambda x: 0.0 - x, [ROWS], ["subtract"]),
    "x * 1": (lambda x: x * 1.0, [ROWS], []),
    "1 * x": (lambda x: 1 * x, [WHOLE], []),
    "x * 2": (lambda x: x * 2.0, [ROWS], ["multiply"]),
    "x / 1": (lambda x: x / 1.0, [ROWS], []),
    "1 / x": (lambda x: 1.0 / x, [ROWS], ["divide"]),
    "x * -1": (lambda x: x * -1.0, [ROWS], ["negative"]),
    "-1 * x": (lambda x: -1 * x, [WHOLE], ["negative"]),
    "1 that widens": (lambda x: x * np.ones((1, 1, 1), np.float32), [ROWS], ["multiply"]),
    "0 that widens": (lambda x: x + np.zeros((1, 1, 1, 1), np.float32), [CUBE], ["add"]),
    "-1 that widens": (lambda x: x * -np.ones((1, 1, 1), np.float32), [ROWS], ["multiply"]),
    "--x": (lambda x: st.negative(-x), [ROWS], []),
    "---x": (lambda x: st.negative(st.negative(-x)), [ROWS], ["negative"]),
    "not not x": (lambda x: st.logical_not(~(x > 0)), [ROWS], ["less"]),
    "reshape to its shape": (lambda x: bound("reshape", x, to=(None, 3)), [ROWS], []),
    "reshape of reshape": (
        lambda x: st.reshape(st.reshape(x, (6, 4)), (24,)), [CUBE], ["reshape"]),
    "reshape there and back": (
        lambda x: st.reshape(st.reshape(x, (24,)), (2, 3, 4)), [CUBE], ["reshape"]),
    "transpose of transpose": (
        lambda x: st.transpose(st.transpose(x, (1, 2, 0)), (0, 2, 1)), [CUBE], ["transpose"]),
    "transpose there and back": (
        lambda x: st.transpose(st.transpose(x, (1, 2, 0)), (2, 0, 1)), [CUBE], []),
    "broadcast to its shape": (lambda x: bound("broadcast_to", x, to=(None, 3)), [ROWS], []),
    "cast to its dtype": (lambda x: bound("cast", x, dtype=st.float32), [ROWS], []),
    "cast to another": (lambda x: st.cast(x, "float64"), [ROWS], ["cast"]),
    "equal branches": (lambda x: st.where(x > 0, x, x), [ROWS], []),
    "equal branches, widened": (
        lambda x: bound("select", np.ones((2, 1, 1), bool), x, x), [ROWS], ["select"]),
    "explicit broadcast": (
        lambda x, y: x + st.broadcast_to(y, (2, 3, 4)), [CUBE, st.TensorSpec((4,))], ["add"]),
    "explicit broadcast of both": (
        lambda x, y: st.broadcast_to(x, (2, 3)) * st.broadcast_to(y, (2, 3)),
        [st.TensorSpec((2, 1)), st.TensorSpec((3,))], ["multiply"]),
    "a broadcast that is needed": (
        lambda x: st.broadcast_to(x, (2, 3)) * 2.0, [st.TensorSpec((3,))],
        ["broadcast_to", "multiply"]),
    "a transpose, no broadcast": (
        lambda x: x + st.transpose(x), [st.TensorSpec((3, 3))], ["transpose", "add"]),
    "broadcast to the batch": (
        lambda x, y: x + bound("broadcast_to", y, to=(None, 3)), [ROWS, st.TensorSpec((3,))],
        ["add"]),
}  # fmt: skip


@pytest.mark.parametrize("name", RULES)
def test_algebra(name: str) -> None:
    function, specs, left = RULES[name]
    graph = after(lambda g: drop_dead(simplify(g)), function, *specs)
    assert ops_of(graph) == left


def test_cleaning_removes_a_reshape_there_and_back() -> None:
    """One pass joins the two reshapes, the next removes the one that changes nothing."""
    function, specs, _ = RULES["reshape there and back"]
    graph = after(clean, function, *specs)
    assert ops_of(graph) == [] and graph.outputs == graph.inputs


def test_every_rule_acts_on_some_row_of_the_table() -> None:
    acted = set()
    for function, specs, _ in RULES.values():
        for node in st.trace(function, list(specs)).nodes:
            for place, rule in enumerate(passes.RULES.get(node.op, ())):
                if rule(node) is not None:
                    acted.add((node.op, place))
    spread_only = {op for op, rules in passes.RULES.items() if len(rules) == 1} - {
        "cast", "reshape", "transpose", "broadcast_to",
    }  # fmt: skip
    listed = {(op, place) for op, rules in passes.RULES.items() for place in range(len(rules))}
    spread = {(op, len(rules) - 1) for op, rules in passes.RULES.items() if op in PRIMITIVES}
    assert {op for op, _ in listed - acted - spread} <= spread_only


@pytest.mark.parametrize("value", [0.0, 1.0, -1.0])
def test_numbers_of_other_operations_stay(value: float) -> None:
    for function in (lambda x: x - value, lambda x: x**value, lambda x: st.maximum(x, value)):
        after(clean, function, ROWS)


def test_nan_and_infinity_are_not_simplified_away() -> None:
    graph = verify(clean(st.trace(lambda x: (x - x, x * 0.0, x / x), [st.TensorSpec((3,))])))
    results = NumpyProgram(graph).call([np.float32([np.inf, np.nan, 0.0])], [])
    assert np.isnan(results[0]).tolist() == [True, True, False]
    assert np.isnan(results[1]).tolist() == [True, True, False]
    assert np.isnan(results[2]).all()


# ---------------------------------------------------------------- folding


def test_constants_are_folded() -> None:
    graph = after(fold_constants, lambda x: x * (st.exp(0.0) + st.sqrt(st.constant(9.0))), ROWS)
    assert [n.params["value"].item() for n in graph.nodes[-2:] if n.op == "constant"] == [4.0]
    assert ops_of(drop_dead(graph)) == ["multiply"]


def test_a_folded_constant_has_the_bits_of_the_operation() -> None:
    values = np.float32([0.1, 1.7, -3.3])
    graph = drop_dead(fold_constants(st.trace(lambda: st.tanh(values), [])))
    (folded,) = graph.outputs
    assert folded.params["value"].tobytes() == st.tanh(values).numpy().tobytes()
    assert folded.source is not None


def test_large_results_are_not_folded() -> None:
    graph = after(fold_constants, lambda x: x + st.reduce_sum(st.zeros((300, 300))), ROWS)
    assert "broadcast_to" in ops_of(graph)
    graph = fold_constants(st.trace(lambda: st.concat([np.ones(3000, np.float32)] * 2), []))
    assert ops_of(graph)[-1] == "concat"


@pytest.mark.parametrize(
    ("to", "folded"), [((1, 2, 3), True), ((2, 2, 3), False), ((1, 1, 2, 3), True)]
)
def test_a_constant_is_not_repeated(to: tuple[int, ...], folded: bool) -> None:
    graph = fold_constants(st.trace(lambda: bound("broadcast_to", np.ones((2, 3)), to=to), []))
    assert (ops_of(graph) == []) is folded


@pytest.mark.parametrize(("count", "folded"), [(2048, True), (2049, False)])
def test_results_of_up_to_4096_numbers_are_folded(count: int, folded: bool) -> None:
    half = np.ones(count, np.float32)
    graph = drop_dead(fold_constants(st.trace(lambda: st.concat([half] * 2), [])))
    assert (ops_of(graph) == []) is folded
    graph = drop_dead(fold_constants(st.trace(lambda: st.exp(np.ones(5000, np.float32)), [])))
    assert ops_of(graph) == [], "as large as its input"


def test_counters_sizes_and_random_bits_are_not_folded() -> None:
    def function(x):
        count = bound("iota", shape=(4,), axis=0, dtype=st.int64)
        seed = np.zeros(3, np.int64)
        return count, st.shape(x)[0], bound("random_bits", seed, shape=(4,), width=8, lane=0)

    graph = clean(st.trace(function, [ROWS]))
    assert sorted(ops_of(graph)) == ["batch_size", "iota", "random_bits"]


# ---------------------------------------------------------------- sharing and dropping


def test_equal_operations_are_computed_once() -> None:
    graph = after(share_common, lambda x: st.exp(x) * 2.0 + st.exp(x) * 2.0, ROWS)
    assert ops_of(graph) == ["exp", "multiply", "add"]


def test_different_operations_are_not_shared() -> None:
    def function(x):
        zero, one = np.float32([0.0, 0.0, 1.0]), np.float32([0.0, 1.0, 0.0])
        sums = st.reduce_sum(x, 0), st.reduce_sum(x, 1)
        casts = st.cast(x, "int32"), st.cast(x, "int64")
        return x * zero, x * one, x - 1.0, 1.0 - x, sums, casts, x + 0.0, x + (-0.0)

    before = st.trace(function, [ROWS])
    assert len(ops_of(share_common(before))) == len(ops_of(before))


def test_two_random_draws_are_not_shared() -> None:
    graph = clean(st.trace(lambda: (st.random.uniform((2,)), st.random.uniform((2,))), []))
    assert ops_of(graph).count("random_bits") == 2


def test_unused_nodes_are_dropped_but_inputs_and_variables_stay() -> None:
    w, n = st.Variable([1.0, 1.0, 1.0]), st.Variable(0)

    def step(x, y):
        st.exp(x) * w
        n.assign_add(1)
        guard(st.reduce_all(x < 1.0))
        return x + 1.0

    graph = verify(drop_dead(record(step, [ROWS, ROWS]).graph))
    assert ops_of(graph) == ["add", "less", "logical_and", "min", "reshape", "add"]
    assert len(graph.inputs) == 2 and len(graph.variables) == 2 and len(graph.updates) == 1


def test_a_variable_assigned_to_another_survives() -> None:
    a, b = st.Variable([1.0]), st.Variable([2.0])

    def exchange():
        held = a * 1.0
        a.assign(b * 1.0)
        b.assign(held)

    graph = verify(clean(record(exchange, []).graph))
    assert ops_of(graph) == [] and len(graph.updates) == 2
    state = [np.float32([1.0]), np.float32([2.0])]
    NumpyProgram(graph).call([], state)
    assert [array.tolist() for array in state] == [[2.0], [1.0]]


# ---------------------------------------------------------------- the list


def test_the_list_of_passes_reads_as_a_table_of_contents() -> None:
    names = [step.__name__ for step in passes.PASSES]
    assert names == ["fold_constants", "simplify", "share_common", "drop_dead"]


def test_passes_do_not_change_their_argument() -> None:
    graph = st.trace(lambda x: st.exp(x * 1.0) + st.exp(x * 1.0) + (2.0 - 2.0), [ROWS])
    before = str(graph), graph.key()
    for step in passes.PASSES:
        step(graph)
    assert (str(graph), graph.key()) == before


def test_cleaning_repeats_until_nothing_changes() -> None:
    def function(x):
        for _ in range(3):
            x = st.negative(-(x * (1.0 + 0.0))) + (st.constant(3.0) - 3.0)
        return st.transpose(st.transpose(x))

    graph = after(clean, function, ROWS)
    assert ops_of(graph) == [] and graph.outputs == graph.inputs
