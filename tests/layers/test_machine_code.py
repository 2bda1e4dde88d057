"""Each layer as machine code: outputs, derivatives and state, compared with the NumPy engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.core import tree
from steepest.engines.choose import prepare
from steepest.errors import EngineUnavailable
from steepest.program.graph import Graph
from steepest.program.trace import TensorSpec, record
from tests.layers.harness import CASES, Case, Snapshot, randomize


def run(graph: Graph, arrays: list[np.ndarray], state: list[np.ndarray], engine: str) -> list[Any]:
    """The outputs, and the state after the call."""
    variables = [np.array(array) for array in state]
    return prepare(graph, engine=engine).call(arrays, variables) + variables


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_machine_code_computes_what_numpy_computes(case: Case):
    layer = case.make()
    layer(case.inputs())
    randomize(layer)
    snapshot = Snapshot(layer)
    arrays = [st.cast(leaf, "int32" if case.whole else "float32").data for leaf in (
        tree.leaves(case.inputs()))]  # fmt: skip

    def step(*tensors: st.Tensor) -> list[st.Tensor]:
        with st.GradientTape() as tape:
            output = layer(tree.rebuild(case.inputs(), iter(tensors)), training=case.training)
            loss = st.reduce_sum(output * output)
        return [output, *tape.gradient(loss, layer.trainable_weights)]

    trial = record(step, [TensorSpec((None, *a.shape[1:]), a.dtype) for a in arrays])
    snapshot.restore()
    wanted = run(trial.graph, arrays, trial.state(), "numpy")
    try:
        found = run(trial.graph, arrays, trial.state(), "cpu")
    except EngineUnavailable as reason:
        pytest.skip(f"missing peer: {reason}")
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-5)
