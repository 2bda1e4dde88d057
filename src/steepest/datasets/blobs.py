"""Round clouds of points around random centres. Depends on shapes.py."""

from __future__ import annotations

import numpy as np

from steepest.datasets.shapes import class_sizes, noisy_classes
from steepest.datasets.tables import Pair


def load_data(
    *,
    samples: int = 1000,
    classes: int = 3,
    features: int = 2,
    spread: float = 1.0,
    test_split: float = 0.2,
    seed: int = 113,
) -> tuple[Pair, Pair]:
    """((x_train, y_train), (x_test, y_test)): points of deviation `spread` around their centre.

    The centres are drawn from the cube from -10 to 10.

    >>> (x_train, y_train), _ = load_data(samples=100, features=5)
    >>> x_train.shape, np.bincount(y_train).tolist()
    ((80, 5), [27, 27, 26])
    """
    centres = np.random.default_rng([seed, 1]).uniform(-10, 10, (classes, features))
    sizes = class_sizes(samples, classes)
    clouds = [np.tile(centre, (size, 1)) for centre, size in zip(centres, sizes, strict=True)]
    return noisy_classes(clouds, spread, test_split, seed)
