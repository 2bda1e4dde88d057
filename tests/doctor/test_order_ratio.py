"""How much neighbouring rows differ, compared with any two."""

import numpy as np
import pytest

from steepest.doctor.rules.splits import order_ratio


@pytest.mark.parametrize(
    ("values", "ratio"),
    [
        (np.repeat(np.arange(20), 2), 0.5),  # classes: 19 of 39 neighbours differ, 38 of 39 of all
        (np.repeat(np.arange(21), 2), 20 / 41 / (2 * 440 / 12)),  # quantities: by their distance
        (np.array(["a", "a", "b", "b"]), 0.5),
        (np.tile([[0.0, 1.0], [1.0, 0.0]], (8, 1)), 2.0),
        (np.ones(9), 1.0),
        (np.ones((30, 2)), 1.0),
    ],
)
def test_neighbours_are_compared_with_any_two(values, ratio):
    assert order_ratio(values) == pytest.approx(ratio)


def test_random_order_has_a_ratio_near_1():
    random = np.random.default_rng(0)
    for values in (random.normal(size=4000), random.integers(0, 3, 4000)):
        assert order_ratio(values) == pytest.approx(1.0, abs=0.05)
