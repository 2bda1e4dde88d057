"""Regularizers against NumPy, their derivatives, and L2 as decay of weights."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import regularizers
from steepest.errors import ArgumentError, UnknownNameError


@pytest.fixture
def w(rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=(4, 3))


def test_l1_l2_and_both(w: np.ndarray):
    one, two = np.abs(w).sum(), (w * w).sum()
    assert regularizers.l1(0.3)(w).item() == pytest.approx(0.3 * one, rel=1e-13)
    assert regularizers.l2(0.3)(w).item() == pytest.approx(0.3 * two, rel=1e-13)
    both = regularizers.l1_l2(0.3, 0.2)(w).item()
    assert both == pytest.approx(0.3 * one + 0.2 * two, rel=1e-13)
    assert regularizers.L1L2()(w).item() == 0.0


def test_defaults_are_those_of_keras(w: np.ndarray):
    one, two = np.abs(w).sum(), (w * w).sum()
    assert regularizers.get("l1")(w).item() == pytest.approx(0.01 * one)
    assert regularizers.get("l2")(w).item() == pytest.approx(0.01 * two)
    for name in ("l1_l2", "L1L2", "l1l2"):
        assert regularizers.get(name)(w).item() == pytest.approx(0.01 * one + 0.01 * two)


def test_derivatives(w: np.ndarray):
    (slope,) = st.gradients(regularizers.l1_l2(0.3, 0.2), w)
    np.testing.assert_allclose(slope, 0.3 * np.sign(w) + 0.4 * w, rtol=1e-13)
    (slope,) = st.gradients(regularizers.l1(0.3), np.zeros(2))
    assert slope.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("mode", ["rows", "columns"])
def test_orthogonal(w: np.ndarray, mode: str):
    rows = w if mode == "rows" else w.T
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    cosines = np.abs(unit @ unit.T)
    count = len(rows)
    pairs = count * (count - 1) / 2
    wanted = 0.1 * 0.5 * (cosines.sum() - np.trace(cosines)) / pairs
    assert regularizers.orthogonal(0.1, mode)(w).item() == pytest.approx(wanted, rel=1e-12)
    assert st.gradcheck(regularizers.orthogonal(0.1, mode), w)


def test_l2_is_decay_of_weights_under_plain_descent(w: np.ndarray):
    rate, strength = 0.1, 0.05
    (slope,) = st.gradients(regularizers.l2(strength), w)
    np.testing.assert_allclose(w - rate * slope.numpy(), w * (1 - 2 * rate * strength), rtol=1e-13)


def test_layers_collect_penalties(w: np.ndarray):
    layer = st.layers.Dense(
        3, kernel_regularizer="l2", bias_regularizer=regularizers.l1(0.5), bias_initializer="ones"
    )
    layer.build((None, 4))
    layer.kernel.assign(w)
    found = [loss.item() for loss in layer.losses]
    assert found == pytest.approx([0.01 * (w * w).sum(), 1.5], rel=1e-6)
    layer.trainable = False
    assert layer.losses == []


@pytest.mark.parametrize(
    "one", [regularizers.L1(0.2), regularizers.L2(), regularizers.L1L2(0.1, 0.3),
            regularizers.OrthogonalRegularizer(0.1, "columns")],
)  # fmt: skip
def test_configuration_round_trip(one: regularizers.Regularizer, w: np.ndarray):
    config = {"class_name": type(one).__name__, "config": one.get_config()}
    assert regularizers.get(config)(w).item() == one(w).item()


def test_a_function_is_a_regularizer(w: np.ndarray):
    def greatest(x: st.Tensor) -> st.Tensor:
        return st.reduce_max(abs(x))

    layer = st.layers.Dense(3, kernel_regularizer=greatest)
    layer.build((None, 4))
    layer.kernel.assign(w)
    assert layer.losses[0].item() == pytest.approx(np.abs(w).max(), rel=1e-6)


def test_errors():
    with pytest.raises(ArgumentError, match="from 0 up, got -1"):
        regularizers.l2(-1)
    with pytest.raises(ArgumentError, match="got nan"):
        regularizers.l2(float("nan"))
    with pytest.raises(UnknownNameError, match="no regularizer is called 'l3'"):
        regularizers.get("l3")
    with pytest.raises(ArgumentError, match="matrix"):
        regularizers.orthogonal()(np.ones(3))
