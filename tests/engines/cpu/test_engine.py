"""The engine as a whole: what it compiles, odd shapes, errors, memory outside of its buffers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import DenseColumn
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.cpu.loops.spaces import SCRATCH, entries_of
from steepest.engines.cpu.machine.jit import compilations
from steepest.engines.numpy import NumpyEngine
from steepest.errors import DataError
from steepest.program.graph import Graph
from steepest.program.trace import guard, record
from tests.agreement.compare import assert_agree, assert_close, on_numpy
from tests.agreement.test_training_steps import (
    Adam,
    crossentropy,
    dense_net,
    gradient_descent,
    recorded,
    squares,
    training_step,
)
from tests.engines.cpu.gemm_harness import guarded

Arrays = list[np.ndarray]


def classifier(sizes: tuple[int, ...], learn: Callable | None = None) -> tuple[Graph, Arrays]:
    variables = dense_net(sizes, "float32")
    update = learn or Adam(variables)
    step = training_step(variables, crossentropy, update, st.nn.relu)
    return recorded(step, sizes[0], "float32", "int64")


def batch_of(sizes: tuple[int, ...], batch: int) -> Arrays:
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((batch, sizes[0])).astype(np.float32)
    return [rows, rng.integers(0, sizes[-1], batch)]


# ---------------------------------------------------------------- compilation


def test_a_program_is_compiled_once_for_all_batch_sizes_and_rates() -> None:
    graph, state = classifier((7, 11, 3))
    program = CpuProgram(graph)
    before = compilations()
    for batch in (1, 5, 64):
        program.call(batch_of((7, 3), batch), state)
    columns = [DenseColumn(array) for array in batch_of((7, 3), 64)]
    for batch in (3, 64):
        program.run(state, columns, np.arange(64), batch)
    assert compilations() == before


def test_a_second_program_of_the_same_structure_compiles_nothing() -> None:
    CpuProgram(classifier((7, 12, 3))[0])
    before = compilations()["compiled"]
    CpuProgram(classifier((7, 12, 3))[0])
    assert compilations()["compiled"] == before


# ---------------------------------------------------------------- shapes


@pytest.mark.parametrize("width", [1, 2, 3, 15, 16, 17, 31, 33, 48, 50, 63, 65])
def test_widths_around_the_edges_of_tiles(width: int) -> None:
    sizes = (width, width + 1, 4)
    graph, state = classifier(sizes)
    for batch in (1, 6, 13):
        assert_agree(graph, batch_of(sizes, batch), state)


def test_sixty_layers() -> None:
    sizes = (5,) * 60 + (3,)
    graph, state = classifier(sizes, gradient_descent)
    assert_agree(graph, batch_of(sizes, 4), state, 1e-4)


def test_wide_layers() -> None:
    sizes = (40, 4096, 3)
    graph, state = classifier(sizes, gradient_descent)
    assert_agree(graph, batch_of(sizes, 9), state, 1e-4)


def test_an_empty_batch() -> None:
    graph = st.trace(lambda x: (x + 1.0, st.reduce_sum(x, 0)), [st.TensorSpec((None, 3))])
    assert_agree(graph, [np.zeros((0, 3), np.float32)])


def test_a_run_over_no_rows_does_nothing() -> None:
    graph, state = classifier((7, 3))
    before = [array.copy() for array in state]
    columns = [DenseColumn(array) for array in batch_of((7, 3), 4)]
    assert CpuProgram(graph).run(state, columns, np.arange(0), 2).batches == 0
    assert all(map(np.array_equal, state, before))


def test_outputs_of_a_run_are_joined_or_stacked() -> None:
    graph = st.trace(lambda x: (x * 2.0, st.reduce_sum(x)), [st.TensorSpec((None,))])
    x = np.arange(5, dtype=np.float32)
    done = CpuProgram(graph).run([], [DenseColumn(x)], np.array([4, 3, 2, 1, 0]), 2)
    assert done.batches == 3
    assert done.outputs[0].tolist() == [8, 6, 4, 2, 0]
    assert done.outputs[1].tolist() == [7, 3, 0]


# ---------------------------------------------------------------- errors


def test_a_false_guard_ends_the_run_before_the_update() -> None:
    weights = st.Variable(np.float32(1))

    def step(x: st.Tensor) -> None:
        loss = st.reduce_sum(x) * weights
        guard(abs(loss) < np.inf)
        weights.assign(weights + loss)

    recording = record(step, [st.TensorSpec((None,))])
    x = DenseColumn(np.array([1, 2, np.nan, 4], np.float32))
    results = []
    for program in (NumpyEngine().prepare(recording.graph), CpuProgram(recording.graph)):
        state = [np.array(array) for array in recording.state()]
        done = program.run(state, [x], np.arange(4), 1)
        results.append((done.batches, state[0].item()))
    assert results == [(2, 6.0), (2, 6.0)]


def test_rows_outside_of_a_table_are_nan_and_not_read() -> None:
    graph = st.trace(
        lambda table, rows: st.gather(table, rows),
        [st.TensorSpec((4, 20)), st.TensorSpec((None,), "int64")],
    )
    table = guarded(np.ones((4, 20), np.float32))
    rows = np.array([0, 4, -1, 1 << 40, -(1 << 62), 3])
    found = CpuProgram(graph).call([table, rows], [])[0]
    assert np.isnan(found).all(1).tolist() == [False, True, True, True, True, False]


def test_updates_of_rows_outside_of_a_table_are_dropped() -> None:
    graph = st.trace(
        lambda rows, x: st.scatter_add(rows, x, 4),
        [st.TensorSpec((None,), "int64"), st.TensorSpec((None, 3))],
    )
    rows = np.array([0, 4, -1, 1 << 40, 3])
    found = CpuProgram(graph).call([rows, np.ones((5, 3), np.float32)], [])[0]
    assert found.sum(1).tolist() == [3, 0, 0, 3]


def test_an_order_with_a_row_outside_of_the_columns_is_an_error() -> None:
    graph, state = classifier((7, 3))
    columns = [DenseColumn(array) for array in batch_of((7, 3), 4)]
    with pytest.raises(DataError, match=r"row 4 is outside 0\.\.3"):
        CpuProgram(graph).run(state, columns, np.array([0, 4]), 2)


# ---------------------------------------------------------------- memory


@pytest.mark.parametrize("at_end", [True, False])
@pytest.mark.parametrize("sizes", [(7, 50, 3), (1, 1), (33, 17, 16, 10)])
def test_no_kernel_touches_memory_beside_its_buffers(at_end: bool, sizes: tuple[int, ...]) -> None:
    """Every buffer is between pages without access."""
    graph, state = classifier(sizes)
    for batch in (1, 7):
        inputs = batch_of(sizes, batch)
        meant = on_numpy(graph, inputs, state)
        held = fenced_run(graph, inputs, state, batch, at_end)
        for number, (want, got) in enumerate(zip(meant.state, held, strict=True)):
            assert_close(got, want, f"variable {number}", None)


def fenced_run(graph: Graph, inputs: Arrays, state: Arrays, batch: int, at_end: bool) -> Arrays:
    code = CpuProgram(graph).code()
    memory = code.take_memory(batch, 1)
    given, held = ([guarded(a, at_end) for a in arrays] for arrays in (inputs, state))
    memory.place_arrays("input", given)
    memory.place_state(held)
    order = guarded(np.arange(batch), at_end)
    memory.set_batches(order.ctypes.data, batch, batch, 1)
    fences = [guarded(np.zeros(memory.offsets.scratch_bytes, np.uint8), at_end)]
    memory.table[SCRATCH] = fences[0].ctypes.data
    for buffer, entry in entries_of(code.layout.buffers).items():
        if buffer.role in ("scratch", "private"):
            fences.append(guarded(np.zeros(buffer.bytes(batch), np.uint8), at_end))
            memory.table[entry] = fences[-1].ctypes.data
    assert code.launch(memory) == 1
    return held


def test_state_is_read_from_the_arrays_of_this_call() -> None:
    """Arrays of an earlier call are not used again if the call has others."""
    scale = st.Variable(np.float32(2))
    recording = record(lambda x: x * scale, [st.TensorSpec((None,))])
    program = CpuProgram(recording.graph)
    x = np.ones(1, np.float32)
    found = [program.call([x], [np.array(n, np.float32)])[0].item() for n in (2, 3, 2, 5)]
    assert found == [2, 3, 2, 5]


def test_the_update_of_weights_is_fused_with_their_gradient() -> None:
    """The plan has the update in the steps of the product that computes the gradient."""
    variables = dense_net((7, 3), "float32")
    step = training_step(variables, squares, gradient_descent, st.nn.relu)
    graph, _ = recorded(step, 7, "float32", "float32")
    text = str(CpuProgram(graph).code().plan.loops)
    gradient = text.index("sum of x0[i2, i0]")
    assert "s0[i0, i1] <-" in text[gradient : text.index("p1k1")]


def test_independent_rows_may_be_divided_into_any_batches() -> None:
    weights = st.Variable(np.random.default_rng(0).standard_normal((30, 20)).astype(np.float32))
    alone = st.trace(lambda x: st.nn.softmax(x @ weights), [st.TensorSpec((None, 30))])
    x = np.random.default_rng(1).standard_normal((1500, 30)).astype(np.float32)
    program, state = CpuProgram(alone), [weights.numpy()]
    assert program.code().layout.rows_independent
    whole = program.call([x], state)[0]
    pieces = program.run(state, [DenseColumn(x)], np.arange(1500), 7)
    assert pieces.batches == 215
    np.testing.assert_array_equal(whole, pieces.outputs[0])
    assert_close(whole, on_numpy(alone, [x], state).outputs[0], "softmax", None)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x - st.reduce_mean(x, 0),
        lambda x: x * st.cast(st.shape(x)[0], "float32"),
        lambda x: x + st.random.uniform((1,)),
        lambda x: st.reduce_sum(x),
        lambda x: st.transpose(x),
        lambda x: x + st.gather(x, np.array([0]))[0],
        lambda x: st.reduce_sum(x @ st.transpose(x), 1),
        lambda x: st.nn.softmax(x @ st.transpose(x)) @ x,
        lambda x: st.cumsum(x, 0),
    ],
)
def test_rows_that_depend_on_the_batch_are_not_divided(function: Callable) -> None:
    recording = record(function, [st.TensorSpec((None, 3))])
    x = DenseColumn(np.random.default_rng(0).random((7, 3), np.float32))
    ran = []
    for program in (NumpyEngine().prepare(recording.graph), CpuProgram(recording.graph)):
        state = [np.array(array) for array in recording.state()]
        ran.append(program.run(state, [x], np.arange(7), 3).outputs[0])
    assert not CpuProgram(recording.graph).code().layout.rows_independent
    assert_close(ran[1], ran[0], "batches of three", None)
