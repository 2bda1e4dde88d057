"""Residuals of a regression."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ShapeError


def test_numbers_are_those_of_the_metrics():
    rng = np.random.default_rng(0)
    truth = rng.standard_normal((50, 1))
    predicted = truth + 0.1 * rng.standard_normal((50, 1)) + 0.05
    data = st.plot.residuals_data(truth[:, 0], predicted)
    assert data.residuals == pytest.approx((truth - predicted)[:, 0])
    assert data.r2 == pytest.approx(st.metrics.R2Score()(truth, predicted).item(), abs=1e-5)
    wanted = st.metrics.RootMeanSquaredError()(truth, predicted).item()
    assert data.rmse == pytest.approx(wanted, abs=1e-6)
    assert data.mean == pytest.approx(data.residuals.mean())


def test_a_constant_label_has_no_r_squared():
    assert np.isnan(st.plot.residuals_data([1.0, 1.0], [1.0, 2.0]).r2)


def test_several_outputs_are_refused():
    with pytest.raises(ShapeError, match=r"one output was expected, got 2 .*y_true\[:, 0\]"):
        st.plot.residuals_data(np.ones((3, 2)), np.ones((3, 2)))
    with pytest.raises(ShapeError, match="y_true has 3 rows and y_pred has 2"):
        st.plot.residuals_data([1.0] * 3, [1.0] * 2)


def test_the_drawing_has_one_scale_of_residuals():
    pytest.importorskip("matplotlib")
    picture = st.plot.residuals([1.0, 2.0, 4.0], [1.5, 2.0, 3.0], unit="kg")
    left, right = picture.axes
    assert left.collections[0].get_offsets().tolist() == [[1.5, -0.5], [2.0, 0.0], [3.0, 1.0]]
    assert left.get_ylim() == right.get_ylim() and right.get_xlim()[0] == 0.0
    assert left.get_xlabel() == "prediction (kg)" and right.get_xlabel() == "rows"
    assert sum(bar.get_width() for bar in right.patches) == 3
