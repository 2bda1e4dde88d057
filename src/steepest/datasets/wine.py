"""Wine: 178 wines of three growers, thirteen chemical measures each (Forina and others, 1988).

Depends on tables.py (extra `sklearn`).
"""

from __future__ import annotations

from steepest.datasets.tables import Pair, load_classes

CLASS_NAMES = ("class_0", "class_1", "class_2")


def load_data(*, test_split: float = 0.2, seed: int = 113) -> tuple[Pair, Pair]:
    """((x_train, y_train), (x_test, y_test)): the measures, and the grower 0, 1 or 2.

    The classes have the same proportions in both parts; the seed decides which rows are in which.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape, x_test.shape
    ((142, 13), (36, 13))
    """
    return load_classes("wine", test_split, seed)
