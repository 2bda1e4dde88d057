"""Any number of threads and any length of run give the same bits; no thread remains."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import DenseColumn, SparseColumn
from steepest.engines.batches import Batches
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.cpu.run import code, thread_count
from steepest.engines.cpu.run import workers as run
from steepest.engines.cpu.run.memory import CallMemory
from steepest.program.graph import Graph
from steepest.program.trace import record
from tests.agreement.test_storage import sparse_rows
from tests.agreement.test_training_steps import (
    Adam,
    crossentropy,
    dense_net,
    recorded,
    training_step,
)
from tests.engines.cpu.child import end_of, fork, forking, needs_fork

ROWS = 90


@pytest.fixture(autouse=True)
def every_worker_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code, "_WORTH_A_THREAD", 1)


@pytest.fixture
def threads() -> Callable[[int], None]:
    def use(count: int) -> None:
        st.config.threads = count

    yield use
    st.config.threads = None


def classifier() -> tuple[Graph, list[np.ndarray]]:
    variables = dense_net((13, 70, 9, 5), "float32")
    step = training_step(variables, crossentropy, Adam(variables), st.nn.relu)
    return recorded(step, 13, "float32", "int64")


def normalised() -> tuple[Graph, list[np.ndarray]]:
    """Needs the whole batch three times, and clips by the norm of all gradients."""
    weights = st.Variable(np.random.default_rng(1).standard_normal((13, 80)).astype(np.float32))
    last = st.Variable(np.random.default_rng(2).standard_normal((80, 5)).astype(np.float32))

    def step(x: st.Tensor, y: st.Tensor) -> None:
        with st.GradientTape() as tape:
            hidden = x @ weights
            centred = hidden - st.reduce_mean(hidden, 0)
            scaled = centred / st.sqrt(st.reduce_mean(centred * centred, 0) + 1e-3)
            loss = crossentropy(st.nn.relu(scaled) @ last, y)
        gradients = tape.gradient(loss, [weights, last])
        norm = st.sqrt(st.add_n([st.reduce_sum(g * g) for g in gradients]))
        for variable, gradient in zip([weights, last], gradients, strict=True):
            variable.assign(variable - 0.1 * gradient / st.maximum(norm, 1.0))

    specs = [st.TensorSpec((None, 13)), st.TensorSpec((None,), "int64")]
    recording = record(step, specs)
    return recording.graph, recording.state()


def data() -> list[DenseColumn]:
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((ROWS, 13)).astype(np.float32)
    return [DenseColumn(rows), DenseColumn(rng.integers(0, 5, ROWS))]


def trained(
    program: CpuProgram, state: list[np.ndarray], columns: list, pieces: int = 1
) -> list[bytes]:
    held = [np.array(array) for array in state]
    order = np.random.default_rng(4).permutation(ROWS)
    for piece in np.split(order, pieces):
        program.run(held, columns, piece, 15)
    return [array.tobytes() for array in held]


@pytest.mark.parametrize("make", [classifier, normalised])
def test_bits_do_not_depend_on_threads(make: Callable, threads: Callable) -> None:
    graph, state = make()
    program = CpuProgram(graph)
    threads(1)
    alone = trained(program, state, data())
    for count in (2, 3, 8, 40):
        threads(count)
        assert trained(program, state, data()) == alone, count


@pytest.mark.parametrize("rows", [8, ROWS * 100])
def test_a_call_says_how_many_threads_it_may_use(
    rows: int, threads: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small call copies its arrays into a workspace, a large one reads them in place."""
    used = []

    def noted(self: code.Code, memory: CallMemory, *stop: object) -> int:
        used.append(memory.offsets.workers)
        return real(self, memory, *stop)

    real = code.Code.launch
    monkeypatch.setattr(code.Code, "launch", noted)
    graph, state = classifier()
    program, columns = CpuProgram(graph), data()
    inputs = [np.resize(column.array, (rows, *column.array.shape[1:])) for column in columns]
    found = []
    for given, fixed in [(1, None), (2, None), (1, 3), (None, 3), (1, None)]:
        threads(fixed)
        held = [np.array(array) for array in state]
        program.call(inputs, held, threads=given)
        program.run(held, columns, np.arange(ROWS), 15, threads=given)
        found.append([array.tobytes() for array in held])
    assert used == [1, 1, 2, 2, 1, 1, 3, 3, 1, 1]
    assert all(bits == found[0] for bits in found)


@pytest.mark.parametrize("ones", [True, False])
def test_bits_of_sparse_rows_do_not_depend_on_threads(ones: bool, threads: Callable) -> None:
    variables = dense_net((50, 20, 5), "float32")
    step = training_step(variables, crossentropy, Adam(variables), st.nn.relu)
    graph, state = recorded(step, 50, "float32", "int64")
    columns: list[SparseColumn | DenseColumn] = [sparse_rows(ROWS, 50, ones), data()[1]]
    program = CpuProgram(graph)
    threads(1)
    alone = trained(program, state, columns)
    threads(3)
    assert trained(program, state, columns) == alone


def test_bits_do_not_depend_on_the_length_of_runs(threads: Callable) -> None:
    graph, state = classifier()
    program = CpuProgram(graph)
    whole = trained(program, state, data())
    assert trained(program, state, data(), pieces=6) == whole
    assert trained(CpuProgram(graph), state, data()) == whole


def test_no_thread_remains(threads: Callable) -> None:
    graph, state = classifier()
    threads(4)
    before = threading.active_count()
    trained(CpuProgram(graph), state, data())
    assert threading.active_count() == before


def test_fewer_threads_do_where_more_are_refused(
    threads: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph, state = classifier()
    program = CpuProgram(graph)
    alone = trained(program, state, data())
    start, started = threading.Thread.start, []

    def refuse(thread: threading.Thread) -> None:
        if len(started) >= 2:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(run.threading.Thread, "start", refuse)
    threads(4)
    held = [np.array(array) for array in state]
    program.run(held, data(), np.random.default_rng(4).permutation(ROWS), 15)
    assert len(started) == 2
    assert [array.tobytes() for array in held] == alone


def test_an_interrupt_waits_for_the_run(threads: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """The state is that after a whole number of batches, and all threads are done."""
    graph, state = classifier()
    program = CpuProgram(graph)
    whole = trained(program, state, data())
    join, interrupted = threading.Thread.join, []

    def once(thread: threading.Thread, timeout: float | None = None) -> None:
        if not interrupted:
            interrupted.append(True)
            raise KeyboardInterrupt
        join(thread, timeout)

    monkeypatch.setattr(run.threading.Thread, "join", once)
    threads(2)
    held = [np.array(array) for array in state]
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        program.run(held, data(), np.random.default_rng(4).permutation(ROWS), 15)
    assert threading.active_count() == before
    assert [array.tobytes() for array in held] == whole


@pytest.mark.parametrize("counted", [0, 1, 2])
def test_an_interrupt_while_threads_start_leaves_whole_batches(
    counted: int, threads: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread being started runs already, but it is none of the workers that are counted."""
    graph, state = classifier()
    program = CpuProgram(graph)
    whole = trained(program, state, data())
    start, started = threading.Thread.start, []

    def interrupted(thread: threading.Thread) -> None:
        start(thread)
        started.append(thread)
        if len(started) > counted:
            raise KeyboardInterrupt

    threads(3)
    held = [np.array(array) for array in state]
    with monkeypatch.context() as patch:
        patch.setattr(run.threading.Thread, "start", interrupted)
        with pytest.raises(KeyboardInterrupt):
            program.run(held, data(), np.random.default_rng(4).permutation(ROWS), 15)
    for thread in started:
        thread.join(10)
        assert not thread.is_alive()
    untouched = [array.tobytes() for array in state]
    assert [array.tobytes() for array in held] == (whole if counted else untouched)


def test_several_python_threads_at_once() -> None:
    graph = st.trace(lambda x: st.nn.softmax(x @ x.T), [st.TensorSpec((None, 30))])
    program = CpuProgram(graph)
    inputs = [np.random.default_rng(n).standard_normal((9, 30), np.float32) for n in range(8)]
    alone = [program.call([x], [])[0] for x in inputs]
    wrong: list[int] = []

    def work(number: int) -> None:
        for _ in range(200):
            if not np.array_equal(program.call([inputs[number]], [])[0], alone[number]):
                wrong.append(number)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert wrong == []


def test_a_small_call_needs_no_workspace_that_another_thread_took_first() -> None:
    program = CpuProgram(st.trace(lambda x: x * 2.0, [st.TensorSpec((None,))]))
    x = np.ones(3, np.float32)
    program.call([x], [])

    class Contested(list):
        """A list whose last workspace is taken between the check and the pop."""

        def pop(self) -> None:
            super().pop()
            raise IndexError("pop from empty list")

    (form,) = program._forms.values()
    form.workspaces = Contested(form.workspaces)
    assert program.call([x], [])[0].tolist() == [2, 2, 2]
    assert len(form.workspaces) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@needs_fork
@forking
def test_a_forked_process_goes_on(threads: Callable) -> None:
    graph, state = classifier()
    program = CpuProgram(graph)
    threads(2)
    whole = trained(program, state, data())

    def trains() -> None:
        assert trained(program, state, data()) == whole

    assert end_of(fork(trains)) == 0


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system binds no threads")
@pytest.mark.parametrize("more", [0, 1])
def test_as_many_workers_as_cores_are_bound_to_one_each(
    more: int, threads: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, bound = os.sched_getaffinity(0), []

    def noted(number: int, workers: int) -> None:
        real(number, workers)
        bound.append(os.sched_getaffinity(0))

    real = run.bind_to_core
    monkeypatch.setattr(run, "bind_to_core", noted)
    graph, state = classifier()
    threads(max(len(mine), 2) + more)
    trained(CpuProgram(graph), state, data())
    separate = sorted(({core} for core in mine), key=min)
    assert sorted(bound, key=min) == (bound if more or len(mine) == 1 else separate)
    assert os.sched_getaffinity(0) == mine and (not more or all(cores == mine for cores in bound))


def test_a_run_in_parts_gives_the_outputs_of_a_whole_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A number of workers is tried on the first part; the rest goes on where that ended."""
    sizes = []
    real = code.Code._run_with

    def noted(self: code.Code, given: object, batches: Batches, *more: object) -> int:
        sizes.append(batches.rows)
        return real(self, given, batches, *more)

    monkeypatch.setattr(code.Code, "_run_with", noted)
    monkeypatch.setattr(code.Code, "workers", lambda self, batch, threads=None: 2)
    monkeypatch.setattr(thread_count, "LEAST_SECONDS", 0.0)
    count = st.Variable(0.0)

    def step(x: st.Tensor) -> list[st.Tensor]:
        count.assign_add(st.reduce_sum(x))
        return [x * 2.0, st.reduce_sum(x), count.value]

    recording = record(step, [st.TensorSpec((None, 3))])
    rows = np.random.default_rng(0).standard_normal((ROWS, 3)).astype(np.float32)
    order = np.random.default_rng(1).permutation(ROWS)
    program, found = CpuProgram(recording.graph), []
    for _ in range(6):
        done = program.run([np.zeros((), np.float32)], [DenseColumn(rows)], order, 4)
        found.append([output.tobytes() for output in done.outputs])
        assert done.batches == 23
    assert all(outputs == found[0] for outputs in found)
    assert ROWS in sizes and any(size < ROWS for size in sizes)
    np.testing.assert_array_equal(done.outputs[0], rows[order] * 2)
