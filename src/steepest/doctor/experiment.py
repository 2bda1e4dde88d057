"""An experiment: several setups, trained side by side with the same seeds, and their scores.

What `fit` refuses scores like a constant answer, a run that ends in NaN or infinity by its last
weights. The score of a run that fails otherwise is not known. Depends on together and scoring.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from steepest.doctor.budget import steps_per_epoch
from steepest.doctor.rows import Rows
from steepest.doctor.scoring import Score
from steepest.doctor.setup import Setup
from steepest.errors import NumericalError
from steepest.evaluate.single_run import SingleRun
from steepest.evaluate.together import together
from steepest.intervals import Interval, of_differences, t_quantile

SEEDS = 8
LEVEL = 0.0125
"""One-sided: half of what an interval of 95 percent has, since there are two looks.

What the first seeds do not decide is looked at again with further ones; by Bonferroni both looks
together are wrong in 2.5 percent at most where a change does nothing.
"""


@dataclass(frozen=True)
class Effect:
    """The paired differences of two setups' scores over seeds, in the score's units.

    >>> effect = Effect("accuracy", [0.5, 0.52, 0.48], [0.9, 0.93, 0.91])
    >>> round(effect.gain, 2), effect.is_clear(0.01), effect.better
    (0.41, True, 3)
    """

    score: str
    before: Sequence[float]
    after: Sequence[float]
    row_error: float = 0.0
    """The standard error of the gain as one of a sample of rows; 0 for what holds of these rows."""
    rows: int = 0
    together: float | None = None
    """The p-value of these rows and those of the proof, where these alone do not decide."""

    @classmethod
    def by_row(
        cls, score: str, before: np.ndarray, after: np.ndarray, sizes: np.ndarray | None = None
    ) -> Effect:
        """The effect by seed and row, as one of a sample of rows too.

        On few rows a change is often better for all seeds by the same row, which says little of
        other rows. `sizes` is what each row counts, 1 in the mean: a share of the variance is a
        ratio, and rows far from the mean are in both of its parts.

        >>> before = np.ones((8, 50))
        >>> before[:, 0] = 0.0
        >>> effect = Effect.by_row("accuracy", before, np.ones((8, 50)))
        >>> round(effect.gain, 2), effect.row_error, effect.is_clear(0.01)
        (0.02, 0.02, False)
        """
        means = before.mean(axis=1).tolist(), after.mean(axis=1).tolist()
        if before.shape != after.shape:  # a change leaves rows out
            return cls(score, *means)
        gains = (after - before).mean(axis=0)
        return cls(score, *means, error_of_mean(gains, sizes), len(gains))

    @property
    def differences(self) -> list[float]:
        """The gain of each seed."""
        return [float(b - a) for a, b in zip(self.before, self.after, strict=True)]

    @property
    def gain(self) -> float:
        """The mean gain."""
        return float(np.mean(self.differences))

    @property
    def interval(self) -> Interval:
        """The mean gain with its interval of 95 percent."""
        if not self.row_error:
            return of_differences(self.differences)
        error, freedom = self._error
        half = t_quantile(freedom) * error
        return Interval(self.gain, self.gain - half, self.gain + half)

    @property
    def _error(self) -> tuple[float, int]:
        """The standard error by seeds and rows, and its degrees of freedom (Satterthwaite 1946)."""
        by_seed = float(np.var(self.differences, ddof=1)) / self.seeds
        by_row = self.row_error**2
        parts = by_seed**2 / (self.seeds - 1) + by_row**2 / max(self.rows - 1, 1)
        freedom = int((by_seed + by_row) ** 2 / parts) if parts > 0.0 else self.seeds - 1
        return math.sqrt(by_seed + by_row), max(freedom, 1)

    @property
    def by_seed(self) -> Effect:
        """The effect on these rows, without the error of the rows."""
        return replace(self, row_error=0.0, rows=0)

    @property
    def better(self) -> int:
        """The number of seeds with a gain."""
        return sum(difference > 0 for difference in self.differences)

    @property
    def seeds(self) -> int:
        """The number of seeds."""
        return len(self.differences)

    def is_clear(self, least: float) -> bool:
        """Whether the gain is at least `least`, and significant at the level of one look."""
        return self.gain >= least and self.p_value <= LEVEL

    @property
    def p_value(self) -> float:
        """The probability of such a mean gain or a greater one if the change does nothing.

        By Student's t test of the paired differences, one-sided, with the error of the rows.

        >>> round(Effect("accuracy", [0.0] * 4, [0.1, 0.3, 0.2, 0.2]).p_value, 4)
        0.0081
        """
        error, freedom = self._error
        if error == 0.0:
            return 0.5 if self.gain == 0.0 else float(self.gain < 0)
        return t_tail(self.gain / error, freedom)

    def __str__(self) -> str:
        low, high = self.interval.low, self.interval.high
        words = (
            f"{self.score} {np.mean(self.before):.3g} -> {np.mean(self.after):.3g}, by "
            f"{self.gain:+.3g} ({low:+.3g} to {high:+.3g}) over {self.seeds} seeds"
        )
        if self.together is None:
            return words
        return f"{words}, with the rows of the proof p = {self.together:.1g}"


def error_of_mean(gains: np.ndarray, sizes: np.ndarray | None = None) -> float:
    """The standard error of the mean gain of a sample of rows; infinite for one row.

    With sizes, that of the ratio of both sums (Cochran, 1977, section 2.11).

    >>> error_of_mean(np.array([1.0, 3.0, 1.0, 3.0]), np.array([0.5, 1.5, 0.5, 1.5]))
    0.0
    """
    if len(gains) < 2:
        return math.inf
    rest = gains if sizes is None else gains - gains.mean() * sizes
    return float(rest.std(ddof=1)) / math.sqrt(len(gains))


def t_tail(t: float, freedom: int) -> float:
    """The probability that Student's t is above a number.

    By the closed sums for whole degrees of freedom (Abramowitz and Stegun 26.7.3, 26.7.4).

    >>> round(t_tail(2.353, 3), 3), round(t_tail(0.0, 7), 3)
    (0.05, 0.5)
    """
    theta = math.atan(t / math.sqrt(freedom))
    cosine, total = math.cos(theta), 0.0
    term = math.cos(theta) if freedom % 2 else 1.0
    for k in range(freedom % 2, freedom - 1, 2):
        total += term
        term *= cosine * cosine * (k + 1) / (k + 2)
    within = math.sin(theta) * total
    if freedom % 2:
        within = 2.0 / math.pi * (theta + within)
    return (1.0 - within) / 2.0


def shortened(setup: Setup, share: float) -> Mapping[str, Any]:
    """The arguments of a run that takes a share of a setup's steps.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> setup = Setup.of(model, np.ones((320, 2)), np.ones(320), epochs=10)
    >>> shortened(setup, 0.5)["epochs"], shortened(setup, 0.05)["steps_per_epoch"]
    (5, 5)
    """
    arguments = dict(setup.fit_arguments())
    epochs = int(arguments.get("epochs", 1))
    if share >= 1.0:
        return arguments
    if epochs * share >= 1.0:
        return {**arguments, "epochs": round(epochs * share)}
    steps = round(steps_per_epoch(setup) * epochs * share)
    return {**arguments, "epochs": 1, "steps_per_epoch": max(steps, 1)}


@dataclass(frozen=True)
class Runs:
    """The trainings of one setup, one for each seed; none if `fit` refuses it.

    >>> model = st.Sequential([st.layers.Dense(1, "softmax", input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> setup = Setup.of(model, np.ones((4, 2)), np.array([0, 1, 1, 1]))
    >>> Runs(setup, [], seeds=2).scores(setup.rows, Score("classes"))
    [0.75, 0.75]
    """

    setup: Setup
    done: Sequence[SingleRun]
    seeds: int

    @property
    def failure(self) -> str:
        """What made a run fail; empty if none did. NaN and infinity are what a setup leads to."""
        errors = [run.error for run in self.done]
        found = [one for one in errors if one and not isinstance(one, NumericalError)]
        return f"{type(found[0]).__name__}: {found[0]}" if found else ""

    def scores(self, rows: Rows, score: Score) -> list[float]:
        """The score of each seed on rows; NaN where a run has failed."""
        if self.failure:
            return [math.nan] * self.seeds
        return [score.on(self.setup, model, rows) for model in self._models]

    def by_row(self, rows: Rows, score: Score) -> np.ndarray:
        """What each row adds to the score, by seed and row; NaN where a run has failed."""
        if self.failure:
            return np.full((self.seeds, len(rows)), math.nan)
        return np.stack([score.by_row(self.setup, model, rows) for model in self._models])

    @property
    def _models(self) -> list[Any]:
        return [run.model for run in self.done] or [None] * self.seeds


def runs(
    setups: Sequence[Setup],
    share: float = 1.0,
    seeds: Sequence[int] = range(SEEDS),
    watched: Rows | None = None,
) -> list[Runs]:
    """Trains each setup with each seed, all side by side.

    A setup that `fit` refuses does not run. Validation rows are watched for callbacks only:
    `watched`, or else those of the setup.

    >>> (x, y), _ = st.datasets.blobs.load_data(classes=3, seed=1)
    >>> model = st.Sequential([st.layers.Dense(3, "softmax", input_shape=(2,))])
    >>> model.compile(st.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    >>> [done] = runs([Setup.of(model, x, y, epochs=2)], seeds=[0, 1])
    >>> len(done.scores(Rows.of(x, y), Score("classes"))), done.failure
    (2, '')
    """
    builds, each = [], []
    for setup in setups:
        arguments = {} if setup.refusal else dict(shortened(setup, share))
        if not setup.callbacks:
            arguments.pop("validation_data", None)
        elif watched is not None and arguments:
            given = setup.prepared(watched)
            arguments["validation_data"] = (given.x, given.y)
        for seed in seeds if arguments else ():
            builds.append(setup.built)
            own = {"callbacks": copy.deepcopy(list(setup.callbacks)), "seed": seed, "check": False}
            each.append({**arguments, **own})
    trained: list[SingleRun] = []
    if each:
        side_by_side = together(builds, each=each, every="call")
        for _ in side_by_side.events():
            pass
        trained = list(side_by_side)
    left = iter(trained)
    return [
        Runs(setup, [] if setup.refusal else [next(left) for _ in seeds], len(seeds))
        for setup in setups
    ]


def scores(
    setups: Sequence[Setup],
    rows: Sequence[Rows],
    score: Score,
    share: float = 1.0,
    seeds: Sequence[int] = range(SEEDS),
    watched: Rows | None = None,
) -> list[list[list[float]]]:
    """For each group of rows and each setup, the score of each seed; all runs side by side."""
    found = runs(setups, share, seeds, watched)
    return [[one.scores(group, score) for one in found] for group in rows]


def paired(
    before: Setup,
    after: Setup,
    rows: Rows,
    score: Score,
    share: float = 1.0,
    seeds: Sequence[int] = range(SEEDS),
) -> Effect:
    """The effect of a change on held-out rows.

    >>> (x, y), (x_val, y_val) = st.datasets.blobs.load_data(classes=3, seed=1)
    >>> model = st.Sequential([st.layers.Dense(3, "softmax", input_shape=(2,))])
    >>> model.compile(st.optimizers.SGD(1e-6), "sparse_categorical_crossentropy")
    >>> slow = Setup.of(model, x, y, epochs=3)
    >>> faster = {"class_name": "SGD", "config": {"learning_rate": 0.1}}
    >>> rows = Rows.of(x_val, y_val)
    >>> paired(slow, slow.with_compile(optimizer=faster), rows, Score("classes")).better
    8
    """
    ((first, second),) = scores([before, after], [rows], score, share, seeds)
    return Effect(score.name, first, second)
