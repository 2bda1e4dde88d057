"""Denormals are zero where variables change: not in results, not in the caller."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import DenseColumn
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.cpu.machine.processor import processor
from steepest.program.trace import guard, record
from tests.engines.cpu.test_other_processors import OTHERS, assembly, processor_called

SMALL = np.float32(2e-38)  # a normal number, whose half is a denormal
ON_X86 = processor().triple.startswith(("x86", "i686", "amd64"))


def halving() -> CpuProgram:
    """A program that halves a variable of 20 numbers and its input, until a NaN in the input."""
    moments = st.Variable(np.zeros(20, np.float32))

    def step(x: st.Tensor) -> st.Tensor:
        guard(st.reduce_sum(x) < np.inf)
        moments.assign(moments * 0.5)
        return x * 0.5

    return CpuProgram(record(step, [st.TensorSpec((None, 3))]).graph)


def small(*shape: int) -> np.ndarray:
    return np.full(shape, SMALL)


def test_a_variable_that_decays_becomes_zero() -> None:
    state = [small(20)]
    halving().call([small(4, 3)], state)
    assert state[0].tolist() == [0.0 if ON_X86 else SMALL / 2] * 20


def test_denormals_of_a_variable_count_as_zero() -> None:
    state = [np.full(20, np.float32(1e-40))]
    halving().call([small(4, 3)], state)
    assert state[0].any() != ON_X86


def test_results_have_denormals() -> None:
    (result,) = halving().call([small(4, 3)], [small(20)])
    assert result.tolist() == [[SMALL / 2] * 3] * 4


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("last", [SMALL, np.nan])
def test_the_caller_has_denormals_afterwards(threads: int, last: float) -> None:
    rows = DenseColumn(np.append(small(7, 3), [[last] * 3], axis=0).astype(np.float32))
    done = halving().run([small(20)], [rows], np.arange(8), 4, threads=threads)
    assert done.batches == (1 if np.isnan(last) else 2)
    assert (small(9) * np.float32(0.5) > 0).all()


@pytest.mark.parametrize("name", OTHERS)
def test_the_control_word_of_x86_is_set_and_restored_around_an_update(name: str) -> None:
    code = assembly(halving().graph, processor_called(name))
    assert code.count("ldmxcsr") == (2 if name.startswith("x86") else 0)
