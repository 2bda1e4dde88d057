"""Baselines: how well simple models predict rows that they were not trained on.

The prior, a linear model, nearest neighbours, and a tree of depth 3: NumPy alone, and the same
numbers for the same rows. A network that does no better has learned little. Depends on facts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from steepest.doctor.facts import Task, labels_of, task_of
from steepest.doctor.histogram_tree import tree_predictions
from steepest.doctor.rows import Rows, once_for_rows

MOST_ROWS = 2_000
MOST_COLUMNS = 100
FOLDS = 5
NEIGHBOURS = 10
CLIPPED = 8.0
ROUNDING = 1e-12
DEVIATIONS = 1.96

Predict = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Baseline:
    """What a simple model reaches on held-out rows.

    `score` is the accuracy, or for quantities the share of the variance that is explained (0 for
    the prior), with its 95% interval. `losses` holds the error of each row: 0 or 1, or the
    squared error divided by the variance. `predicted` holds a row of class probabilities, or of
    quantities in the units of the targets, for each of `rows`.

    >>> linear, prior = (Baseline(name, 0.0, 0.0, 0.0, np.array(losses))
    ...                  for name, losses in (("linear", [0, 0, 1, 0]), ("prior", [1, 1, 1, 0])))
    >>> linear.gain(prior)
    (0.5, 0.2887)
    """

    name: str
    score: float
    low: float
    high: float
    losses: np.ndarray = field(repr=False)
    predicted: np.ndarray = field(default_factory=lambda: np.zeros(0), repr=False)
    rows: np.ndarray = field(default_factory=lambda: np.zeros(0, int), repr=False)

    def gain(self, other: Baseline) -> tuple[float, float]:
        """How much smaller the mean error is than that of another, and the standard error."""
        differences = np.asarray(other.losses, np.float64) - self.losses
        error = differences.std(ddof=1) / math.sqrt(len(differences))
        return float(differences.mean()), float(error)


@once_for_rows
def baselines(
    rows: Rows, held_out: Rows | None = None, task: Task | None = None
) -> dict[str, Baseline]:
    """The baselines by name, on held-out rows, or else cross-validated on at most 2,000 rows.

    >>> x = np.linspace(-1, 1, 90)[:, None]
    >>> found = baselines(Rows.of(x, 3 * x[:, 0] + 1))
    >>> {name: round(one.score, 2) for name, one in found.items()}
    {'prior': 0.0, 'linear': 1.0, 'neighbours': 0.99, 'tree': 0.98}
    """
    task = task or task_of(rows.y)
    training = rows.sample(MOST_ROWS)
    parts = [training] if held_out is None else [training, held_out.sample(MOST_ROWS)]
    x = prepared_inputs(_numbers(np.concatenate([part.x for part in parts])))
    targets, unit = prepared_targets(np.concatenate([part.y for part in parts]), task)
    own, others = np.split(np.arange(len(x)), [len(training)])
    folds = _folds(len(training)) if held_out is None else [(own, others)]
    places = np.concatenate([test for _, test in folds])
    models: dict[str, Predict] = {"prior": _prior, "linear": _linear, "neighbours": _neighbours}
    models["tree"] = tree_predictions
    if task == "classes":
        models["linear"] = _discriminant
    guesses = {
        name: np.concatenate([model(x[own], targets[own], x[test]) for own, test in folds])
        for name, model in models.items()
    }
    usual = ((targets[places] - guesses["prior"]) ** 2).sum(axis=1)
    scale = max(float(usual.mean()), 1e-300)
    where = places if held_out is None else places - len(training)
    result = {}
    for name, guess in guesses.items():
        if task == "classes":
            losses = (guess.argmax(axis=1) != targets[places].argmax(axis=1)).astype(np.float64)
            made = guess
        else:
            losses = ((targets[places] - guess) ** 2).sum(axis=1) / scale
            made = guess * unit[1] + unit[0]
        result[name] = Baseline(name, *_scored(losses, usual / scale, task), losses, made, where)
    return result


class OutOfFold(NamedTuple):
    """Predictions of rows by models that were not trained on them, and the targets as columns.

    `predicted` and `targets` are those of the rows, then those of other rows, each of which is
    predicted by the models of one fold, so that both were predicted from as many rows.
    """

    predicted: np.ndarray
    targets: np.ndarray


@once_for_rows
def out_of_fold(rows: Rows, others: Rows, task: Task) -> OutOfFold:
    """What a linear model and nearest neighbours predict together, trained on other folds.

    >>> x = np.linspace(-1, 1, 60)[:, None]
    >>> rows = Rows.of(x, (x[:, 0] > 0).astype(int))
    >>> found = out_of_fold(rows, rows.first(10), "classes")
    >>> len(found.predicted), bool((found.predicted[:60].argmax(1) == rows.y).mean() > 0.9)
    (70, True)
    """
    x = prepared_inputs(_numbers(np.concatenate([rows.x, others.x])))
    targets, _ = prepared_targets(np.concatenate([rows.y, others.y]), task)
    predicted = np.zeros(targets.shape)
    linear = _discriminant if task == "classes" else _linear
    for number, (own, test) in enumerate(_folds(len(rows))):
        held = np.arange(len(rows), len(x))
        asked = np.concatenate([test, held[held % FOLDS == number]])
        for part in np.array_split(asked, -(-len(asked) // MOST_ROWS)):
            near = _neighbours(x[own][:MOST_ROWS], targets[own][:MOST_ROWS], x[part])
            predicted[part] = (near + linear(x[own], targets[own], x[part])) / 2
    return OutOfFold(predicted, targets)


def _numbers(x: np.ndarray) -> np.ndarray:
    """The inputs as a table of numbers; texts as the number of their value in sorted order."""
    table = x.reshape(len(x), -1)
    if table.dtype.kind in "fiub":
        return np.asarray(table, np.float64)
    columns = [np.unique(column.astype(str), return_inverse=True)[1] for column in table.T]
    return np.stack(columns, axis=1).astype(np.float64) if columns else np.zeros((len(x), 0))


def prepared_inputs(table: np.ndarray, most: int = MOST_COLUMNS) -> np.ndarray:
    """A table with columns of mean 0 and deviation 1, without gaps; of many, main components.

    >>> prepared_inputs(np.array([[1.0, 5.0], [3.0, 5.0]]))
    array([[-1.],
           [ 1.]])
    """
    finite = np.isfinite(table)
    if not finite.all():
        counts = np.maximum(finite.sum(axis=0), 1)
        means = np.where(finite, table, 0.0).sum(axis=0) / counts
        table = np.where(finite, table, means)
    size = np.abs(table).max(axis=0, initial=0.0)
    shares = table / np.where(size > 0, size, 1.0)  # squares of large numbers would overflow
    centred = shares - shares.mean(axis=0)
    spread = centred.std(axis=0)
    used = spread > ROUNDING
    scaled = np.clip(centred[:, used] / spread[used], -CLIPPED, CLIPPED)
    if scaled.shape[1] <= most:
        return scaled
    probes = np.random.default_rng(0).normal(size=(scaled.shape[1], most))
    basis = np.linalg.qr(scaled.T @ (scaled @ probes))[0]
    components = scaled @ basis
    return np.asarray(components / components.std(axis=0).max())


def prepared_targets(y: np.ndarray, task: Task) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Targets as columns, and their mean and deviation: one for each class, or scaled quantities.

    >>> prepared_targets(np.array([2, 1]), "classes")[0]
    array([[0., 1.],
           [1., 0.]])
    """
    if task == "classes":
        labels = labels_of(y)
        classes = np.unique(labels)
        return (labels[:, None] == classes).astype(np.float64), (np.zeros(1), np.ones(1))
    values = np.asarray(y, np.float64).reshape(len(y), -1)
    values = np.where(np.isfinite(values), values, 0.0)
    mean, spread = values.mean(axis=0), values.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    return (values - mean) / spread, (mean, spread)


def _folds(rows: int) -> list[tuple[np.ndarray, np.ndarray]]:
    order = np.random.default_rng(0).permutation(rows)
    folds = min(FOLDS, rows)
    return [
        (np.sort(np.concatenate([order[other::folds] for other in range(folds) if other != fold])),
         np.sort(order[fold::folds]))
        for fold in range(folds)
    ]  # fmt: skip


# ------------------------------------------------------------ models


def _prior(x: np.ndarray, y: np.ndarray, tested: np.ndarray) -> np.ndarray:
    return np.broadcast_to(y.mean(axis=0), (len(tested), y.shape[1]))


def _linear(x: np.ndarray, y: np.ndarray, tested: np.ndarray) -> np.ndarray:
    """Ridge regression; the penalty is chosen by generalized cross-validation.

    Golub, Heath and Wahba, 1979.
    """
    centre, mean = x.mean(axis=0), y.mean(axis=0)
    values, vectors = np.linalg.eigh((x - centre).T @ (x - centre))
    values = np.maximum(values, 0.0)
    parts = vectors.T @ ((x - centre).T @ (y - mean))
    best: tuple[float, np.ndarray] = (math.inf, np.zeros_like(parts))
    for penalty in len(x) * 10.0 ** np.arange(-6, 2):
        shrunk = parts / (values + penalty)[:, None]
        error = ((y - mean - (x - centre) @ (vectors @ shrunk)) ** 2).sum()
        freedom = 1 - (1 + (values / (values + penalty)).sum()) / len(x)
        score = float(error / max(freedom, 1e-6) ** 2)
        if score < best[0]:
            best = (score, vectors @ shrunk)
    return np.asarray((tested - centre) @ best[1] + mean)


def _discriminant(x: np.ndarray, y: np.ndarray, tested: np.ndarray) -> np.ndarray:
    """Linear discriminant analysis; the covariance is shrunk towards a multiple of one.

    By as much as columns outnumber rows: d / (n + d).
    """
    counts = y.sum(axis=0)
    means = (y.T @ x) / np.maximum(counts, 1)[:, None]
    within = x - y @ means
    columns = x.shape[1]
    if not columns:
        return _prior(x, y, tested)
    covariance = within.T @ within / len(x)
    shrinkage = columns / (len(x) + columns)
    level = np.trace(covariance) / columns + 1e-9
    covariance = (1 - shrinkage) * covariance + shrinkage * level * np.eye(columns)
    directions = np.linalg.solve(covariance, means.T)
    with np.errstate(divide="ignore"):
        offsets = np.log(counts / counts.sum()) - 0.5 * (means * directions.T).sum(axis=1)
    scores = tested @ directions + offsets
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(scores / scores.sum(axis=1, keepdims=True))


def linear_scores(x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How probable class 1 is for each row, by discriminant analysis of the rows of other folds.

    >>> scores = linear_scores(np.linspace(-1, 1, 10)[:, None], np.repeat([0, 1], 5))
    >>> bool((np.diff(scores[[0, 4, 5, 9]]) > 0).all())
    True
    """
    y = (labels[:, None] == [0, 1]).astype(np.float64)
    scores = np.empty(len(x))
    for own, test in _folds(len(x)):
        scores[test] = _discriminant(x[own], y[own], x[test])[:, 1]
    return scores


def _neighbours(x: np.ndarray, y: np.ndarray, tested: np.ndarray) -> np.ndarray:
    """The mean target of the 10 nearest rows, of few rows of a third of them."""
    count = max(min(NEIGHBOURS, len(x) // 3), 1)
    nearest = nearest_rows(x, tested, count)
    means: np.ndarray = y[nearest].mean(axis=1)
    return means


def nearest_rows(x: np.ndarray, tested: np.ndarray, count: int) -> np.ndarray:
    """The numbers of the nearest rows of `x` for each tested one, nearest first.

    >>> nearest_rows(np.array([[0.0], [5.0], [1.0]]), np.array([[0.2]]), 2)
    array([[0, 2]])
    """
    squares = (x * x).sum(axis=1)
    distances = squares - 2 * (tested @ x.T)
    if count < len(x):
        found = np.sort(np.argpartition(distances, count - 1, axis=1)[:, :count], axis=1)
    else:
        found = np.broadcast_to(np.arange(len(x)), (len(tested), len(x)))
    order = np.argsort(np.take_along_axis(distances, found, axis=1), axis=1, kind="stable")
    return np.take_along_axis(found, order, axis=1)


# ------------------------------------------------------------ intervals


def _scored(losses: np.ndarray, usual: np.ndarray, task: Task) -> tuple[float, float, float]:
    """The accuracy, or the explained share of the variance, with its interval.

    Of an accuracy by Wilson, 1927; of an explained share by the delta method.
    """
    rows, mean = len(losses), float(losses.mean())
    if task == "quantities":
        half = DEVIATIONS * float((losses - mean * usual).std()) / math.sqrt(rows)
        return 1 - mean, 1 - mean - half, 1 - mean + half
    squared = DEVIATIONS**2 / rows
    middle = (1 - mean + squared / 2) / (1 + squared)
    half = DEVIATIONS * math.sqrt(mean * (1 - mean) / rows + squared / (4 * rows)) / (1 + squared)
    return 1 - mean, middle - half, middle + half
