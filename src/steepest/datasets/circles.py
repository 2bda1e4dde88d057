"""A circle inside another. Depends on shapes.py."""

from __future__ import annotations

import numpy as np

from steepest.datasets.shapes import class_sizes, noisy_classes, on_circle
from steepest.datasets.tables import Pair
from steepest.errors import ArgumentError


def load_data(
    *,
    samples: int = 1000,
    noise: float = 0.05,
    factor: float = 0.5,
    test_split: float = 0.2,
    seed: int = 113,
) -> tuple[Pair, Pair]:
    """((x_train, y_train), (x_test, y_test)): 0 on the outer circle, 1 on the inner.

    `factor` is the radius of the inner circle; the outer has 1.

    >>> (x_train, y_train), _ = load_data(samples=100, noise=0.0)
    >>> np.hypot(*x_train[y_train == 1].T).round(3).max()
    np.float32(0.5)
    """
    if not 0 < factor < 1:
        raise ArgumentError(f"factor={factor}: expected a radius between 0 and 1")
    outer, inner = (
        on_circle(np.linspace(0, 2 * np.pi, size, endpoint=False))
        for size in class_sizes(samples, 2)
    )
    return noisy_classes([outer, factor * inner], noise, test_split, seed)
