"""The explanation of a program: every kernel is measured, and the caller's arrays stay."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import DenseColumn
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.cpu.explain import arithmetic, explain, measure, moved_bytes, parts
from steepest.engines.cpu.kernels.ceilings import Ceilings
from steepest.engines.cpu.loops.costs import operations
from steepest.engines.cpu.loops.form import Product
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
    rows = explain(program, inputs, state)
    assert [f"_{row.name}" for row in rows] == [k.name[k.name.index("_") :] for k in kernels]
    assert all(row.gigaflops >= 0 and row.ceiling > 0 and row.shared for row in rows)
    assert all(row.arithmetic >= 0 and row.memory > 0 for row in rows)


def test_columns_are_read_as_they_are_stored() -> None:
    variables = dense_net((40, 4, 1), "float32")
    step = training_step(variables, squares, gradient_descent, st.nn.relu)
    graph, state = recorded(step, 40, "float32", "float32")
    program = CpuProgram(graph, ["sparse", "dense"])
    columns = [sparse_rows(9, 40, True), DenseColumn(np.ones(9, np.float32))]
    timings = measure(program, columns, state)
    assert list(program._codes) == [("ones", "dense")]
    entries = len(columns[0].indices)
    (product, *_) = [t for t in timings if isinstance(t.kernel.root, Product)]
    buffer = product.kernel.root.left.access.buffer
    assert product.operations == arithmetic(product.kernel, 9, {buffer: entries})
    dense = operations(product.kernel, 9)
    assert dense - product.operations == pytest.approx(2 * 4 * (9 * 40 - entries))
    without = moved_bytes(product.kernel, 9) - buffer.bytes(9)
    assert product.bytes == without + 8 * 10 + 2 * entries


def test_arithmetic_and_bytes_of_a_product() -> None:
    weights = st.Variable(np.ones((30, 20), np.float32))
    graph = st.trace(lambda x: x @ weights, [st.TensorSpec((None, 30))])
    ((kernel,),) = CpuProgram(graph).code().plan.loops.phases
    assert operations(kernel, 10) == 2 * 10 * 30 * 20 + 10 * 20
    assert moved_bytes(kernel, 10) == 4 * (10 * 30 + 30 * 20 + 10 * 20)


def test_fused_operations_and_written_variables_are_listed() -> None:
    variables = dense_net((7, 20, 1), "float32")
    step = training_step(variables, squares, gradient_descent, st.nn.relu)
    graph, state = recorded(step, 7, "float32", "float32")
    program = CpuProgram(graph)
    inputs = [np.ones((5, 7), np.float32), np.ones(5, np.float32)]
    names = [f"variable {n}" for n in range(len(state))]
    computes = [row.computes for row in explain(program, inputs, state, names=names)]
    assert any(text.startswith("matmul, add, less_equal, select -> ") for text in computes)
    updates = [text for text in computes if text.startswith("matmul, multiply, subtract -> ")]
    assert sorted(text[-10:] for text in updates) == ["variable 0", "variable 2"]


def test_kernels_without_arithmetic_are_listed_too() -> None:
    def program(x: st.Tensor) -> list[st.Tensor]:
        rows = st.scatter_add(np.array([0, 2]), x, 3)
        return [rows, st.cumsum(x, 1), st.pad(x, [[0, 0], [1, 0]])]

    graph = st.trace(program, [st.TensorSpec((2, 3))])
    listed = {parts(k) for phase in CpuProgram(graph).code().plan.loops.phases for k in phase}
    assert {"scatter_add -> out0", "cumsum -> out1"} <= listed


def test_ceilings_are_the_times_of_arithmetic_and_of_copying() -> None:
    ceilings = Ceilings({32: 100.0, 64: 50.0}, {16: 10.0})
    assert ceilings.seconds(32, 1e6, 40_000) == pytest.approx((1e-5, 4e-6))
    assert ceilings.seconds(64, 1e6, 40_000) == pytest.approx((2e-5, 4e-6))
    assert ceilings.seconds(32, 10, 40_000) == pytest.approx((1e-10, 4e-6))
