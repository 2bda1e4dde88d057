"""Points of low discrepancy fill the cube more evenly than independent ones."""

from __future__ import annotations

import itertools

import numpy as np

from steepest.tune.sequences import halton


def points(count: int, dimensions: int, seed: int = 0) -> np.ndarray:
    return np.array(list(itertools.islice(halton(dimensions, seed), count)))


def discrepancy(points: np.ndarray) -> float:
    """The centred L2 discrepancy (Hickernell 1998)."""
    away = np.abs(points - 0.5)
    count, dimensions = points.shape
    single = np.prod(1 + away / 2 - away**2 / 2, axis=1).sum()
    distance = np.abs(points[:, None] - points)
    pairs = np.prod(1 + away[:, None] / 2 + away / 2 - distance / 2, axis=2).sum()
    return float(np.sqrt((13 / 12) ** dimensions - 2 / count * single + pairs / count**2))


def test_each_coordinate_has_one_point_in_each_part_of_its_base() -> None:
    ours = points(30, 3)
    for place, base in enumerate((2, 3, 5)):
        for start in range(0, 30, base):
            parts = (ours[start : start + base, place] * base).astype(int)
            assert sorted(parts.tolist()) == list(range(base))


def test_points_are_of_the_cube_and_follow_from_the_seed() -> None:
    ours = points(200, 12)
    assert ours.min() >= 0.0 and ours.max() < 1.0
    np.testing.assert_array_equal(ours, points(200, 12))
    assert not np.array_equal(ours, points(200, 12, seed=1))


def test_the_discrepancy_is_far_below_that_of_independent_points() -> None:
    for dimensions in (2, 5, 12):
        ours = np.mean([discrepancy(points(64, dimensions, seed)) for seed in range(5)])
        drawn = [np.random.default_rng(seed).random((64, dimensions)) for seed in range(5)]
        assert ours < 0.75 * np.mean(list(map(discrepancy, drawn)))
