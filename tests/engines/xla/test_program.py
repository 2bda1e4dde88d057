"""Programs of the XLA engine: batches of any size, guards, epochs, columns of every storage."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import DenseColumn
from steepest.engines.numpy import NumpyEngine
from steepest.engines.stopping import StopWord
from steepest.engines.xla import columns as on_device
from steepest.engines.xla import device_memory, loop
from steepest.engines.xla.padding import can_pad
from steepest.engines.xla.program import XlaProgram
from steepest.program.trace import Recording, guard, record
from tests.agreement.test_storage import sparse_rows

SEEN = st.TensorSpec((None, 3))


def moving_on() -> Recording:
    """Operations that combine the rows of a batch, and outputs with and without its axis."""
    total, most = st.Variable(np.zeros(3, np.float32)), st.Variable(np.float32(-9))

    def step(x: st.Tensor) -> list[st.Tensor]:
        total.assign_add(st.reduce_sum(st.exp(x), 0))
        most.assign(st.maximum(most, st.reduce_max(x)))
        count = st.cast(st.shape(x)[0], "float32")
        first = st.reduce_mean(x, 0)
        cross = st.matmul(x, x, transpose_a=True)
        return [x - first, cross, count, st.argmax(x, 0), st.cumsum(x, 0), st.transpose(x)]

    return record(step, [SEEN])


def both(recording: Recording, columns: list, order: np.ndarray, batch: int, **options) -> None:
    """Raises unless a run gives what NumPy gives."""
    results = []
    for program in (NumpyEngine().prepare(recording.graph), XlaProgram(recording.graph)):
        state = [np.array(array) for array in recording.state()]
        done = program.run(state, columns, order, batch, **options)
        results.append((done.batches, [*done.outputs, *state]))
    assert results[0][0] == results[1][0]
    for want, got in zip(results[0][1], results[1][1], strict=True):
        assert (got.shape, got.dtype) == (want.shape, want.dtype)
        np.testing.assert_allclose(got, want, rtol=2e-5, atol=2e-5)


def numbers(rows: int, width: int = 3) -> np.ndarray:
    return np.random.default_rng(1).standard_normal((rows, width)).astype(np.float32)


@pytest.mark.parametrize("rows", [0, 1, 31, 40])
def test_one_batch_of_any_size(rows: int) -> None:
    recording = record(lambda x: [x * 2.0, st.reduce_sum(x, 0)], [SEEN])
    (twice, total) = XlaProgram(recording.graph).call([numbers(rows)], [])
    np.testing.assert_array_equal(twice, numbers(rows) * 2)
    np.testing.assert_allclose(total, numbers(rows).sum(0), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("epoch", [None, 10])
def test_batches_of_unequal_size_in_one_loop(epoch: int | None) -> None:
    order = np.random.default_rng(0).permutation(40)[:30]
    both(moving_on(), [DenseColumn(numbers(40))], order, 7, epoch=epoch)


def test_a_long_run_takes_several_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "MOST_BATCHES", 2)
    both(moving_on(), [DenseColumn(numbers(40))], np.arange(40), 7, epoch=20)


@pytest.mark.parametrize("stored", ["dense", "ones", "values"])
def test_columns_without_room_on_the_device_are_uploaded_in_parts(
    stored: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_memory, "free_bytes", lambda: 0)
    monkeypatch.setattr(on_device, "PART_BYTES", 200)
    column = DenseColumn(numbers(40)) if stored == "dense" else sparse_rows(40, 3, stored == "ones")
    both(moving_on(), [column], np.random.default_rng(0).permutation(40), 7)


def test_a_false_guard_ends_the_loop_before_its_batch() -> None:
    total = st.Variable(np.float32(0))

    def step(x: st.Tensor) -> st.Tensor:
        value = st.reduce_sum(x)
        guard(value < 100.0)
        return total.assign_add(value).value

    rows = np.ones((12, 3), np.float32)
    rows[7] = np.nan
    both(record(step, [SEEN]), [DenseColumn(rows)], np.arange(12), 2)


def test_a_stop_that_is_set_runs_nothing() -> None:
    recording, stop = moving_on(), StopWord()
    stop.set()
    state = [np.array(array) for array in recording.state()]
    program = XlaProgram(recording.graph)
    done = program.run(state, [DenseColumn(numbers(40))], np.arange(40), 7, stop=stop)
    assert done.stopped and not done.batches and not state[0].any()
    assert [len(output) for output in done.outputs[:2]] == [0, 0]


@pytest.mark.parametrize("ones", [True, False])
def test_sparse_rows_in_products_and_elsewhere(ones: bool) -> None:
    weights = st.Variable(numbers(9, 4))

    def step(x: st.Tensor) -> list[st.Tensor]:
        with st.GradientTape() as tape:
            tape.watch(x)
            y = (x / 3.0) @ weights
            loss = st.reduce_sum(y * y)
        weights.assign_sub(0.1 * tape.gradient(loss, weights))
        return [y, x + 1.0, loss]

    recording = record(step, [st.TensorSpec((None, 9))])
    both(recording, [sparse_rows(30, 9, ones)], np.random.default_rng(0).permutation(30), 7)


def test_bytes_stay_bytes_on_the_device() -> None:
    column = DenseColumn(np.arange(120).reshape(40, 3).astype(np.uint8))
    recording = record(
        lambda x: st.cast(x, "float32") / 255.0 - 0.5, [st.TensorSpec((None, 3), "uint8")]
    )
    both(recording, [column], np.arange(40), 7)
    (array,) = on_device._uploaded[column][1]
    assert array.dtype == np.uint8


ODD: dict[str, Callable] = {
    "rows and columns exchanged": lambda x: st.reshape(x, (3, -1)),
    "bits for a last axis": lambda x: st.random.uniform((2, 2, 1), seed=1) + st.transpose(x)[:2],
}


@pytest.mark.parametrize("name", ODD)
def test_a_program_whose_rows_move_runs_batches_of_their_own_size(name: str) -> None:
    recording = record(ODD[name], [SEEN])
    padded = can_pad(recording.graph)
    assert padded == (name == "bits for a last axis")
    both(recording, [DenseColumn(numbers(33))], np.arange(33), 33)


def test_a_graph_without_rows_runs() -> None:
    count = st.Variable(np.int64(0))
    recording = record(lambda: count.assign_add(1).value, [])
    state = [np.array(array) for array in recording.state()]
    (value,) = XlaProgram(recording.graph).call([], state)
    assert value == state[0] == 1


def test_the_code_can_be_shown_and_measured() -> None:
    recording = moving_on()
    program, column = XlaProgram(recording.graph), DenseColumn(numbers(40))
    (cost,) = program.explain([column], recording.values(), 8)
    assert cost.seconds > 0
    assert "module" in program.listing("stablehlo", [column])
    with pytest.raises(st.errors.UnknownNameError, match="optimized"):
        program.listing("assembly", [column])
