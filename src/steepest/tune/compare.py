"""compare: two ways to build a model, trained on the same rows with the same seeds.

Depends on recipe, rows, run and intervals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from steepest.arguments import is_number, is_whole, whole
from steepest.data.splitting.split import row_count
from steepest.engines.cores import usable_cores
from steepest.errors import ArgumentError
from steepest.evaluate.side_by_side import SideBySide
from steepest.intervals import Interval, of_differences
from steepest.tune.measure import Measure
from steepest.tune.recipe import Recipe
from steepest.tune.rows import rows_of
from steepest.tune.run import TrialRun
from steepest.tune.strategies import Task
from steepest.tune.trial import Trial


@dataclass(frozen=True)
class Duel:
    """The result of `compare`: the scores of both for each seed, and their mean difference.

    `difference` is positive where the first is better. `is_significant` says whether its interval
    of 95 percent lies on one side of 0.

    >>> print(Duel(("wide", "deep"), "accuracy", "max", [0.9, 0.8, 0.9], [0.8, 0.8, 0.9]))
    wide beats deep by 0.033 ± 0.14 in accuracy over 3 seeds: not yet significant
    """

    names: tuple[str, str]
    metric: str
    mode: str
    first: list[float] = field(repr=False)
    second: list[float] = field(repr=False)
    overlap: float = 0.0

    @property
    def difference(self) -> Interval:
        """By how much the first is better on average, with its interval of 95 percent."""
        sign = 1.0 if self.mode == "max" else -1.0
        differences = sign * np.subtract(self.first, self.second)
        return of_differences(differences.tolist(), self.overlap)

    @property
    def is_significant(self) -> bool:
        """Whether the interval of the difference does not hold 0."""
        return not self.difference.low <= 0.0 <= self.difference.high

    def __str__(self) -> str:
        found, seeds = self.difference, f"over {len(self.first)} seeds"
        if self.first == self.second:
            return f"{' and '.join(self.names)} have the same {self.metric} {seeds}"
        better, worse = self.names if found.score >= 0 else self.names[::-1]
        half = found.high - found.score
        verdict = "significant" if self.is_significant else "not yet significant"
        return (
            f"{better} beats {worse} by {abs(found.score):.2g} ± {half:.2g} in {self.metric} "
            f"{seeds}: {verdict}"
        )


def compare(
    a: Callable[[], Any],
    b: Callable[[], Any],
    x: Any,
    y: Any = None,
    *,
    seeds: int | Iterable[int] = 16,
    metric: str | Callable[..., Any] | None = None,
    mode: str = "auto",
    validation: Any = 0.2,
    names: tuple[str, str] | None = None,
    callbacks: Any = None,
    threads: int | None = None,
    **training: Any,
) -> Duel:
    """Trains the models of two functions with several seeds each, and compares their scores.

    Both are trained on the same rows for each seed, and the interval is that of the mean paired
    difference. If `validation` is a share, each seed has a split of its own, and the interval is
    corrected for the overlap of their training rows (Nadeau and Bengio 2003). Other arguments, such
    as `epochs`, are those of `fit`.

    >>> (x, y), _ = st.datasets.blobs.load_data(classes=3, seed=1)
    >>> def build(rate):
    ...     model = st.Sequential([st.layers.Dense(3, "softmax", input_shape=(2,))])
    ...     model.compile(st.optimizers.Adam(rate), "sparse_categorical_crossentropy", ["accuracy"])
    ...     return model
    >>> duel = st.tune.compare(lambda: build(0.1), lambda: build(1e-5), x, y, seeds=4, epochs=5)
    >>> duel.is_significant, duel.difference.score > 0
    (True, True)
    """
    numbers = list(range(whole("compare: seeds", seeds, 2))) if is_whole(seeds) else list(seeds)  # type: ignore[arg-type]
    if len(numbers) < 2:
        raise ArgumentError(f"compare: at least two seeds are needed, got {numbers}")
    measure = Measure(metric, mode)
    recipes = [Recipe(build, (), training, callbacks) for build in (a, b)]
    runs, overlap = [], 0.0
    for seed in numbers:
        rows = rows_of(x, y, validation, None, None, seed)
        (part,) = rows.parts
        if is_number(validation):
            overlap = row_count(part.validation[0]) / row_count(part.train[0])
        runs += [TrialRun(each, measure, rows.parts, Trial(seed, {}, seed)) for each in recipes]
    runs[0].begin()  # resolves the metric
    count = usable_cores() if threads is None else whole("compare: threads", threads, 1)
    pool = SideBySide(len(runs), count, cores=count)
    pieces = pool.pieces([run.job(Task(run.trial)) for run in runs])
    ends = [piece for piece in pieces if piece.is_over]
    for end in ends:
        if end.error is not None:
            raise end.error
    scores = [end.value[0] for end in sorted(ends, key=lambda end: end.job)]
    pool.warn()
    shown = names or (_name_of(a, "the first"), _name_of(b, "the second"))
    return Duel(shown, str(measure.name), measure.mode, scores[::2], scores[1::2], overlap)


def _name_of(build: Any, otherwise: str) -> str:
    name = getattr(build, "__name__", "<lambda>")
    return otherwise if name == "<lambda>" else name
