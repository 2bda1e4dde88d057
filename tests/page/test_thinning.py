"""Thinning: few points, the same picture."""

from __future__ import annotations

import numpy as np
import pytest

from steepest.page.thinning import COLUMN, MOST_POINTS, WIDTH, thin_line, thin_points


def test_few_points_are_all_drawn():
    x = np.linspace(0, 1, 300)
    assert thin_line(x, x**2).tolist() == list(range(300))


def test_each_pixel_column_has_its_lowest_and_highest_point(rng: np.random.Generator):
    x, y = np.linspace(0, 1, 50_000), rng.random(50_000)
    shown = thin_line(x, y)
    columns = np.floor(x * (WIDTH / COLUMN)).astype(int)
    for column in np.unique(columns):
        inside = columns == column
        drawn = shown[columns[shown] == column]
        assert y[drawn].min() == y[inside].min() and y[drawn].max() == y[inside].max()
    assert len(shown) <= 2 * (WIDTH / COLUMN + 1) + 2


def test_the_first_and_the_last_point_are_drawn(rng: np.random.Generator):
    y = rng.random(9_000)
    shown = thin_line(np.linspace(0, 1, 9_000), y)
    assert shown[0] == 0 and shown[-1] == 8_999 and np.all(np.diff(shown) > 0)


def test_one_spike_among_many_points_is_drawn():
    y = np.zeros(1_000_000)
    y[123_456] = 1.0
    assert 123_456 in thin_line(np.linspace(0, 1, len(y)), y)


def test_a_path_that_goes_back_is_followed():
    x = np.concatenate([np.linspace(0, 1, 5_000), np.linspace(1, 0, 5_000)])
    shown = thin_line(x, np.arange(10_000) / 10_000)
    assert np.all(np.diff(shown) > 0) and (shown >= 5_000).sum() > 500


@pytest.mark.parametrize("count", [1, 10, 2_000, 100_000])
def test_points_are_at_most_so_many_and_none_is_far_from_a_drawn_one(
    count: int, rng: np.random.Generator
):
    x, y = rng.random((2, count))
    shown = thin_points(x, y)
    assert len(shown) <= MOST_POINTS
    some = rng.integers(0, count, 50)
    distances = np.hypot(x[some, None] - x[shown], (y[some, None] - y[shown]) / 2).min(axis=1)
    assert distances.max() < 0.05


def test_points_that_are_not_near_each_other_are_all_drawn():
    x, y = np.meshgrid(np.linspace(0, 1, 30), np.linspace(0, 1, 30))
    assert len(thin_points(x.ravel(), y.ravel())) == 900
