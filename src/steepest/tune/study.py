"""Study: the trials of a search, with their scores; ask and tell.

`search` runs the trials of a study; a loop that a user writes asks for trials and tells the
scores. Depends on strategies, trial and the reports beside it.
"""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from steepest.arguments import whole
from steepest.errors import ArgumentError, SteepestError
from steepest.functions import generators
from steepest.tune.honest import TestScore, are_alike
from steepest.tune.importance import main_effects
from steepest.tune.space import Options, space_of
from steepest.tune.strategies import Task, strategy_of
from steepest.tune.tables import frame_of, summary_of, write_csv, write_json
from steepest.tune.trial import Trial, seed_of, shown_options

MODES = ("max", "min")


class Outcome(Protocol):
    """What a search has besides scores: the model of the best trial."""

    def model(self) -> Any:
        """The trained model of the best trial."""

    def test_score(self) -> TestScore:
        """Its score on the rows that the search did not see."""


class Study:
    """The trials of a search and their scores; `ask` and `tell` serve a loop that a user writes.

    >>> study = st.tune.Study({"x": st.tune.uniform(-1, 1)}, trials=20, mode="min", seed=0)
    >>> while (trial := study.ask()) is not None:
    ...     study.tell(trial, (trial.options["x"] - 0.5) ** 2)
    >>> len(study.trials), abs(study.best.options["x"] - 0.5) < 0.1
    (20, True)
    """

    def __init__(
        self,
        space: Any,
        strategy: Any = "random",
        trials: int | None = None,
        metric: str = "score",
        mode: str = "max",
        seed: int | None = 0,
        epochs: int | None = None,
        first: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        self.space = space_of(space)
        self.strategy = strategy_of(strategy)
        self.size = None if trials is None else whole("trials", trials, 1)
        if mode not in MODES:
            raise ArgumentError(f"mode: 'max' or 'min' was expected, got {mode!r}")
        self.metric, self.mode = metric, mode
        self.seed = generators.fresh_seed() if seed is None else whole("seed", seed, 0)
        self.epochs = epochs
        wanted = getattr(self.strategy, "asynchronous", False)
        self.asynchronous = seed is None if wanted is None else wanted
        if isinstance(first, Mapping):
            first = [first]
        self.first = [self.space.check(options, "first") for options in first]
        self.trials: list[Trial] = []
        self.earlier: Study | None = None  # whose scores a model learns from
        self.at_once = 1  # trials in a round, if their number is not limited
        self.active: dict[int, Task] = {}  # asked for, and without a score so far
        self._tasks: deque[Task] = deque()
        self.outcome: Outcome | None = None  # of a search
        self.folds: int | None = None  # if the scores are means over folds
        self.rounds: Iterator[list[Task]] = self.strategy.rounds(self)

    # ------------------------------------------------------------ ask and tell

    def add(self, options: Options) -> Trial:
        """A new trial with these options."""
        number = len(self.trials)
        self.trials.append(Trial(number, options, seed_of(self.seed, number)))
        return self.trials[-1]

    def ask(self) -> Trial | None:
        """The next trial, or None if the search is over.

        In successive halving a trial is asked for again in each rung that it reaches; then it is to
        be trained up to the epoch that `st.tune.Halving.rungs` gives for its `level`.
        """
        task = self.next_task()
        if task is None and self.active and self.strategy.waits:
            numbers = ", ".join(map(str, sorted(self.active)))
            raise SteepestError(
                f"ask: the strategy needs the scores of trials {numbers} first; tell them"
            )
        if task is None:
            return None
        task.trial.level = task.level
        return task.trial

    def next_task(self) -> Task | None:
        """The next task; None if there is none, or none before the active ones have scores."""
        needs_scores = self.strategy.waits and not self.asynchronous
        if not self._tasks and not (self.active and needs_scores):
            self._tasks.extend(next(self.rounds, ()))
        if not self._tasks:
            return None
        task = self._tasks.popleft()
        self.active[task.trial.number] = task
        return task

    def tell(self, trial: Trial | int, score: float | BaseException) -> None:
        """Records the score of a trial that was asked for, or the error that it failed with."""
        number = trial.number if isinstance(trial, Trial) else trial
        task = self.active.pop(number, None)
        if task is None:
            raise ArgumentError(f"tell: trial {number} is not one that was asked for")
        if isinstance(score, BaseException):
            task.trial.fail(score)
        else:
            self.record(task, float(score))

    def record(self, task: Task, score: float, parts: Sequence[float] = ()) -> None:
        """Records the score of a task; one that is not a number is a failure."""
        trial = task.trial
        trial.level = task.level
        if not math.isfinite(score):
            trial.fail(SteepestError(f"the score {self.metric} is {score}"))
            return
        trial.score, trial.parts = score, list(parts)
        trial.state = "complete" if task.epochs is None else "paused"

    # ------------------------------------------------------------ results

    @property
    def best(self) -> Trial:
        """The trial with the best score, of those that were trained longest."""
        ranked = self.ranked()
        if not ranked:
            failed = sum(trial.state == "failed" for trial in self.trials)
            raise SteepestError(f"no trial has a score: {len(self.trials)} trials, {failed} failed")
        return ranked[0]

    def ranked(self) -> list[Trial]:
        """The trials with a score, best first: those that were trained longer come before others.

        >>> study = st.tune.Study({"x": [1, 2, 3]}, "grid", mode="min")
        >>> while (trial := study.ask()) is not None:
        ...     study.tell(trial, trial.options["x"] % 3)
        >>> [trial.options["x"] for trial in study.ranked()]
        [3, 1, 2]
        """
        scored = [trial for trial in self.trials if trial.has_score]
        return sorted(scored, key=lambda trial: (-trial.level, -self.gain(trial), trial.number))

    def gain(self, trial: Trial) -> float:
        """The score, with its sign changed where less is better."""
        assert trial.score is not None
        return trial.score if self.mode == "max" else -trial.score

    @property
    def best_model(self) -> Any:
        """The trained model of the best trial.

        It is trained on the training rows; after folds it is trained again on all rows but those of
        the test, for the mean number of epochs of the folds, without callbacks.
        """
        return self._searched("best_model").model()

    @property
    def test_score(self) -> TestScore:
        """The score of `best_model` on the rows that the search did not see, with its interval."""
        return self._searched("test_score").test_score()

    def alike(self) -> list[Trial]:
        """The trials whose scores cannot be distinguished from the best one's.

        That is so where the interval of the mean difference, over the folds or over ten blocks of
        the validation rows, holds 0. Trials are compared that were trained as long as the best.
        """
        ranked = self.ranked()
        overlap = 0.0 if self.folds is None else 1 / (self.folds - 1)
        return [
            trial
            for trial in ranked[1:]
            if trial.level == ranked[0].level and are_alike(ranked[0], trial, overlap)
        ]

    def table(self) -> Any:
        """The trials as a frame of pandas if it is installed, else as a dictionary of lists.

        >>> study = st.tune.Study({"x": [1, 2]}, "grid")
        >>> while (trial := study.ask()) is not None:
        ...     study.tell(trial, trial.options["x"] / 2)
        >>> list(study.table()["score"])
        [0.5, 1.0]
        """
        return frame_of(self)

    def importance(self) -> dict[str, float]:
        """How much of the variance of the scores each option explains by itself, largest first.

        See `steepest.tune.importance`: the adjusted share of its main effect (epsilon squared).

        >>> study = st.tune.Study({"x": [1, 2, 3], "y": [1, 2, 3]}, "grid")
        >>> while (trial := study.ask()) is not None:
        ...     study.tell(trial, trial.options["x"])
        >>> study.importance()
        {'x': 1.0, 'y': 0.0}
        """
        return main_effects(self)

    def save_csv(self, path: str | os.PathLike[str]) -> None:
        """Writes the table as CSV: a row for each trial.

        >>> study = st.tune.Study({"x": [1, 2]}, "grid")
        >>> study.save_csv("study.csv")
        """
        write_csv(self, path)

    def save_json(self, path: str | os.PathLike[str]) -> None:
        """Writes the study as JSON: its settings, and each trial with its history.

        >>> study = st.tune.Study({"x": [1, 2]}, "grid")
        >>> study.save_json("study.json")
        """
        write_json(self, path)

    def save_page(self, path: str | os.PathLike[str]) -> None:
        """Writes one HTML page, which needs no network: history, options against scores, trials.

        >>> study = st.tune.Study({"x": [1, 2]}, "grid")
        >>> while (trial := study.ask()) is not None:
        ...     study.tell(trial, trial.options["x"])
        >>> study.save_page("study.html")
        """
        from steepest.tune.study_page import page_of

        page_of(self).save(path)

    def plot(self, kind: str = "scores", ax: Any = None, theme: str | None = None) -> Any:
        """Draws the trials: "scores" in their order, "slices" of each option, or "parallel" axes.

        Returns an `st.plot.Picture` with the data that it shows.

        >>> study = st.tune.Study({"x": [1, 2]}, "grid")
        >>> while (trial := study.ask()) is not None:
        ...     study.tell(trial, trial.options["x"])
        >>> study.plot().data.best_so_far
        array([1., 2.])
        """
        from steepest.tune.study_pictures import picture_of

        return picture_of(self, kind, ax, theme)

    def summary(self) -> str:
        """What the search found, in a few lines."""
        return summary_of(self)

    def _searched(self, name: str) -> Outcome:
        if self.outcome is None:
            raise SteepestError(f"{name}: the study has no models; st.tune.search trains them")
        return self.outcome

    def __repr__(self) -> str:
        done = sum(trial.has_score for trial in self.trials)
        failed = sum(trial.state == "failed" for trial in self.trials)
        text = f"study of {done + failed} trials"
        text += f" ({failed} failed)" if failed else ""
        if not done:
            return text
        best = self.best
        return (
            f"{text}: best {self.metric} {best.score:.4g}, of trial {best.number}: "
            f"{shown_options(best.options)}"
        )
