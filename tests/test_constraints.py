"""Constraints against NumPy; values that satisfy one are unchanged."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import constraints
from steepest.errors import ArgumentError, UnknownNameError


@pytest.fixture
def w(rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=(4, 3)) * [0.1, 1.0, 10.0]


def lengths(w: np.ndarray, axis: int = 0) -> np.ndarray:
    return np.linalg.norm(w, axis=axis)


@pytest.mark.parametrize("axis", [0, 1])
def test_max_norm(w: np.ndarray, axis: int):
    found = constraints.MaxNorm(2.0, axis)(w).numpy()
    length = np.linalg.norm(w, axis=axis, keepdims=True)
    np.testing.assert_allclose(found, w * np.minimum(1, 2 / length), rtol=1e-6)
    assert lengths(found, axis).max() <= 2.0 + 1e-6


def test_max_norm_leaves_short_columns_alone(w: np.ndarray):
    np.testing.assert_array_equal(constraints.MaxNorm(2.0)(w).numpy()[:, 0], w[:, 0])
    np.testing.assert_array_equal(constraints.MaxNorm(2.0)(np.zeros((2, 2))), np.zeros((2, 2)))


def test_non_neg(w: np.ndarray):
    np.testing.assert_array_equal(constraints.NonNeg()(w), np.maximum(w, 0))


def test_unit_norm(w: np.ndarray):
    np.testing.assert_allclose(lengths(constraints.UnitNorm()(w).numpy()), 1.0, rtol=1e-6)
    np.testing.assert_array_equal(constraints.UnitNorm()(np.zeros((2, 2))), np.zeros((2, 2)))


@pytest.mark.parametrize("rate", [1.0, 0.25])
def test_min_max_norm(w: np.ndarray, rate: float):
    found = constraints.MinMaxNorm(0.5, 2.0, rate)(w).numpy()
    wanted = rate * np.clip(lengths(w), 0.5, 2.0) + (1 - rate) * lengths(w)
    np.testing.assert_allclose(lengths(found), wanted, rtol=1e-5)
    np.testing.assert_allclose(found / lengths(found), w / lengths(w), rtol=1e-6)


@pytest.mark.parametrize("one", [constraints.MaxNorm(3.0, 1), constraints.NonNeg(),
    constraints.UnitNorm(1), constraints.MinMaxNorm(0.5, 2.0, 0.5, 1)])  # fmt: skip
def test_configuration_round_trip(one: constraints.Constraint, w: np.ndarray):
    config = {"class_name": type(one).__name__, "config": one.get_config()}
    np.testing.assert_array_equal(constraints.get(config)(w), one(w))
    assert one(w.astype(np.float32)).dtype == np.float32


def test_names_and_errors():
    assert isinstance(constraints.get("MaxNorm"), constraints.MaxNorm)
    assert isinstance(constraints.get("non_neg"), constraints.NonNeg)
    assert constraints.get("unit_norm").axis == 0
    assert constraints.get(None) is None
    with pytest.raises(UnknownNameError, match="did you mean"):
        constraints.get("maxnrom")
    with pytest.raises(ArgumentError, match="min_value"):
        constraints.MinMaxNorm(3.0, 2.0)
