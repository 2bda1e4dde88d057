"""Recording: inputs, constants, variables, guards, and uses that cannot be recorded."""

from __future__ import annotations

import inspect
import threading

import numpy as np
import pytest

import steepest as st
from steepest.engines.numpy import NumpyProgram
from steepest.errors import DTypeError, NumericalError, ShapeError, TraceError
from steepest.program.trace import TensorSpec, guard, record
from steepest.program.verify import verify

ROWS = TensorSpec((None, 3))


def run(function, specs, *arrays):
    """Outputs of the recorded function, and the variables' arrays after it."""
    recording = record(function, specs)
    state = [np.array(variable.array) for variable in recording.variables]
    outputs = NumpyProgram(verify(recording.graph)).call(
        [np.asarray(a, s.dtype) for a, s in zip(arrays, specs, strict=True)], state
    )
    return recording.rebuild(outputs), state


# ---------------------------------------------------------------- specs


def test_specs() -> None:
    assert TensorSpec(3).shape == (3,) and TensorSpec([None, 2]).shape == (None, 2)
    assert TensorSpec((2,)).dtype == np.float32 and TensorSpec((2,), "int64").dtype == np.int64
    assert repr(TensorSpec((None, 2), "uint8")) == "TensorSpec(uint8(batch, 2))"
    assert TensorSpec((1, 2)) == TensorSpec((1, 2)) != TensorSpec((1, None))
    with pytest.raises(ShapeError, match=r"at most one size .* None, the batch; .* has 2"):
        TensorSpec((None, None))


# ---------------------------------------------------------------- recording


def test_results_keep_their_structure() -> None:
    def nest(x):
        return {"double": x * 2.0, "rest": [x, (None, "text", 3, np.ones(2, np.float32))]}

    result, _ = run(nest, [ROWS], np.ones((1, 3)))
    assert result["double"].tolist() == [[2.0, 2.0, 2.0]]
    assert result["rest"][1][:3] == (None, "text", 3)
    assert result["rest"][1][3].tolist() == [1.0, 1.0]


def test_the_batch_has_any_size() -> None:
    def centred(x):
        count = st.shape(x)[0]
        return (
            x - st.reduce_mean(x, 0),
            st.cast(count, "float32") * 2.0,
            st.reshape(x, (count, 3, 1)),
        )

    for rows in (1, 2, 7):
        x = np.arange(rows * 3.0, dtype=np.float32).reshape(rows, 3)
        (y, double, deep), _ = run(centred, [ROWS], x)
        np.testing.assert_allclose(y.numpy(), x - x.mean(0), atol=1e-6)
        assert double.item() == 2.0 * rows and deep.shape == (rows, 3, 1)


def test_python_loops_unroll() -> None:
    def powers(x):
        total = x
        for power in range(3):
            total = total * x + float(power)
        return total

    graph = st.trace(powers, [ROWS])
    assert [node.op for node in graph.nodes].count("multiply") == 3


def test_a_constant_is_recorded_once() -> None:
    table = st.constant(np.ones((3, 2), np.float32))
    graph = st.trace(lambda x: (x @ table, x @ table), [ROWS])
    assert [node.op for node in graph.nodes].count("constant") == 1


def test_a_recording_inside_a_recording() -> None:
    inner = st.function(lambda x: x * 2.0)
    graph = st.trace(lambda x: inner(x) + 1.0, [ROWS])
    assert [n.op for n in graph.nodes] == ["input", "constant", "multiply", "constant", "add"]


def test_eager_operations_inside_a_recording_are_not_recorded() -> None:
    from steepest.core import dispatch

    def function(x):
        with dispatch.eagerly():
            scale = (st.constant([1.0]) + st.constant([2.0])).numpy()
        return x * scale

    assert len(st.trace(function, [ROWS]).nodes) == 3


def test_recordings_of_two_threads_are_separate() -> None:
    graphs = {}

    def work(count: int) -> None:
        def chain(x):
            for _ in range(count):
                x = x + 1.0
            return x

        graphs[count] = st.trace(chain, [ROWS])

    threads = [threading.Thread(target=work, args=(count,)) for count in (50, 80)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {count: len(verify(graph).nodes) for count, graph in graphs.items()} == {
        50: 101,
        80: 161,
    }


# ---------------------------------------------------------------- variables


def test_reading_and_assigning_variables() -> None:
    w, n = st.Variable([1.0, 2.0, 3.0]), st.Variable(5)

    def step(x):
        before = w * 1.0
        w.assign(w + st.reduce_sum(x, 0))
        n.assign_add(1)
        n.assign_add(1)
        return before, w * 1.0

    (before, after), state = run(step, [ROWS], np.ones((2, 3)))
    assert before.tolist() == [1.0, 2.0, 3.0] and after.tolist() == [3.0, 4.0, 5.0]
    assert [array.tolist() for array in state] == [[3.0, 4.0, 5.0], 7]
    assert w.tolist() == [1.0, 2.0, 3.0] and n.item() == 5, "recording must not assign"


def test_variables_that_exchange_their_values() -> None:
    a, b = st.Variable([1.0]), st.Variable([2.0])

    def swap():
        held = a.value
        a.assign(b)
        b.assign(held)

    _, state = run(swap, [])
    assert [array.tolist() for array in state] == [[2.0], [1.0]]


def test_a_variable_that_is_only_read_is_no_update() -> None:
    a = st.Variable([1.0])
    assert record(lambda: a * 2.0, []).graph.updates == ()
    assert len(record(lambda: a.assign(a * 2.0).value, []).graph.updates) == 1
    assert record(lambda: a.assign(a).value, []).graph.updates == ()


def test_gradients_are_recorded() -> None:
    w = st.Variable([[1.0], [2.0], [3.0]])

    def step(x):
        with st.GradientTape() as tape:
            loss = st.reduce_mean(st.square(x @ w))
        return tape.gradient(loss, w)

    x = np.float32([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]])
    slope, _ = run(step, [ROWS], x)
    np.testing.assert_allclose(slope.numpy(), 2 * x.T @ (x @ w.numpy()) / 2, rtol=1e-6)


def test_the_derivative_of_running_sums_over_the_batch() -> None:
    def slopes(x):
        with st.GradientTape() as tape:
            tape.watch(x)
            total = st.reduce_sum(st.square(st.cumsum(x, 0)))
        return tape.gradient(total, x)

    x = np.float32([[1.0, 2.0, 0.5], [-1.0, 3.0, 0.25]])
    recorded, _ = run(slopes, [ROWS], x)
    np.testing.assert_allclose(recorded.numpy(), slopes(st.constant(x)).numpy(), rtol=1e-6)
    assert recorded.tolist()[1] == (2 * x.sum(0)).tolist()


# ---------------------------------------------------------------- guards


def test_a_guard_that_is_false_keeps_the_variables() -> None:
    w = st.Variable([1.0])

    def step(x):
        guard(st.reduce_all(x > 0.0))
        guard(st.reduce_all(x < 9.0))
        return w.assign_add([1.0]).value

    for value, after in ((1.0, 2.0), (-1.0, 1.0), (10.0, 1.0)):
        _, state = run(step, [TensorSpec((1,))], [value])
        assert state[0].tolist() == [after]


def test_reasons_of_guards_are_listed_in_their_order() -> None:
    def step(x):
        guard(st.reduce_all(x > 0.0), lambda: "first")
        guard(st.reduce_all(x < 9.0))
        guard(st.reduce_all(x < 8.0), lambda: "second")
        return x

    faults = record(step, [TensorSpec((1,))]).faults
    assert [fault() for fault in faults] == ["first", "second"]


def test_a_false_guard_outside_of_a_recording_raises_at_once() -> None:
    guard(st.constant(True))
    with pytest.raises(NumericalError, match="the condition of a guard is false"):
        guard(st.constant(False))


# ---------------------------------------------------------------- uses that cannot be recorded


@pytest.mark.parametrize(
    "use",
    [
        lambda y: bool(y[0, 0] > 0),
        lambda y: float(y[0, 0]),
        lambda y: int(y[0, 0]),
        lambda y: y.numpy(),
        lambda y: np.asarray(y),
        lambda y: y.tolist(),
        lambda y: y.item(),
        lambda y: np.sum(y),
        lambda y: f"{y:.2f}",
        lambda y: [1, 2][st.cast(y[0, 0], "int32")],
    ],
)
def test_reading_a_value_while_recording_is_an_error(use) -> None:
    """The error names the line that computed the tensor, and the remedy."""

    def function(x):
        y = x * 2.0
        use(y[0:2])
        return y

    with pytest.raises(TraceError, match=r"a program is being recorded.*st\.where") as caught:
        st.trace(function, [TensorSpec((2, 3))])
    assert "test_trace.py:" in str(caught.value)


def test_a_branch_on_data_names_the_users_line_and_the_remedy() -> None:
    def branching(x):
        total = st.reduce_sum(x)
        condition = total > 0.0
        if condition:
            return x
        return -x

    line = inspect.getsourcelines(branching)[1] + 2
    with pytest.raises(TraceError) as caught:
        st.trace(branching, [ROWS])
    message = str(caught.value)
    assert f"test_trace.py:{line}" in message and "st.where" in message and "if, while" in message


def test_a_loop_over_the_batch_is_an_error() -> None:
    with pytest.raises(TraceError, match=r"the batch has no length.*st\.shape"):
        st.trace(list, [ROWS])
    with pytest.raises(ShapeError, match="one example cannot be picked from a batch"):
        st.trace(lambda x: x[0], [ROWS])
    with pytest.raises(ShapeError, match="a batch of unknown size can only be taken whole"):
        st.trace(lambda x: x[:2], [ROWS])


def test_tensors_of_a_recording_cannot_be_used_after_it() -> None:
    leaked = []

    def leaking(x):
        leaked.append(x * 2.0)
        return x

    st.trace(leaking, [ROWS])
    assert "<yet to be computed>" in repr(leaked[0])
    with pytest.raises(TraceError, match=r"after the recording ended.*test_trace\.py"):
        leaked[0] + 1.0
    with pytest.raises(TraceError, match="a tensor of another recording"):
        st.trace(lambda x: x + leaked[0], [ROWS])


def test_an_error_ends_the_recording() -> None:
    from steepest.core import dispatch

    with pytest.raises(ZeroDivisionError):
        st.trace(lambda x: 1 / 0, [ROWS])
    assert dispatch.STACKS.interpreters == []
    assert (st.constant(1.0) + 1.0).item() == 2.0


def test_masks_cannot_be_recorded() -> None:
    with pytest.raises(TraceError, match=r"st\.where"):
        st.trace(lambda x: x[x > 0], [TensorSpec((4,))])


def test_the_batch_cannot_be_mixed_into_another_axis() -> None:
    with pytest.raises(ShapeError, match="must stay an axis"):
        st.trace(lambda x: st.reshape(x, (-1,)), [ROWS])
    with pytest.raises(ShapeError, match=r"concat: the batch \(axis 0\)"):
        st.trace(lambda x: st.concat([x, x]), [ROWS])
    with pytest.raises(ShapeError, match="split: cannot work along the batch"):
        st.trace(lambda x: st.split(x, 2), [ROWS])
    with pytest.raises(ShapeError, match=r"\(batch, 3\) and \(4,\)"):
        st.trace(lambda x: x + np.zeros(4, np.float32), [ROWS])


def test_a_bare_shape_means_a_float32_tensor() -> None:
    graph = st.trace(lambda x: x + 1.0, [(None, 3)])
    assert (graph.inputs[0].shape, graph.inputs[0].dtype) == ((None, 3), st.float32)


def test_a_program_reads_no_texts() -> None:
    with pytest.raises(DTypeError, match="'string' is not a dtype of programs"):
        record(lambda x: x, [TensorSpec((None,), "string")])
