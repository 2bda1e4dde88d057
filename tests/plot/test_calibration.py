"""Calibration: observed shares of bins of predicted probabilities."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import DataError, ShapeError
from steepest.intervals import of_share


def test_bins_hold_the_means_and_the_error():
    truth = [0, 0, 1, 1, 1, 0]
    data = st.plot.calibration_data(truth, [0.1, 0.3, 0.3, 0.9, 0.8, 1.0], bins=4)
    assert data.counts.tolist() == [1, 2, 0, 3]
    assert data.predicted[[0, 1, 3]] == pytest.approx([0.1, 0.3, 0.9])
    assert data.observed[[0, 1, 3]] == pytest.approx([0.0, 0.5, 2 / 3])
    assert np.isnan([data.predicted[2], data.observed[2], data.low[2]]).all()
    assert (data.low[3], data.high[3]) == of_share(2 / 3, 3)[1:]
    assert data.ece == pytest.approx((0.1 + 2 * 0.2 + 3 * (0.9 - 2 / 3)) / 6)


def test_several_classes_use_the_predicted_one():
    scores = np.array([[0.8, 0.1, 0.1], [0.2, 0.6, 0.2]])
    data = st.plot.calibration_data([0, 2], scores, bins=2)
    assert data.classes == 3 and data.counts.tolist() == [0, 2]
    assert data.predicted[1] == pytest.approx(0.7) and data.observed[1] == 0.5
    two = st.plot.calibration_data([0, 1], [[0.8, 0.2], [0.3, 0.7]], bins=2)
    assert two.predicted == pytest.approx([0.2, 0.7]) and two.observed.tolist() == [0.0, 1.0]


def test_a_calibrated_model_has_a_small_error():
    rng = np.random.default_rng(0)
    probability = rng.random(20_000)
    data = st.plot.calibration_data(rng.random(20_000) < probability, probability)
    assert (
        data.ece < 0.02 and ((data.low < data.predicted) & (data.predicted < data.high)).sum() > 7
    )


def test_wrong_arguments_are_named():
    with pytest.raises(DataError, match="probabilities from 0 to 1 were expected, found -2 to 3"):
        st.plot.calibration_data([0, 1], [-2.0, 3.0])
    with pytest.raises(ShapeError, match="y_true has 2 rows and y_pred has 1"):
        st.plot.calibration_data([0, 1], [0.5])


def test_the_drawing_has_intervals_and_counts_from_zero():
    pytest.importorskip("matplotlib")
    picture = st.plot.calibration([0, 0, 1, 1], [0.1, 0.3, 0.7, 0.9], bins=2)
    upper, lower = picture.axes
    assert upper.get_xlim() == upper.get_ylim() == lower.get_xlim() == (0.0, 1.0)
    assert [bar.get_height() for bar in lower.patches] == [2, 2] and lower.get_ylim()[0] == 0.0
    (bars,) = upper.containers
    assert bars.lines[0].get_xdata() == pytest.approx([0.2, 0.8])
    arms = bars.lines[2][0].get_segments()
    assert arms[0][:, 1] == pytest.approx([picture.data.low[0], picture.data.high[0]])
    assert lower.get_xlabel() == "predicted probability of the second class"
