"""Columns as they are stored: bytes and sparse rows give what spelled-out floats give."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import DenseColumn, SparseColumn
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.numpy import NumpyEngine
from steepest.program.trace import record
from tests.agreement.compare import assert_close
from tests.agreement.test_training_steps import Adam, dense_net, squares, training_step


def sparse_rows(rows: int, width: int, ones: bool, seed: int = 0) -> SparseColumn:
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, min(width, 9) + 1, rows)
    counts[0] = 0
    indices = [np.sort(rng.permutation(width)[:count]) for count in counts]
    total = int(counts.sum())
    values = None if ones else rng.standard_normal(total).astype(np.float32)
    return SparseColumn(np.r_[0, np.cumsum(counts)], np.concatenate(indices), values, width)


def both_run(step: Callable, specs: list, columns: list, order: np.ndarray, batch: int) -> None:
    recording = record(step, specs)
    results = []
    for program in (NumpyEngine().prepare(recording.graph), CpuProgram(recording.graph)):
        state = [np.array(array) for array in recording.state()]
        done = program.run(state, columns, order, batch)
        results.append([*done.outputs, *state])
    for number, (want, got) in enumerate(zip(*results, strict=True)):
        assert_close(got, want, f"result {number}", 1e-4)


@pytest.mark.parametrize("ones", [True, False])
@pytest.mark.parametrize(
    "sizes",
    [(40, 16, 16, 1), (300, 7, 1), (5, 1), (65_536, 3, 1), (65_537, 3, 1)],  # 16 bits and 32
)
def test_training_on_sparse_rows(ones: bool, sizes: tuple[int, ...]) -> None:
    rows = sparse_rows(50, sizes[0], ones)
    targets = DenseColumn(np.random.default_rng(3).standard_normal(50).astype(np.float32))
    variables = dense_net(sizes, "float32")
    step = training_step(variables, squares, Adam(variables), st.nn.relu)
    specs = [st.TensorSpec((None, sizes[0])), st.TensorSpec((None,))]
    both_run(step, specs, [rows, targets], np.random.default_rng(4).permutation(50), 12)


@pytest.mark.parametrize("ones", [True, False])
@pytest.mark.parametrize(
    "scaled", [lambda x: x / 255.0, lambda x: 0.5 * x, lambda x: (x * 2.0) / 3.0]
)
def test_multiples_of_sparse_rows_are_read_as_they_are_stored(
    scaled: Callable[[st.Tensor], st.Tensor], ones: bool
) -> None:
    rows = sparse_rows(50, 40, ones)
    targets = DenseColumn(np.random.default_rng(3).standard_normal(50).astype(np.float32))
    variables = dense_net((40, 7, 1), "float32")
    learn = training_step(variables, squares, Adam(variables), st.nn.relu)
    specs = [st.TensorSpec((None, 40)), st.TensorSpec((None,))]

    def step(x: st.Tensor, y: st.Tensor) -> None:
        learn(scaled(x), y)

    both_run(step, specs, [rows, targets], np.random.default_rng(4).permutation(50), 12)
    loops = str(CpuProgram(record(step, specs).graph).code(("ones", "dense")).plan.loops)
    assert "spell" not in loops


def test_other_uses_of_sparse_rows_spell_them_out() -> None:
    weights = st.Variable(np.random.default_rng(0).standard_normal((30, 4)).astype(np.float32))

    def outputs(x: st.Tensor) -> list[st.Tensor]:
        return [x, x @ weights + st.reduce_sum(x, 1, keepdims=True)]

    order = np.array([3, 1, 0, 7, 7])
    both_run(outputs, [st.TensorSpec((None, 30))], [sparse_rows(9, 30, False)], order, 3)


@pytest.mark.parametrize("width", [6, 60])  # every worker computes a small matrix for itself
def test_a_matrix_may_be_computed_in_the_step(width: int) -> None:
    start = np.random.default_rng(0).standard_normal((width, 4)).astype(np.float32)
    weights = st.Variable(start)

    def step(x: st.Tensor, y: st.Tensor) -> None:
        with st.GradientTape() as tape:
            loss = st.reduce_sum(st.square(x @ st.square(weights) - y))
        weights.assign(weights - 0.01 * tape.gradient(loss, weights))

    specs = [st.TensorSpec((None, width)), st.TensorSpec((None, 4))]
    targets = DenseColumn(np.random.default_rng(3).standard_normal((50, 4)).astype(np.float32))
    both_run(step, specs, [sparse_rows(50, width, False), targets], np.arange(50), 12)


@pytest.mark.parametrize("batch", [1, 5, 64])
def test_training_on_bytes(batch: int) -> None:
    rng = np.random.default_rng(5)
    pixels = DenseColumn(rng.integers(0, 256, (64, 7, 9)).astype(np.uint8))
    targets = DenseColumn(rng.standard_normal(64).astype(np.float32))
    variables = dense_net((63, 20, 1), "float32")
    learn = training_step(variables, squares, Adam(variables), st.nn.relu)

    def step(x: st.Tensor, y: st.Tensor) -> None:
        scaled = st.cast(st.reshape(x, (-1, 63)), "float32") / 255.0 - 0.5
        learn(scaled, y)

    specs = [st.TensorSpec((None, 7, 9), "uint8"), st.TensorSpec((None,))]
    both_run(step, specs, [pixels, targets], rng.permutation(64), batch)


def test_bytes_as_values_train_as_the_numbers_they_are() -> None:
    rng, width = np.random.default_rng(7), 60
    pattern = sparse_rows(50, width, True)
    values = rng.integers(1, 256, len(pattern.indices)).astype(np.uint8)
    targets = DenseColumn(rng.standard_normal(50).astype(np.float32))
    results = []
    for kind in (np.uint8, np.float32):
        rows = SparseColumn(pattern.indptr, pattern.indices, values.astype(kind), width)
        assert rows.values is not None
        assert rows.values.dtype == kind
        variables = dense_net((width, 7, 1), "float32")
        learn = training_step(variables, squares, Adam(variables), st.nn.relu)

        def step(x: st.Tensor, y: st.Tensor, learn: Callable = learn) -> None:
            learn(x / 255.0, y)

        recording = record(step, [st.TensorSpec((None, width)), st.TensorSpec((None,))])
        state = [np.array(array) for array in recording.state()]
        CpuProgram(recording.graph).run(state, [rows, targets], np.arange(50), 12)
        results.append(state)
    for got, want in zip(*results, strict=True):
        np.testing.assert_array_equal(got, want)
