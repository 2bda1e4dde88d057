"""The score of a trained model on rows, the same for every program that solves the same task.

So a network with softmax and one that ends in a single unit can be compared: classes by accuracy,
quantities by the share of their variance that is explained. Depends on facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.doctor.facts import Facts, Task, labels_of
from steepest.doctor.rows import Rows
from steepest.doctor.setup import Setup

BATCH = 1024
WORST = -1.0  # of the explained variance: worse is no different


@dataclass(frozen=True)
class Score:
    """How models are scored: by accuracy of classes, or by the explained variance of quantities.

    >>> Score("classes").name, Score("quantities").name
    ('accuracy', 'explained variance')
    """

    task: Task

    @classmethod
    def of(cls, facts: Facts) -> Score:
        """The score for a training, by its targets."""
        return cls(facts.task)

    @property
    def name(self) -> str:
        """The name of the score, for sentences."""
        return "accuracy" if self.task == "classes" else "explained variance"

    @property
    def relevant(self) -> float:
        """The least difference that matters: one point."""
        return 0.01

    def on(self, setup: Setup, model: Any, rows: Rows) -> float:
        """The score of a model that a setup has trained, on rows before their preparation."""
        return float(self.by_row(setup, model, rows).mean())

    def by_row(self, setup: Setup, model: Any, rows: Rows) -> np.ndarray:
        """What each row adds to the score, which is their mean."""
        given = setup.prepared(rows)
        if model is None or not model.built:
            return self.of_constant(given.y)
        outputs = np.asarray(model.predict(given.x, batch_size=BATCH, verbose=0))
        if not np.isfinite(outputs).all():
            return self.of_constant(given.y)
        if self.task == "classes":
            return correct(outputs, given.y, threshold_of(setup, given.y))
        return explained(outputs, given.y)

    def sizes(self, y: np.ndarray) -> np.ndarray:
        """What each row counts: as much as any, or the share of the variance that it makes."""
        return sizes(y) if self.task == "quantities" else np.ones(len(y))

    def of_constant(self, y: np.ndarray) -> np.ndarray:
        """What each row adds to the score of the best constant answer."""
        if self.task == "quantities":
            return 1.0 - sizes(y)
        _, kinds, counts = np.unique(labels_of(y), return_inverse=True, return_counts=True)
        return np.asarray(kinds == counts.argmax(), np.float64)


def threshold_of(setup: Setup, y: np.ndarray) -> float:
    """From where on a single output means the greater one of two classes."""
    loss = setup.compile.get("loss")
    options = loss.get("config", {}) if isinstance(loss, dict) else {}
    is_signed = y.dtype.kind in "fi" and float(np.min(y)) < 0
    return 0.0 if options.get("from_logits") or is_signed else 0.5


def correct(outputs: np.ndarray, y: np.ndarray, threshold: float = 0.5) -> np.ndarray:
    """1 for each row whose class is the predicted one, else 0.

    >>> correct(np.array([[0.2, 0.8], [0.9, 0.1]]), np.array([1, 1]))
    array([1., 0.])
    >>> correct(np.array([[0.2], [0.7]]), np.array([0, 1]))
    array([1., 1.])
    """
    labels = labels_of(y)
    flat = outputs.reshape(len(outputs), -1)
    if flat.shape[1] > 1:
        return np.asarray(flat.argmax(axis=1) == labels, np.float64)
    known = np.unique(labels)
    if len(known) == 2:
        guessed = np.where(flat[:, 0] > threshold, known[1], known[0])
    else:
        guessed = np.round(flat[:, 0])
    return np.asarray(guessed == labels, np.float64)


def explained(outputs: np.ndarray, y: np.ndarray) -> np.ndarray:
    """By row the share of the targets' variance that predictions explain; its mean is R squared.

    It does not change when targets are shifted or divided. Worse than -1 counts as -1.

    >>> explained(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 2.0]))
    array([ 1. ,  1. , -3.5])
    """
    targets = np.asarray(y, np.float64).reshape(len(y), -1)
    flat = np.asarray(outputs, np.float64).reshape(len(outputs), -1)
    if flat.shape[1] != targets.shape[1]:
        flat = np.broadcast_to(flat.mean(axis=1, keepdims=True), targets.shape)
    spread = float(np.sum((targets - targets.mean(axis=0)) ** 2))
    if spread == 0.0:
        return np.zeros(len(targets))
    shares: np.ndarray = 1.0 - len(targets) * np.sum((targets - flat) ** 2, axis=1) / spread
    return shares if shares.mean() > WORST else 1.0 - (1.0 - WORST) * sizes(y)


def sizes(y: np.ndarray) -> np.ndarray:
    """The share of the targets' variance that each row makes, times their number: 1 in the mean.

    >>> sizes(np.array([1.0, 2.0, 3.0, 2.0]))
    array([2., 0., 2., 0.])
    """
    targets = np.asarray(y, np.float64).reshape(len(y), -1)
    squares = np.sum((targets - targets.mean(axis=0)) ** 2, axis=1)
    total = float(squares.sum())
    return np.asarray(len(targets) * squares / total) if total > 0.0 else np.ones(len(targets))
