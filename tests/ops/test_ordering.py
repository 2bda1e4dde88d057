"""Order, places, distinct values and counts, against numbers that Keras 3.15.1 gave."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import SteepestError

X = np.array([[3, 1, 2], [9, 7, 8]], np.float32)


def lists(parts: object) -> list[object]:
    return [part.tolist() for part in parts]  # type: ignore[attr-defined]


def test_unique_values_with_all_that_can_be_asked_for() -> None:
    given = np.array([3, 1, 3, 2])
    asked = {"return_index": True, "return_inverse": True, "return_counts": True}
    known = [[1, 2, 3], [1, 3, 0], [2, 0, 2, 1], [1, 1, 2]]
    assert lists(st.ops.unique(given, **asked)) == known
    padded = [[1, 2, 3, 0, 0], [1, 3, 0, 1, 1], [2, 0, 2, 1], [1, 1, 2, 0, 0]]
    assert lists(st.ops.unique(given, size=5, **asked)) == padded
    assert st.ops.unique(given, size=5, fill_value=-1).tolist() == [1, 2, 3, -1, -1]
    assert st.ops.unique(given, size=2).tolist() == [1, 2]
    values, inverse = st.ops.unique(given, sorted=False, return_inverse=True)
    assert values.tolist() == [3, 1, 2] and inverse.tolist() == [0, 1, 0, 2]
    assert st.ops.unique([[1, 2], [1, 2], [0, 1]], axis=0).tolist() == [[0, 1], [1, 2]]
    assert lists(st.ops.unique([[3, 1], [3, 2]], return_inverse=True))[1] == [[2, 0], [2, 1]]


def test_a_partition_has_the_smallest_values_first() -> None:
    places = st.ops.argpartition([5.0, 3.0, 1.0, 4.0, 2.0], 2).tolist()
    assert set(places[:2]) == {2, 4} and places[2] == 1
    assert st.ops.argpartition(X, 1, axis=0).tolist() == [[0, 0, 0], [1, 1, 1]]


def test_histograms_and_counts() -> None:
    assert lists(st.ops.histogram([1.0, 2.0, 2.0, 4.0], 2, range=(0, 2))) == [[0, 3], [0, 1, 2]]
    assert st.ops.bincount([[0, 1], [1, 1]], minlength=3).tolist() == [[1, 1, 0], [0, 2, 0]]
    assert st.ops.bincount([0, 1, 1], weights=[1.0, 2.0, 3.0]).tolist() == [1.0, 5.0]
    weighted = st.ops.bincount([[0, 1], [1, 1]], weights=[[1.0, 2.0], [3.0, 4.0]])
    assert weighted.tolist() == [[1.0, 2.0], [0.0, 7.0]]


def test_coordinates() -> None:
    assert lists(st.ops.nonzero(X - 1)) == [[0, 0, 1, 1, 1], [0, 2, 0, 1, 2]]
    assert lists(st.ops.where([[True, False], [True, True]])) == [[0, 1, 1], [0, 0, 1]]
    assert lists(st.ops.unravel_index([-1, 9], (2, 3))) == [[1, 1], [2, 0]]


@pytest.mark.parametrize("name", ["nonzero", "unique", "histogram"])
def test_a_size_that_depends_on_values_is_refused_inside_a_program(name: str) -> None:
    function = st.function(getattr(st.ops, name))
    with pytest.raises(SteepestError, match="value"):
        function(st.constant([1.0, 0.0]))
