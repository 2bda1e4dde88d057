"""A program and its variables, whose values may be in an engine's own memory."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import numpy as np
import pytest

import steepest as st
from steepest.core.variable import Variable
from steepest.data.columns import DenseColumn
from steepest.engines.bound import Bound
from steepest.engines.choose import bind
from steepest.program.trace import Recording, guard, record
from tests.engines.device import COPIES, DeviceCopy, DeviceEngine

ROWS = np.arange(12, dtype=np.float32).reshape(6, 2)
READ: dict[str, Callable[[Variable], object]] = {
    "numpy": lambda w: w.numpy(),
    "array": lambda w: w.array,
    "buffer": lambda w: w.buffer(),
    "value": lambda w: w.value.numpy(),
    "held": lambda w: w.held.numpy(),
    "asarray": np.asarray,
    "tolist": lambda w: w.tolist(),
    "operand": lambda w: (w * 1.0).numpy(),
    "copy": lambda w: copy.copy(w).numpy(),
    "deepcopy": lambda w: copy.deepcopy(w).numpy(),
    "pickle": lambda w: pickle.loads(pickle.dumps(w)).numpy(),
    "variable of it": lambda w: st.Variable(w).numpy(),
    "function": lambda w: st.function(lambda: w + 0.0)().numpy(),
}
WRITE: dict[str, Callable[[Variable], object]] = {
    "assign": lambda w: w.assign([1.0, 2.0]),
    "assign_add": lambda w: w.assign_add(st.constant([1.0, 2.0]) - w),
    "hold": lambda w: w.hold(st.constant([1.0, 2.0])),
    "buffer": lambda w: np.copyto(w.buffer(), [1.0, 2.0]),
    "function": lambda w: st.function(lambda: w.assign([1.0, 2.0]).value)(),
}


@pytest.fixture(autouse=True)
def nothing_copied() -> None:
    """Count from the start."""
    COPIES.clear()


def adding(w: Variable) -> Recording:
    """Adds the sums of a batch's columns, the last of them where all of it is below 100."""

    def step(x: st.Tensor) -> st.Tensor:
        guard(st.reduce_max(x) < 100.0)
        return w.assign_add(st.reduce_sum(x, 0)).value

    return record(step, [st.TensorSpec((None, 2))])


def on_device(recording: Recording) -> Bound:
    return DeviceEngine().prepare(recording.graph).bind(recording)


def ran(bound: Bound, rows: np.ndarray = ROWS) -> list[float]:
    """The last output of a run of two batches."""
    done = bound.run([DenseColumn(rows)], np.arange(len(rows)), 4)
    return done.outputs[0][-1].tolist()


@pytest.mark.parametrize("engine", ["numpy", "cpu", "device"])
def test_a_bound_runs_a_program_on_its_own_variables(engine: str) -> None:
    w = st.Variable([1.0, 2.0])
    recording = adding(w)
    bound = on_device(recording) if engine == "device" else bind(recording, engine=engine)
    assert ran(bound) == [31.0, 38.0] == w.tolist()
    assert bound.call([ROWS[:1]])[0].tolist() == [31.0, 39.0] == w.tolist()
    w.assign([0.0, 0.0])
    assert ran(bound) == [30.0, 36.0] == w.tolist()


@pytest.mark.parametrize("read", READ)
def test_a_variable_fetches_what_its_owner_has(read: str) -> None:
    w = st.Variable([1.0, 2.0])
    assert ran(on_device(adding(w))) == [31.0, 38.0]
    assert np.array_equal(READ[read](w), [31.0, 38.0])


def test_without_its_owner_a_variable_would_be_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    w = st.Variable([1.0, 2.0])
    ran(on_device(adding(w)))
    monkeypatch.setattr(DeviceCopy, "fetch", lambda self, variable: None)
    assert w.tolist() == [1.0, 2.0]


def test_what_is_printed_is_what_the_owner_has() -> None:
    w = st.Variable([1.0, 2.0], name="w")
    ran(on_device(adding(w)))
    assert repr(w) == "Variable('w', [31. 38.], shape=(2,), dtype=float32)"
    assert (w.shape, w.dtype, w.ndim, w.size) == ((2,), np.float32, 1, 2)


@pytest.mark.parametrize("write", WRITE)
def test_what_python_assigns_is_seen_by_the_next_run(write: str) -> None:
    w = st.Variable([5.0, 5.0])
    bound = on_device(adding(w))
    ran(bound)
    WRITE[write](w)
    assert w.tolist() == [1.0, 2.0]
    assert ran(bound) == [31.0, 38.0] == w.tolist()


def test_what_was_read_before_does_not_change() -> None:
    w = st.Variable([1.0, 2.0])
    bound = on_device(adding(w))
    ran(bound)
    before = w.value
    ran(bound)
    assert before.tolist() == [31.0, 38.0] and w.tolist() == [61.0, 74.0]


def test_values_move_only_when_they_are_read() -> None:
    w, scale = st.Variable([1.0, 2.0]), st.Variable(2.0)
    training, reading = on_device(adding(w)), on_device(record(lambda: w * scale, []))
    for _ in range(5):
        ran(training)
        reading.call([])
    assert COPIES == {"to": 2}
    assert w.tolist() == w.tolist() == [151.0, 182.0] and scale.item() == 2.0
    assert COPIES == {"to": 2, "back": 1}
    ran(training)
    assert COPIES == {"to": 2, "back": 1}  # to look at values does not send them there again


def test_engines_take_turns_at_a_variable() -> None:
    w = st.Variable([0.0, 0.0])
    recording = adding(w)
    for turn, bound in enumerate([
        on_device(recording), bind(recording, engine="cpu"), on_device(recording),
        bind(recording, engine="numpy"), on_device(recording),
    ]):  # fmt: skip
        assert ran(bound) == [30.0 * (turn + 1), 36.0 * (turn + 1)]
    assert w.tolist() == [150.0, 180.0]


def test_a_guard_leaves_the_values_of_the_batch_before() -> None:
    w = st.Variable([0.0, 0.0])
    rows = ROWS.copy()
    rows[-1] = 200.0
    bound = on_device(adding(w))
    assert bound.run([DenseColumn(rows)], np.arange(6), 4).batches == 1
    assert w.tolist() == [12.0, 16.0]
