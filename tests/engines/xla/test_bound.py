"""Variables whose values stay on the device between calls."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

import steepest as st
from steepest.core.variable import Variable
from steepest.data.columns import DenseColumn
from steepest.engines.bound import Bound
from steepest.engines.choose import bind
from steepest.engines.xla import bound as xla_bound
from steepest.engines.xla import columns as on_device
from steepest.engines.xla.transfer import DeviceCopy
from steepest.program.trace import record
from tests.engines.test_bound import READ, ROWS, WRITE, adding, ran


def on_xla(w: Variable) -> Bound:
    return bind(adding(w), engine="xla")


@pytest.mark.parametrize("read", READ)
def test_a_variable_fetches_what_the_device_has(read: str) -> None:
    w = st.Variable([1.0, 2.0])
    assert ran(on_xla(w)) == [31.0, 38.0]
    assert isinstance(w.owner, DeviceCopy)
    assert np.array_equal(READ[read](w), [31.0, 38.0])


@pytest.mark.parametrize("write", WRITE)
def test_what_python_assigns_is_seen_by_the_next_run(write: str) -> None:
    w = st.Variable([5.0, 5.0])
    bound = on_xla(w)
    ran(bound)
    WRITE[write](w)
    assert w.tolist() == [1.0, 2.0]
    assert ran(bound) == [31.0, 38.0] == w.tolist()
    assert bound.call([ROWS[:1]])[0].tolist() == [31.0, 39.0] == w.tolist()


def test_values_move_only_when_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[object] = []
    to_device = xla_bound.to_device
    monkeypatch.setattr(xla_bound, "to_device", lambda *a: moved.append(a) or to_device(*a))
    w, scale = st.Variable([1.0, 2.0]), st.Variable(2.0)
    training, reading = on_xla(w), bind(record(lambda: w * scale, []), engine="xla")
    for _ in range(3):
        ran(training)
        reading.call([])
    assert len(moved) == 2
    assert w.tolist() == [91.0, 110.0]


def test_what_was_read_before_does_not_change() -> None:
    w = st.Variable([1.0, 2.0])
    bound = on_xla(w)
    ran(bound)
    before = w.value
    ran(bound)
    assert before.tolist() == [31.0, 38.0] and w.tolist() == [61.0, 74.0]


def test_engines_take_turns_at_a_variable() -> None:
    w = st.Variable([0.0, 0.0])
    recording = adding(w)
    for turn, engine in enumerate(["xla", "cpu", "xla", "numpy", "xla"], 1):
        assert ran(bind(recording, engine=engine)) == [30.0 * turn, 36.0 * turn]


def test_two_variables_may_be_given_the_same_values() -> None:
    one, two, three = (st.Variable(np.float32([value] * 2)) for value in (1, 2, 3))

    def share(x: st.Tensor) -> st.Tensor:
        one.assign(three)
        two.assign(three)
        three.assign(three * 1.0)
        return x

    bind(record(share, [st.TensorSpec((None,))]), engine="xla").call([np.zeros(2, np.float32)])
    column = [DenseColumn(np.ones((4, 2), np.float32))]
    for variable in (one, two, three):
        add = record(lambda x, v=variable: v.assign_add(st.reduce_sum(x, 0)).value, [(None, 2)])
        bind(add, engine="xla").run(column, np.arange(4), 2)
    assert one.tolist() == two.tolist() == three.tolist() == [7.0, 7.0]


def test_memory_of_the_device_is_freed_with_the_model_and_its_data() -> None:
    x = np.ones((64, 3), np.float32)
    model = st.Sequential([st.layers.Dense(2, input_shape=(3,))])
    model.compile("adam", "mse", engine="xla")
    model.fit(x, x[:, :2], epochs=1, verbose=0)
    gc.collect()
    assert not len(on_device._uploaded)  # the columns of the fit
    values = weakref.ref(model.weights[0].owner.values)
    assert values() is not None
    del model
    st.utils.clear_session()
    gc.collect()
    assert values() is None


def test_calls_of_larger_variables_take_longer() -> None:
    def seconds(rows: int) -> float:
        w = st.Variable(np.zeros((rows, 1000), np.float32))
        return bind(record(lambda: w.assign_add(w).value, []), engine="xla").call_seconds

    assert [seconds(rows) for rows in (1, 5_000)] == pytest.approx([0.2, 0.4], abs=1e-3)
    assert seconds(30_000) == 1.0
