"""Noise layers with a scheduled rate equal those with the number that the schedule returns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.errors import ArgumentError
from steepest.functions import generators

X = np.random.default_rng(1).standard_normal((40, 5, 6))
KINDS: dict[str, Callable[..., Any]] = {
    "Dropout": layers.Dropout,
    "Dropout by rows": lambda rate, **k: layers.Dropout(rate, (None, 1, 1), **k),
    "SpatialDropout1D": layers.SpatialDropout1D,
    "AlphaDropout": layers.AlphaDropout,
    "GaussianDropout": layers.GaussianDropout,
    "GaussianNoise": layers.GaussianNoise,
}


def disturbed(make: Callable[..., Any], rate: Any, dtype: str = "float64") -> tuple[Any, Any]:
    """The outputs of a layer while training, and the derivatives of their sum."""
    layer, clock = make(rate, seed=3, dtype=dtype), st.optimizers.SGD().clock
    x = st.Variable(X, dtype=dtype)
    with st.GradientTape() as tape, clock:
        y = layer(x, training=True)
    assert y.dtype.name == dtype
    return y.numpy(), tape.gradient(y, x).numpy()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("rate", [0.0, 0.25, 0.625])
@pytest.mark.parametrize("name", KINDS)
def test_a_schedule_gives_the_noise_of_its_number(name: str, rate: float, dtype: str) -> None:
    schedule = st.schedules.PowerDecay(rate, 1.0)
    by_number = disturbed(KINDS[name], rate, dtype)
    by_schedule = disturbed(KINDS[name], schedule, dtype)
    for ours, theirs in zip(by_schedule, by_number, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=3e-6, atol=1e-6)


@pytest.mark.parametrize("name", ["Dropout", "SpatialDropout1D", "AlphaDropout"])
def test_a_schedule_that_has_reached_1_leaves_nothing_and_no_derivative(name: str) -> None:
    for found in disturbed(KINDS[name], st.schedules.PowerDecay(1.0)):
        np.testing.assert_allclose(found, 0.0, atol=1e-6)


@pytest.mark.parametrize("rate", [0.25, st.schedules.PowerDecay(0.25, 1.0)])
def test_alpha_dropout_puts_the_lowest_of_selu_and_keeps_mean_and_deviation(rate: Any) -> None:
    retained = generators.new_generator(3).fractions(X.shape).numpy() >= 0.25
    lowest = -1.7580993408473766
    a = 1.0 / np.sqrt(0.75 * (1.0 + 0.25 * lowest**2))
    wanted = a * (np.where(retained, X, lowest) - lowest * 0.25)
    np.testing.assert_allclose(disturbed(layers.AlphaDropout, rate)[0], wanted, rtol=1e-6)


def test_gaussian_dropout_by_a_schedule_stays_below_1() -> None:
    with pytest.raises(ArgumentError, match=r"GaussianDropout: rate must lie in \[0, 1\), got 1"):
        layers.GaussianDropout(st.schedules.PowerDecay(1.0))
