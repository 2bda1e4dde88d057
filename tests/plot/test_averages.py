"""Exponentially weighted averages of a series."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, ShapeError


def test_corrected_and_uncorrected_averages():
    data = st.plot.averages_data([1.0, 1.0, 1.0], (0.9, 0.5))
    assert data.uncorrected[0.9] == pytest.approx([0.1, 0.19, 0.271])
    assert data.corrected[0.9] == pytest.approx([1.0, 1.0, 1.0])
    assert list(data.corrected) == [0.9, 0.5]
    assert list(st.plot.averages_data([1.0], 0.3).corrected) == [0.3]


def test_wrong_arguments_are_named():
    with pytest.raises(ShapeError, match=r"a series of numbers was expected, got shape \(2, 2\)"):
        st.plot.averages_data(np.ones((2, 2)))
    with pytest.raises(ArgumentError, match=r"beta must be from 0 to below 1, got 1\.5"):
        st.plot.averages_data([1.0], 1.5)


def test_the_drawing_has_both_averages_of_each_beta():
    pytest.importorskip("matplotlib")
    picture = st.plot.averages([1.0, 2.0, 3.0], (0.9, 0.5))
    styles = [(line.get_linestyle(), line.get_marker()) for line in picture.ax.lines]
    assert styles == [("-", "o"), ("--", "o"), ("-", "s"), ("--", "s")]
    assert picture.ax.lines[1].get_ydata() == pytest.approx([0.1, 0.29, 0.561])
    assert len(picture.ax.collections[0].get_offsets()) == 3
