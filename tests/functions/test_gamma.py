"""lgamma and digamma: known answers, the accuracy that the docstrings state, poles, derivatives."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special

import steepest as st

rng = np.random.default_rng(0)
EULER = 0.5772156649015329
RANGES = {
    "near 0": np.exp(rng.uniform(-600.0, -10.0, 4000)),
    "small": rng.uniform(1e-5, 3.0, 4000),
    "middle": rng.uniform(3.0, 1000.0, 4000),
    "large": np.exp(rng.uniform(7.0, 690.0, 4000)),
    "negative": rng.uniform(-50.0, 0.0, 4000),
}


def error_of(found: st.Tensor, wanted: np.ndarray) -> float:
    return float(np.max(np.abs(found.numpy() - wanted) / np.maximum(1.0, np.abs(wanted))))


def test_known_answers():
    whole = st.range(1.0, 8.0, dtype="float64")
    assert st.math.lgamma(whole).numpy() == pytest.approx(
        [math.log(math.factorial(n)) for n in range(7)], abs=1e-14
    )
    assert st.math.lgamma(0.5).item() == pytest.approx(0.5 * math.log(math.pi))
    assert st.math.digamma(1.0).item() == pytest.approx(-EULER)
    assert st.math.digamma(0.5).item() == pytest.approx(-EULER - 2 * math.log(2.0))


@pytest.mark.parametrize("name", RANGES)
def test_the_errors_are_as_small_as_is_said(name):
    x = RANGES[name]
    assert error_of(st.math.lgamma(x), special.gammaln(x)) < 1e-14
    bound = 1e-11 if name == "negative" else 1e-14
    assert error_of(st.math.digamma(x), special.digamma(x)) < bound


def test_float32_has_only_its_rounding_error():
    x = np.concatenate([RANGES["small"], RANGES["middle"], RANGES["negative"]]).astype("float32")
    wide = x.astype("float64")
    for ours, theirs in ((st.math.lgamma, special.gammaln), (st.math.digamma, special.digamma)):
        found = ours(x)
        assert found.dtype == st.float32
        assert error_of(found, theirs(wide)) < 2.0**-24 * 1.01


def test_poles_and_ends():
    x = st.constant([0.0, -1.0, -7.0, math.inf, -math.inf, math.nan], "float64")
    assert st.math.lgamma(x).tolist()[:5] == [math.inf] * 5
    assert math.isnan(st.math.lgamma(x).tolist()[5])
    assert st.math.digamma(x).tolist()[0] == -math.inf
    assert st.math.digamma(x).tolist()[3] == math.inf


def test_integers_become_float32():
    assert st.math.lgamma([3, 4]).dtype == st.float32


def test_derivatives_are_digamma_and_trigamma():
    x = np.array([0.3, 0.5, 1.5, -1.3, -4.7, 12.0])
    (slope,) = st.gradients(st.math.lgamma, x)
    assert slope.numpy() == pytest.approx(special.digamma(x))
    (slope,) = st.gradients(st.math.digamma, x)
    assert slope.numpy() == pytest.approx(special.polygamma(1, x))


@pytest.mark.parametrize("engine", ["numpy", "cpu"])
def test_they_can_be_recorded(engine):
    x = np.float32([0.3, 1.0, -1.3, 40.0])
    for function in (st.math.lgamma, st.math.digamma):
        run = st.function(function, engine=engine)
        assert run(x).numpy() == pytest.approx(function(x).numpy(), rel=1e-6, abs=1e-6)
