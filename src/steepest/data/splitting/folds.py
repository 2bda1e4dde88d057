"""Folds of cross-validation as pairs of row numbers: KFold, RepeatedKFold, other splitters.

Folds are parts of equal shares, each of which is the test set once. Depends on split.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

from steepest.arguments import is_whole
from steepest.data.splitting.duplicates import Rows
from steepest.data.splitting.split import Seed, row_count, split_indices
from steepest.errors import ArgumentError, DataError
from steepest.functions import generators

Fold = tuple[Rows, Rows]


@runtime_checkable
class Splitter(Protocol):
    """The interface of splitters that yield (train, test) row numbers, as in scikit-learn.

    >>> isinstance(KFold(3), Splitter)
    True
    """

    def split(
        self, x: Any, y: ArrayLike | None = None, groups: ArrayLike | None = None
    ) -> Iterable[Fold]:
        """Pairs of row numbers to learn from and to test on."""


@dataclass(frozen=True)
class KFold:
    """K-fold: the rows are divided into `n_splits` parts, each of which is the test set once.

    With `stratify=True` each part has the class proportions of y; `groups` keeps groups together.

    >>> [test.tolist() for train, test in KFold(3, shuffle=False).split(np.zeros((7, 2)))]
    [[0, 1, 2], [3, 4], [5, 6]]
    """

    n_splits: int = 5
    shuffle: bool = True
    stratify: bool = False
    seed: Seed = None

    def __post_init__(self) -> None:
        if self.n_splits < 2:
            raise ArgumentError(f"n_splits={self.n_splits}: expected at least 2 folds")

    def split(
        self, x: Any, y: ArrayLike | None = None, groups: ArrayLike | None = None
    ) -> Iterator[Fold]:
        """Pairs of row numbers to learn from and to test on."""
        rows = row_count(x)
        if rows < self.n_splits:
            raise DataError(f"{rows} rows cannot fill {self.n_splits} folds")
        if self.stratify and y is None:
            raise ArgumentError("KFold(stratify=True).split needs the classes: pass y")
        parts = split_indices(
            rows,
            [Fraction(1, self.n_splits)] * self.n_splits,
            shuffle=self.shuffle,
            stratify=y if self.stratify else None,
            groups=groups,
            seed=self.seed,
        )
        for place, test in enumerate(parts):
            yield np.concatenate(parts[:place] + parts[place + 1 :]), test

    def get_n_splits(self, x: Any = None, y: Any = None, groups: Any = None) -> int:
        """The number of folds, under scikit-learn's name."""
        return self.n_splits


@dataclass(frozen=True)
class RepeatedKFold:
    """K-fold `n_repeats` times, with different folds each time.

    >>> folds = list(RepeatedKFold(n_splits=2, n_repeats=3, seed=0).split(np.zeros(4)))
    >>> len(folds), len(folds[0][1])
    (6, 2)
    """

    n_splits: int = 5
    n_repeats: int = 10
    stratify: bool = False
    seed: int | None = None

    def __post_init__(self) -> None:
        if self.n_repeats < 1:
            raise ArgumentError(f"n_repeats={self.n_repeats}: expected at least 1")

    def split(
        self, x: Any, y: ArrayLike | None = None, groups: ArrayLike | None = None
    ) -> Iterator[Fold]:
        """Pairs of row numbers to learn from and to test on, repeat by repeat."""
        own = generators.fresh_seed() if self.seed is None else self.seed
        for seed in np.random.SeedSequence(own).spawn(self.n_repeats):
            yield from KFold(self.n_splits, stratify=self.stratify, seed=seed).split(x, y, groups)

    def get_n_splits(self, x: Any = None, y: Any = None, groups: Any = None) -> int:
        """The number of folds of all repeats."""
        return self.n_splits * self.n_repeats


def fold_indices(
    folds: int | Splitter | Iterable[Fold],
    x: Any,
    y: ArrayLike | None = None,
    groups: ArrayLike | None = None,
) -> list[Fold]:
    """Checked pairs of row numbers from a number of folds, a splitter, or given pairs.

    >>> [test.tolist() for _, test in fold_indices([([0, 1], [2]), ([1, 2], [0])], np.zeros(3))]
    [[2], [0]]
    """
    given: Any = KFold(folds, seed=0) if is_whole(folds) else folds
    pairs = given.split(x, y, groups) if isinstance(given, Splitter) else given
    checked = [(_rows(train, row_count(x)), _rows(test, row_count(x))) for train, test in pairs]
    if not checked:
        raise ArgumentError("the splitter gave no folds; expected at least one (train, test) pair")
    return checked


def _rows(numbers: ArrayLike, rows: int) -> Rows:
    array = np.asarray(numbers)
    if array.dtype == bool and array.shape == (rows,):
        array = np.flatnonzero(array)
    if array.ndim != 1 or array.size == 0 or array.dtype.kind not in "iu":
        raise DataError(
            f"a fold has the shape {array.shape} of {array.dtype}; expected at least one row number"
        )
    if array.min() < 0 or array.max() >= rows:
        raise DataError(f"a fold names row {array.max()}; expected 0 to {rows - 1}")
    return array.astype(np.int64)
