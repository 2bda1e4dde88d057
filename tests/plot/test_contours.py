"""The levels of contours."""

from __future__ import annotations

import numpy as np
import pytest

from steepest.plot.contours import levels_of


@pytest.mark.parametrize(
    "values",
    [
        [0.0, 1.0], [-3.2, 8.1, 0.0], [5.0, 5.0], [1e-9, 3e-9], [-2e6, 4e7],
        np.geomspace(1e-6, 1e3, 200), np.geomspace(3.0, 4e5, 50) ** 1.5, [0.0] * 50 + [7.3],
        [2.0, np.nan, 3.0, np.inf], [np.nan], [0.3, 0.3, 0.3, 40.0],
    ],
)  # fmt: skip
def test_levels_rise_and_contain_all_finite_values(values):
    levels = levels_of(values)
    finite = np.asarray(values)[np.isfinite(values)]
    assert np.all(np.diff(levels) > 0)
    assert 2 <= len(levels) <= 22
    assert np.all((levels[0] <= finite) & (finite <= levels[-1]))


def test_levels_are_round_numbers():
    assert levels_of([0.0, 7.0], 7).tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    assert levels_of(np.geomspace(0.02, 400, 99), 13).tolist() == [
        0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "count", "levels"),
    [
        ([5.0, 5.0], 10, np.arange(4.5, 5.55, 0.1)),
        ([0.0, 10.0], 10, range(11)),
        ([0.0, 10.1], 10, range(0, 13, 2)),
        ([0.0, 20.0], 10, range(0, 21, 2)),
        ([0.0, 50.0], 10, range(0, 51, 5)),
        ([0.0, 51.0], 10, range(0, 61, 10)),
        ([-3.0, 7.0], 10, range(-3, 8)),
        ([-2.5, 0.0], 3, [-3, -2, -1, 0]),
        ([], 3, [0, 1]),
        ([np.nan], 3, [0, 1]),
    ],
)
def test_steps_are_one_two_five_or_ten(values, count, levels):
    assert levels_of(values, count) == pytest.approx(list(levels))


@pytest.mark.parametrize(
    ("values", "is_logarithmic"),
    [
        ([1.0, 1.0, 31.0], True),
        ([1.0, 1.0, 30.0], False),  # not above 30 times the lowest
        ([0.0, 19.0, 100.0], True),
        ([0.0, 20.0, 100.0], False),  # the median is a fifth of the highest
        ([-0.1, 1.0, 100.0], False),
    ],
)
def test_levels_are_logarithmic_where_most_values_are_far_below_the_highest(values, is_logarithmic):
    steps = np.diff(levels_of(values))
    assert bool(steps[-1] > 2 * steps[0]) is is_logarithmic


def test_logarithmic_levels_begin_at_a_share_of_the_highest():
    assert levels_of([1e-9, 1.0, 1.0, 1000.0], 30).tolist() == [
        0, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000,
    ]  # fmt: skip
    assert levels_of([2.0, 3.0, 4.0, 100.0], 30).tolist() == [2, 5, 10, 20, 50, 100]
    assert levels_of([3.0, 3.0, 4.0, 100.0], 30).tolist() == [2, 5, 10, 20, 50, 100]
    assert levels_of([2.0, 3.0, 4.0, 100.0], 3).tolist() == [0, 5, 20, 100]
    assert levels_of([2.0, 3.0, 4.0, 101.0], 30)[-1] == 200
