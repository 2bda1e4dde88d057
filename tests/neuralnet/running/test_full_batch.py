"""Methods that see the whole set, and averages of weights, through compile and fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import TrainingDiverged

X = np.random.default_rng(0).standard_normal((30, 3)).astype("float32")
Y = X @ np.array([1.0, -2.0, 0.5], "float32")


def linear(optimizer: Any, loss: Any = "mse", **options: Any) -> Any:
    model = st.Sequential([st.layers.Dense(1, input_shape=(3,), **options)])
    model.compile(optimizer, loss)
    return model


@pytest.mark.parametrize("name", ["LBFGS", "LevenbergMarquardt", "Rprop", "Quickprop"])
def test_classical_methods_reach_the_minimum(name: str) -> None:
    model = linear(getattr(st.optimizers, name)())
    history = model.fit(X, Y, epochs=60, batch_size=30, verbose=0).history["loss"]
    assert history[-1] < 1e-3 * history[0]


def test_residuals_are_weighed_by_rows() -> None:
    """Two rows contradict each other: the weights decide where the line passes between them."""
    model = linear(st.optimizers.LevenbergMarquardt(), use_bias=False)
    ones = np.ones((2, 3), "float32")
    model.fit(ones, [0.0, 4.0], sample_weight=[3.0, 1.0], epochs=30, verbose=0)
    assert model.predict(ones, verbose=0)[0, 0] == pytest.approx(1.0, abs=1e-3)


def test_what_residuals_cannot_do_is_refused() -> None:
    method = st.optimizers.LevenbergMarquardt
    with pytest.raises(st.errors.ArgumentError, match="under loss='mse', got"):
        linear(method(), "mae").fit(X, Y, verbose=0)
    with pytest.raises(st.errors.ArgumentError, match="would ignore the model"):
        linear(method(), kernel_regularizer="l2").fit(X, Y, verbose=0)


def test_residuals_follow_the_formula_of_a_loss_not_its_name() -> None:
    method, squares = st.optimizers.LevenbergMarquardt, st.losses.MeanSquaredError
    named: Any = type("Mine", (squares,), {})()
    assert linear(method(), named).fit(X, Y, epochs=20, verbose=0).history["loss"][-1] < 1e-6
    changed: Any = type("Mine", (squares,), {"call": lambda self, y, p: st.abs(y - p)})()
    another: Any = type("MeanSquaredError", (st.losses.MeanAbsoluteError,), {})()
    for loss in (changed, another):
        with pytest.raises(st.errors.ArgumentError, match="under loss='mse', got"):
            linear(method(), loss).fit(X, Y, verbose=0)


def test_a_whole_set_that_diverges_keeps_the_weights() -> None:
    model = linear("lbfgs")
    start = model.get_weights()
    with pytest.raises(TrainingDiverged, match="the input is not scaled"):
        model.fit(X * 1e30, Y * 1e30, verbose=0, check=False)
    np.testing.assert_array_equal(model.get_weights()[0], start[0])


def test_weights_are_their_averages_when_fit_ends() -> None:
    model = linear(st.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9))
    model.fit(X, Y, epochs=3, verbose=0)
    for weight in model.trainable_weights:
        average = model.optimizer.slots_of(weight)["average"]
        np.testing.assert_array_equal(weight.numpy(), average.numpy())
