"""Cross-validation: one model per fold, each tested on the rows it was not trained on.

Models come from a function of the caller; folds advance side by side. Depends on data/splitting,
labels and side_by_side.
"""

from __future__ import annotations

import contextlib
import copy
import inspect
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from steepest.arguments import is_whole
from steepest.data.splitting.duplicates import are_several
from steepest.data.splitting.folds import Fold, KFold, Splitter, fold_indices
from steepest.data.splitting.split import as_rows, row_count, take_rows
from steepest.errors import ArgumentError, DataError
from steepest.evaluate.side_by_side import SideBySide
from steepest.functions import generators
from steepest.labels import stratification
from steepest.neuralnet.model import Model
from steepest.neuralnet.running.fit import fitting
from steepest.neuralnet.running.plan import plan_of

_SET_PER_FOLD = ("validation_data", "sample_weight", "x", "y")


@dataclass(frozen=True)
class CrossValidation:
    """The result of each fold: `scores["accuracy"][i]` is that of fold i on its test rows.

    `models`, `histories` and `folds` (pairs of row numbers) are in the same order.

    >>> result = CrossValidation({"loss": np.array([0.2, 0.4])}, [], [], [])
    >>> round(result.mean["loss"], 2), round(result.deviation["loss"], 4)
    (0.3, 0.1414)
    >>> print(result)
    cross-validation over 2 folds
    loss  0.3000 ± 0.1414  (0.2000 to 0.4000)
    """

    scores: dict[str, np.ndarray]
    histories: list[Any] = field(repr=False)
    models: list[Any] = field(repr=False)
    folds: list[Fold] = field(repr=False)

    @property
    def mean(self) -> dict[str, float]:
        """The mean of each score over the folds."""
        return {name: float(np.mean(values)) for name, values in self.scores.items()}

    @property
    def deviation(self) -> dict[str, float]:
        """The standard deviation of each score over the folds; NaN for a single fold."""
        return {name: _deviation(values) for name, values in self.scores.items()}

    def __repr__(self) -> str:
        width = max(map(len, self.scores), default=0)
        count = len(next(iter(self.scores.values()), ()))
        lines = [
            f"{name:<{width}}  {values.mean():.4f} ± {_deviation(values):.4f}"
            f"  ({values.min():.4f} to {values.max():.4f})"
            for name, values in self.scores.items()
        ]
        return "\n".join([f"cross-validation over {count} folds", *lines])


def _deviation(values: np.ndarray) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")


def cross_validate(
    build: Callable[..., Any],
    x: Any,
    y: Any,
    k: int | Splitter | Iterable[Fold] = 5,
    *,
    groups: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    seed: int = 0,
    workers: int | None = None,
    **fit_options: Any,
) -> CrossValidation:
    """Trains a new model on each fold's training rows and scores it on its test rows.

    `build()` returns a compiled model, or an estimator with `fit` and `score`. If the data must be
    prepared, write `build(x_train, y_train)` and fit the preparing layers there, so that they see
    training rows only. `k` is a number of folds (of shuffled rows, stratified by class), a
    `KFold`, `RepeatedKFold` or splitter of scikit-learn, or pairs of row numbers. Other options
    are passed to `fit`; `validation_split` takes its share from the training rows, so that early
    stopping never sees test rows. As many folds are trained at once as there are cores; `workers`
    sets another number, and no result depends on it.

    >>> import steepest as st
    >>> def build():
    ...     model = st.Sequential([st.layers.Dense(2, "softmax", input_shape=(2,))])
    ...     model.compile(st.optimizers.Adam(0.05), "sparse_categorical_crossentropy", ["accuracy"])
    ...     return model
    >>> (x, y), _ = st.datasets.blobs.load_data(classes=2, seed=1)
    >>> result = st.data.cross_validate(build, x, y, k=3, epochs=10)
    >>> result.scores["accuracy"].shape, result.mean["accuracy"] > 0.9
    ((3,), True)
    """
    _check(build, x, y, fit_options)
    x, y = as_rows(x), as_rows(y)
    weights = None if sample_weight is None else np.asarray(sample_weight)
    splitter: Any = k
    if is_whole(k):
        count = int(k)
        splitter = KFold(count, stratify=_are_classes(y, count), seed=seed)
    folds = fold_indices(splitter, x, y, groups)
    rows_of_fold = partial(_rows_of_fold, x, y, weights)
    jobs = [
        _one_fold(build, partial(rows_of_fold, fold), seed + number, fit_options)
        for number, fold in enumerate(folds)
    ]
    if fit_options.get("verbose"):
        workers = 1  # lines of several trainings would be mixed on the screen
    pool = SideBySide(len(jobs), workers, "cross_validate", joined=False)
    results = _results(pool, jobs)
    models, histories, logs = map(list, zip(*results, strict=True))
    scores = {name: np.array([log[name] for log in logs]) for name in logs[0]}
    return CrossValidation(scores, histories, models, folds)


def _rows_of_fold(x: Any, y: Any, weights: Any, fold: Fold) -> list[tuple[Any, Any, Any]]:
    """x, y and the weights of the rows for training and of those for the test."""
    return [
        (take_rows(x, rows), take_rows(y, rows), None if weights is None else weights[rows])
        for rows in fold
    ]


def _results(pool: SideBySide, jobs: Sequence[Iterator[Any]]) -> list[Any]:
    """What the jobs return, in their order; the first error ends all of them."""
    found: dict[int, Any] = {}
    with contextlib.closing(pool.pieces(jobs)) as pieces:
        for piece in pieces:
            if piece.error is not None:
                raise piece.error
            if piece.is_over:
                found[piece.job] = piece.value
    pool.warn()
    return [found[number] for number in range(len(jobs))]


def _one_fold(
    build: Callable[..., Any], rows: Callable[[], Any], seed: int, options: dict[str, Any]
) -> Generator[Any, None, tuple[Any, Any, dict[str, float]]]:
    """The job of one fold, which copies its rows when it begins."""
    (x, y, weights), (x_test, y_test, test_weights) = rows()
    with generators.seeded(seed):
        model = build(x, y) if _takes_data(build) else build()
    _check_model(model)
    if not isinstance(model, Model):
        history = model.fit(x, y, **_given(sample_weight=weights), **options)
        score = model.score(x_test, y_test, **_given(sample_weight=test_weights))
        return model, history, {"score": float(score)}
    options = {"seed": seed, **options, **_given(sample_weight=weights)}
    verbose, callbacks = options.pop("verbose", 0), copy.deepcopy(options.pop("callbacks", None))
    training: Any = options
    fit = fitting(model, x, y, plan_of(training), callbacks, verbose)
    yield from fit.advanced()
    logs = model.evaluate(
        x_test, y_test, sample_weight=test_weights, verbose=0, return_dict=True
    )  # fmt: skip
    return model, fit.history, logs


def _given(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _check(build: Any, x: Any, y: Any, options: dict[str, Any]) -> None:
    if not callable(build) or (hasattr(build, "fit") and not inspect.isclass(build)):
        raise ArgumentError(
            f"cross_validate: build must be a function that returns a new compiled model, got "
            f"{type(build).__name__}; a single model would be trained on every test row"
        )
    for name in _SET_PER_FOLD:
        if name in options:
            raise ArgumentError(f"cross_validate: {name} is set for each fold; leave it out")
    if y is None:
        raise ArgumentError("cross_validate: y is missing; scores need targets for every row")
    rows = {"x": _rows_of(x), "y": _rows_of(y)}
    if len(set(rows.values())) > 1:
        raise DataError(f"cross_validate: x has {rows['x']:,} rows and y has {rows['y']:,}")


def _rows_of(values: Any) -> int:
    if hasattr(values, "as_columns"):
        raise ArgumentError("cross_validate: arrays or frames were expected, got a Dataset")
    return row_count(as_rows(values))


def _check_model(model: Any) -> None:
    if not hasattr(model, "fit"):
        raise ArgumentError(
            f"cross_validate: build returned {type(model).__name__}, where a compiled model was "
            "expected; does it end with `return model`?"
        )


def _takes_data(build: Callable[..., Any]) -> bool:
    """Whether `build` takes the training rows: two parameters without defaults."""
    try:
        parameters = inspect.signature(build).parameters.values()
    except ValueError:
        return False
    needed = [p for p in parameters if p.default is p.empty and p.kind <= p.POSITIONAL_OR_KEYWORD]
    if len(needed) not in (0, 2):
        names = ", ".join(p.name for p in needed)
        raise ArgumentError(
            f"cross_validate: build must take no argument, or x and y; its arguments are {names}"
        )
    return len(needed) == 2


def _are_classes(y: Any, folds: int) -> bool:
    """Whether the labels are classes, each with at least one row per fold."""
    if isinstance(y, dict) or are_several(y) or hasattr(y, "indptr"):
        return False  # several outputs, or several classes per row
    return stratification(np.asarray(y), folds) is not None
