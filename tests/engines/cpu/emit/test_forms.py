"""Kernels of equal form share their code, and no others."""

from __future__ import annotations

import numpy as np

import steepest as st
from steepest.engines.cpu.emit.forms import alike
from steepest.engines.cpu.engine import CpuProgram
from tests.agreement.compare import assert_agree


def forms(function: object, shape: tuple[int | None, ...]) -> list[list[str]]:
    graph = st.trace(function, [st.TensorSpec(shape)])
    kernels = [k for phase in CpuProgram(graph).code().plan.loops.phases for k in phase]
    x = np.random.default_rng(0).standard_normal([n or 4 for n in shape]).astype(np.float32)
    assert_agree(graph, [x], [])
    return [[kernel.name for kernel in group] for group in alike(kernels)]


def layers(*numbers: float) -> object:
    rng = np.random.default_rng(1)
    weights = [st.constant(rng.standard_normal((9, 9)).astype(np.float32)) for _ in numbers]

    def function(x: st.Tensor) -> st.Tensor:
        for matrix, number in zip(weights, numbers, strict=True):
            x = st.tanh(x @ matrix * number)
        return x

    return function


def test_equal_layers_share_their_code() -> None:
    groups = forms(layers(0.5, 0.5, 0.5, 0.5), (None, 9))
    assert [len(group) for group in groups] == [1, 3]  # the first reads its rows in an order


def test_layers_with_different_constants_do_not_share_code() -> None:
    groups = forms(layers(0.5, 0.5, 0.25, 0.5), (None, 9))
    assert sorted(len(group) for group in groups) == [1, 1, 2]
