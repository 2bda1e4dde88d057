"""Networks of many shapes give NumPy's results, at all sizes where the code branches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import DenseColumn, SparseColumn
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.cpu.gemm import machine_for
from steepest.engines.cpu.loops.form import Product
from steepest.engines.cpu.machine.processor import processor
from steepest.engines.cpu.plan import plan
from steepest.engines.numpy import NumpyEngine
from steepest.program.graph import Graph
from steepest.program.trace import record
from tests.agreement.compare import Arrays, assert_agree, assert_close, on_cpu, on_numpy
from tests.agreement.test_storage import both_run, sparse_rows
from tests.agreement.test_training_steps import (
    Adam,
    crossentropy,
    dense_net,
    gradient_descent,
    recorded,
    squares,
    training_step,
)

MACHINE = machine_for(processor())
LANES = MACHINE.lanes("f32")
TALLEST = max(MACHINE.tall.values())


class Momentum:
    """Has gradients in its state, so that they are compared as such."""

    def __init__(self, variables: list[st.Variable]) -> None:
        self.sums = [st.Variable(np.zeros(v.shape, v.dtype)) for v in variables]

    def __call__(self, variables: list[st.Variable], gradients: list[st.Tensor]) -> None:
        for variable, gradient, total in zip(variables, gradients, self.sums, strict=True):
            total.assign(0.9 * total + gradient)
            variable.assign(variable - 0.1 * total)


def network(sizes: tuple[int, ...], dtype: str = "float32") -> tuple[Graph, Arrays]:
    variables = dense_net(sizes, dtype)
    step = training_step(variables, crossentropy, Momentum(variables), st.nn.relu)
    return recorded(step, sizes[0], dtype, "int64")


def around(*edges: int) -> list[int]:
    return sorted({edge + by for edge in edges for by in (-1, 0, 1)} - {0})


def batch_of(rows: int, width: int, classes: int = 5, dtype: str = "float32") -> Arrays:
    rng = np.random.default_rng(rows)
    x = rng.standard_normal((rows, width)).astype(dtype)
    return [x, rng.integers(0, classes, rows)]


# ---------------------------------------------------------------- sizes


def test_batches_around_the_height_of_a_tile() -> None:
    """One program, any batch size: 1, odd ones, the rows of one tile and of two, many."""
    graph, state = network((13, 37, 5))
    for rows in [*around(TALLEST, 2 * TALLEST, 4 * TALLEST), 97, 130]:
        assert_agree(graph, batch_of(rows, 13), state)


@pytest.mark.parametrize("width", around(LANES // 2, LANES, 4 * LANES))
def test_layers_around_the_width_of_a_tile(width: int) -> None:
    """The width is the length of sums, the number of columns and, in gradients, of rows."""
    graph, state = network((width, width + 1, 3))
    assert_agree(graph, batch_of(7, width, 3), state)


@pytest.mark.parametrize("width", around(LANES // 2))
def test_layers_of_doubles_around_the_width_of_a_tile(width: int) -> None:
    graph, state = network((width, width + 1, 3), "float64")
    assert_agree(graph, batch_of(7, width, 3, "float64"), state)


@pytest.mark.parametrize("sizes", [(1, 1), (1, 1, 1, 1), (9, 1, 9), (1, 40, 1, 4)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_layers_of_one_unit(sizes: tuple[int, ...], dtype: str) -> None:
    graph, state = network(sizes, dtype)
    for rows in (1, 2, 33):
        assert_agree(graph, batch_of(rows, sizes[0], sizes[-1], dtype), state)


@pytest.mark.parametrize("sizes", [(4096, 3), (3, 4096, 2), (5, 4097, 1)])
def test_layers_of_thousands_of_units(sizes: tuple[int, ...]) -> None:
    graph, state = network(sizes)
    same_as_numpy(graph, batch_of(5, sizes[0], sizes[-1]), state)


@pytest.mark.parametrize("rows", [1, 40])
def test_a_matrix_of_4096_by_4096(rows: int) -> None:
    scale = np.float32(1 / 64)
    matrix = np.random.default_rng(0).standard_normal((4096, 4096), np.float32) * scale
    graph = st.trace(
        lambda x, m: st.tanh(x @ m), [st.TensorSpec((None, 4096)), st.TensorSpec((4096, 4096))]
    )
    same_as_numpy(graph, [batch_of(rows, 4096)[0], matrix], [])


def same_as_numpy(graph: Graph, inputs: Arrays, state: Arrays) -> None:
    """Compares with NumPy alone, for programs too large for the interpreter."""
    results = on_numpy(graph, inputs, state).arrays, on_cpu(graph, inputs, state).arrays
    for number, (want, got) in enumerate(zip(*results, strict=True)):
        assert_close(got, want, f"result {number}", 2e-5)


def leaky(x: st.Tensor) -> st.Tensor:
    return st.maximum(x, 0.3 * x)


def test_sixty_layers() -> None:
    """Narrow layers, but many; the gradients reach the first."""
    variables = dense_net((6, *[8] * 59, 3), "float64")
    step = training_step(variables, crossentropy, gradient_descent, leaky)
    graph, state = recorded(step, 6, "float64", "int64")
    inputs = batch_of(10, 6, 3, "float64")
    assert_agree(graph, inputs, state)
    after = on_cpu(graph, inputs, state).state
    assert all(not np.array_equal(a, b) for a, b in zip(after, state, strict=True))


# ---------------------------------------------------------------- empty batches and orders


def test_an_empty_batch() -> None:
    """Means over no rows are NaN, as in NumPy; weights become NaN on both engines."""
    graph, state = network((13, 20, 5))
    assert_agree(graph, batch_of(0, 13), state)


def test_an_empty_batch_is_predicted() -> None:
    graph = st.trace(lambda x: (st.nn.softmax(x), st.reduce_sum(x, 0)), [st.TensorSpec((None, 3))])
    rows, total = CpuProgram(graph).call([np.zeros((0, 3), np.float32)], [])
    assert rows.shape == (0, 3)
    assert total.tolist() == [0, 0, 0]


@pytest.mark.parametrize("make", [NumpyEngine().prepare, CpuProgram])
def test_an_empty_order_runs_nothing(make: Callable[[Graph], Any]) -> None:
    graph, state = network((13, 20, 5))
    columns = [DenseColumn(array) for array in batch_of(6, 13)]
    held = [np.array(array) for array in state]
    done = make(graph).run(held, columns, np.zeros(0, np.int64), 4)
    assert done.batches == 0
    assert all(np.array_equal(a, b) for a, b in zip(held, state, strict=True))


# ---------------------------------------------------------------- dtypes


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8", "bool"])
def test_integers_as_inputs(dtype: str) -> None:
    weights = st.Variable(np.random.default_rng(0).standard_normal((9, 4)).astype(np.float32))

    def outputs(x: st.Tensor) -> tuple[st.Tensor, ...]:
        numbers = st.cast(x, "float32")
        return numbers @ weights, st.reduce_sum(st.cast(x, "int32"), 1), st.one_hot(x[:, 0], 4)

    recording = record(outputs, [st.TensorSpec((None, 9), "int32")])
    small = np.random.default_rng(1).integers(0, 2, (11, 9)).astype("int32")
    assert_agree(recording.graph, [small], recording.state())
    typed = st.trace(lambda x: st.cast(x, "float32") * 0.5 + 1.0, [st.TensorSpec((None, 9), dtype)])
    assert_agree(typed, [small.astype(dtype)])


def fit(x: Any, y: Any, engine: str, dtype: str = "float32") -> Arrays:
    """Three epochs of a small network; its weights and what it then predicts."""
    st.random.set_seed(3)
    model = st.Sequential([
        st.layers.Dense(17, "relu", dtype=dtype),
        st.layers.Dense(3, "softmax", dtype=dtype),
    ])
    model.compile("adam", "sparse_categorical_crossentropy", engine=engine)
    model.fit(x, y, batch_size=7, epochs=3, verbose=0)
    return [*model.get_weights(), model.predict(x, verbose=0)]


def same_training(x: Any, y: Any, tolerance: float, dtype: str = "float32") -> None:
    for got, want in zip(fit(x, y, "cpu", dtype), fit(x, y, "numpy", dtype), strict=True):
        assert got.dtype == np.dtype(dtype)
        assert_close(got, want, "weights", tolerance)


LABELS = np.random.default_rng(9).integers(0, 3, 40)


def test_models_of_doubles() -> None:
    x = np.random.default_rng(8).standard_normal((40, 11))
    same_training(x, LABELS, 1e-11, "float64")


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "bool"])
def test_models_trained_on_integers(dtype: str) -> None:
    x = np.random.default_rng(8).integers(0, 2 if dtype == "bool" else 9, (40, 11))
    same_training(x.astype(dtype), LABELS, 2e-4)


# ---------------------------------------------------------------- storage of rows


@pytest.mark.parametrize("ones", [True, False])
@pytest.mark.parametrize("width", [1, 3, LANES, 200])
def test_sparse_rows_train_as_dense_ones_do(ones: bool, width: int) -> None:
    sparse = sparse_rows(40, width, ones)
    dense = sparse.take(np.arange(40))
    for got, want in zip(fit(sparse, LABELS, "cpu"), fit(dense, LABELS, "cpu"), strict=True):
        assert_close(got, want, "weights", 2e-4)


@pytest.mark.parametrize("ones", [True, False])
def test_rows_without_any_entry(ones: bool) -> None:
    values = None if ones else np.zeros(0, np.float32)
    empty = SparseColumn(np.zeros(41, np.int64), np.zeros(0, np.int32), values, 11)
    dense = np.zeros((40, 11), np.float32)
    for got, want in zip(fit(empty, LABELS, "cpu"), fit(dense, LABELS, "cpu"), strict=True):
        assert_close(got, want, "weights", 2e-5)


def test_bytes_train_as_equal_floats_do() -> None:
    pixels = np.random.default_rng(8).integers(0, 256, (40, 11)).astype(np.uint8)
    graphs = []
    for dtype, x in (("uint8", pixels), ("float32", pixels.astype(np.float32))):
        variables = dense_net((11, 17, 3), "float32")
        learn = training_step(variables, crossentropy, Adam(variables), st.nn.relu)
        recording = record(
            lambda x, y, learn=learn: learn(st.cast(x, "float32") / 255.0, y),
            [st.TensorSpec((None, 11), dtype), st.TensorSpec((None,), "int64")],
        )
        state = [np.array(array) for array in recording.state()]
        columns = [DenseColumn(x), DenseColumn(LABELS)]
        CpuProgram(recording.graph).run(state, columns, np.arange(40), 7)
        graphs.append(state)
    for got, want in zip(*graphs, strict=True):
        assert_close(got, want, "weights", 1e-4)


def test_a_chain_deeper_than_pythons_stack_is_planned() -> None:
    def chain(x: st.Tensor) -> st.Tensor:
        for _ in range(1200):
            x = st.tanh(x)
        return x

    loops = plan(st.trace(chain, [st.TensorSpec((None, 3))]), ("dense",)).loops
    steps = [step for phase in loops.phases for kernel in phase for step in kernel.steps]
    assert sum(getattr(step, "op", "") == "tanh" for step in steps) == 1200


@pytest.mark.parametrize("width", [1, 2, 15, 16, 17, 100])
def test_the_gradient_of_a_single_unit_is_a_row_of_vectors(width: int) -> None:
    rng = np.random.default_rng(width)
    variables = dense_net((width, 1), "float32")
    step = training_step(variables, squares, Adam(variables), st.nn.relu)
    specs = [st.TensorSpec((None, width)), st.TensorSpec((None,))]
    loops = CpuProgram(record(step, specs).graph).code().plan.loops
    roots = [kernel.root for phase in loops.phases for kernel in phase]
    sums = [root for root in roots if isinstance(root, Product) and root.over.power]
    assert [(root.rows, root.cols) for root in sums] == [(None, None if width == 1 else 0)]
    shapes = ((40, width), (40,))
    x, y = (DenseColumn(rng.standard_normal(shape).astype("float32")) for shape in shapes)
    both_run(step, specs, [x, y], rng.permutation(40), 7)
