"""Kernels with a dense product: which memory they prefetch for their epilogues."""

from __future__ import annotations

import re

import pytest

import steepest as st
from steepest.engines.cpu.emit.program import emit_module
from steepest.engines.cpu.gemm import Machine
from steepest.engines.cpu.plan import plan
from steepest.program.passes import clean
from steepest.program.trace import record

MACHINES = {"32 registers": Machine(512, 32), "16 registers": Machine(256, 16)}


def prefetches_of_an_update(units: int, machine: Machine) -> int:
    """The prefetches in the kernels of a step that moves square weights by a gradient's mean."""
    weights, mean = (st.Variable(st.zeros((units, units))) for _ in range(2))

    def step(x: st.Tensor, slopes: st.Tensor) -> None:
        mean.assign(0.9 * mean + st.transpose(st.tanh(x)) @ st.tanh(slopes))
        weights.assign_sub(0.1 * mean / (1.0 + st.abs(mean)))

    graph = record(step, [st.TensorSpec((None, units))] * 2).graph
    text = str(emit_module(plan(clean(graph)).loops, machine, "x86_64-unknown-linux-gnu"))
    functions = re.split(r"(?m)^define ", text)
    kernels = [function for function in functions if re.match(r'void @"p\d+k', function)]
    assert kernels
    return sum(kernel.count('call void @"llvm.prefetch') for kernel in kernels)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_variables_of_a_large_update_are_prefetched(machine: str) -> None:
    small, large = (prefetches_of_an_update(units, MACHINES[machine]) for units in (64, 256))
    rows, variables = 4, 2  # at least
    assert large - small >= rows * variables
