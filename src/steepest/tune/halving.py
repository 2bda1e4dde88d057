"""Successive halving: rung by rung, or asynchronously, without waiting. Depends on strategies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from steepest.arguments import whole
from steepest.errors import ArgumentError
from steepest.tune.strategies import STRATEGIES, Proposing, Random, Task
from steepest.tune.trial import Trial

if TYPE_CHECKING:
    from steepest.tune.study import Study


@dataclass(frozen=True)
class Halving:
    """Successive halving: all trials get a few epochs, the best of them `factor` times as many.

    Of each rung, one in `factor` is trained further, until the last ones have trained for all
    epochs; the others stay paused. A training is continued, not begun again. The first rung has at
    least `least` epochs. `start` proposes the options.

    A rung waits for the scores of all its trials (Jamieson and Talwalkar 2016), so that the result
    does not depend on how many run side by side. With `asynchronous=True` no worker waits: as soon
    as it is free, it continues a trial that is among the best of those that have reached its rung
    so far, or else begins a new one (ASHA, Li and others 2020). Then the result depends on which
    trials end first. None, the default, is True for a search with `seed=None`.

    >>> halving = st.tune.Halving(factor=3)
    >>> halving.rungs(9)
    [1, 3, 9]
    >>> study = st.tune.Study({"units": st.tune.integer(1, 99)}, halving, trials=9, epochs=9)
    >>> while (trial := study.ask()) is not None:
    ...     study.tell(trial, trial.options["units"])
    >>> [trial.level for trial in study.ranked()]
    [2, 1, 1, 0, 0, 0, 0, 0, 0]
    """

    factor: int = 3
    least: int = 1
    start: Proposing = field(default_factory=Random)
    asynchronous: bool | None = None
    waits = True

    def __post_init__(self) -> None:
        whole("Halving: factor", self.factor, 2)
        whole("Halving: least", self.least, 1)
        if self.asynchronous not in (True, False, None):
            raise ArgumentError(
                f"Halving: asynchronous: True, False or None was expected, got {self.asynchronous}"
            )

    def rungs(self, epochs: int) -> list[int]:
        """The epochs of each rung."""
        ends = [epochs]
        while ends[-1] // self.factor >= self.least:
            ends.append(ends[-1] // self.factor)
        return ends[::-1]

    def rounds(self, study: Study) -> Iterator[list[Task]]:
        """One round for each rung; of one task or none if no trial waits for others."""
        if study.size is None or study.epochs is None:
            raise ArgumentError("halving: the number of trials and of epochs must be given")
        if study.asynchronous:
            return Promotions(self, study, study.epochs)
        return self._rungs_of(study, study.epochs)

    def _rungs_of(self, study: Study, epochs: int) -> Iterator[list[Task]]:
        trials = [study.add(options) for options in self.start.started(study)]
        for level, end in enumerate(self.rungs(epochs)):
            yield [Task(trial, level, end if end < epochs else None) for trial in trials]
            left = [trial for trial in study.ranked() if trial in trials]
            trials = left[: max(len(trials) // self.factor, 1)]


class Promotions(Iterator[list[Task]]):
    """The rounds of asynchronous halving: one task, or none while it depends on active ones.

    A trial goes on where it is among the best in `factor` of all that have reached its rung so far;
    the highest rung comes first. When nothing is active any more and no trial has trained to the
    end, as there are too few of them, the best of the highest rung goes on.
    """

    def __init__(self, halving: Halving, study: Study, epochs: int) -> None:
        self._study, self._factor = study, halving.factor
        self._ends = [*halving.rungs(epochs)[:-1], None]
        self._proposed = halving.start.started(study)
        self._gains: list[dict[int, float]] = [{} for _ in self._ends]  # by number, of each rung

    def __next__(self) -> list[Task]:
        self.note()
        study = self._study
        task = self._continued() or self._begun()
        if task is None and not (study.active or self._gains[-1]):
            task = self._continued(least=1)
        if task is None and not study.active:
            raise StopIteration
        return [] if task is None else [task]

    def note(self) -> None:
        """Notes the scores that trials have reached since the last call."""
        for trial in self._study.trials:
            if trial.has_score and trial.number not in self._study.active:
                self._gains[trial.level].setdefault(trial.number, self._study.gain(trial))

    def trial(self, number: int) -> Trial:
        """The trial of a number; it and those before it are made if they are new."""
        trials = self._study.trials
        while len(trials) <= number:
            self._study.add(next(self._proposed))
        return trials[number]

    def may_continue(self, trial: Trial) -> bool:
        """Whether a paused trial may be among the best of its rung when all have reached theirs."""
        assert self._study.size is not None
        return trial.number in self._best(trial.level, max(self._study.size // self._factor, 1))

    def _best(self, level: int, count: int) -> list[int]:
        """The numbers of the best trials of those that have reached a rung and not failed later."""
        trials, gains = self._study.trials, self._gains[level]
        alive = [number for number in gains if trials[number].state != "failed"]
        return sorted(alive, key=lambda number: (-gains[number], number))[:count]

    def _continued(self, least: int = 0) -> Task | None:
        """The next task of a trial that goes on; `least` trials of a rung may do so in any case."""
        study = self._study
        for level in reversed(range(len(self._ends) - 1)):
            count = max(len(self._gains[level]) // self._factor, least)
            for trial in (study.trials[number] for number in self._best(level, count)):
                is_paused = trial.state == "paused" and trial.number not in study.active
                if is_paused and trial.level == level:
                    return Task(trial, level + 1, self._ends[level + 1])
        return None

    def _begun(self) -> Task | None:
        """A trial that has not begun: after an interruption there may be some that were active."""
        study = self._study
        new = (t for t in study.trials if t.state == "waiting" and t.number not in study.active)
        trial = next(new, None)
        if trial is None:
            options = next(self._proposed, None)
            trial = None if options is None else study.add(options)
        return None if trial is None else Task(trial, 0, self._ends[0])


STRATEGIES |= {"halving": Halving, "asha": Halving}
