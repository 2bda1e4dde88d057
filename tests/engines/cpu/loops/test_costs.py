"""Costs of plans by known answers: points, operations, reads; whether rows are independent."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import steepest as st
from steepest.engines.cpu.loops.costs import (
    has_independent_rows,
    kernel_size,
    operations,
    operations_of_slice,
    operations_per_row,
    reads,
    weighted_operations,
)
from steepest.engines.cpu.loops.form import Kernel, Loops
from steepest.engines.cpu.loops.spaces import Size
from steepest.engines.cpu.plan import plan
from steepest.program.graph import Graph
from steepest.program.passes import clean
from steepest.program.trace import TensorSpec, guard, record


def loops(function: Callable[..., object], *specs: TensorSpec) -> Loops:
    return plan(clean(record(function, list(specs)).graph)).loops


def kernel(function: Callable[..., object], *specs: TensorSpec) -> Kernel:
    ((found,),) = loops(function, *specs).phases
    return found


ROWS = TensorSpec((None, 5))
MATRIX = np.arange(15, dtype=np.float32).reshape(5, 3)


@pytest.mark.parametrize(
    ("function", "size", "count", "read"),
    [
        (lambda x: x * x + x, Size(5, 1), 3 * 50, 1),
        (lambda x: x @ MATRIX, Size(15, 1), 2 * 150 + 30, 2),
        (lambda x: st.tanh(x @ MATRIX), Size(15, 1), 2 * 150 + 2 * 30, 2),
        (lambda x: st.reduce_sum(x, 1), Size(5, 1), 50 + 10, 1),
        (lambda x: st.reduce_sum(x * x, 1) * 2.0, Size(5, 1), 2 * 50 + 3 * 10, 1),
        (lambda x: st.cumsum(x, 1), Size(5, 1), 50, 1),
    ],
    ids=["formula", "product", "product and formula", "sum", "sum of squares", "running sum"],
)
def test_points_operations_and_reads(
    function: Callable[[st.Tensor], st.Tensor], size: Size, count: float, read: int
) -> None:
    """A multiply-add is two operations, a step is one at each point."""
    found = kernel(function, ROWS)
    assert kernel_size(found) == size
    assert operations(found, 10) == count
    assert len(reads(found)) == read


def test_products_in_halves_visit_each_entry_once() -> None:
    weights = st.Variable(np.zeros((40, 3), np.float32))

    def step(x: st.Tensor, y: st.Tensor) -> None:
        with st.GradientTape() as tape:
            loss = st.reduce_sum(st.square(x @ weights - y))
        weights.assign(weights - tape.gradient(loss, weights))

    specs = [TensorSpec((None, 40)), TensorSpec((None, 3))]
    made = plan(clean(record(step, specs).graph), ("sparse", "dense")).loops
    halves = made.phases[0][0]
    assert halves.space == (Size(2, 1), Size(3)) and kernel_size(halves) == Size(120, 1)


def test_operations_of_any_batch_and_of_each_row() -> None:
    weights = st.Variable(np.zeros((5, 3), np.float32))

    def step(x: st.Tensor) -> st.Tensor:
        weights.assign(weights * 2.0)
        return x * 3.0

    none, each = operations_per_row(loops(step, ROWS))
    assert each == 3 * 5 and none == 3 * 15


def test_updates_by_index_read_the_index_and_the_update() -> None:
    def gradient(table: st.Tensor, n: st.Tensor) -> st.Tensor:
        with st.GradientTape() as tape:
            tape.watch(table)
            loss = st.reduce_sum(st.gather(table, n) * np.arange(3.0, dtype=np.float32))
        return tape.gradient(loss, table)

    found = loops(gradient, TensorSpec((9, 3)), TensorSpec((None,), "int64"))
    (scatter,) = (k for phase in found.phases for k in phase if "scatter" in k.name)
    assert len(reads(scatter)) == 2


HELD = st.Variable(np.zeros(3, np.float32))


def updating(x: st.Tensor) -> st.Tensor:
    HELD.assign(HELD * 2.0)
    return x * 2.0


def guarded(x: st.Tensor) -> st.Tensor:
    guard(st.reduce_all(HELD < 9.0))
    return x * 2.0


def only_updating(x: st.Tensor) -> None:
    HELD.assign(HELD * 2.0)


@pytest.mark.parametrize(
    ("function", "independent"),
    [
        (lambda x: x * 2.0, True),
        (lambda x: st.tanh(x @ MATRIX) + st.exp(HELD), True),
        (lambda x: st.nn.softmax(x), True),
        (lambda x: [x, st.reduce_sum(x, 1)], True),
        (lambda x: st.reduce_sum(x, 0), False),
        (lambda x: x - st.reduce_mean(x, 0), False),
        (lambda x: st.cumsum(x, 0), False),
        (lambda x: x @ x.T, False),
        (lambda x: x + st.random.uniform((1, 5)), False),
        (lambda x: st.exp(MATRIX), False),
        (lambda x: [x * 2.0, st.exp(HELD)], False),
        (updating, False),
        (only_updating, False),
        (guarded, False),
    ],
)
def test_rows_are_independent_if_each_output_row_needs_one_input_row(
    function: Callable[[st.Tensor], object], independent: bool
) -> None:
    assert has_independent_rows(loops(function, ROWS)) == independent


def test_an_input_without_a_batch_may_be_read_by_every_row() -> None:
    function: Graph = record(lambda x, b: x + b, [ROWS, TensorSpec((5,))]).graph
    assert has_independent_rows(plan(clean(function)).loops)
    fixed = record(lambda x: x * 2.0, [TensorSpec((4, 5))]).graph
    assert not has_independent_rows(plan(clean(fixed)).loops)


def sliced(function: Callable[..., object], *specs: TensorSpec) -> Size:
    found = kernel(function, *specs)
    assert found.share.axis == 0
    return operations_of_slice(found)


def test_operations_of_one_index_of_the_split_axis() -> None:
    assert sliced(lambda x: st.tanh(x) * x, ROWS) == Size(5 * 3)  # a load and two steps
    assert sliced(lambda x: x @ MATRIX, ROWS) == Size(2 * 5 * 3)
    assert sliced(lambda x: st.reduce_sum(x * x, 1), ROWS) == Size(5 * 2)
    assert sliced(lambda x: st.reduce_sum(x, 0), TensorSpec((None, 40))) == Size(1, 1)
    gradient = TensorSpec((None, 30)), TensorSpec((None, 4))
    assert sliced(lambda x, g: st.matmul(x.T, g), *gradient) == Size(2 * 4, 1)


def test_operations_are_weighted_by_their_time() -> None:
    """A dense product counts 1, other loops 32; a product of sparse rows a sixteenth."""
    assert weighted_operations(loops(lambda x: x @ MATRIX, ROWS)) == (0, 2 * 15 + 3, 0)
    assert weighted_operations(loops(lambda x: x * 3.0, ROWS)) == (0, 32 * 3 * 5, 0)
    made = plan(clean(record(lambda x: x @ MATRIX, [ROWS]).graph), ("sparse",)).loops
    assert weighted_operations(made) == (0, (2 * 15 + 3) / 16, 0)
    pairs = weighted_operations(loops(lambda x: x @ x.T, ROWS))
    assert pairs == (0, 0, 2 * 5 + 1)


@pytest.mark.parametrize(
    ("function", "independent"),
    [
        (lambda x: x + st.cast(st.range(5), "float32"), True),
        (lambda x: x + st.cast(st.shape(x)[0], "float32"), False),
    ],
)
def test_a_row_may_know_its_column_and_not_how_many_rows_there_are(
    function: Callable[[st.Tensor], object], independent: bool
) -> None:
    assert has_independent_rows(loops(function, ROWS)) == independent
