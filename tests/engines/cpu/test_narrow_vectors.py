"""Processors with narrower vectors: code compiled for them gives the same results."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import steepest as st
from steepest.engines.cpu.machine import jit
from steepest.engines.cpu.machine.processor import processor
from steepest.engines.cpu.run import code
from tests.agreement.compare import assert_agree
from tests.agreement.test_storage import test_training_on_bytes as on_bytes
from tests.agreement.test_storage import test_training_on_sparse_rows as on_sparse_rows
from tests.agreement.test_training_steps import (
    Adam,
    crossentropy,
    dense_net,
    recorded,
    training_step,
)


@pytest.fixture(params=[128, 256])
def narrow(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    target = processor().narrowed(request.param)
    for module in (code, jit):
        monkeypatch.setattr(module, "processor", lambda: target)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_classifier(dtype: str) -> None:
    variables = dense_net((13, 50, 9, 5), dtype)
    step = training_step(variables, crossentropy, Adam(variables), st.nn.relu)
    graph, state = recorded(step, 13, dtype, "int64")
    x = np.random.default_rng(0).standard_normal((7, 13)).astype(dtype)
    assert_agree(graph, [x, np.arange(7) % 5], state)


@pytest.mark.usefixtures("narrow")
def test_stored_columns() -> None:
    on_bytes(5)
    on_sparse_rows(True, (40, 16, 16, 1))
    on_sparse_rows(False, (300, 7, 1))


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize(
    "function",
    [
        st.exp,
        st.tanh,
        st.nn.softmax,
        lambda x: st.cumsum(x, 1),
        lambda x: st.gather(x, st.argmax(x, 1) % 3, axis=1),
        lambda x: st.concat([x[:, ::-1], st.transpose(x[:3, :]) @ x[:3, :]], 0),
        lambda x: st.cast(st.cast(x * 100.0, "int64"), "float16"),
    ],
)
def test_functions(function: Callable) -> None:
    x = np.random.default_rng(0).standard_normal((6, 37)).astype(np.float32)
    assert_agree(st.trace(function, [st.TensorSpec((6, 37))]), [x])
