"""Helpers of the generated point sets: class sizes, noise, circles.

Depends on tables.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from steepest.datasets.tables import Pair, classes_in_two
from steepest.errors import ArgumentError

Points = NDArray[np.float64]


def class_sizes(samples: int, classes: int) -> list[int]:
    """Nearly equal numbers of points for each class.

    >>> class_sizes(10, 3)
    [4, 3, 3]
    """
    if classes < 1 or samples < 2 * classes:
        raise ArgumentError(
            f"samples={samples} for {classes} classes: expected at least 2 points per class"
        )
    return [samples // classes + (place < samples % classes) for place in range(classes)]


def noisy_classes(
    clouds: Sequence[Points], noise: float, test_split: float, seed: int
) -> tuple[Pair, Pair]:
    """Train and test pairs of points, one class per cloud, with normal noise added."""
    if noise < 0:
        raise ArgumentError(f"noise={noise}: expected a deviation of 0 or more")
    x = np.concatenate(clouds)
    x += np.random.default_rng(seed).normal(0, noise, x.shape)
    y = np.repeat(np.arange(len(clouds)), [len(cloud) for cloud in clouds])
    return classes_in_two(x.astype(np.float32), y, test_split, seed)


def on_circle(angles: NDArray[np.float64]) -> Points:
    """Points on the unit circle, shape (n, 2)."""
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)
