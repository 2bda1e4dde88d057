"""The rows of a search: for training, for the scores, and those that it never sees.

The parts are made once and shared by all trials. Depends on data/splitting and labels.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from steepest.arguments import is_number, is_whole
from steepest.data.splitting.duplicates import are_several
from steepest.data.splitting.folds import KFold, fold_indices
from steepest.data.splitting.split import row_count, split_indices, take_rows
from steepest.errors import ArgumentError, DataError
from steepest.labels import stratification

BLOCKS = 10
LEAST_BLOCK = 10  # rows

Pair = tuple[Any, Any]


@dataclass(frozen=True)
class Part:
    """The rows that a model is trained on, and those that its score is measured on."""

    train: Pair
    validation: Pair
    blocks: list[Pair] = field(default_factory=list, repr=False)  # the validation rows in blocks


@dataclass(frozen=True)
class Rows:
    """The parts of a search, all rows that it sees, and the rows for the last measurement."""

    parts: list[Part]
    seen: Pair
    test: Pair | None


def rows_of(x: Any, y: Any, validation: Any, folds: Any, test: Any, seed: int) -> Rows:
    """Divides the rows: `test` is put aside first, then validation rows or folds are taken.

    >>> rows = rows_of(np.zeros((100, 2)), np.zeros(100), 0.2, None, 0.1, seed=0)
    >>> len(rows.parts[0].train[0]), len(rows.parts[0].validation[0]), len(rows.test[0])
    (72, 18, 10)
    """
    x, y = _by_row(x), _by_row(y)
    _check(x, y, "x and y")
    if validation is not None and folds is not None:
        raise ArgumentError("search: give validation or folds, not both")
    seen: Pair = (x, y)
    if is_number(test):
        seen, test = _shared(seen, test, seed, "test")
    elif test is not None:
        test = _pair(test, "test")
    if folds is not None:
        return Rows(_fold_parts(seen, folds, seed), seen, test)
    if is_number(validation) or validation is None:
        train, held = _shared(seen, 0.2 if validation is None else validation, seed, "validation")
    else:
        train, held = seen, _pair(validation, "validation")
    return Rows([Part(train, held, blocks_of(held, seed))], seen, test)


def blocks_of(pair: Pair, seed: int, most: int = BLOCKS) -> list[Pair]:
    """Rows in blocks of nearly equal size, at random; none if there are too few rows.

    >>> [len(x) for x, y in blocks_of((np.zeros((25, 2)), np.zeros(25)), seed=0)]
    [13, 12]
    """
    count = row_count(pair[0])
    blocks = min(most, count // LEAST_BLOCK)
    if blocks < 2:
        return []
    order = np.random.default_rng(seed).permutation(count)
    parts = [np.sort(rows) for rows in np.array_split(order, blocks)]
    return [(take_rows(pair[0], rows), take_rows(pair[1], rows)) for rows in parts]


def _shared(pair: Pair, share: float, seed: int, name: str) -> tuple[Pair, Pair]:
    """The rest and a share of rows, which has the proportions of the classes if y is classes."""
    x, y = pair
    if not 0.0 < share < 1.0:
        raise ArgumentError(
            f"search: {name}: a share between 0 and 1 or rows (x, y) were expected, got {share!r}"
        )
    labels = _classes(y, 2)
    rest, taken = split_indices(
        row_count(x), (1 - share, share), stratify=labels, seed=np.random.SeedSequence([seed, 1])
    )
    return (take_rows(x, rest), take_rows(y, rest)), (take_rows(x, taken), take_rows(y, taken))


def _fold_parts(pair: Pair, folds: Any, seed: int) -> list[Part]:
    x, y = pair
    splitter = folds
    if is_whole(folds):
        splitter = KFold(int(folds), stratify=_classes(y, int(folds)) is not None, seed=seed)
    return [
        Part((take_rows(x, train), take_rows(y, train)), (take_rows(x, test), take_rows(y, test)))
        for train, test in fold_indices(splitter, x, y)
    ]


def _classes(y: Any, rows_each: int) -> np.ndarray | None:
    if isinstance(y, dict) or are_several(y) or hasattr(y, "indptr"):
        return None
    return stratification(np.asarray(y), rows_each)


def _pair(given: Any, name: str) -> Pair:
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise ArgumentError(
            f"search: {name}: a share of the rows or a pair (x, y) was expected, got "
            f"{type(given).__name__}"
        )
    x, y = _by_row(given[0]), _by_row(given[1])
    _check(x, y, f"the x and y of {name}")
    return x, y


def _by_row(values: Any) -> Any:
    """Tensors and lists as arrays, so that rows can be taken."""
    listed = isinstance(values, (list, tuple)) and not are_several(values)
    return np.asarray(values) if hasattr(values, "numpy") or listed else values


def _check(x: Any, y: Any, name: str) -> None:
    if y is None or hasattr(x, "as_columns"):
        raise ArgumentError(
            f"search: arrays or frames were expected as {name}; a Dataset cannot be divided into "
            "rows for training and for the scores"
        )
    if row_count(x) != row_count(y):
        raise DataError(f"search: {name} have {row_count(x):,} and {row_count(y):,} rows")
