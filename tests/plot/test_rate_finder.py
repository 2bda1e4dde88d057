"""The range test of the learning rate."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError

RATES = np.geomspace(1e-4, 1.0, 5)


def test_smoothing_is_the_corrected_average():
    data = st.plot.rate_finder_data([0.1, 0.2, 0.3], [3.0, 3.0, 1.0])
    weights = np.array([0.1 * 0.81, 0.1 * 0.9, 0.1]) / (1 - 0.9**3)
    assert data.smoothed == pytest.approx([3.0, 3.0, weights @ [3.0, 3.0, 1.0]])
    assert data.lowest == 0.3 and data.suggestion is None


def test_losses_may_diverge():
    data = st.plot.rate_finder_data(RATES, [2.0, 1.0, 0.5, np.inf, np.nan], suggestion=0.001)
    assert data.lowest == pytest.approx(0.01) and data.suggestion == 0.001


def test_given_smoothed_losses_are_used():
    data = st.plot.rate_finder_data(RATES, [1, 1, 1, 1, 1], smoothed=[5, 4, 3, 4, 5])
    assert data.lowest == pytest.approx(0.01)


def test_wrong_arguments_are_named():
    for rates, losses in ((RATES, [1.0]), ([0.1], [0.1]), ([[0.1, 0.2]], [[1, 2]])):
        with pytest.raises(ArgumentError, match=r"rate_finder: one loss for each rate"):
            st.plot.rate_finder_data(rates, losses)
    for rates in ([0.0, 0.1], [0.2, 0.1], [0.1, np.nan]):
        with pytest.raises(ArgumentError, match="rates: rising numbers above 0"):
            st.plot.rate_finder_data(rates, [1.0, 2.0])
    with pytest.raises(ArgumentError, match="suggestion: a rate above 0 was expected, got -1"):
        st.plot.rate_finder_data(RATES, RATES, suggestion=-1)
    with pytest.raises(ArgumentError, match="smoothed: 5 losses were expected"):
        st.plot.rate_finder_data(RATES, RATES, smoothed=[1.0])
    with pytest.raises(ArgumentError, match="no loss is finite"):
        st.plot.rate_finder_data(RATES, [np.nan] * 5)


def test_the_picture_shows_the_suggestion_on_a_logarithmic_axis():
    pytest.importorskip("matplotlib")
    picture = st.plot.rate_finder(RATES, [2.0, 1.0, 0.5, 40.0, np.inf], suggestion=0.001)
    assert picture.ax.get_xscale() == "log" and "logarithmic" in picture.ax.get_xlabel()
    assert [line.get_label() for line in picture.ax.lines][-1] == "suggested: 0.001"
    assert picture.ax.get_ylim()[1] < 10
    assert picture.text.endswith("0.001 is suggested")
    picture.png(40)
