"""The picture of a range test."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st

RATES = np.geomspace(1e-3, 1.0, 4)
LOSSES = np.array([1.0, 0.8, 0.2, np.inf])
FOUND = st.doctor.RateRange(RATES, LOSSES, LOSSES, 0.04, (0.01, 0.1), diverged=True)


def test_the_picture_has_the_losses_the_suggestion_and_the_range() -> None:
    pytest.importorskip("matplotlib")
    picture = FOUND.plot()
    points, smoothed, suggestion = picture.ax.lines
    assert points.get_xdata().tolist() == RATES[:3].tolist()
    assert smoothed.get_ydata().tolist() == LOSSES.tolist()
    assert set(suggestion.get_xdata()) == {0.04}
    assert suggestion.get_label() == "suggested: 0.04"
    (shade,) = picture.ax.patches
    assert (shade.get_x(), shade.get_x() + shade.get_width()) == pytest.approx((0.01, 0.1))
    low, high = picture.ax.get_ylim()
    assert low < 0.2 and 1.0 < high < 2.0
    assert picture.ax.get_xscale() == "log" and picture.data is FOUND
    assert picture.text == f"range test of the learning rate: {FOUND}"


def test_a_test_without_a_suggestion_is_drawn_too() -> None:
    pytest.importorskip("matplotlib")
    flat = st.doctor.RateRange(RATES, np.ones(4), np.ones(4), None, None, diverged=False)
    picture = st.plot.rate_range(flat, theme="dark")
    assert len(picture.ax.lines) == 2 and not picture.ax.patches
