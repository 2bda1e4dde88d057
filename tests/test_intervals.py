"""Intervals against published and computed numbers."""

from __future__ import annotations

import numpy as np
import pytest

from steepest.intervals import of_differences, of_jackknife, of_share, t_quantile


def test_quantiles_of_student_are_those_of_the_tables() -> None:
    tabled = {1: 12.7062, 2: 4.3027, 3: 3.1824, 4: 2.7764, 9: 2.2622, 15: 2.1314, 30: 2.0423}
    for freedom, quantile in tabled.items():
        assert t_quantile(freedom) == pytest.approx(quantile, rel=1.5e-3)
    assert t_quantile(9) == pytest.approx(2.262157, rel=1e-5)


def test_the_interval_of_a_share_is_wilsons() -> None:
    """The numbers of statsmodels' proportion_confint(method="wilson")."""
    assert of_share(0.81, 263) == pytest.approx((0.81, 0.758190, 0.852904), abs=5e-4)
    assert of_share(1.0, 10) == pytest.approx((1.0, 0.7224672, 1.0))
    assert of_share(0.0, 10) == pytest.approx((0.0, 0.0, 0.2775328))


def test_the_jackknife_of_a_mean_is_its_standard_error() -> None:
    rows = np.random.default_rng(0).standard_normal(40)
    found = of_jackknife(rows.mean(), [np.delete(rows, row).mean() for row in range(40)])
    assert found.high - found.score == pytest.approx(t_quantile(39) * rows.std(ddof=1) / 40**0.5)


def test_overlapping_training_rows_widen_an_interval() -> None:
    values = [0.1, 0.4, 0.2, 0.3]
    plain, corrected = of_differences(values), of_differences(values, overlap=0.25)
    assert plain.score == corrected.score == pytest.approx(0.25)
    ratio = (corrected.high - corrected.score) / (plain.high - plain.score)
    assert ratio == pytest.approx(((1 / 4 + 0.25) / (1 / 4)) ** 0.5)


def test_nine_of_ten_intervals_and_more_hold_the_mean() -> None:
    rng = np.random.default_rng(1)
    held = sum(
        low <= 0.3 <= high
        for _, low, high in (of_differences(rng.normal(0.3, 1.0, 8).tolist()) for _ in range(1000))
    )
    assert 930 <= held <= 970
