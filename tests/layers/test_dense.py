"""Dense against NumPy."""

from __future__ import annotations

import numpy as np

from steepest import layers
from tests.layers.harness import values


def test_dense_is_activation_of_product_and_bias(x: np.ndarray, rng: np.random.Generator):
    layer = layers.Dense(3, "tanh", dtype="float64", bias_initializer="normal")
    found = values(layer, x)
    kernel, bias = layer.get_weights()
    np.testing.assert_allclose(found, np.tanh(x @ kernel + bias), rtol=1e-12)
    np.testing.assert_array_equal(layers.Dense(3).bias_initializer((3,)), np.zeros(3))


def test_dense_takes_bytes_and_more_axes(cube: np.ndarray):
    layer = layers.Dense(2, kernel_initializer="ones")
    assert values(layer, np.array([[1, 2, 255]], np.uint8)).tolist() == [[258.0, 258.0]]
    layer = layers.Dense(2, dtype="float64")
    found = values(layer, cube)
    np.testing.assert_allclose(found, cube @ layer.kernel.numpy(), rtol=1e-12)


def test_the_small_network_has_39760_parameters():
    first, second = layers.Dense(50), layers.Dense(10)
    second(first(np.ones((1, 784))))
    assert (first.count_params(), second.count_params()) == (39250, 510)
