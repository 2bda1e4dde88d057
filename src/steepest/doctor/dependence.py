"""Whether targets depend on inputs at all: a permutation test with simple statistics.

Depends on baselines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from steepest.doctor.baselines import nearest_rows, prepared_inputs, prepared_targets
from steepest.doctor.column_facts import flat
from steepest.doctor.facts import Task
from steepest.doctor.rows import Rows, once_for_rows

PERMUTATIONS = 99
MOST_OUTPUTS = 10
FEW_ROWS = 1_000
MANY_ROWS = 4_000
PENALTY = 0.1
CLIPPED = 5.0
LEVEL = 0.05
FEW, SOME = 3, 10


@dataclass(frozen=True)
class Dependence:
    """The result of the test: a p-value, and the strongest statistic in standard deviations.

    The p-value is corrected for the number of statistics.

    >>> Dependence(0.04, 12.0, "linear", 100).is_found
    True
    """

    p_value: float
    deviations: float
    statistic: str
    rows: int

    @property
    def is_found(self) -> bool:
        """Whether a dependence was found, at the level 0.05."""
        return self.p_value < LEVEL


@once_for_rows
def dependence(rows: Rows, task: Task) -> Dependence:
    """Tests whether the targets depend on the inputs, first on 1,000 rows, then on 4,000.

    Statistics are compared with those of permuted targets, where quantities count by their rank:
    the greatest correlation of a column or its square, the agreement of the targets of 3 and of 10
    nearest neighbours (more or less than permuted ones), and the fit of a linear model.

    >>> x = np.random.default_rng(0).normal(size=(80, 2))
    >>> dependence(Rows.of(x, x[:, 0] * x[:, 1] > 0), "classes").is_found
    True
    >>> dependence(Rows.of(x, np.arange(80) % 2), "classes").is_found
    False
    """
    found = _tested(rows.sample(FEW_ROWS), task)
    if not found.is_found and len(rows) > FEW_ROWS:
        found = _tested(rows.sample(MANY_ROWS), task)
    return found


def _tested(rows: Rows, task: Task) -> Dependence:
    x = flat(rows)
    targets = prepared_targets(rows.y, task)[0]
    if task == "quantities":  # a few far values must not decide
        targets = np.stack([_ranks(column) for column in targets.T], axis=1)
    targets = _limited(targets)
    single = prepared_inputs(x, most=x.shape[1])
    if not single.shape[1] or not targets.shape[1]:
        return Dependence(1.0, 0.0, "column", len(rows))
    random = np.random.default_rng(0)
    orders = [random.permutation(len(rows)) for _ in range(PERMUTATIONS)]
    permuted = np.stack([targets, *(targets[order] for order in orders)], axis=1)
    shape = permuted.shape
    whole = permuted.reshape(len(rows), -1)
    few = prepared_inputs(x)
    squares = prepared_inputs(single * single, most=single.shape[1])
    both = np.concatenate([single, squares], axis=1).astype(np.float32)
    correlations = np.abs(both.T @ whole)
    statistics = {
        "column": correlations.reshape(-1, *shape[1:]).max(axis=(0, 2)),
        **_neighbours(few, permuted),
        "linear": _linear(few, whole).reshape(shape[1:]).sum(axis=1),
    }
    best = Dependence(1.0, 0.0, "column", len(rows))
    for name, values in statistics.items():
        others = values[1:]
        off = np.abs(values - others.mean()) if name.startswith("neighbours") else values
        p_value = len(statistics) * (1 + int((off[1:] >= off[0]).sum())) / (1 + PERMUTATIONS)
        away = abs(float(values[0] - others.mean())) / max(float(others.std()), 1e-12)
        if (-p_value, away) > (-best.p_value, best.deviations):
            best = Dependence(min(p_value, 1.0), away, name, len(rows))
    return best


def _ranks(values: np.ndarray) -> np.ndarray:
    """The rank of each value; equal ones share theirs, so that the order of rows does not count."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: np.ndarray = (np.cumsum(counts) - (counts - 1) / 2)[places.reshape(-1)]
    return ranks


def _limited(targets: np.ndarray) -> np.ndarray:
    """The most frequent classes, or the first quantities, with mean 0 and deviation 1."""
    targets = targets[:, np.argsort(-targets.sum(axis=0), kind="stable")[:MOST_OUTPUTS]]
    spread = targets.std(axis=0)
    used = spread > 0
    scaled = (targets[:, used] - targets[:, used].mean(axis=0)) / spread[used]
    return np.asarray(np.clip(scaled, -CLIPPED, CLIPPED), np.float32)


def _neighbours(x: np.ndarray, permuted: np.ndarray) -> dict[str, np.ndarray]:
    """How much the targets of rows agree with those of their nearest neighbours."""
    most = min(SOME, len(x) - 1)
    nearest = nearest_rows(x, x, most + 1)
    own = np.arange(len(x))[:, None]
    others = np.argsort(nearest == own, axis=1, kind="stable")[:, :most]
    nearest = np.take_along_axis(nearest, others, axis=1)
    total = np.zeros(permuted.shape[1])
    result = {}
    for place in range(most):
        total += np.einsum("npk,npk->p", permuted, permuted[nearest[:, place]])
        if place + 1 in (FEW, most):
            result[f"neighbours{place + 1}"] = total.copy()
    return result


def _linear(x: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The fit of ridge regression without each row's own part."""
    values, vectors = np.linalg.eigh(x.T @ x)
    weights = 1 / np.sqrt(np.maximum(values, 0.0) + PENALTY * len(x))
    half = ((x @ vectors) * weights).astype(np.float32)
    fitted = ((half.T @ targets) ** 2).sum(axis=0)
    own = (half**2).sum(axis=1)
    return np.asarray(fitted - own @ targets**2)
