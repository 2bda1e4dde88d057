"""Mixed precision: products of numbers rounded to bfloat16, on the XLA engine alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.data.columns import DenseColumn
from steepest.engines.numpy import NumpyEngine
from steepest.engines.xla.program import XlaProgram
from steepest.program.trace import record

X = np.random.default_rng(0).standard_normal((40, 6)).astype(np.float32)
Y = X[:, :1] * X[:, 1:2]


def network() -> Any:
    st.random.set_seed(1)
    return st.Sequential([
        st.Input((6,)),
        st.layers.Dense(16, "tanh", dtype="mixed_bfloat16"),
        st.layers.Dense(8, "relu", dtype="mixed_bfloat16"),
        st.layers.Dense(1),
    ])


def test_it_trains_nearly_as_in_single_precision() -> None:
    losses = []
    for policy in ("mixed_bfloat16", "float32"):
        model = network()
        for layer in model.layers[:2]:
            layer._is_mixed = policy == "mixed_bfloat16"
        model.compile(st.optimizers.Adam(0.02), "mse", engine="xla")
        losses.append(model.fit(X, Y, epochs=15, batch_size=8, verbose=0, seed=1).history["loss"])
        assert {weight.dtype for weight in model.weights} == {st.float32}
    assert losses[0] != losses[1]
    np.testing.assert_allclose(losses[0], losses[1], rtol=0.15)


def test_a_step_is_that_of_numpy_to_the_digits_of_bfloat16() -> None:
    model, optimizer = network(), st.optimizers.SGD(0.1)
    model(X)

    def step(x: st.Tensor, y: st.Tensor) -> st.Tensor:
        with st.GradientTape() as tape:
            loss = st.reduce_mean(st.square(model(x) - y))
        optimizer.minimize(loss, model.trainable_weights, tape)
        return loss

    recording = record(step, [st.TensorSpec((None, 6)), st.TensorSpec((None, 1))])
    program, results = XlaProgram(recording.graph), []
    for one in (NumpyEngine().prepare(recording.graph), program):
        state = [np.array(array) for array in recording.state()]
        results.append([*one.call([X, Y], state), *state])
    for got, want in zip(*results, strict=True):
        np.testing.assert_allclose(got, want, rtol=2e-2, atol=2e-3)
    shown = program.listing("stablehlo", [DenseColumn(X), DenseColumn(Y)])
    products = [line for line in shown.splitlines() if "stablehlo.dot" in line]
    # Two layers, each with a product forward and one for its kernel; one for the inputs of one.
    assert sum("bf16" in line for line in products) == 5


@pytest.mark.parametrize("engine", ["cpu", "numpy", None])
def test_other_engines_refuse_it(engine: str | None) -> None:
    model = network()
    model.compile("sgd", "mse", engine=engine)
    with pytest.raises(st.errors.ArgumentError, match="compile the model with engine='xla'"):
        model.fit(X, Y, verbose=0)
