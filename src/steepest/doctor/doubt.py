"""Which targets are probably wrong, by models that were trained on other rows.

Depends on baselines and facts.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from steepest.doctor.baselines import out_of_fold
from steepest.doctor.facts import task_of
from steepest.doctor.rows import Rows

FEWEST_ROWS = 20
STEPS = 50
SMALLEST = 1e-12


def doubtful(x: Any, y: Any) -> np.ndarray:
    """Rows whose target contradicts a linear model and neighbours that have not seen it.

    True for a class other than the one that both together give the row; for a quantity that is
    more probably the target of another row than of its own. Such rows may be rare ones: look at
    some of them before you leave them out. Of fewer than 20 rows none is doubted.

    >>> x = np.concatenate([np.linspace(-1, -0.2, 45), np.linspace(0.2, 1, 45)])[:, None]
    >>> y = (x[:, 0] > 0).astype(int)
    >>> y[[10, 80]] = 1 - y[[10, 80]]
    >>> np.flatnonzero(st.doctor.doubtful(x, y))
    array([10, 80])
    """
    rows = Rows.of(x, y)
    if len(rows) < FEWEST_ROWS:
        return np.zeros(len(rows), bool)
    task = task_of(rows.y)
    predicted, targets = out_of_fold(rows, rows.first(0), task)
    if task == "classes":
        return np.asarray(predicted.argmax(axis=1) != targets.argmax(axis=1))
    return np.asarray((_shares_of_others(predicted, targets) > 1 / 2).any(axis=1))


def _shares_of_others(predicted: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """How probable it is that each target is that of another row.

    Targets are a mixture: of rows as they are, normal around a multiple of the prediction, which
    noisy targets make too small, and of other rows, normal with mean 0 and deviation 1. By
    expectation and maximization (Dempster, Laird and Rubin, 1977).
    """
    share, found = np.full(targets.shape[1], 0.5), np.zeros(targets.shape)
    for _ in range(STEPS):
        own = np.maximum((1 - found).sum(axis=0), SMALLEST)
        slope = ((1 - found) * predicted * targets).sum(axis=0)
        slope = slope / np.maximum(((1 - found) * predicted**2).sum(axis=0), SMALLEST)
        residuals = targets - slope * predicted
        spread = np.sqrt(((1 - found) * residuals**2).sum(axis=0) / own) + SMALLEST
        others = share * _density(targets, np.ones_like(spread))
        found = others / np.maximum(others + (1 - share) * _density(residuals, spread), SMALLEST)
        share = found.mean(axis=0)
    return found


def _density(values: np.ndarray, spread: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(-0.5 * (values / spread) ** 2) / (spread * math.sqrt(2 * math.pi)))
