"""Sizes of the inputs that layers read."""

from __future__ import annotations

import pytest

import steepest as st
from steepest.errors import ArgumentError


@pytest.mark.parametrize("axis, size", [(-1, 4), (0, 2), (-3, 2), (2, 4), (1, 3)])
def test_the_size_along_an_axis(axis: int, size: int) -> None:
    assert st.layers.Dense(1).size_along((2, 3, 4), axis) == size


@pytest.mark.parametrize("axis", [3, -4])
def test_axes_that_the_inputs_do_not_have(axis: int) -> None:
    with pytest.raises(ArgumentError, match=rf"axis {axis} is not one of the 3 axes.*give -3 to 2"):
        st.layers.Dense(1).size_along((2, 3, 4), axis)


def test_the_shape_of_the_outputs_is_asked_with_a_shape() -> None:
    with pytest.raises(ArgumentError, match=r"a shape such as \(None, 3\) was expected, got 3"):
        st.layers.Dense(1).compute_output_shape(3)
