"""Values as tensors: nests that hold tensors, axes, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.core.conversion import as_tensor, axes_of
from steepest.errors import ArgumentError, ShapeError, SteepestError


def test_nests_of_tensors_are_stacked() -> None:
    x = st.constant([1.0, 2.0])
    nested = as_tensor([[x, [3.0, 4.0]], [x * 2.0, np.zeros(2)]])
    assert nested.tolist() == [[[1.0, 2.0], [3.0, 4.0]], [[2.0, 4.0], [0.0, 0.0]]]
    assert as_tensor([st.Variable(1.0), 2], "float64").tolist() == [1.0, 2.0]
    assert as_tensor([st.Variable(1.0), 2], "float64").dtype == st.float64
    with pytest.raises(ShapeError, match=r"of unequal shapes cannot be stacked: \(2,\), \(1,\)"):
        as_tensor([x, [1.0]])


def test_axes_are_counted_from_either_end() -> None:
    assert axes_of((-1, 0), 3) == (0, 2) and axes_of(np.int64(1), 2) == (1,)
    assert axes_of(None, 0) == () and axes_of(-2, 2) == (0,) and axes_of([], 2) == ()
    for wrong in (1.5, "a", (0, None)):
        with pytest.raises(ArgumentError, match="axis: a whole number, several or None, got"):
            axes_of(wrong, 2)
    for wrong in (2, -3):
        with pytest.raises(ArgumentError, match=f"axis {wrong} is not one of the 2 axes.*-2 to 1"):
            axes_of(wrong, 2)


def test_whole_numbers_of_more_than_64_bits_are_refused() -> None:
    with pytest.raises(SteepestError, match="whole numbers have at most 64 bits here, got"):
        as_tensor([2**70, 1])


def test_where_takes_both_values_or_none() -> None:
    for one in ({"x": 1.0}, {"y": 1.0}):
        with pytest.raises(ArgumentError, match="where: give both x and y, or neither"):
            st.where([True], **one)
