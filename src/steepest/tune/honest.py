"""The winner measured on unseen rows, and the trials that cannot be distinguished from it.

Depends on intervals, measure and rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.data.splitting.split import row_count, take_rows
from steepest.intervals import Interval, of_differences, of_jackknife, of_share
from steepest.tune.measure import Measure
from steepest.tune.rows import Pair
from steepest.tune.trial import Trial

GROUPS = 20
SHARES = ("accuracy", "acc")


@dataclass(frozen=True)
class TestScore:
    """The score of the winner on rows that the search never saw, with its 95 percent interval.

    `chosen` is the score by which it won among `trials` trials; the more there were, the more of it
    is luck.

    >>> print(TestScore("accuracy", 0.975, 0.97, 0.98, rows=1000, trials=24, chosen=0.981))
    accuracy 0.975 (0.97 to 0.98) on 1,000 rows that the search did not see; chosen by 0.981, the \
best of 24 trials
    """

    __test__ = False  # pytest: no test case

    metric: str
    score: float
    low: float
    high: float
    rows: int
    trials: int
    chosen: float

    def __str__(self) -> str:
        return (
            f"{self.metric} {Interval(self.score, self.low, self.high)} on {self.rows:,} rows that "
            f"the search did not see; chosen by {self.chosen:.4g}, the best of {self.trials} trials"
        )


def score_interval(measure: Measure, model: Any, pair: Pair, seed: int) -> Interval:
    """The score of a model on rows, with its interval: Wilson's for an accuracy, else a jackknife.

    With fewer than two rows, or a score that is not finite without some rows, it is unbounded.
    """
    score, count = measure.of(model, pair), row_count(pair[0])
    name = measure.name.rpartition("_")[2]
    if measure.function is None and name in SHARES:
        return of_share(score, count)
    if count < 2:
        return Interval(score, -np.inf, np.inf)
    groups = np.array_split(np.random.default_rng(seed).permutation(count), min(GROUPS, count))
    without = []
    for group in groups:
        rest = np.setdiff1d(np.arange(count), group)
        without.append(measure.of(model, (take_rows(pair[0], rest), take_rows(pair[1], rest))))
    return of_jackknife(score, without)


def are_alike(one: Trial, other: Trial, overlap: float = 0.0) -> bool | None:
    """Whether the scores of two trials cannot be distinguished on the same parts of the rows.

    That is so if the interval of their mean difference holds 0. None if it is not known, as there
    are too few rows.

    >>> better, worse = Trial(0, {}, 0), Trial(1, {}, 0)
    >>> better.parts, worse.parts = [0.9, 0.8, 0.9, 0.9], [0.5, 0.4, 0.6, 0.5]
    >>> are_alike(better, worse), are_alike(better, better)
    (False, True)
    """
    several = min(len(one.parts), len(other.parts))
    if several < 2 or len(one.parts) != len(other.parts):
        return None
    differences = np.subtract(one.parts, other.parts)
    if not np.isfinite(differences).all():
        return None
    found = of_differences(differences.tolist(), overlap)
    return found.low <= 0.0 <= found.high
