"""The NumPy engine: any batch size, runs of batches, the guard, freed values."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

import steepest as st
from steepest.core.numpy_rules import RULES
from steepest.engines import numpy as engine
from steepest.engines.batches import batch_of, join_outputs, with_batch
from steepest.engines.numpy import NumpyEngine, NumpyProgram
from steepest.errors import ShapeError, UnknownNameError
from steepest.program.trace import guard, record

ROWS = st.TensorSpec((None, 2), name="x")


class Table:
    """Rows in memory: the least that an engine asks of a column."""

    storage = "float32"

    def __init__(self, rows: np.ndarray) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, rows: np.ndarray) -> np.ndarray:
        return self.rows[rows]


def counting():
    """Adds up rows, and stops at a row with a negative number."""
    total, seen = st.Variable([0.0, 0.0], name="total"), st.Variable(0, name="seen")

    def step(x):
        guard(st.reduce_all(x >= 0.0))
        total.assign_add(st.reduce_sum(x, 0))
        seen.assign_add(1)
        return x * 2.0, st.reduce_sum(x)

    recording = record(step, [ROWS])
    state = [np.array(variable.array) for variable in recording.variables]
    return NumpyEngine().prepare(recording.graph), state


def test_one_call() -> None:
    program, state = counting()
    twice, total = program.call([np.float32([[1, 2], [3, 4]])], state)
    assert twice.tolist() == [[2.0, 4.0], [6.0, 8.0]] and total == 10.0
    assert [array.tolist() for array in state] == [[4.0, 6.0], 1]


def test_state_changes_in_place_and_inputs_do_not() -> None:
    program, state = counting()
    x = np.float32([[1, 2]])
    held = list(state)
    program.call([x], state)
    assert all(a is b for a, b in zip(held, state, strict=True)) and x.tolist() == [[1.0, 2.0]]


def test_outputs_are_arrays_of_their_own() -> None:
    graph = st.trace(lambda x: (x, x[::1], st.constant([1.0])), [st.TensorSpec((2,))])
    x = np.float32([1.0, 2.0])
    program = NumpyEngine().prepare(graph)
    for output in program.call([x], []):
        output[...] = 9.0
    assert x.tolist() == [1.0, 2.0]
    assert program.call([x], [])[2].tolist() == [1.0]


def test_a_false_guard_keeps_the_state() -> None:
    program, state = counting()
    program.call([np.float32([[1, -2]])], state)
    assert [array.tolist() for array in state] == [[0.0, 0.0], 0]


def test_a_run_follows_the_order_in_batches() -> None:
    program, state = counting()
    rows = np.arange(10, dtype=np.float32).reshape(5, 2)
    done = program.run(state, [Table(rows)], np.array([4, 0, 3, 1, 2]), 2)
    assert done.batches == 3
    assert done.outputs[0].tolist() == (rows[[4, 0, 3, 1, 2]] * 2).tolist()
    assert done.outputs[1].tolist() == [18.0, 18.0, 9.0]
    assert [array.tolist() for array in state] == [[20.0, 25.0], 3]


def test_a_run_stops_before_the_batch_that_the_guard_forbids() -> None:
    program, state = counting()
    rows = np.float32([[1, 1], [2, 2], [-1, 3], [4, 4]])
    done = program.run(state, [Table(rows)], np.arange(4), 1)
    assert done.batches == 2 and len(done.outputs[0]) == 2
    assert [array.tolist() for array in state] == [[3.0, 3.0], 2]


def test_a_run_of_no_rows() -> None:
    program, state = counting()
    for order, rows in ((np.arange(0), np.ones((3, 2))), (np.arange(1), -np.ones((1, 2)))):
        done = program.run(state, [Table(rows.astype("float32"))], order, 2)
        assert done.batches == 0 and done.outputs[0].shape == (0, 2)
        assert done.outputs[0].dtype == np.float32


def test_inputs_that_do_not_fit_are_named() -> None:
    program, state = counting()
    with pytest.raises(ShapeError, match=r"input x: the program takes \(batch, 2\), got \(3, 4\)"):
        program.call([np.zeros((3, 4), np.float32)], state)
    graph = st.trace(lambda x, y: x + y, [ROWS, ROWS])
    rows = [np.zeros((n, 2), np.float32) for n in (3, 4)]
    with pytest.raises(ShapeError, match=r"equally many rows, got \[3, 4\]"):
        NumpyProgram(graph).call(rows, [])


def test_the_size_of_the_batch() -> None:
    graph = st.trace(lambda x, y: x + y, [st.TensorSpec((2,)), ROWS])
    assert batch_of(graph, [np.zeros(2), np.zeros((7, 2))]) == 7
    assert batch_of(st.trace(lambda x: x, [st.TensorSpec((2,))]), [np.zeros(2)]) is None
    assert with_batch({"to": ((None, 1), 3), "axis": 1}, 4) == {"to": ((4, 1), 3), "axis": 1}
    assert with_batch({"to": (None,)}, None) == {"to": (None,)}


def test_joined_outputs() -> None:
    assert join_outputs((2, None), np.float32, [np.zeros((2, 3)), np.ones((2, 1))]).shape == (2, 4)
    assert join_outputs((2,), np.float32, [np.zeros(2)] * 3).shape == (3, 2)
    assert join_outputs((2, None), np.int32, []).shape == (2, 0)


def test_values_are_let_go_after_their_last_use(monkeypatch: pytest.MonkeyPatch) -> None:
    alive: list[int] = []
    made: list[weakref.ref[np.ndarray]] = []

    def watched(x: np.ndarray) -> np.ndarray:
        alive.append(sum(ref() is not None for ref in made))
        made.append(weakref.ref(result := np.exp(x)))
        return result

    monkeypatch.setitem(engine.RULES, "exp", watched)

    def chain(x):
        for _ in range(20):
            x = st.exp(x)
        return x

    program = NumpyProgram(st.trace(chain, [ROWS]))
    gc.disable()
    try:
        program.call([np.zeros((3, 2), np.float32)], [])
    finally:
        gc.enable()
    assert len(alive) == 20 and max(alive) == 1


def test_overflow_is_silent() -> None:
    program = NumpyEngine().prepare(st.trace(lambda x: 1.0 / st.log(x), [ROWS]))
    result = program.call([np.float32([[0.0, 1.0], [-1.0, np.inf]])], [])[0]
    np.testing.assert_array_equal(result, [[0.0, np.inf], [np.nan, 0.0]])


def test_the_engine_has_every_rule() -> None:
    from steepest.core.primitives import PRIMITIVES

    assert engine.RULES is RULES and set(RULES) == set(PRIMITIVES)


def test_the_cost_of_each_operation_is_measured_and_nothing_changes() -> None:
    w = st.Variable(np.ones((3, 2), np.float32), name="w")

    def step(x: st.Tensor) -> st.Tensor:
        loss = st.reduce_sum(x @ w)
        w.assign(w * 2.0)
        return loss

    recording = record(step, [st.TensorSpec((None, 3))])
    bound = NumpyEngine().prepare(recording.graph).bind(recording)
    costs = bound.explain([Table(np.ones((10, 3), np.float32))], batch=4)
    by_name = {cost.name: cost for cost in costs}
    assert by_name["matmul"].bytes == 4 * (4 * 3 + 3 * 2 + 4 * 2)
    assert [c.computes for c in costs if "->" in c.computes] == ["reshape -> out0", "multiply -> w"]
    assert all(cost.seconds > 0 and cost.gigaflops is None for cost in costs)
    assert w.numpy().tolist() == np.ones((3, 2)).tolist()
    with pytest.raises(UnknownNameError, match="loops"):
        bound.program.listing("loops", [])


@pytest.mark.parametrize("engine", ["numpy", "cpu"])
@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_an_index_out_of_range_is_the_same_in_every_program(engine: str, dtype: str) -> None:
    table = np.arange(1, 7).reshape(3, 2).astype(dtype)
    places = np.array([[0, 3], [-1, 2]])
    blank = [np.nan] * 2 if dtype == "float32" else [0, 0]
    found = st.function(lambda t, i: st.gather(t, i), engine=engine)(table, places)
    np.testing.assert_array_equal(found.numpy(), [[[1, 2], blank], [blank, [5, 6]]])
    summed = st.function(lambda i, t: st.scatter_add(i, t, 2), engine=engine)
    assert summed(np.array([1, 2, -1]), table).tolist() == [[0, 0], [1, 2]]
    with pytest.raises(st.errors.DataError, match=r"index 3 at \(0, 1\) is outside 0\.\.2"):
        st.gather(table, places)
