"""Tests whether two sets have the same distribution, by a classifier trained to separate them.

Lopez-Paz and Oquab, "Revisiting classifier two-sample tests", 2017. Depends on data/columns.py,
data/splitting/folds.py and picture_traits.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from steepest.data.columns import as_column
from steepest.data.splitting.folds import KFold
from steepest.errors import ArgumentError, DataError, DTypeError, ShapeError
from steepest.evaluate.picture_traits import is_picture, pixel_names, traits

LEVEL = 1e-3
"""How often two sets of one distribution may be called different."""
FOLDS = 5
MOST_FEATURES = 40
MOST_PAIRED = 12
MOST_ROWS = 4000
MOST_LISTED = 5
PENALTY = 1.0
STEPS = 12


@dataclass(frozen=True)
class ColumnDifference:
    """A column by which rows of the two sets can be distinguished, and how well.

    `score` is the probability that a row of the second set ranks above one of the first: by its
    value (`kind` "value"), or by its distance from the median ("spread"). 0.5 is no difference.

    >>> print(ColumnDifference("age", "value", 0.8))
    age: higher in the second set (0.80)
    """

    name: str
    kind: str
    score: float

    def __str__(self) -> str:
        words = {"value": ("lower", "higher"), "spread": ("less spread", "more spread")}
        word = words[self.kind][self.score > 0.5]
        return f"{self.name}: {word} in the second set ({self.score:.2f})"


@dataclass(frozen=True)
class Comparison:
    """How well a classifier distinguishes two sets on rows that it was not trained on.

    `areas[i]` is the probability, in fold i, that it ranks a row of the second set above one of
    the first: 0.5 for equal distributions, 1 for sets that are easy to separate. `p_value` is how
    often equal distributions give such areas. `columns` lists those that differ, strongest first.

    >>> print(Comparison(np.array([0.49, 0.52]), np.array([0.5, 0.5]), 0.4))
    no difference found: AUC 0.505 ± 0.021, accuracy 0.500, p = 0.4
    """

    areas: np.ndarray
    accuracies: np.ndarray
    p_value: float
    columns: list[ColumnDifference] = field(default_factory=list)

    @property
    def score(self) -> float:
        """The mean of the areas under the curve."""
        return float(self.areas.mean())

    @property
    def same(self) -> bool:
        """Whether no difference was found."""
        return self.p_value >= LEVEL

    @property
    def verdict(self) -> str:
        """The result in words."""
        if self.same:
            return "no difference found"
        words = ((0.6, "slightly different"), (0.8, "different"), (2.0, "very different"))
        return next(word for bound, word in words if self.score < bound)

    def __repr__(self) -> str:
        head = (
            f"{self.verdict}: AUC {self.score:.3f} ± {np.std(self.areas, ddof=1):.3f}, "
            f"accuracy {self.accuracies.mean():.3f}, p = {self.p_value:.2g}"
        )
        lines = [f"  {column}" for column in self.columns[:MOST_LISTED]]
        more = len(self.columns) - MOST_LISTED
        return "\n".join([head, *lines, *([f"  and {more} more"] if more > 0 else [])])


def same_distribution(
    a: Any, b: Any, names: Sequence[str] | None = None, seed: int = 0
) -> Comparison:
    """Whether the rows of two sets can be distinguished, how well, and by which columns.

    The scores of a model on one set hold for another only if both have the same distribution: the
    training and the test set, last year's customers and this year's, or, as in the course, pictures
    of the web for training and pictures of phones in use. Takes arrays of any shape, frames and
    dictionaries (columns by name), and sparse rows; missing values (NaN) add columns, and so do
    brightness, contrast and detail of pictures. The classifier is a cross-validated logistic
    regression on the columns, their squares and, of a few columns, their products; of many
    columns, on principal components.

    >>> rng = np.random.default_rng(0)
    >>> a, b = rng.normal(size=(200, 3)), rng.normal(size=(200, 3))
    >>> same_distribution(a, b).same, same_distribution(a, b + [0, 1, 0]).columns[0].name
    (True, 'column 1')
    """
    rng = np.random.default_rng(seed)
    first, second = (
        _Table(values, what, rng) for values, what in ((a, "the first"), (b, "the second"))
    )
    rows, listed = _joined(first, second, names)
    labels = np.repeat([0, 1], [len(first.rows), len(second.rows)])
    folds = KFold(FOLDS, stratify=True, seed=seed).split(rows, labels)
    results = [_fold(rows, first.width, labels, train, test) for train, test in folds]
    areas, spreads, accuracies = np.transpose(results)
    above = (areas - 0.5).sum() / (np.linalg.norm(spreads) + 1e-12)
    return Comparison(areas, accuracies, _tail(above), _differences(rows, labels, listed))


# ------------------------------------------------------------ the two sets


class _Table:
    """At most MOST_ROWS rows of float64, with column names and the original shape of a row."""

    def __init__(self, given: Any, what: str, rng: np.random.Generator) -> None:
        self.names: tuple[str, ...] = ()
        if isinstance(given, dict):
            self.names = tuple(sorted(given))
            given = np.stack([np.asarray(given[name]) for name in self.names], axis=1)
        column = _as_numbers(given, what)
        self.names = self.names or tuple(getattr(column, "names", ()))
        self.shape = column.row_shape
        chosen = np.sort(rng.permutation(len(column))[:MOST_ROWS])
        self.rows = column.take(chosen).reshape(len(chosen), -1).astype(np.float64)
        if np.isinf(self.rows).any():
            raise DataError(f"{what} set contains infinity; leave such rows out, or clip them")

    @property
    def width(self) -> int:
        """The number of columns."""
        return self.rows.shape[1]

    def column_names(self) -> list[str]:
        """A name for each column."""
        if is_picture(self.shape):
            return pixel_names(self.shape)
        return list(self.names) or [f"column {place}" for place in range(self.width)]

    def traits(self) -> tuple[np.ndarray, list[str]]:
        """Statistics of each row as a picture, if rows are pictures."""
        if not is_picture(self.shape):
            return np.zeros((len(self.rows), 0)), []
        return traits(self.rows.reshape(-1, *self.shape))


def _as_numbers(given: Any, what: str) -> Any:
    try:
        column = as_column(given, f"{what} set")
    except DTypeError as error:
        error.add_note("only numbers are compared: turn categories into numbers, as for training")
        raise
    if len(column) < 2 * FOLDS:
        raise DataError(f"{what} set: at least {2 * FOLDS} rows are needed")
    return column


def _joined(
    first: _Table, second: _Table, names: Sequence[str] | None
) -> tuple[np.ndarray, list[str]]:
    """All rows: their columns, then columns of missing values and of picture statistics."""
    if first.width != second.width:
        raise ShapeError(f"rows of {first.width} and of {second.width} columns do not compare")
    if first.names and second.names and first.names != second.names:
        pair = next(p for p in zip(first.names, second.names, strict=True) if p[0] != p[1])
        raise ArgumentError(f"the columns differ in name or order: {pair[0]!r}, {pair[1]!r}")
    if names is not None and len(names) != first.width:
        raise ShapeError(f"{len(names)} names for {first.width} columns")
    listed = list(names or (first if first.names else second).column_names())
    (own, whole), (other, _) = first.traits(), second.traits()
    rows, listed = _imputed(np.concatenate([first.rows, second.rows]), listed)
    if own.shape[1] != other.shape[1]:
        return rows, listed
    made = np.nan_to_num(np.concatenate([own, other]))
    return np.concatenate([rows, made], axis=1), listed + whole


def _imputed(rows: np.ndarray, names: list[str]) -> tuple[np.ndarray, list[str]]:
    """Replaces missing values by their column's median; adds columns that mark them."""
    gaps = np.isnan(rows)
    with_gaps = np.flatnonzero(gaps.any(axis=0))
    for place in with_gaps:
        known = rows[~gaps[:, place], place]
        rows[gaps[:, place], place] = np.median(known) if len(known) else 0.0
    added = [f"{names[place]} is missing" for place in with_gaps]
    return np.concatenate([rows, gaps[:, with_gaps]], axis=1), names + added


# ------------------------------------------------------------ the classifier


def _fold(
    rows: np.ndarray, width: int, labels: np.ndarray, train: np.ndarray, test: np.ndarray
) -> tuple[float, float, float]:
    """The area, its deviation for random scores, and the accuracy, on the test rows."""
    scores = _scores(rows[train], width, labels[train], rows[test])
    right = (scores > 0.0) == labels[test]
    by_set = [right[labels[test] == label].mean() for label in (0, 1)]
    return *_ranking(scores, labels[test]), float(np.mean(by_set))


def _scores(train: np.ndarray, width: int, labels: np.ndarray, test: np.ndarray) -> np.ndarray:
    """The logit of each test row for the second set, by a classifier of the training rows.

    The first `width` columns, if they are many, are replaced by principal components.
    """
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    # The mean of a constant is rounded, so its deviation may not be 0.
    scale = np.where(deviation > 1e-12 * np.abs(mean), deviation, 1.0)
    scaled, tested = (train - mean) / scale, (test - mean) / scale
    if width > MOST_FEATURES:
        directions = _components(scaled[:, :width])
        spread = (scaled[:, :width] @ directions).std(axis=0) + 1e-12
        scaled, tested = (
            np.concatenate([part[:, :width] @ directions / spread, part[:, width:]], axis=1)
            for part in (scaled, tested)
        )
    return _features(tested) @ _logistic(_features(scaled), labels)


def _components(rows: np.ndarray) -> np.ndarray:
    """The leading principal components, approximately (Halko, Martinsson and Tropp, 2011)."""
    probes = np.random.default_rng(0).normal(size=(rows.shape[1], MOST_FEATURES))
    basis = np.linalg.qr(rows.T @ (rows @ probes))[0]
    return basis @ np.linalg.svd(rows @ basis, full_matrices=False)[2].T


def _features(rows: np.ndarray) -> np.ndarray:
    """A one, the columns, their squares (spread) and, if they are few, their products."""
    bounded = np.clip(rows, -8.0, 8.0)
    first, second = np.triu_indices(bounded.shape[1], 1)
    if bounded.shape[1] > MOST_PAIRED:
        first = second = first[:0]
    products = bounded[:, first] * bounded[:, second]
    return np.concatenate([np.ones((len(rows), 1)), bounded, bounded**2, products], axis=1)


def _logistic(features: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The weights of a logistic regression with a quadratic penalty, by Newton's method."""
    weights = np.zeros(features.shape[1])
    balance = np.where(labels == 1, 0.5 / labels.mean(), 0.5 / (1.0 - labels.mean()))
    for _ in range(STEPS):
        found = 1.0 / (1.0 + np.exp(-np.clip(features @ weights, -30.0, 30.0)))
        slope = features.T @ (balance * (found - labels)) + PENALTY * weights
        curve = (features * (balance * found * (1.0 - found))[:, None]).T @ features
        weights = weights - np.linalg.solve(curve + PENALTY * np.eye(len(weights)), slope)
    return weights


# ------------------------------------------------------------ ranks


def area_under_curve(scores: np.ndarray, labels: np.ndarray) -> float:
    """The probability that a row labelled 1 scores higher than one labelled 0, ties half.

    >>> area_under_curve(np.array([0.1, 0.4, 0.4, 0.8]), np.array([0, 0, 1, 1]))
    0.875
    """
    return _ranking(scores, labels)[0]


def _ranking(scores: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """The area under the curve, and its standard deviation for random scores.

    Mann and Whitney, 1947: by the sum of ranks, where equal scores share theirs.
    """
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2.0)[places]
    ones, rows = int(labels.sum()), len(labels)
    zeros = rows - ones
    area = (ranks[labels == 1].sum() - ones * (ones + 1) / 2.0) / (ones * zeros)
    ties = float((counts.astype(float) ** 3 - counts).sum()) / (rows * (rows - 1))
    return float(area), math.sqrt(max(rows + 1 - ties, 0.0) / (12.0 * ones * zeros))


def _differences(rows: np.ndarray, labels: np.ndarray, names: list[str]) -> list[ColumnDifference]:
    """The columns that differ between the sets, at a level corrected for their number."""
    distance = np.abs(rows - np.median(rows, axis=0))
    found = []
    for place, name in enumerate(names):
        both = [
            (kind, *_ranking(part[:, place], labels))
            for kind, part in (("value", rows), ("spread", distance))
        ]
        kind, area, spread = max(both, key=lambda entry: abs(entry[1] - 0.5))
        if spread and 2 * _tail(abs(area - 0.5) / spread) < LEVEL / (2 * len(names)):
            found.append(ColumnDifference(name, kind, area))
    return sorted(found, key=lambda difference: -abs(difference.score - 0.5))


def _tail(deviations: float) -> float:
    """The probability that a normal number is at least `deviations` above its mean."""
    return math.erfc(deviations / math.sqrt(2.0)) / 2.0
