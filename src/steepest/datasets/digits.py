"""Digits: 1,797 handwritten digits of 8 x 8 pixels, 0 to 16 each (Alpaydin, Kaynak, 1998).

Depends on tables.py (extra `sklearn`).
"""

from __future__ import annotations

from steepest.datasets.tables import Pair, load_classes

CLASS_NAMES = tuple("0123456789")


def load_data(*, test_split: float = 0.2, seed: int = 113) -> tuple[Pair, Pair]:
    """((x_train, y_train), (x_test, y_test)): 64 pixels a row, and the digit.

    The classes have the same proportions in both parts; the seed decides which rows are in which.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape, x_test.shape
    ((1438, 64), (359, 64))
    """
    return load_classes("digits", test_split, seed)
