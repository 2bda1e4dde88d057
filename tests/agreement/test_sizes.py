"""Loops of real sizes, on both sides of every size at which the engine uses other code.

Each size is derived from the constant that the engine decides by, so that it moves with it: bytes
up to which a call is small, operations that a worker is worth, rows of a block, places of a matrix
from which it is split. What a program gives may not depend on any of them, nor on the threads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.core import tree
from steepest.data.columns import DenseColumn
from steepest.engines.cpu import engine, ir
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.cpu.gemm import depth, staging
from steepest.engines.cpu.gemm.operand import Operand, Product
from steepest.engines.cpu.kernels.partition import SAMPLED
from steepest.engines.cpu.loops.spaces import SHARES
from steepest.engines.cpu.machine.processor import processor
from steepest.engines.cpu.plan import normal, sharing
from steepest.engines.cpu.run import code, thread_count
from steepest.engines.numpy import NumpyEngine
from steepest.program.graph import Graph
from steepest.program.trace import TensorSpec, record
from tests.agreement.compare import assert_close
from tests.agreement.test_storage import sparse_rows
from tests.agreement.test_training_steps import crossentropy, dense_net, gradient_descent

PIXELS, CLASSES = 784, 10  # of MNIST
BATCHES = (32, 64, 128, 1000)
CORES = 3
THREADS = (1, 2, 3, None)
NEAR = 2e-4  # of float32 sums over a thousand rows
Arrays = list[np.ndarray]


@pytest.fixture(autouse=True)
def teams(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The numbers of threads that runs were given which had several, on a machine of three cores.

    No run is too short for another number of threads to be tried on a part of it.
    """
    sizes: list[int] = []
    together, cores = code.run_together, replace(processor(), cores=CORES)

    def counted(entry: Any, shared: tuple[int, ...], workers: int, *stop: Any) -> int:
        sizes.append(workers)
        return together(entry, shared, workers, *stop)

    monkeypatch.setattr(code, "run_together", counted)
    monkeypatch.setattr(code, "processor", lambda: cores)
    monkeypatch.setattr(thread_count, "LEAST_SECONDS", 0.0)
    yield sizes
    st.config.threads = None


@cache
def numbers(*shape: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def around(*sizes: int) -> list[int]:
    """Each size with its neighbours."""
    return sorted({size + step for size in sizes for step in (-1, 0, 1) if size + step > 0})


def first_rows(reached: Callable[[int], bool]) -> int:
    """The fewest rows for which a condition holds."""
    return next(rows for rows in range(1, 100_000) if reached(rows))


# ---------------------------------------------------------------- outputs of every rank


def weights() -> st.Variable:
    return st.Variable(numbers(PIXELS, CLASSES) / 28, name="v")


OUTPUTS: dict[str, Callable[[st.Tensor, st.Tensor], Any]] = {
    "a number": lambda x, y: st.reduce_mean(y**2),
    "a number a row": lambda x, y: st.reduce_sum(y, 1),
    "a number a class": lambda x, y: st.reduce_mean(y, 0),
    "rows": lambda x, y: st.nn.softmax(y),
    "a matrix": lambda x, y: st.transpose(x) @ y / 1000.0,
    "rows of matrices": lambda x, y: st.reshape(y, (-1, 2, CLASSES // 2)),
    "a block": lambda x, y: st.reshape(st.transpose(x) @ y / 1000.0, (28, 28, CLASSES)),
    "all ranks": lambda x, y: [st.reduce_mean(y), st.reduce_mean(y, 0), y, y[:, None]],
}


def function_of(form: str) -> Callable[[st.Tensor], Any]:
    """A product with MNIST's pixels, and outputs of one form."""
    variable = weights()
    return lambda x: OUTPUTS[form](x, x @ variable)


@cache
def prepared(form: str) -> tuple[Graph, tuple[np.ndarray, ...], CpuProgram]:
    """The program of a form for any number of rows; its state counts calls."""
    wanted, count = function_of(form), st.Variable(0.0)

    def step(x: st.Tensor) -> list[st.Tensor]:
        found = wanted(x)
        count.assign_add(1.0)
        return [*(found if isinstance(found, list) else [found])]

    recording = record(step, [TensorSpec((None, PIXELS))])
    return recording.graph, tuple(recording.state()), CpuProgram(recording.graph)


def sizes_of(graph: Graph, program: CpuProgram) -> list[int]:
    """Rows on both sides of the limit of small calls, and of the limit of each further thread."""

    def size(rows: int) -> int:
        shapes = [node.shape for node in (*graph.inputs, *graph.outputs)]
        return 4 * sum(int(np.prod([rows if s is None else s for s in shape])) for shape in shapes)

    fixed, growing = program.code().layout.operations
    small = first_rows(lambda rows: size(rows) > engine._SMALL_BYTES)
    worth = [
        first_rows(lambda rows, n=n: fixed + growing * rows >= n * code._WORTH_A_THREAD)
        for n in range(1, CORES)
    ]
    return sorted({1, *around(small, *worth, code._ROWS_AT_ONCE), *BATCHES})


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("form", OUTPUTS)
def test_calls(form: str, threads: int | None, teams: list[int]) -> None:
    graph, initial, program = prepared(form)
    meant, pixels = NumpyEngine().prepare(graph), numbers(max(BATCHES), PIXELS)
    st.config.threads = threads
    for rows in sizes_of(graph, program):
        x, used = pixels[:rows], len(teams)
        ours, theirs = ([np.array(array) for array in initial] for _ in range(2))
        wanted = meant.call([x], theirs)
        for _ in range(3):  # another number of threads is tried after the first call
            assert_equal(program.call([x], ours), wanted, f"{form}, {rows} rows")
        assert [float(state[-1]) for state in (theirs, ours)] == [1.0, 3.0]
        assert threads == 1 or rows < max(BATCHES) or len(teams) > used, rows


@pytest.mark.parametrize("threads", THREADS)
@pytest.mark.parametrize("form", OUTPUTS)
def test_runs_of_batches(form: str, threads: int | None) -> None:
    graph, initial, program = prepared(form)
    st.config.threads = threads
    order = np.random.default_rng(2).permutation(1100)
    column = DenseColumn(numbers(1200, PIXELS))
    for batch in (32, 500, 1000, 1100):
        state = [np.array(array) for array in initial]
        wanted = NumpyEngine().prepare(graph).run(state, [column], order, batch)
        for _ in range(3):
            ours = [np.array(array) for array in initial]
            found = program.run(ours, [column], order, batch)
            assert found.batches == wanted.batches
            where = f"{form}, batches of {batch}"
            assert_equal([*found.outputs, *ours], [*wanted.outputs, *state], where)


@pytest.mark.parametrize("rows", [16, 64, 1000])
@pytest.mark.parametrize("form", OUTPUTS)
def test_functions(form: str, rows: int) -> None:
    """As a user writes it: the shape is part of the recording, the threads are automatic."""
    x, wanted = st.constant(numbers(rows, PIXELS)), function_of(form)
    function = st.function(wanted, engine="cpu")
    for _ in range(2):
        pairs = zip(tree.leaves(function(x)), tree.leaves(wanted(x)), strict=True)
        for got, want in pairs:
            assert_equal([got.numpy()], [want.numpy()], form)


def test_a_scalar_loss_of_a_compiled_loop() -> None:
    v = st.Variable(st.zeros((PIXELS, CLASSES)))
    loss = st.function(lambda x: st.reduce_mean((x @ v - 1.0) ** 2), engine="cpu")
    for rows in (16, 64, 256):
        assert float(loss(st.ones((rows, PIXELS)))) == 1.0


def test_a_call_without_rows_may_have_work_for_several(teams: list[int]) -> None:
    """Work that does not depend on the batch is enough for a second thread; there is no batch."""
    large = st.Variable(numbers(1500, 1000))
    both = st.trace(lambda x: [st.reduce_sum(x), large + 1.0], [TensorSpec((None,))])
    total, more = CpuProgram(both).call([np.zeros(0, np.float32)], [large.numpy()])
    assert total == 0.0 and teams
    np.testing.assert_array_equal(more, large.numpy() + 1.0)


def assert_equal(found: Arrays, wanted: Arrays, where: str) -> None:
    for number, (got, want) in enumerate(zip(found, wanted, strict=True)):
        assert (got.shape, got.dtype) == (want.shape, want.dtype), f"{where}, result {number}"
        assert_close(got, want, f"{where}, result {number}", NEAR)


# ---------------------------------------------------------------- training steps


def trained(sizes: tuple[int, ...], column: Any, batches: list[int], threads: list) -> None:
    """Raises unless a training step gives NumPy's results, for each batch, with all threads."""
    variables = dense_net(sizes, "float32")

    def step(x: st.Tensor, y: st.Tensor) -> list[st.Tensor]:
        with st.GradientTape() as tape:
            hidden = x
            for w, b in zip(variables[::2], variables[1::2], strict=True):
                hidden = st.tanh(hidden @ w + b)
            loss = crossentropy(hidden, y)
        gradients = tape.gradient(loss, variables)
        gradient_descent(variables, gradients)
        return [loss, st.reduce_sum(variables[0] ** 2), *gradients]

    recording = record(step, [TensorSpec((None, sizes[0])), TensorSpec((None,), "int64")])
    labels = np.random.default_rng(5).integers(0, sizes[-1], len(column))
    columns, program = [column, DenseColumn(labels)], CpuProgram(recording.graph)
    for batch in batches:
        order, state = np.arange(batch), [np.array(array) for array in recording.state()]
        wanted = NumpyEngine().prepare(recording.graph).run(state, columns, order, batch)
        for count in threads:
            st.config.threads = count
            ours = [np.array(array) for array in recording.state()]
            found = program.run(ours, columns, order, batch)
            where = f"{sizes}, batch {batch}, {count} threads"
            assert_equal([*found.outputs, *ours], [*wanted.outputs, *state], where)


def product(rows: Any, inputs: int, units: int) -> Product:
    """The product of a dense layer, in the engine's form."""
    memory = ir.Constant(ir.PointerType(), None)
    a, b = Operand(memory, "f32", inputs), Operand(memory, "f32", units)
    return Product(a, b, rows, units, inputs)


ANY_ROWS = ir.Value(ir.IntType(64), "%batch")
REPAYS = {"crowded": (784, 1024), "long": (2000, 100), "wide": (784, 800)}


@pytest.mark.parametrize("reason", REPAYS)
def test_rows_for_which_weights_are_copied(reason: str) -> None:
    inputs, units = REPAYS[reason]
    needed = staging.rows_to_repay(product(ANY_ROWS, inputs, units))
    names = {"crowded": staging.ROWS_IF_CROWDED, "long": staging.ROWS_IF_LONG}
    assert needed == names.get(reason, staging.ROWS_IF_WIDE)
    column = DenseColumn(numbers(2 * needed + 1, inputs))
    trained((inputs, units, 3), column, around(needed, 2 * needed), [1, 2])


def test_batches_longer_than_a_part_of_a_gradients_sum() -> None:
    forward = product(ANY_ROWS, 784, 512)
    backward = replace(forward, a=forward.a.transposed(), m=784, k=ANY_ROWS)
    deep = depth.depth_of(backward)
    assert deep == depth.LEAST_DEPTH
    column = DenseColumn(numbers(2 * deep + 1, 784))
    trained((784, 512, 10), column, around(deep, 2 * deep), [1, 2, 3])


def test_layers_wider_than_a_group_of_columns() -> None:
    units = staging.group_columns(product(ANY_ROWS, 784, 10))
    for width in (units - 1, units + 1):
        trained((784, width, 2), DenseColumn(numbers(64, 784)), [1, 64], [1, 3])


def test_bytes_in_blocks_of_rows() -> None:
    """Bytes are converted to floats before they are multiplied, so many rows at a time."""
    pixels = np.random.default_rng(3).integers(0, 256, (900, 784)).astype(np.uint8)
    spec = TensorSpec((None, 784), "uint8")
    v = st.Variable(numbers(784, 10))
    graph = st.trace(lambda x: st.cast(x, "float32") @ v / 255.0, [spec])
    program, meant = CpuProgram(graph), NumpyEngine().prepare(graph)
    block = staging.block_rows(product(ANY_ROWS, 784, 10))
    for rows, threads in ((n, t) for n in around(block, 2 * block, 3 * block) for t in THREADS):
        st.config.threads = threads
        state = [v.numpy()]
        wanted = meant.call([pixels[:rows]], state)
        assert_equal(program.call([pixels[:rows]], state), wanted, f"{rows} rows")


def matrices() -> list[tuple[int, int]]:
    """Weights on both sides of the sizes at which plans divide them in another way."""
    few, choice = sharing._SPLIT_FROM, sharing._WORTH_A_CHOICE
    vectors = around(few, normal.SMALL)
    wide = [(rows, around(-(-choice // rows))) for rows in (2, few - 1, few)]
    both = ((rows, columns) for rows, sizes in wide for columns in sizes)
    return sorted({*((n, 2) for n in vectors), *((2, n) for n in vectors), *both})


@pytest.mark.parametrize("inputs, units", matrices())
def test_matrices_that_threads_share(inputs: int, units: int) -> None:
    trained((inputs, units), DenseColumn(numbers(40, inputs)), [1, 7, 40], [1, 2, 3])
    trained((units, inputs), DenseColumn(numbers(40, units)), [40], [1, 3])


@pytest.mark.parametrize("width", [2, *around(SHARES), 784])
@pytest.mark.parametrize("ones", [True, False])
def test_sparse_rows(width: int, ones: bool) -> None:
    """Below and above one column a share, and the entries by which shares are judged."""
    entries = sparse_rows(5000, width, ones)
    rows = int(np.searchsorted(entries.indptr, SAMPLED))
    for count in (rows - 1, rows + 1):
        column = sparse_rows(count, width, ones)
        trained((width, 3), column, [1, 32, count], [1, 2, 3])
