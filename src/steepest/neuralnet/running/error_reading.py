"""Reads the errors of a training on training and validation rows as bias and variance.

The training error of the logs is that of an epoch whose weights change, with dropout; so it is
measured again, as the validation error is, before anything is said. Depends on full_batch and
diagnosis.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from steepest.config import config
from steepest.core import tree
from steepest.data.columns import DenseColumn
from steepest.diagnosis.bias_variance import BiasVariance, Reading, errors_read, reading_findings
from steepest.events import Logs
from steepest.finding import Finding
from steepest.losses import MeanSquaredError
from steepest.metrics import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
)
from steepest.metrics import MeanSquaredError as MeanSquare
from steepest.neuralnet.input.feeds import ArrayFeed, specs_of, storage_of
from steepest.neuralnet.learner import Learner
from steepest.neuralnet.running.full_batch import evaluated
from steepest.neuralnet.running.run import CTRL_C

if TYPE_CHECKING:
    from steepest.neuralnet.running.training_loop import Training

FEWEST_EPOCHS = 5
FEWEST_ROWS = 50  # for validation
MOST_ROWS = 2000  # for training, that are evaluated; at most as many as for validation
MOST_TARGETS = 10_000  # whose variance is computed

ACCURACIES = (Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy)


class ErrorMeasure(NamedTuple):
    """Which of the logs says how large the error is: an accuracy, or a mean square.

    The spreads are the target's variances on training and validation rows, for a mean square.
    """

    name: str
    spreads: tuple[float, float] | None = None

    def read(self, train: Logs, validation: Logs, prefix: str, rows: int) -> BiasVariance:
        """The reading of two errors in logs; names in those of the validation have a prefix."""
        error, later = float(train[self.name]), float(validation[prefix + self.name])
        if self.spreads is None:
            return errors_read(1.0 - error, 1.0 - later, 0.0, rows, is_share=True)
        error, later = error / self.spreads[0], later / self.spreads[1]
        return errors_read(error, later, 0.0, rows, is_share=False)


def error_findings(run: Training) -> Iterator[Finding]:
    """High bias or high variance at the end of a training, if enough is known to say so."""
    model, feed, validation, logs = run.model, run.feed, run.validation, run.logs
    epochs = run.epoch + 1 - run.plan.initial_epoch
    if not config.bias_variance_advice or epochs < FEWEST_EPOCHS or run.reason == CTRL_C:
        return
    if not (isinstance(feed, ArrayFeed) and isinstance(validation, ArrayFeed)):
        return
    if validation.count < FEWEST_ROWS or not _is_plain(model, feed, validation):
        return
    measure = _measure(model, feed, validation)
    if measure is None or not {measure.name, f"val_{measure.name}"} <= logs.keys():
        return
    rows = validation.count
    if measure.read(logs, logs, "val_", rows).reading is not Reading.NEITHER:
        train = _on_training_rows(model, feed, validation)
        yield from reading_findings(measure.read(train, logs, "val_", rows))


def _is_plain(model: Learner, feed: ArrayFeed, validation: ArrayFeed) -> bool:
    """Whether both errors can be measured by the same program, with the weights of the end."""
    parts = feed.nest[: len(validation.nest)]
    own = model.run_eagerly or model.has_own_step("train") or model.has_own_step("test")
    return (
        not own
        and not model.optimizer.has_final_values
        and feed.prepare is validation.prepare is None
        and len(parts) == len(validation.nest) > 1
        and specs_of(parts) == specs_of(validation.nest)
        and storage_of(parts) == storage_of(validation.nest)
    )


def _measure(model: Learner, feed: ArrayFeed, validation: ArrayFeed) -> ErrorMeasure | None:
    aims = model.objectives
    if aims is None or len(aims.losses) != 1:
        return None
    for metric in aims.plain[0]:
        if isinstance(metric, ACCURACIES):
            return ErrorMeasure(metric.name)
    squares = [metric.name for metric in aims.plain[0] if isinstance(metric, MeanSquare)]
    is_square = isinstance(aims.losses[0], MeanSquaredError)
    if is_square and not squares and len(feed.nest) == 2 and not model.losses:
        squares = ["loss"]
    spreads = _spread(feed), _spread(validation)
    return ErrorMeasure(squares[0], spreads) if squares and all(spreads) else None


def _spread(feed: ArrayFeed) -> float:
    """The variance of the target, the mean of those of its columns; 0 if it is not one array."""
    columns = tree.leaves(feed.nest[1])
    if len(columns) != 1 or not isinstance(columns[0], DenseColumn):
        return 0.0
    assert feed.rows is not None
    return float(columns[0].take(feed.rows[:MOST_TARGETS]).astype(np.float64).var(axis=0).mean())


def _on_training_rows(model: Learner, feed: ArrayFeed, validation: ArrayFeed) -> Logs:
    """The metrics of an evaluation on some training rows; the model's own stay as they are."""
    assert feed.rows is not None
    count = min(feed.count, MOST_ROWS, validation.count)
    rows = feed.rows[np.linspace(0, feed.count - 1, count).astype(np.int64)]
    nest = feed.nest[: len(validation.nest)]
    sample = replace(validation, nest=nest, rows=rows, steps=None)
    variables = model.metrics_variables
    before = [variable.numpy() for variable in variables]
    logs = evaluated(model, sample)
    for variable, value in zip(variables, before, strict=True):
        variable.assign(value)
    return logs
