"""search: looks for good options of a network. Depends on study and runner."""

from __future__ import annotations

import contextlib
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from steepest.arguments import is_number, whole
from steepest.data.splitting.duplicates import are_several, columns_of
from steepest.data.splitting.split import as_rows
from steepest.engines.choose import joins
from steepest.engines.cores import usable_cores
from steepest.errors import ArgumentError
from steepest.evaluate.side_by_side import MOST_JOINED
from steepest.tune.asynchronous import AsynchronousRunner
from steepest.tune.display import display_for
from steepest.tune.halving import Halving
from steepest.tune.journal import Journal
from steepest.tune.measure import Measure
from steepest.tune.recipe import Recipe
from steepest.tune.rows import rows_of
from steepest.tune.runner import Runner
from steepest.tune.shared import SharedRunner, is_shared
from steepest.tune.space import Space, space_of
from steepest.tune.strategies import Grid, strategy_of
from steepest.tune.study import Study

USUAL_TRIALS = 20
WARM = 3  # trials of an earlier study that are tried first
_SCHEME = re.compile(r"[A-Za-z][\w+]+:")  # longer than the letter of a drive
AT_ONCE = 64  # trials in a round, if only the time is limited


def search(
    build: Callable[..., Any],
    space: Any,
    x: Any,
    y: Any = None,
    *,
    trials: int | None = None,
    metric: str | Callable[..., Any] | None = None,
    mode: str = "auto",
    validation: Any = None,
    folds: Any = None,
    test: Any = 0.1,
    strategy: Any = None,
    first: Iterable[Mapping[str, Any]] = (),
    warm_start: Study | None = None,
    time_limit: float | None = None,
    seed: int | None = 0,
    threads: int | None = None,
    callbacks: Any = None,
    storage: Any = None,
    verbose: Any = "auto",
    **training: Any,
) -> Study:
    """Trains a model for each of several choices of options; returns the study of their scores.

    `build(**options)` returns a compiled model. `space` is a dictionary of lists, of distributions
    such as `st.tune.log_uniform(1e-4, 1e-1)`, or a `Space`. An option that `build` names goes to
    `build`; one that `fit` takes, such as `batch_size`, goes to the training; one that both take
    goes to both. If `build` has the arguments x and y, they are the training rows, for layers that
    prepare the data. Further arguments, such as `epochs=5`, are those of `fit` for all trials.
    `callbacks` are copied for each run; a function of options returns new ones.

    A score is the `metric` on the `validation` rows (a share, or a pair), or its mean over `folds`.
    `test` rows (a share, or a pair) take no part: the winner is measured on them at the end. Rows
    are arrays, tensors, frames, sparse matrices, or several of them. If `x` is a Dataset,
    `validation` and `test` are other Datasets or pairs.

    `strategy` is "random" (evenly spread, the default), "grid", "halving", "model" (through Optuna)
    or an object such as `st.tune.Halving(factor=4)`. `first` are options to try first; of an
    earlier study, `warm_start`, the best ones are tried first too, and a model learns from all.

    As many trials as `threads` run side by side, one thread each, and the last ones on those that
    are free; the same seed gives the same study, whatever their number. On the engine "xla" trials
    of one shape run as one program. `seed=None` draws one, and
    halving does not wait for its rungs: see `st.tune.Halving`. `storage` is a folder: a search that
    was interrupted or killed continues there when it is called again. With "journal:FOLDER" or the
    address of a database several processes work on one study, through Optuna. Ctrl-C ends the
    search; what is done remains.

    >>> (x, y), _ = st.datasets.blobs.load_data(classes=3, seed=1)
    >>> def build(units, rate):
    ...     model = st.Sequential([
    ...         st.layers.Dense(units, "relu"), st.layers.Dense(3, "softmax"),
    ...     ])
    ...     model.compile(st.optimizers.Adam(rate), "sparse_categorical_crossentropy", ["accuracy"])
    ...     return model
    >>> space = {"units": [4, 16], "rate": [0.1, 1e-5], "batch_size": [16, 32]}
    >>> study = st.tune.search(build, space, x, y, epochs=5, trials=6, verbose=0)
    >>> study.best.options["rate"], study.best.score > 0.9
    (0.1, True)
    """
    usual = "model" if is_shared(storage) else "random"
    space, strategy = space_of(space), strategy_of(strategy or usual)
    recipe = Recipe(build, space.names, training, callbacks)
    measure = Measure(metric, mode)
    _check(time_limit, seed, storage)
    is_limited = time_limit is not None and not is_shared(storage)
    trials = _number_of_trials(strategy, space, trials, is_limited, training)
    study = Study(
        space, strategy, trials, measure.name or "score", measure.mode, seed,
        training.get("epochs"), first,
    )  # fmt: skip
    rows = rows_of(x, y, validation, folds, test, study.seed)
    study.at_once = AT_ONCE
    if warm_start is not None:
        _warm(study, warm_start)
    study.folds = len(rows.parts) if folds is not None else None
    head = {
        "space": space.description, "strategy": repr(strategy), "seed": seed, "build": build,
        "metric": metric, "mode": mode, "training": training, "callbacks": callbacks,
        "rows": [_described(each) for each in (x, y, validation, folds, test)],
    }  # fmt: skip
    workers = usable_cores() if threads is None else whole("search: threads", threads, 1)
    if threads is None and not (is_shared(storage) or study.asynchronous) and joins():
        workers = MOST_JOINED
    with contextlib.ExitStack() as stack:
        display = stack.enter_context(display_for(verbose, study))
        runner: Runner
        if is_shared(storage):
            runner = SharedRunner(study, recipe, measure, rows, display, storage, head)
        else:
            journal = None if storage is None else stack.enter_context(Journal(storage, head))
            kind = AsynchronousRunner if study.asynchronous else Runner
            runner = kind(study, recipe, measure, rows, journal, display)
        runner.run(workers, time_limit)
    if not runner.reason:
        display.summary()
    return study


def _check(time_limit: Any, seed: int | None, storage: Any) -> None:
    if time_limit is not None and not (is_number(time_limit) and time_limit > 0):
        raise ArgumentError(
            f"time_limit: a number of seconds above 0 was expected, got {time_limit!r}"
        )
    if isinstance(storage, str) and _SCHEME.match(storage) and not is_shared(storage):
        raise ArgumentError(
            f"storage: {storage!r} is neither a folder, which has no colon, nor the address of a "
            "database, which has '://', as 'sqlite:///study.db', nor 'journal:FOLDER'"
        )
    if seed is None and storage is not None:
        raise ArgumentError(
            "search: with storage a seed is needed, as the study is continued with the same rows "
            "and options; for rungs that do not wait give st.tune.Halving(asynchronous=True) too"
        )


def _number_of_trials(
    strategy: Any, space: Space, trials: int | None, is_limited: bool, training: dict[str, Any]
) -> int | None:
    """The number of trials, also where none is given; None for as many as the time allows."""
    is_halving = isinstance(strategy, Halving)
    if is_halving and ("epochs" not in training or "epochs" in space.names):
        raise ArgumentError("search: halving divides the epochs; give their number, as epochs=9")
    if trials is None and isinstance(strategy, Grid):
        return strategy.count(space)
    usual = None if is_limited and not is_halving else USUAL_TRIALS
    return usual if trials is None else trials


def _warm(study: Study, earlier: Any) -> None:
    """Lets a study begin with the best options of an earlier one."""
    if not isinstance(earlier, Study):
        raise ArgumentError(f"warm_start: an earlier study was expected, got {earlier!r:.60}")
    study.earlier = earlier
    for trial in earlier.ranked()[:WARM]:
        is_new = trial.options not in study.first
        if is_new and study.space.found(trial.options) and study.space.allows(trial.options):
            study.first.append(trial.options)


def _described(data: Any) -> Any:
    """What a journal records of data: their shape and a checksum, so that others are noticed."""
    if isinstance(data, tuple) or are_several(data):
        return [_described(part) for part in data]
    if isinstance(data, dict):
        return {name: _described(part) for name, part in data.items()}
    if data is None or is_number(data):
        return data
    if isinstance(data, list) and data and isinstance(data[0], tuple):  # folds
        return [_described(part) for part in data]
    rows = as_rows(data)
    parts = columns_of(rows)
    if hasattr(rows, "indptr"):
        stored = (getattr(rows, name, None) for name in ("indptr", "indices", "data", "values"))
        parts = [part for part in stored if part is not None]
    if parts is not None:
        return [type(data).__name__, *rows.shape, *map(_described, map(np.asarray, parts))]
    rows = np.asarray(rows) if hasattr(rows, "to_numpy") else rows
    if isinstance(rows, np.ndarray) and rows.dtype.kind in "biufSU":
        bytes_of_all = np.ascontiguousarray(rows).view(np.uint8).data
        return [*rows.shape, str(rows.dtype), zlib.crc32(bytes_of_all)]
    return [type(data).__name__, *getattr(data, "shape", ())]
