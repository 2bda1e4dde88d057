"""Breast cancer: 569 tumours, thirty measures each (Wolberg, Street, Mangasarian, 1993).

Depends on tables.py (extra `sklearn`).
"""

from __future__ import annotations

from steepest.datasets.tables import Pair, load_classes

CLASS_NAMES = ("malignant", "benign")


def load_data(*, test_split: float = 0.2, seed: int = 113) -> tuple[Pair, Pair]:
    """((x_train, y_train), (x_test, y_test)): the measures; 0 malignant, 1 benign.

    The classes have the same proportions in both parts; the seed decides which rows are in which.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape, x_test.shape
    ((455, 30), (114, 30))
    """
    return load_classes("breast_cancer", test_split, seed)
