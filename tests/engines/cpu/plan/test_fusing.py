"""Long chains of elementwise values: several kernels, each of a limited number of values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.engines.cpu.plan import plan
from steepest.engines.cpu.plan.sharing import MOST_FUSED
from tests.agreement.compare import assert_agree

X = np.linspace(-1.0, 1.0, 4 * 16, dtype=np.float32).reshape(4, 16)


def chain(length: int) -> Callable[[Any], Any]:
    def function(x: Any) -> Any:
        for number in range(length):
            x = st.sin(x) if number % 2 else x * 1.25
        return x

    return function


def several(length: int) -> Callable[[Any], Any]:
    """Values with many readers each, which no other value absorbs."""

    def function(x: Any) -> Any:
        before = x
        for _ in range(length):
            x, before = st.tanh(x + before), x
        return x + before

    return function


@pytest.mark.parametrize(("function", "length"), [(chain, 1000), (several, 300)])
def test_no_kernel_computes_more_than_the_limit(function: Any, length: int) -> None:
    graph = st.trace(function(length), [st.TensorSpec((None, 16))])
    kernels = [kernel for phase in plan(graph).loops.phases for kernel in phase]
    assert len(kernels) > length // MOST_FUSED
    # A value takes a step or two: its operation, and the loads of what it reads.
    assert max(len(kernel.steps) for kernel in kernels) <= 2 * MOST_FUSED


@pytest.mark.parametrize(("function", "length"), [(chain, 200), (several, 120)])
def test_several_kernels_agree_with_numpy(function: Any, length: int) -> None:
    graph = st.trace(function(length), [st.TensorSpec((None, 16))])
    assert_agree(graph, [X], [])


def test_a_short_chain_is_one_kernel() -> None:
    graph = st.trace(chain(MOST_FUSED - 2), [st.TensorSpec((None, 16))])
    assert [len(phase) for phase in plan(graph).loops.phases] == [1]
