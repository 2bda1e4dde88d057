"""No code reads or writes outside its buffers, which are between pages without access."""

from __future__ import annotations

import signal
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import steepest as st
from steepest.data.columns import DenseColumn, SparseColumn
from steepest.engines.batches import cut
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.cpu.kernels.to_sparse import to_sparse_rows
from steepest.engines.cpu.loops.spaces import BLOCK_ROWS
from steepest.engines.cpu.machine.processor import processor
from steepest.engines.cpu.run import code
from steepest.engines.cpu.run.memory import CallMemory
from steepest.engines.stopping import StopWord
from steepest.program.graph import Graph
from steepest.program.trace import record
from tests.agreement.test_storage import sparse_rows
from tests.agreement.test_training_steps import (
    Adam,
    crossentropy,
    dense_net,
    recorded,
    squares,
    training_step,
)
from tests.engines.cpu.child import end_of, fork, forking, needs_fork
from tests.engines.cpu.fences import Fenced, FencedCode, FencedProgram
from tests.engines.cpu.gemm_harness import guarded
from tests.engines.cpu.run.test_threads import normalised
from tests.programs import Case, programs

LANES = processor().lanes(32)
ROWS = 23
FORMS = [(True, 1), (False, 1), (True, 3), (False, 3)]
Arrays = list[np.ndarray]


def network(sizes: tuple[int, ...], dtype: str = "float32") -> tuple[Graph, Arrays]:
    variables = dense_net(sizes, dtype)
    step = training_step(variables, crossentropy, Adam(variables), st.nn.relu)
    return recorded(step, sizes[0], dtype, "int64")


def data(width: int, classes: int, dtype: str = "float32", count: int = ROWS) -> list[DenseColumn]:
    rng = np.random.default_rng(3)
    rows = rng.standard_normal((count, width)).astype(dtype)
    return [DenseColumn(rows), DenseColumn(rng.integers(0, classes, count))]


def trained(program: CpuProgram, state: Arrays, columns: list[Any], batch: int) -> list[bytes]:
    held = [np.array(array) for array in state]
    order = np.random.default_rng(4).permutation(len(columns[0]))
    outputs = program.run(held, columns, order, batch).outputs
    return [array.tobytes() for array in (*held, *outputs)]


def check_fenced(graph: Graph, state: Arrays, columns: list[Any], batch: int) -> None:
    """Asserts that fences and the number of workers do not change the program's results."""
    free = trained(CpuProgram(graph), state, columns, batch)
    for at_end, team in FORMS:
        program = FencedProgram(graph, at_end, team)
        assert trained(program, state, columns, batch) == free, (at_end, team)


EDGES = [LANES - 1, LANES, LANES + 1, 3 * LANES + 5, 4 * LANES - 1, 4 * LANES + 1]


@pytest.mark.parametrize("width", [1, 2, *EDGES])
def test_training_stays_inside(width: int) -> None:
    graph, state = network((7, width, 5))
    check_fenced(graph, state, data(7, 5), 9)


@pytest.mark.parametrize("width", EDGES)
def test_wide_inputs_are_not_overrun(width: int) -> None:
    graph, state = network((width, 3, 5))
    check_fenced(graph, state, data(width, 5), 9)


@pytest.mark.parametrize("batch", [1, 6, ROWS, 100])
def test_batches_of_any_size_stay_inside(batch: int) -> None:
    graph, state = network((13, 20, 5))
    check_fenced(graph, state, data(13, 5), batch)


@pytest.mark.parametrize("sizes", [(13, 20, 5), (70, 130, 5)])
def test_blocks_of_rows_stay_inside(
    sizes: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code, "BLOCKS_FROM", 1)
    graph, state = network(sizes)
    check_fenced(graph, state, data(sizes[0], 5, count=3 * BLOCK_ROWS - 50), 2 * BLOCK_ROWS + 20)


def test_doubles_stay_inside() -> None:
    graph, state = network((13, 21, 5), "float64")
    check_fenced(graph, state, data(13, 5, "float64"), 9)


def test_a_whole_batch_three_times_over_stays_inside() -> None:
    graph, state = normalised()
    check_fenced(graph, state, data(13, 5), 9)


def test_products_that_are_packed_stay_inside() -> None:
    graph, state = network((300, 517, 260, 5))
    check_fenced(graph, state, data(300, 5), ROWS)


@pytest.mark.parametrize("ones", [True, False])
@pytest.mark.parametrize("width", [LANES + 1, 70])
def test_sparse_rows_stay_inside(ones: bool, width: int) -> None:
    graph, state = network((50, width, 5))
    check_fenced(graph, state, [sparse_rows(ROWS, 50, ones), data(50, 5)[1]], 9)


def test_bytes_stay_inside() -> None:
    rng = np.random.default_rng(5)
    pixels = DenseColumn(rng.integers(0, 256, (ROWS, 7, 9)).astype(np.uint8))
    targets = DenseColumn(rng.standard_normal(ROWS).astype(np.float32))
    variables = dense_net((63, 20, 1), "float32")
    learn = training_step(variables, squares, Adam(variables), st.nn.relu)

    def step(x: st.Tensor, y: st.Tensor) -> None:
        learn(st.cast(st.reshape(x, (-1, 63)), "float32") / 255.0, y)

    recording = record(step, [st.TensorSpec((None, 7, 9), "uint8"), st.TensorSpec((None,))])
    check_fenced(recording.graph, recording.state(), [pixels, targets], 9)


@pytest.mark.parametrize("batch", [1, LANES + 1])
def test_a_prediction_stays_inside(batch: int) -> None:
    variables = dense_net((13, 20, 3), "float32")
    graph = st.trace(
        lambda x: st.nn.softmax(st.tanh(x @ variables[0] + variables[1]) @ variables[2]),
        [st.TensorSpec((None, 13))],
    )
    state = [variable.numpy() for variable in variables[:3]]
    rows = np.random.default_rng(6).standard_normal((batch, 13)).astype(np.float32)
    (free,) = CpuProgram(graph).call([rows], state)
    for at_end, team in FORMS:
        (found,) = FencedProgram(graph, at_end, team).call([rows], state)
        assert np.array_equal(found, free)


@pytest.mark.parametrize("width", [1, LANES - 1, LANES, LANES + 1, 70])
@pytest.mark.parametrize("kind", [np.float32, np.float64, np.uint8])
def test_conversion_to_sparse_rows_stays_inside(
    kind: type, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(1)
    for most in (1, 3):  # ones alone have no values
        rows = np.where(rng.random((40, width)) < 0.2, rng.integers(1, most + 1), 0)
        rows[-1, -1] = 1
        for at_end in (True, False):
            make = partial(fenced_zeros, at_end)
            with monkeypatch.context() as patch:
                patch.setattr(np, "empty", make)
                patch.setattr(np, "zeros", make)
                found = to_sparse_rows(guarded(rows.astype(kind), at_end), densest=1.0)
            assert found is not None
            columns = (found.indptr, found.indices, found.values, width)
            assert np.array_equal(SparseColumn(*columns).take(np.arange(40)), rows)


def fenced_zeros(at_end: bool, size: int, kind: type) -> np.ndarray:
    return guarded(np.full(size, 0, kind), at_end)


# ---------------------------------------------------------------- indices outside of a table

WILD = np.array([-1, 6, 0, 5, 2**62, -(2**63), 2**63 - 1, 3, 1 << 32])


def fenced_and_free(graph: Graph, inputs: Arrays) -> tuple[Arrays, Arrays]:
    return FencedProgram(graph).call(inputs, []), CpuProgram(graph).call(inputs, [])


def test_gather_reads_inside_the_table_only() -> None:
    table = np.arange(1.0, 13.0, dtype=np.float32).reshape(6, 2)
    specs = [st.TensorSpec((6, 2)), st.TensorSpec((None,), "int64")]
    graph = st.trace(lambda table, rows: st.gather(table, rows), specs)
    for (found,) in fenced_and_free(graph, [table, WILD]):
        outside = (WILD < 0) | (WILD > 5)
        assert np.isnan(found[outside]).all()
        assert np.array_equal(found[~outside], table[WILD[~outside]])


def test_scatter_writes_inside_the_table_only() -> None:
    updates = np.ones((len(WILD), 2), np.float32)
    specs = [st.TensorSpec((None,), "int64"), st.TensorSpec((None, 2))]
    graph = st.trace(lambda rows, updates: st.scatter_add(rows, updates, 6), specs)
    for (found,) in fenced_and_free(graph, [WILD, updates]):
        assert found[:, 0].tolist() == [1, 0, 0, 1, 0, 1]


@pytest.mark.parametrize("kind", ["int32", "int64"])
def test_indices_made_of_nan_stay_inside(kind: str) -> None:
    numbers = np.float32([np.nan, np.inf, -np.inf, 1e30, -1e30, 2.0])
    specs = [st.TensorSpec((6, 2)), st.TensorSpec((None,))]
    graph = st.trace(lambda table, rows: st.gather(table, st.cast(rows, kind)), specs)
    table = np.arange(1.0, 13.0, dtype=np.float32).reshape(6, 2)
    (found,) = FencedProgram(graph).call([table, numbers], [])
    assert found[-1].tolist() == [5.0, 6.0]


# ---------------------------------------------------------------- random programs

SLOW_TO_DRAW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def check_random(case: Case) -> None:
    """Fences change no bit of a random program's results and variables."""
    graph = case.graph()
    left: list[list[bytes]] = []
    forms: list[Callable[[], CpuProgram]] = [
        lambda: CpuProgram(graph),
        lambda: FencedProgram(graph, True, 1),
        lambda: FencedProgram(graph, False, 3),
    ]
    for make in forms:
        state = [np.array(array) for array in case.initial]
        outputs = make().call(case.inputs, state)
        compared = [*outputs, *state] if case.is_legal() else state
        left.append([array.tobytes() for array in compared])
    assert left[0] == left[1] == left[2], case


@settings(max_examples=60, suppress_health_check=SLOW_TO_DRAW)
@given(programs(edges=True))
def test_random_programs_stay_inside(case: Case) -> None:
    check_random(case)


@pytest.mark.long
@settings(max_examples=2000, suppress_health_check=SLOW_TO_DRAW)
@given(programs(edges=True, most_steps=14))
def test_random_programs_stay_inside_at_length(case: Case) -> None:
    check_random(case)


# ---------------------------------------------------------------- the fences themselves


def test_a_write_beside_a_buffer_is_found() -> None:
    fenced = Fenced(np.zeros(5, np.float32), at_end=True)
    fenced.check()
    fenced.whole[0] = 1
    with pytest.raises(AssertionError, match="1 bytes beside a buffer"):
        fenced.check()


def dies(work: Callable[[], object]) -> bool:
    """Whether a child that does this work is killed by a memory fault."""
    code = end_of(fork(work))
    assert code != 1, "the work raised an error, printed above"
    return code in (-signal.SIGSEGV, -signal.SIGBUS)


@needs_fork
@forking
@pytest.mark.parametrize("row", [-1, ROWS])
def test_a_row_outside_the_columns_would_be_fatal(row: int) -> None:
    """The engine's check of the order is left out here."""
    graph, state = network((13, 20, 5))
    code = FencedProgram(graph, at_end=row > 0).code()
    arrays = [column.array for column in data(13, 5)]
    assert dies(lambda: code.run(arrays, state, [], np.array([row]), cut(1, 1, None)))
    assert not dies(lambda: code.run(arrays, state, [], np.array([ROWS - 1]), cut(1, 1, None)))


class Shifted(FencedCode):
    """Code with the buffers of one role moved by one element."""

    role = ""

    def launch(self, memory: CallMemory, stop: StopWord | None = None) -> int:
        for entry in memory.entries[self.role]:
            memory.table[entry] += 4
        return super().launch(memory, stop)


@needs_fork
@forking
@pytest.mark.parametrize("role", ["input", "state", "constant", "scratch", "private", "output"])
def test_one_element_too_far_is_fatal(role: str) -> None:
    """Buffers of each role are fenced: the tests above would find such an error."""
    table = st.Variable(np.ones((64, 5), np.float32))
    fixed = np.ones((5, 64), np.float32)

    def step(x: st.Tensor) -> st.Tensor:
        hidden = st.tanh(x @ fixed) @ table
        table.assign(table * 0.5 + st.reduce_sum(hidden @ hidden.T))
        return st.nn.softmax(hidden)

    recording = record(step, [st.TensorSpec((None, 5))])
    code = Shifted(CpuProgram(recording.graph).graph, ("dense",))
    assert role in {buffer.role for buffer in code.plan.loops.buffers}
    rows, out = np.ones((8, 5), np.float32), np.ones((8, 5), np.float32)
    code.role = role
    assert dies(lambda: code.run([rows], recording.state(), [out], None, cut(8, 8, None)))
