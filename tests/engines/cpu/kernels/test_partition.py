"""The partition of sparse columns: shares cover all columns, have equal costs, and form halves."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import DenseColumn, SparseColumn
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.cpu.kernels.partition import (
    ROW_COST,
    SHARES,
    entries_before,
    partition,
    shares_of,
)
from steepest.engines.cpu.loops.form import Product
from steepest.engines.cpu.loops.interpret import BatchArrays, run_kernel
from steepest.program.trace import record
from tests.agreement.test_training_steps import Adam, dense_net, squares, training_step


def texts(rows: int, width: int, seed: int = 0) -> SparseColumn:
    """Rows in which the first columns are the most frequent, as in texts."""
    rng = np.random.default_rng(seed)
    found = [np.unique((rng.random(60) ** 4 * width).astype(int)) for _ in range(rows)]
    ends = np.cumsum([0, *map(len, found)])
    return SparseColumn(ends, np.concatenate(found), None, width)


@pytest.mark.parametrize("width", [1, 5, 2000, 70_000])
def test_shares_cover_all_columns_in_order(width: int) -> None:
    shares = shares_of(texts(50, width), 32)
    assert len(shares) == SHARES + 1
    assert (shares[0], shares[-1]) == (0, width)
    assert (np.diff(shares) >= 0).all()


def test_shares_have_equal_costs() -> None:
    rows, batch = texts(400, 2000), 100
    shares = shares_of(rows, batch)
    entries = np.bincount(rows.indices, minlength=2000) * batch / len(rows)
    costs = [(entries[a:b] + ROW_COST).sum() for a, b in itertools.pairwise(shares)]
    halves = np.add.reduceat(costs, [0, SHARES // 2])
    assert abs(halves[0] - halves[1]) < 0.05 * sum(halves)
    eighths = np.add.reduceat(costs, range(0, SHARES, SHARES // 8))
    assert max(eighths) < 1.5 * min(eighths)
    assert shares[SHARES // 2] < 1000  # of the columns, half would be nine tenths of the entries


def test_shares_depend_on_the_data_and_the_batch_alone() -> None:
    rows, again = texts(40, 300), texts(40, 300)
    assert (partition(rows, 8).shares == partition(again, 8).shares).all()
    assert partition(rows, 8) is partition(rows, 8)
    assert partition(rows, 8).shares[SHARES // 2] > partition(rows, 1000).shares[SHARES // 2]


@pytest.mark.parametrize("width", [40, 70_000])
def test_entries_before_a_column(width: int) -> None:
    rows = texts(30, width)
    lines = [rows.indices[a:b] for a, b in zip(rows.indptr, rows.indptr[1:], strict=False)]
    for cut in (0, 1, width // 3, width):
        assert entries_before(rows, cut).tolist() == [(line < cut).sum() for line in lines]


def test_rows_without_entries_have_a_partition() -> None:
    empty = SparseColumn(np.zeros(4, np.int64), np.zeros(0, np.int32), None, 9)
    shares, middles = partition(empty, 2)
    assert (shares[0], shares[-1], middles.tolist()) == (0, 9, [0, 0, 0])


def step_on(width: int) -> CpuProgram:
    variables = dense_net((width, 7, 1), "float32")
    step = training_step(variables, squares, Adam(variables), st.nn.relu)
    return CpuProgram(record(step, [st.TensorSpec((None, width)), st.TensorSpec((None,))]).graph)


def test_weights_that_are_updated_are_multiplied_in_halves_and_others_are_not() -> None:
    training = step_on(30).code(("ones", "dense")).plan.loops
    assert "cut at middles0[i0]" in str(training)
    model = st.Sequential([st.layers.Dense(3, input_shape=(30,))])
    graph = record(lambda x: model(x), [st.TensorSpec((None, 30))]).graph
    assert "middles" not in str(CpuProgram(graph).code(("ones",)).plan.loops)


def test_the_interpreter_multiplies_in_halves() -> None:
    loops = step_on(6).code(("sparse", "dense")).plan.loops
    kernel = loops.phases[0][0]
    root = kernel.root
    assert isinstance(root, Product) and root.cut is not None
    rng, sums = np.random.default_rng(0), kernel.stores[0].access.buffer
    x, weights = rng.standard_normal((4, 6)), rng.standard_normal((6, 7))
    middles = np.array([0, 2, 6, 3])
    arrays = {
        root.left.access.buffer: x.astype(np.float32),
        root.right.access.buffer: weights.astype(np.float32),
        root.cut.middles.buffer: middles,
        sums: np.full((2, 4, 7), np.nan, np.float32),
    }
    order = np.array([3, 1, 0, 2])
    run_kernel(kernel, BatchArrays(arrays, order, 4))
    x, first = x[order], np.arange(6) < middles[order][:, None]
    expected = [(x * first) @ weights, (x * ~first) @ weights]
    np.testing.assert_allclose(arrays[sums], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
@pytest.mark.parametrize(
    ("width", "units"),
    [(500, 16), (3, 1000), (1, 1000)],  # fewer rows than columns: workers split the rows even so
)
def test_bits_do_not_depend_on_the_workers(
    width: int, units: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = 96
    x = texts(rows, width)
    y = DenseColumn(np.random.default_rng(1).standard_normal(rows).astype(np.float32))
    variables = dense_net((width, units, 1), "float32")
    step = training_step(variables, squares, Adam(variables), st.nn.relu)
    recording = record(step, [st.TensorSpec((None, width)), st.TensorSpec((None,))])
    program, order = CpuProgram(recording.graph), np.random.default_rng(2).permutation(rows)
    results = []
    for workers in (1, threads):
        monkeypatch.setattr(st.config, "threads", workers)
        monkeypatch.setattr("steepest.engines.cpu.run.code._WORTH_A_THREAD", 1)
        state = [np.array(array) for array in recording.state()]
        program.run(state, [x, y], order, 20)
        results.append(state)
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)
