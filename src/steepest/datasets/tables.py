"""Helpers for the small data sets: scikit-learn's copies, and a seeded split into train and test.

Depends on data/splitting/split.py; scikit-learn (extra `sklearn`) is imported when it is needed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.data.files.checks import import_extra
from steepest.data.splitting.duplicates import Rows
from steepest.data.splitting.split import split_indices
from steepest.errors import ArgumentError

Array = NDArray[Any]
Pair = tuple[Array, Array]


def sklearn_table(name: str) -> Any:
    """The table of this name in scikit-learn, with its names and description."""
    return getattr(import_extra("sklearn.datasets", "sklearn"), f"load_{name}")()


def classes_in_two(x: Array, y: Array, test_split: float, seed: int) -> tuple[Pair, Pair]:
    """Train and test pairs in which the classes have the same proportions."""
    return _pairs(x, y, split_indices(len(x), _shares(test_split), stratify=y, seed=seed))


def rows_in_two(x: Array, y: Array, test_split: float, seed: int) -> tuple[Pair, Pair]:
    """Train and test pairs of rows drawn at random."""
    return _pairs(x, y, split_indices(len(x), _shares(test_split), seed=seed))


def load_classes(name: str, test_split: float, seed: int) -> tuple[Pair, Pair]:
    """A table of scikit-learn with integer labels, split class by class."""
    table = sklearn_table(name)
    return classes_in_two(table.data, table.target.astype(np.int64), test_split, seed)


def _shares(test_split: float) -> tuple[float, float]:
    if not 0 < test_split < 1:
        raise ArgumentError(f"test_split={test_split}: expected a share between 0 and 1")
    return 1 - test_split, test_split


def _pairs(x: Array, y: Array, parts: list[Rows]) -> tuple[Pair, Pair]:
    train, test = parts
    return (x[train], y[train]), (x[test], y[test])
