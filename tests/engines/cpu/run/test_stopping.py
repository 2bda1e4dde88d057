"""Calls that stop within a batch: nothing of it remains, and all workers leave together."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import DenseColumn
from steepest.engines.batches import cut
from steepest.engines.cpu.emit import batches, nests
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.cpu.loops.form import Product, Reduce, Scatter
from steepest.engines.cpu.loops.spaces import Stored, all_dense
from steepest.engines.cpu.machine import jit
from steepest.engines.cpu.run import code
from steepest.engines.numpy import NumpyProgram
from steepest.engines.stopping import StopWord
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
from tests.engines.cpu.plan.test_verify import assembled, guarded
from tests.engines.cpu.run.test_threads import ROWS, classifier, data, normalised

Arrays = list[np.ndarray]
Columns = list[Any]


@pytest.fixture(autouse=True)
def long_calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every call is taken to be long, and is tested for a stop every few rows."""
    monkeypatch.setattr(code, "_WORTH_A_THREAD", 1)
    monkeypatch.setattr(code, "LONG_SECONDS", -1.0)
    monkeypatch.setattr(batches, "SLICE_OPERATIONS", 1)
    monkeypatch.setattr(batches, "SMALL_SLICE", 1)
    monkeypatch.setattr(batches, "LEAST_SLICE", 8)
    monkeypatch.setattr(batches, "LEAST_LONG_SLICE", 8)
    monkeypatch.setattr(nests, "BETWEEN_TESTS", 3)
    monkeypatch.setenv("STEEPEST_CACHE", "off")
    jit.forget()
    yield
    jit.forget()


def from_sparse_rows() -> tuple[Graph, Arrays]:
    variables = dense_net((50, 20, 5), "float32")
    step = training_step(variables, crossentropy, Adam(variables), st.nn.relu)
    return recorded(step, 50, "float32", "int64")


def assigns_a_product() -> tuple[Graph, Arrays]:
    """A variable that a product's own loops would compute, and an output from a new value."""
    weights = st.Variable(np.random.default_rng(5).standard_normal((13, 13)).astype(np.float32))
    count = st.Variable(1.0)

    def step(x: st.Tensor, y: st.Tensor) -> list[st.Tensor]:
        weights.assign(st.transpose(x) @ x * 1e-2)
        count.assign(count + st.reduce_sum(x))
        return [x @ weights, count.value * 2.0]

    recording = record(step, [st.TensorSpec((None, 13)), st.TensorSpec((None,), "int64")])
    return recording.graph, recording.state()


def with_state(make: Callable[[], Graph]) -> Callable[[], tuple[Graph, Arrays]]:
    def made() -> tuple[Graph, Arrays]:
        graph = make()
        rng = np.random.default_rng(6)
        shapes = [tuple(size or 0 for size in node.shape) for node in graph.variables]
        return graph, [
            rng.standard_normal(shape).astype(node.dtype)
            for node, shape in zip(graph.variables, shapes, strict=True)
        ]

    return made


def normal_numbers(*widths: int) -> Columns:
    rng = np.random.default_rng(7)
    return [DenseColumn(rng.standard_normal((ROWS, n)).astype(np.float32)) for n in widths]


PROGRAMS: dict[str, tuple[Callable[[], tuple[Graph, Arrays]], Callable[[], Columns]]] = {
    "a classifier": (classifier, data),
    "statistics of the batch": (normalised, data),
    "sparse rows": (from_sparse_rows, lambda: [sparse_rows(ROWS, 50, False), data()[1]]),
    "an assigned product": (assigns_a_product, data),
    "a guard": (with_state(guarded), lambda: normal_numbers(20)),
    "values put together": (
        with_state(assembled),
        lambda: [*normal_numbers(6), DenseColumn(np.arange(ROWS) % 31)],
    ),
}


def ran(
    program: CpuProgram, state: Arrays, columns: Columns, threads: int, stop: StopWord | None = None
) -> tuple[Any, Arrays]:
    held = [np.array(array) for array in state]
    order = np.random.default_rng(4).permutation(ROWS)
    return program.run(held, columns, order, 25, threads=threads, stop=stop), held


@pytest.mark.parametrize("name", PROGRAMS)
def test_code_that_can_stop_changes_no_bit_before_it_does_and_no_result(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, columns = PROGRAMS[name]
    graph, state = make()
    with monkeypatch.context() as patch:
        patch.setattr(code, "LONG_SECONDS", np.inf)
        usual, held = ran(CpuProgram(graph), state, columns(), 1)
    program, stop = CpuProgram(graph), StopWord()
    stop.set()
    for threads in (1, 2, 3):
        found, after = ran(program, state, columns(), threads, stop)
        assert (found.batches, found.stopped) == (0, True)
        assert all(len(output) == 0 for output in found.outputs)
        assert all(np.array_equal(a, b) for a, b in zip(after, state, strict=True))
        found, after = ran(program, state, columns(), threads)
        assert (found.batches, found.stopped) == (usual.batches, False)
        for got, want in zip([*found.outputs, *after], [*usual.outputs, *held], strict=True):
            np.testing.assert_array_equal(got, want)


def sums_over_the_batch(root: Any) -> bool:
    over = (root.over,) if isinstance(root, Product) else root.over
    return any(size.power for size in over)


@pytest.mark.parametrize(
    ("name", "stored", "roots"),
    [
        ("a classifier", None, (Product, Reduce)),
        ("sparse rows", ("sparse", "dense"), (Product,)),
        ("values put together", None, (Scatter,)),
    ],
)
def test_sums_over_the_batch_test_the_word_within_their_loops(
    name: str, stored: tuple[Stored, ...] | None, roots: tuple[type, ...]
) -> None:
    """Slices of the result would each read the whole batch."""
    long = code.Code(PROGRAMS[name][0]()[0], stored or all_dense(2), interruptible=True)
    bodies = dict(
        re.findall(r"^define [^@]*@(\w+)\((.*?)^}", long.module.ir, re.DOTALL | re.MULTILINE)
    )
    kernels = [kernel for phase in long.plan.loops.phases for kernel in phase]
    split = [k for k in kernels if k.share.kind == "parts" and isinstance(k.root, roots)]
    sums = [kernel.name for kernel in split if sums_over_the_batch(kernel.root)]
    assert sums and all("load atomic" in bodies[one] or "@shared" in bodies[one] for one in sums)


def test_the_numpy_engine_stops_too() -> None:
    graph, state = classifier()
    stop = StopWord()
    stop.set()
    held = [np.array(array) for array in state]
    found = NumpyProgram(graph).run(held, data(), np.arange(ROWS), 25, stop=stop)
    assert (found.batches, found.stopped) == (0, True)
    assert all(np.array_equal(a, b) for a, b in zip(held, state, strict=True))


@pytest.mark.parametrize(("make", "threads"), [(classifier, 1), (classifier, 3), (normalised, 2)])
def test_a_stop_at_any_moment_leaves_whole_batches(make: Callable, threads: int) -> None:
    graph, state = make()
    program, columns = CpuProgram(graph), data()
    order, moments = np.tile(np.arange(ROWS), 8), random.Random(9)
    held, after = [np.array(array) for array in state], []
    for start in range(0, len(order), 15):
        after.append([array.tobytes() for array in held])
        program.run(held, columns, order[start : start + 15], 15, threads=1)
    begin = time.perf_counter()
    program.run([np.array(array) for array in state], columns, order, 15, threads=threads)
    whole, stopped = time.perf_counter() - begin, 0
    for _ in range(30):
        stop, held = StopWord(), [np.array(array) for array in state]
        timer = threading.Timer(moments.uniform(0, whole), stop.set)
        timer.start()
        found = program.run(held, columns, order, 15, threads=threads, stop=stop)
        timer.join()
        if found.stopped:
            stopped += 1
            assert [array.tobytes() for array in held] == after[found.batches]
    assert stopped


def test_only_calls_that_take_long_have_code_that_can_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(code, "LONG_SECONDS", 0.18)
    usual, batch = CpuProgram(classifier()[0]).code(), cut(ROWS, 15, None)
    assert usual.suited(batch) is usual
    assert usual.suited(cut(10**9, 10**9, None)).interruptible
    usual.pace.record(batch, 0.5)
    usual.take_memory(15, 1)
    long = usual.suited(batch)
    assert long.interruptible and usual.suited(batch) is long
    long._free.append(long.take_memory(15, 1))
    long.pace.record(batch, 0.01)
    assert usual.suited(batch) is usual and not long._free


def test_small_inputs_of_much_work_can_stop() -> None:
    """Such a call does not go through the workspace of small calls, whose time is not known."""
    weights = st.constant(np.ones((1000, 1000), np.float32))

    def much(x: st.Tensor) -> st.Tensor:
        for _ in range(25):
            x = st.tanh(x @ weights)
        return x

    light = CpuProgram(st.trace(lambda x: x * 2.0, [st.TensorSpec((None, 1000))]))
    heavy = CpuProgram(st.trace(much, [st.TensorSpec((None, 1000))]))
    rows = np.zeros((8, 1000), np.float32)
    for program in (light, heavy):
        program.call([rows], [])
    (few,), (many,) = light._forms.values(), heavy._forms.values()
    assert few.small and not many.small


@pytest.mark.parametrize("threads", [1, 3])
def test_a_batch_in_blocks_stops_between_them_and_leaves_the_state(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code, "BLOCKS_FROM", 1)
    (graph, state), columns, moments = classifier(), data(), random.Random(2)
    program, order = CpuProgram(graph), np.tile(np.arange(ROWS), 400)
    after, held = [], [np.array(array) for array in state]
    for start in range(0, len(order), 3000):
        after.append([array.tobytes() for array in held])
        program.run(held, columns, order[start : start + 3000], 3000, threads=1)
    begin = time.perf_counter()
    program.run([np.array(array) for array in state], columns, order, 3000, threads=threads)
    whole, stopped = time.perf_counter() - begin, 0
    assert program.code().suited(cut(9000, 3000, None)).plan.loops.in_blocks
    for _ in range(30):
        stop, held = StopWord(), [np.array(array) for array in state]
        timer = threading.Timer(moments.uniform(0, whole), stop.set)
        timer.start()
        found = program.run(held, columns, order, 3000, threads=threads, stop=stop)
        timer.join()
        if found.stopped:
            stopped += 1
            assert [array.tobytes() for array in held] == after[found.batches]
    assert stopped
