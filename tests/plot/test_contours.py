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
