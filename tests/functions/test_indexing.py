"""Indexing: what NumPy gives for the same key, with derivatives, and errors for wrong keys."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DTypeError, ShapeError

CUBE = np.arange(24).reshape(2, 3, 4)
KEYS = {
    "integer": 1,
    "negative integer": -1,
    "integers": (1, -1, 2),
    "slice": slice(0, 1),
    "steps": (slice(None), slice(None, None, 2), slice(1, None, 3)),
    "backwards": (slice(None, None, -1), slice(2, 0, -1), slice(None, None, -3)),
    "beyond the end": (slice(-9, 9), slice(5, 9)),
    "empty": slice(2, 1),
    "ellipsis": (Ellipsis, 0),
    "ellipsis between": (1, Ellipsis, slice(1, 3)),
    "ellipsis alone": Ellipsis,
    "ellipsis of nothing": (0, 1, Ellipsis, 2),
    "new axis": (None, 1),
    "new axes": (slice(None), None, Ellipsis, None),
    "array": np.array([1, 0, 1]),
    "list": [1, 0],
    "array from the end": np.array([-1, 0]),
    "array of two axes": np.array([[0, 1], [1, 1]]),
    "array on another axis": (slice(None), [2, 0]),
    "array on the last axis": (Ellipsis, np.array([3, -1])),
    "array after an integer": (1, [0, 2]),
    "array between slices": (slice(0, 1), [0, 2], slice(None, None, 2)),
    "pairs of arrays": ([1, 0, -1], [2, 0, 1]),
    "pairs of arrays, then a slice": (np.array([[0], [1]]), [0, 2], slice(None, None, 2)),
    "arrays on every axis": ([0, 1], [1, 2], [-1, 0]),
    "empty array": np.array([], int),
    "mask": CUBE > 11,
    "mask of the first axis": np.array([True, False]),
    "mask of two axes": np.array([[True, False, True], [False, False, True]]),
    "numpy integer": np.int64(1),
    "array of a single number": np.array(1),
}


@pytest.mark.parametrize("name", KEYS)
def test_indexing_is_numpys(name: str) -> None:
    key = KEYS[name]
    result = st.constant(CUBE)[key]
    np.testing.assert_array_equal(result.numpy(), CUBE[key])
    assert result.shape == CUBE[key].shape
    if isinstance(key, np.ndarray):
        assert st.constant(CUBE)[st.constant(key)].tolist() == CUBE[key].tolist()


@pytest.mark.parametrize("name", KEYS)
def test_derivatives_of_indexing_are_at_the_selected_entries(name: str) -> None:
    x = st.constant(CUBE, "float64")
    taken = CUBE[KEYS[name]]
    weights = np.cos(np.arange(taken.size)).reshape(taken.shape)
    (slope,) = st.gradients(lambda x: x[KEYS[name]] * weights, x)
    meant = np.zeros(CUBE.shape)
    np.add.at(meant, KEYS[name], weights)
    np.testing.assert_array_equal(slope.numpy(), meant)


def test_wrong_keys() -> None:
    x = st.constant(CUBE)
    with pytest.raises(IndexError, match="index 2 is outside axis 0, which has 2 entries"):
        x[2]
    with pytest.raises(IndexError, match="index -4 is outside axis 1"):
        x[0, -4]
    with pytest.raises(ShapeError, match=r"4 indices are too many .* \(2, 3, 4\)"):
        x[0, 0, 0, 0]
    with pytest.raises(DTypeError, match=r"1\.5 cannot index axis 0"):
        x[1.5]
    with pytest.raises(DTypeError, match="'a' cannot index"):
        x["a"]
    with pytest.raises(ShapeError, match=r"mask of shape \(3,\) does not fit .* \(2, 3, 4\)"):
        x[np.array([True, False, True])]
    with pytest.raises(ArgumentError, match="several arrays in a key must come first"):
        x[[0], :, [1]]
    with pytest.raises(ArgumentError, match=r"no new axis .* use st\.expand_dims"):
        x[None, [1]]
    with pytest.raises(DTypeError, match="indices must be whole numbers"):
        x[np.array([0.5])]
