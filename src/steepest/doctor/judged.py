"""How a trained network does on each row: outputs, probabilities, errors.

On validation rows where there are some, else on training rows. Depends on facts and scoring.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from steepest.doctor.facts import Facts, Task, fact, labels_of
from steepest.doctor.rows import Rows

MOST_ROWS = 4_000
FEWEST_ROWS = 20
SMALLEST = 1e-7


@dataclass(frozen=True)
class Judged:
    """Rows with the outputs of the trained network.

    `shares` holds the probability of each class; it is empty for quantities.

    >>> judged = Judged(Rows.of(np.ones((2, 1)), [0, 1]), np.eye(2), np.eye(2), "classes", False)
    >>> judged.errors
    array([0., 0.])
    """

    rows: Rows
    outputs: np.ndarray
    shares: np.ndarray
    task: Task
    is_held_out: bool

    @cached_property
    def labels(self) -> np.ndarray:
        """The number of the class of each row."""
        return labels_of(self.rows.y).astype(np.int64)

    @cached_property
    def errors(self) -> np.ndarray:
        """The error of each row: 0 or 1, or the squared error by the variance of the targets."""
        if self.task == "classes":
            return (self.shares.argmax(axis=1) != self.labels).astype(np.float64)
        return np.asarray((self.residuals**2).mean(axis=1) / max(self.variance, 1e-300))

    @cached_property
    def residuals(self) -> np.ndarray:
        """Targets less outputs."""
        targets = np.asarray(self.rows.y, np.float64).reshape(len(self.rows), -1)
        return targets - self.outputs.reshape(targets.shape)

    @cached_property
    def variance(self) -> float:
        """The variance of the targets."""
        return float(
            np.asarray(self.rows.y, np.float64).reshape(len(self.rows), -1).var(axis=0).mean()
        )

    @property
    def prior_error(self) -> float:
        """The mean error of the best constant answer."""
        if self.task == "quantities":
            return 1.0
        return 1.0 - float(np.bincount(self.labels).max() / len(self.labels))

    @property
    def part(self) -> str:
        """Which rows they are, for sentences."""
        return "validation" if self.is_held_out else "training"


@fact
def judged(facts: Facts) -> Judged | None:
    """The rows by which a trained network is judged; None without a training, or without sense.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> judged(Facts.of(model, np.ones((4, 2)), np.ones(4))) is None
    True
    """
    watched = facts.validation
    is_held_out = watched is not None and len(watched) >= FEWEST_ROWS
    return judged_on(
        facts, watched if is_held_out and watched is not None else facts.rows, is_held_out
    )


@fact
def judged_training(facts: Facts) -> Judged | None:
    """The training rows, by which labels are judged."""
    return judged_on(facts, facts.rows, False)


def judged_on(facts: Facts, rows: Rows, is_held_out: bool) -> Judged | None:
    """A sample of some rows with the outputs of the trained network."""
    if facts.model is None or facts.history is None or len(rows) < FEWEST_ROWS:
        return None
    chosen = rows.sample(MOST_ROWS)
    outputs = np.asarray(facts.model.predict(chosen.x, verbose=0), np.float64)
    if not np.isfinite(outputs).all() or outputs.ndim != 2 or chosen.y.dtype.kind not in "fiub":
        return None
    shares = shares_of(facts, outputs) if facts.task == "classes" else np.zeros((0, 0))
    if facts.task == "classes":
        labels = labels_of(chosen.y)
        fits = len(shares) and (labels == np.round(labels)).all()
        if not fits or labels.min() < 0 or labels.max() >= shares.shape[1]:
            return None
    elif outputs.shape[1] != int(np.prod(chosen.y.shape[1:])) or not np.isfinite(chosen.y).all():
        return None
    return Judged(chosen, outputs, shares, facts.task, is_held_out)


def shares_of(facts: Facts, outputs: np.ndarray) -> np.ndarray:
    """The probability of each class by the outputs; empty where they are no probabilities."""
    loss = facts.setup.compile.get("loss")
    options = loss.get("config", {}) if isinstance(loss, dict) else {}
    if options.get("from_logits"):
        if outputs.shape[1] == 1:
            outputs = 1.0 / (1.0 + np.exp(-outputs.clip(-500, 500)))
        else:
            powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
            outputs = powers / powers.sum(axis=1, keepdims=True)
    if (outputs < 0).any() or (outputs > 1).any():
        return np.zeros((0, 0))
    if outputs.shape[1] == 1:
        return np.concatenate([1.0 - outputs, outputs], axis=1)
    adds_up = np.allclose(outputs.sum(axis=1), 1.0, atol=1e-3)
    return outputs if adds_up else np.zeros((0, 0))
