"""Plans that can stop within a batch write no variable before all that takes long is computed."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.engines.cpu.loops.form import Kernel
from steepest.engines.cpu.plan import plan
from steepest.program.passes import clean
from steepest.program.trace import record
from tests.engines.cpu.plan.test_verify import PROGRAMS, planned


def phases_of(name: str) -> tuple[tuple[Kernel, ...], ...]:
    make, storage = PROGRAMS[name]
    return plan(clean(make()), storage, interruptible=True).loops.phases


def writes(kernel: Kernel) -> bool:
    return any(store.access.buffer.role == "state" for store in kernel.stores)


@pytest.mark.parametrize("name", PROGRAMS)
def test_kernels_with_loops_of_their_own_are_computed_before_variables_are_written(
    name: str,
) -> None:
    phases = phases_of(name)
    first = min(number for number, phase in enumerate(phases) if any(map(writes, phase)))
    later = [kernel for phase in phases[first:] for kernel in phase]
    assert all(kernel.root is None and not kernel.may_stop for kernel in later)
    assert any(kernel.may_stop for phase in phases[:first] for kernel in phase)


def test_a_product_that_is_assigned_is_copied_at_the_end() -> None:
    weights = st.Variable(np.ones((9, 9), np.float32))
    counted = st.Variable(0.0)

    def step(x: st.Tensor) -> st.Tensor:
        weights.assign(st.transpose(x) @ x)
        counted.assign(counted + st.reduce_sum(x))
        return counted * 2.0

    graph = clean(record(step, [st.TensorSpec((None, 9))]).graph)
    *before, last = plan(graph, interruptible=True).loops.phases
    assert not any(writes(kernel) for phase in before for kernel in phase)
    assert all(writes(kernel) and kernel.root is None for kernel in last)


def test_no_kernel_may_stop_in_the_phase_of_the_guard_before_it_is_read() -> None:
    phases = phases_of("a guard")
    (phase,) = [phase for phase in phases if any(kernel.guards for kernel in phase)]
    place = next(number for number, kernel in enumerate(phase) if kernel.guards is not None)
    assert not any(kernel.may_stop for kernel in phase[: place + 1])


@pytest.mark.parametrize("name", PROGRAMS)
def test_usual_plans_have_no_kernel_that_may_stop(name: str) -> None:
    assert "may stop" not in str(planned(name).loops)
    make, storage = PROGRAMS[name]
    assert "may stop" in str(plan(clean(make()), storage, interruptible=True).loops)
