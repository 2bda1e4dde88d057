"""The rows of a search: for training, for the scores, and those that it never sees.

The parts are made once and shared by all trials. A Dataset is not divided: it is the training rows.
Depends on data/splitting and labels.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from steepest.arguments import is_number, is_whole
from steepest.core import tree
from steepest.data import INFINITE_CARDINALITY
from steepest.data.splitting.duplicates import are_several
from steepest.data.splitting.folds import KFold, fold_indices
from steepest.data.splitting.split import as_rows, row_count, split_indices, take_rows
from steepest.errors import ArgumentError, DataError
from steepest.labels import stratification
from steepest.neuralnet.input.accept import is_stream

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
    if is_stream(x):
        return _of_dataset(x, y, validation, folds, test, seed)
    x, y = as_rows(x), as_rows(y)
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
    if hasattr(given, "as_columns"):
        given = _read(given, name)
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise ArgumentError(
            f"search: {name}: a share of the rows, a pair (x, y) or a Dataset was expected, got "
            f"{type(given).__name__}"
        )
    x, y = as_rows(given[0]), as_rows(given[1])
    _check(x, y, f"the x and y of {name}")
    return x, y


def _check(x: Any, y: Any, name: str) -> None:
    if y is None:
        raise ArgumentError(f"search: y is missing: {name} were expected, for the scores")
    if row_count(x) != row_count(y):
        raise DataError(f"search: {name} have {row_count(x):,} and {row_count(y):,} rows")


# ---------------------------------------------------------------- Datasets


def _of_dataset(x: Any, y: Any, validation: Any, folds: Any, test: Any, seed: int) -> Rows:
    """The parts where the training rows are a Dataset, which stays the stream that it is."""
    if not hasattr(x, "as_columns"):
        raise ArgumentError(
            "search: x: several trainings read the data at once, which a generator, a PyDataset or "
            "a list of batches does not allow; give arrays or a st.data.Dataset, as made by "
            "st.data.Dataset.from_generator"
        )
    if y is not None:
        raise ArgumentError(
            "search: y comes with the batches of a Dataset, as (x, y); leave it out"
        )
    if folds is not None or validation is None or is_number(validation) or is_number(test):
        raise ArgumentError(
            "search: a Dataset is not divided into rows for training and for the scores; give "
            "validation= and test= as other Datasets or as pairs (x, y), or test=None; "
            "dataset.split((0.8, 0.1, 0.1)) makes three of one"
        )
    copy.copy(x).as_columns()  # raises for one without batches
    train, held = (x, None), _pair(validation, "validation")
    part = Part(train, held, blocks_of(held, seed))
    return Rows([part], train, None if test is None else _pair(test, "test"))


def _read(dataset: Any, name: str) -> Pair:
    """All rows of a Dataset with its labels."""
    dataset = copy.copy(dataset)  # so that no epoch of the caller's is used up
    dataset.as_columns()  # raises for one without batches
    if dataset.cardinality().item() == INFINITE_CARDINALITY:
        raise ArgumentError(f"search: {name} is a Dataset without end; give one that has an end")
    batches = list(dataset.as_numpy_iterator())
    if not batches or not isinstance(batches[0], tuple) or len(batches[0]) != 2:
        raise ArgumentError(f"search: {name}: a Dataset of batches (x, y) was expected")
    columns = zip(*map(tree.leaves, batches), strict=True)
    x, y = tree.rebuild(batches[0], map(np.concatenate, columns))
    return x, y
