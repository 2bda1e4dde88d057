"""What is said about a program: every kernel is measured, nothing of the caller's is changed."""

from __future__ import annotations

import numpy as np

import steepest as st
from steepest.data.columns import DenseColumn
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.cpu.explain import explain, measure, moved_bytes
from steepest.engines.cpu.work import operations
from tests.agreement.test_storage import sparse_rows
from tests.agreement.test_training_steps import (
    Adam,
    dense_net,
    gradient_descent,
    recorded,
    squares,
    training_step,
)


def test_every_kernel_is_measured_and_the_state_stays() -> None:
    variables = dense_net((7, 20, 1), "float32")
    step = training_step(variables, squares, Adam(variables), st.nn.relu)
    graph, state = recorded(step, 7, "float32", "float32")
    program, before = CpuProgram(graph), [array.copy() for array in state]
    inputs = [np.ones((5, 7), np.float32), np.ones(5, np.float32)]
    timings = measure(program, inputs, state)
    kernels = [kernel for phase in program.code().plan.loops.phases for kernel in phase]
    assert [timing.kernel for timing in timings] == kernels
    assert all(timing.seconds > 0 for timing in timings)
    assert all(map(np.array_equal, state, before))
    assert len(explain(program, inputs, state, peak=100.0).splitlines()) == len(kernels) + 2


def test_columns_are_read_as_they_are_stored() -> None:
    variables = dense_net((40, 4, 1), "float32")
    step = training_step(variables, squares, gradient_descent, st.nn.relu)
    graph, state = recorded(step, 40, "float32", "float32")
    program = CpuProgram(graph, ["sparse", "dense"])
    columns = [sparse_rows(9, 40, True), DenseColumn(np.ones(9, np.float32))]
    assert measure(program, columns, state)
    assert list(program._codes) == [("ones", "dense")]


def test_arithmetic_and_bytes_of_a_product() -> None:
    weights = st.Variable(np.ones((30, 20), np.float32))
    graph = st.trace(lambda x: x @ weights, [st.TensorSpec((None, 30))])
    ((kernel,),) = CpuProgram(graph).code().plan.loops.phases
    assert operations(kernel, 10) == 2 * 10 * 30 * 20 + 10 * 20
    assert moved_bytes(kernel, 10) == 4 * (10 * 30 + 30 * 20 + 10 * 20)
