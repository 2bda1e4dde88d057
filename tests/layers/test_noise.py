"""Gaussian noise, added and multiplied: mean and deviation."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import layers
from tests.layers.harness import values


def test_gaussian_noise_and_dropout():
    x = np.full((500, 400), 2.0)
    noise = values(layers.GaussianNoise(0.5, seed=1), x, training=True) - 2.0
    assert noise.mean() == pytest.approx(0.0, abs=0.01)
    assert noise.std() == pytest.approx(0.5, abs=0.01)
    factor = values(layers.GaussianDropout(0.2, seed=1), x, training=True) / 2.0
    assert factor.mean() == pytest.approx(1.0, abs=0.01)
    assert factor.std() == pytest.approx(0.5, abs=0.01)
