"""Flatten, Reshape, Permute and RepeatVector against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import layers
from steepest.errors import ArgumentError, ShapeError
from tests.layers.harness import values


def test_shapes(cube: np.ndarray):
    cube = cube.astype(np.float32)
    np.testing.assert_array_equal(values(layers.Flatten(), cube), cube.reshape(6, 12))
    np.testing.assert_array_equal(values(layers.Flatten(), cube[:, 0, 0]), cube[:, 0, :1])
    np.testing.assert_array_equal(values(layers.Reshape((2, -1)), cube), cube.reshape(6, 2, 6))
    np.testing.assert_array_equal(values(layers.Reshape(12), cube), cube.reshape(6, 12))
    np.testing.assert_array_equal(values(layers.Permute((2, 1)), cube), cube.transpose(0, 2, 1))
    row = cube[:, 0]
    np.testing.assert_array_equal(
        values(layers.RepeatVector(2), row), np.repeat(row[:, None], 2, axis=1)
    )


def test_shapes_that_do_not_fit():
    with pytest.raises(ShapeError, match="12 numbers an example"):
        layers.Reshape((5, -1))(np.ones((2, 3, 4)))
    with pytest.raises(ArgumentError, match="at most one"):
        layers.Reshape((-1, -1))
    with pytest.raises(ArgumentError, match="order"):
        layers.Permute((0, 1))
    with pytest.raises(ShapeError, match="2 axes"):
        layers.Permute((2, 1))(np.ones((2, 3)))
