"""Activation layers against NumPy."""

from __future__ import annotations

import numpy as np

from steepest import layers
from tests.layers.harness import values


def test_activation_layers(x: np.ndarray):
    wide = 3 * x
    cases = {
        layers.ReLU(1.0, 0.1, 0.5): np.where(wide > 0.5, np.minimum(wide, 1.0), 0.1 * (wide - 0.5)),
        layers.LeakyReLU(): np.where(wide > 0, wide, 0.3 * wide),
        layers.PReLU("ones"): wide,
        layers.ELU(0.5): np.where(wide > 0, wide, 0.5 * np.expm1(np.minimum(wide, 0))),
        layers.Softmax(axis=0): np.exp(wide) / np.exp(wide).sum(0),
    }
    for layer, wanted in cases.items():
        np.testing.assert_allclose(values(layer, wide), wanted, rtol=1e-5, atol=1e-6)
