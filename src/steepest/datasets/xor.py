"""Exclusive or: the four points that no straight line separates. Depends on NumPy only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Pair = tuple[NDArray[np.float32], NDArray[np.float32]]


def load_data() -> tuple[Pair, Pair]:
    """((x, y), (x, y)): the four points, shape (4, 2), and their result, shape (4, 1).

    There are no other points, so the test rows are the training rows.

    >>> (x, y), _ = load_data()
    >>> y.ravel().tolist()
    [0.0, 1.0, 1.0, 0.0]
    """
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    y = np.array([[0], [1], [1], [0]], np.float32)
    return (x, y), (x.copy(), y.copy())
