"""Surfaces on a grid."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError


def test_heights_are_at_their_places():
    data = st.plot.surface_data("rosenbrock", points=5)
    assert data.x.tolist() == [-2, -1, 0, 1, 2] and data.y.tolist() == [-1, 0, 1, 2, 3]
    assert data.values[2, 3] == 0.0  # y = 1, x = 1
    assert data.values[1, 0] == 9 + 100 * 16


def test_a_function_is_a_surface():
    data = st.plot.surface_data(lambda x, y: st.exp(x) + 0.0 * y, points=3)
    assert data.values[0] == pytest.approx(np.exp([-2, 0, 2]))


def test_wrong_arguments_are_named():
    with pytest.raises(ArgumentError, match=r"st\.plot\.surface: points: a whole number from 2"):
        st.plot.surface_data("bowl", points=1)


@pytest.mark.parametrize("name", st.plot.SURFACES)
@pytest.mark.parametrize("theme", [None, "dark"])
def test_every_surface_can_be_drawn(name, theme):
    pytest.importorskip("matplotlib")
    picture = st.plot.surface(name, points=21, theme=theme)
    picture.png(40)
    assert picture.ax.get_title() == name
    minima = [line.get_xydata()[0].tolist() for line in picture.ax.lines]
    assert minima == [list(minimum) for minimum in st.plot.SURFACES[name].minima]
