"""Iris: 150 flowers of three species, four lengths each (Anderson; Fisher, 1936).

Depends on tables.py (extra `sklearn`).
"""

from __future__ import annotations

from steepest.datasets.tables import Pair, load_classes

CLASS_NAMES = ("setosa", "versicolor", "virginica")


def load_data(*, test_split: float = 0.2, seed: int = 113) -> tuple[Pair, Pair]:
    """((x_train, y_train), (x_test, y_test)): lengths in cm, and the species 0, 1 or 2.

    The classes have the same proportions in both parts; the seed decides which rows are in which.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape, x_test.shape
    ((120, 4), (30, 4))
    """
    return load_classes("iris", test_split, seed)
