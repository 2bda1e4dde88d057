"""scikit-learn's MLPClassifier, from the common weights, with its own order of examples.

It has no RMSprop, so that row runs with Adam. `fit` with a warm start renews Adam's averages.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from benchmarks.rows import Row
from benchmarks.task import Task


def prepare(task: Task) -> Session:
    """The session of the task's row."""
    return Session(task)


class Session:
    """A classifier that goes on from where it was at each call of fit."""

    def __init__(self, task: Task) -> None:
        warnings.simplefilter("ignore", ConvergenceWarning)
        self.data, self.model = task.data, _model(task.row)
        _place_weights(self.model, task)

    def train(self, call: int) -> None:
        """`row.epochs` passes over the data."""
        self.model.fit(self.data.x, self.data.y)

    def predict(self, x: Any) -> np.ndarray:
        """Probabilities, with the last axis as the other contestants have it."""
        answer = self.model.predict_proba(x)
        return answer[:, 1:] if answer.shape[1] == 2 else answer

    def predictor(self) -> Callable[[np.ndarray], np.ndarray]:
        """The same function for one row."""
        return self.model.predict_proba


def _model(row: Row) -> MLPClassifier:
    *hidden, _ = row.dense_layers
    return MLPClassifier(
        tuple(layer.units for layer in hidden),
        activation=hidden[0].activation,
        solver="sgd" if row.optimizer == "momentum" else "adam",
        nesterovs_momentum=False,
        alpha=0,
        batch_size=row.batch,
        learning_rate_init=row.rate,
        max_iter=row.epochs,
        tol=0,
        n_iter_no_change=10**9,
        warm_start=True,
        random_state=0,
    )


def _place_weights(model: MLPClassifier, task: Task) -> None:
    # The weights exist only after a first fit: a short one, on as many rows as show all classes.
    model.set_params(max_iter=1, batch_size="auto").fit(task.data.x[:500], task.data.y[:500])
    model.coefs_ = [kernel.copy() for kernel, _ in task.weights]
    model.intercepts_ = [bias.copy() for _, bias in task.weights]
    model.set_params(max_iter=task.row.epochs, batch_size=task.row.batch)
