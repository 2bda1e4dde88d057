"""Diabetes: 442 patients, ten measures, the disease a year later (Efron and others, 2004).

Depends on tables.py (extra `sklearn`).
"""

from __future__ import annotations

from steepest.datasets.tables import Pair, rows_in_two, sklearn_table


def load_data(*, test_split: float = 0.2, seed: int = 113) -> tuple[Pair, Pair]:
    """((x_train, y_train), (x_test, y_test)): ten scaled measures, and the progress as a number.

    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape, y_test.shape
    ((354, 10), (88,))
    """
    table = sklearn_table("diabetes")
    return rows_in_two(table.data, table.target, test_split, seed)
