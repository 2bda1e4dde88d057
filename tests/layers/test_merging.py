"""Merging layers against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import layers
from steepest.errors import ArgumentError, ShapeError
from tests.layers.harness import values


def test_merging(x: np.ndarray):
    a, b, c = (x.astype(np.float32) + k for k in range(3))
    cases = {
        layers.Add(): a + b + c,
        layers.Multiply(): a * b * c,
        layers.Average(): (a + b + c) / np.float32(3),
        layers.Maximum(): np.maximum(np.maximum(a, b), c),
        layers.Minimum(): np.minimum(np.minimum(a, b), c),
        layers.Concatenate(): np.concatenate([a, b, c], -1),
    }
    for layer, wanted in cases.items():
        np.testing.assert_allclose(values(layer, [a, b, c]), wanted, rtol=1e-6)
    np.testing.assert_array_equal(values(layers.Subtract(), [a, b]), a - b)


def test_dot_over_axes(x: np.ndarray, cube: np.ndarray, rng: np.random.Generator):
    y, other = rng.normal(size=(6, 4)), rng.normal(size=(6, 4, 2))
    dot = layers.Dot(1, dtype="float64")
    np.testing.assert_allclose(values(dot, [x, y]), (x * y).sum(1, keepdims=True), rtol=1e-12)
    dot = layers.Dot((2, 1), dtype="float64")
    np.testing.assert_allclose(values(dot, [cube, other]), cube @ other, rtol=1e-10)
    cosine = layers.Dot(1, normalize=True, dtype="float64")
    wanted = (x * y).sum(1) / np.linalg.norm(x, axis=1) / np.linalg.norm(y, axis=1)
    np.testing.assert_allclose(values(cosine, [x, y])[:, 0], wanted, rtol=1e-10)


def test_merging_what_does_not_fit(x: np.ndarray):
    with pytest.raises(ShapeError, match="do not fit each other"):
        layers.Add()([x, x[:, :3]])
    with pytest.raises(ArgumentError, match="two tensors, got 3"):
        layers.Subtract()([x, x, x])
    with pytest.raises(ShapeError, match="must agree"):
        layers.Concatenate()([x, x[:3]])
    with pytest.raises(ShapeError, match="one size"):
        layers.Dot(1)([x, x[:, :3]])
