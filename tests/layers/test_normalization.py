"""Normalization layers against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import layers
from steepest.errors import ArgumentError
from tests.layers.harness import values


def test_batch_normalization_in_training(x: np.ndarray):
    layer = layers.BatchNormalization(dtype="float64")
    found = values(layer, x, training=True)
    wanted = (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-3)
    np.testing.assert_allclose(found, wanted, rtol=1e-10)
    np.testing.assert_allclose(layer.moving_mean, 0.01 * x.mean(0), rtol=1e-10)
    np.testing.assert_allclose(layer.moving_variance, 0.99 + 0.01 * x.var(0), rtol=1e-10)


def test_batch_normalization_outside_of_training(x: np.ndarray):
    layer = layers.BatchNormalization(dtype="float64")
    layer.build((None, 4))
    gamma, beta, mean, variance = (np.arange(1.0, 5.0) + k for k in range(4))
    layer.set_weights([gamma, beta, mean, variance])
    wanted = gamma * (x - mean) / np.sqrt(variance + 1e-3) + beta
    np.testing.assert_allclose(values(layer, x), wanted, rtol=1e-10)
    np.testing.assert_array_equal(layer.moving_mean, mean)


def test_batch_normalization_along_another_axis(cube: np.ndarray):
    layer = layers.BatchNormalization(axis=1, dtype="float64")
    found = values(layer, cube, training=True)
    mean, variance = cube.mean((0, 2), keepdims=True), cube.var((0, 2), keepdims=True)
    np.testing.assert_allclose(found, (cube - mean) / np.sqrt(variance + 1e-3), rtol=1e-9)


def test_moving_averages_approach_those_of_the_data(rng: np.random.Generator):
    layer = layers.BatchNormalization(momentum=0.9)
    for _ in range(100):
        layer(rng.normal(3.0, 2.0, size=(200, 1)), training=True)
    assert layer.moving_mean.item() == pytest.approx(3.0, abs=0.2)
    assert layer.moving_variance.item() == pytest.approx(4.0, abs=0.4)


@pytest.mark.parametrize("axis", [-1, 1, (1, 2)])
def test_layer_normalization(cube: np.ndarray, axis: int | tuple[int, ...]):
    layer = layers.LayerNormalization(axis=axis, dtype="float64")
    mean, variance = cube.mean(axis, keepdims=True), cube.var(axis, keepdims=True)
    wanted = (cube - mean) / np.sqrt(variance + 1e-3)
    np.testing.assert_allclose(values(layer, cube), wanted, rtol=1e-9)
    assert layer.gamma.shape == {-1: (4,), 1: (3,), (1, 2): (3, 4)}[axis]


def test_rms_and_unit_normalization(x: np.ndarray):
    found = values(layers.RMSNormalization(dtype="float64"), x)
    wanted = x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-6)
    np.testing.assert_allclose(found, wanted, rtol=1e-10)
    found = values(layers.UnitNormalization(dtype="float64"), x)
    np.testing.assert_allclose(np.linalg.norm(found, axis=-1), 1.0, rtol=1e-10)


@pytest.mark.parametrize("axis", [5, -5])
@pytest.mark.parametrize("make", [layers.BatchNormalization, layers.LayerNormalization])
def test_an_axis_that_inputs_do_not_have_is_named(make, axis):
    with pytest.raises(ArgumentError, match=f"axis {axis} is not one of the 2 axes of inputs"):
        make(axis=axis)(np.ones((3, 2)))
