"""The layout that is stored with a program's code is that of its plan."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import steepest as st
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.cpu.machine import jit
from steepest.engines.cpu.run.call_layout import CallLayout
from steepest.program.graph import Graph

CONSTANTS = {
    "numbers": np.array([[1.5, -0.0], [np.nan, np.inf]]),
    "one number": np.array(3, np.int64),
    "none": np.zeros((0, 3), np.float32),
    "bfloat16": np.zeros(3, st.bfloat16),
    "truths": np.array([True, False]),
}


@pytest.mark.parametrize("what", CONSTANTS)
def test_constants_come_back_bit_for_bit(what: str) -> None:
    given = CONSTANTS[what]
    layout = CallLayout((), (given,), (0.0, 1.0), (0.0, 1.0, 0.0), False)
    (found,) = CallLayout.unpacked(layout.packed()).constants
    assert (found.dtype, found.shape, found.tobytes()) == (
        given.dtype,
        given.shape,
        given.tobytes(),
    )


def table_look_up() -> Graph:
    """A program with a constant array, scratch between kernels, and products."""
    table = st.constant(np.arange(30, dtype=np.float32).reshape(5, 6))
    weights = st.Variable(np.ones((6, 4), np.float32))

    def function(rows: st.Tensor, x: st.Tensor) -> st.Tensor:
        hidden = st.tanh((st.gather(table, rows) + x) @ weights)
        return hidden - st.reduce_mean(hidden, 0)

    return st.trace(function, [st.TensorSpec((None,), "int64"), st.TensorSpec((None, 6))])


def test_a_program_from_disk_runs_without_its_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path))
    rows, x = np.array([4, 0, 2]), np.ones((3, 6), np.float32)
    state = [np.full((6, 4), 0.01, np.float32)]
    found = []
    for _ in range(2):
        jit.forget()
        program = CpuProgram(table_look_up())
        found.append(program.call([rows, x], state)[0])
    assert "plan" not in vars(program.code())
    np.testing.assert_array_equal(found[0], found[1])


def test_the_layout_is_that_of_the_plan() -> None:
    code = CpuProgram(table_look_up()).code()
    loops, layout = code.plan.loops, code.layout
    assert list(map(str, layout.buffers)) == list(map(str, loops.buffers))
    assert [buffer.bytes(7) for buffer in layout.buffers] == [b.bytes(7) for b in loops.buffers]
    assert len(layout.constants) == len(code.plan.constants) > 0
    assert not layout.rows_independent
