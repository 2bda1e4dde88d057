"""Interleaved spirals, one arm per class. Depends on shapes.py."""

from __future__ import annotations

import numpy as np

from steepest.datasets.shapes import class_sizes, noisy_classes, on_circle
from steepest.datasets.tables import Pair


def load_data(
    *,
    samples: int = 1000,
    classes: int = 2,
    turns: float = 1.5,
    noise: float = 0.02,
    test_split: float = 0.2,
    seed: int = 113,
) -> tuple[Pair, Pair]:
    """((x_train, y_train), (x_test, y_test)): points within the unit circle, and their arm.

    >>> (x_train, y_train), _ = load_data(samples=300, classes=3, turns=0.75)
    >>> x_train.shape, np.unique(y_train).tolist()
    ((240, 2), [0, 1, 2])
    """
    arms = []
    for place, size in enumerate(class_sizes(samples, classes)):
        radius = np.linspace(0.05, 1, size)
        angles = 2 * np.pi * (turns * radius + place / classes)
        arms.append(radius[:, None] * on_circle(angles))
    return noisy_classes(arms, noise, test_split, seed)
