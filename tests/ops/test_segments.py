"""Values of segments, against numbers that Keras 3.15.1 gave."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import DataError

X = np.array([[3, 1, 2], [9, 7, 8]], np.float32)
LEAST, GREATEST = np.finfo(np.float32).min, np.finfo(np.float32).max


@pytest.mark.parametrize(
    ("name", "values", "empty"),
    [("max", [9, 7, 8], LEAST), ("min", [3, 1, 2], GREATEST), ("prod", [27, 7, 16], 1.0)],
)
def test_segments_with_rows_and_without(name: str, values: list[int], empty: float) -> None:
    function = getattr(st.ops, f"segment_{name}")
    assert function(X, [0, 0], 2).tolist() == [values, [empty] * 3]
    assert function(X, [0, 0], sorted=True).tolist() == [values]
    recorded = st.function(lambda x, i: function(x, i, 2))
    assert recorded(st.constant(X), st.constant([0, 0])).tolist() == [values, [empty] * 3]


def test_segments_of_integers() -> None:
    limits = np.iinfo(np.int64)
    given, numbers = np.array([1, 2, 3]), [2, 0, 2]
    assert st.ops.segment_max(given, numbers).tolist() == [2, limits.min, 3]
    assert st.ops.segment_min(given, numbers).tolist() == [2, limits.max, 1]
    assert st.ops.segment_prod(given, numbers).tolist() == [2, 1, 3]


@pytest.mark.parametrize("name", ["max", "min", "prod", "sum"])
def test_a_segment_that_there_is_not_is_refused(name: str) -> None:
    with pytest.raises(DataError, match=r"2 at \(1,\) is outside 0..1"):
        getattr(st.ops, f"segment_{name}")([1.0, 2.0], [0, 2], 2)


def test_the_derivative_goes_to_the_greatest_row() -> None:
    x = st.Variable(X)
    with st.GradientTape() as tape:
        total = st.reduce_sum(st.ops.segment_max(x, [0, 0], 1))
    assert tape.gradient(total, x).tolist() == [[0.0] * 3, [1.0] * 3]
