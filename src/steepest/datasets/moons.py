"""Two interleaving half circles. Depends on shapes.py."""

from __future__ import annotations

import numpy as np

from steepest.datasets.shapes import class_sizes, noisy_classes, on_circle
from steepest.datasets.tables import Pair


def load_data(
    *, samples: int = 1000, noise: float = 0.1, test_split: float = 0.2, seed: int = 113
) -> tuple[Pair, Pair]:
    """((x_train, y_train), (x_test, y_test)): points in the plane, and the moon 0 or 1.

    >>> (x_train, y_train), (x_test, y_test) = load_data(samples=100)
    >>> x_train.shape, y_test.tolist().count(1)
    ((80, 2), 10)
    """
    upper, lower = (np.linspace(0, np.pi, size) for size in class_sizes(samples, 2))
    clouds = [on_circle(upper), [1.0, 0.5] - on_circle(lower)]
    return noisy_classes(clouds, noise, test_split, seed)
