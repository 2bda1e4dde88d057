"""Trials: a setup with any combination of changes, each trained once, within a budget.

Depends on experiment and budget.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from steepest.doctor.budget import PER_RUN, Budget, cost_of_run, steps_per_epoch
from steepest.doctor.experiment import SEEDS, Effect, error_of_mean, runs
from steepest.doctor.rows import Rows
from steepest.doctor.rule import Change
from steepest.doctor.scoring import Score
from steepest.doctor.setup import Setup
from steepest.errors import SteepestError

Combination = tuple[int, ...]
"""Numbers of changes, in ascending order; the empty one is the setup as it is."""

AS_IS: Combination = ()
FIRST_PART = 0.4
"""The part of the budget for each change alone; the rest is for combinations."""
FEWEST_STEPS = 100
"""A training cut to fewer steps shows little."""
RULES = 2e10
"""What it costs to apply the rules to a run, in counted operations."""
LEAST_SHARE = 0.2
"""Of the steps: rather than cut runs further, the last changes are left out."""
FURTHER_SEEDS = range(SEEDS, 3 * SEEDS)
"""Those of a second look, at what the first seeds do not decide."""


class Trials:
    """The scores of a setup with combinations of changes.

    The changes are given in the order of their importance. `tested` are the numbers of those that
    the budget allows for, and `share` is the share of the program's steps that each run takes:
    what it allows for each of these alone. Changes of the number of epochs need whole runs. A
    combination has no scores where a change cannot be made, where a run fails, or where the budget
    is spent, which `is_spent` then says. `watched` are the rows that callbacks watch, which are
    not those of the scores.

    >>> (x, y), (x_val, y_val) = st.datasets.blobs.load_data(classes=3, seed=1)
    >>> model = st.Sequential([st.layers.Dense(3, "softmax", input_shape=(2,))])
    >>> model.compile(st.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    >>> more = Change("train longer", lambda setup: setup.with_fit(epochs=20))
    >>> setup, rows = Setup.of(model, x, y, epochs=2), Rows.of(x_val, y_val)
    >>> trials = Trials(setup, [more], rows, Score("classes"), Budget.of(1.0))
    >>> trials.measure([(0,)])
    >>> trials.share, trials.effect((), (0,)).seeds
    (1.0, 8)
    """

    def __init__(
        self,
        base: Setup,
        changes: Sequence[Change],
        rows: Rows,
        score: Score,
        budget: Budget,
        watched: Rows | None = None,
    ) -> None:
        self.changes, self.rows, self.score = list(changes), rows, score
        self._watched = watched
        self.left, self.is_spent = budget.operations, False
        self.setups: dict[Combination, Setup | None] = {AS_IS: base}
        self._failures: dict[Combination, str] = {}
        self._scores: dict[Combination, list[float]] = {}
        self._by_row: dict[Combination, np.ndarray] = {}
        """What each row adds to the score, as the mean of the first seeds."""
        alone: list[Combination] = [AS_IS, *((at,) for at in range(len(changes)))]
        self._costs: dict[Combination, float] = {}
        for one in alone:
            if self.setup(one) is not None:
                self.cost(one)
        reach, self.share = self._affordable()
        self.tested = list(range(reach))

    def add(self, changes: Sequence[Change], numbers: Iterable[int]) -> None:
        """Gives all changes anew, the known ones first; further numbers are tested."""
        self.changes = list(changes)
        self.tested = sorted({*self.tested, *numbers})

    def ask(self, found: Combination) -> Setup | None:
        """The setup of a combination, if the budget pays for a run of it and for the rules."""
        setup = self.setup(found)
        cost = RULES + self.share * (0.0 if setup is None else cost_of_run(setup))
        return setup if self.pay(cost) else None

    def pay(self, cost: float) -> bool:
        """Takes counted operations from the budget, if what the replication needs is left."""
        is_enough = cost <= self.left - 2 * self.share * self._costs[AS_IS]
        self.left -= cost if is_enough else 0.0
        self.is_spent |= not is_enough
        return is_enough

    def setup(self, combination: Combination) -> Setup | None:
        """The setup with changes; None where one of them cannot be made."""
        if combination not in self.setups:
            before = self.setup(combination[:-1])
            try:
                made = before and self.changes[combination[-1]].applied(before)
                if made is not None:
                    made.seeded(0)
            except SteepestError:
                made = None
            self.setups[combination] = made
        return self.setups[combination]

    def cost(self, combination: Combination) -> float:
        """The counted operations of whole runs with the first seeds."""
        if combination not in self._costs:
            setup = self.setup(combination)
            assert setup is not None
            self._costs[combination] = SEEDS * cost_of_run(setup)
        return self._costs[combination]

    def _affordable(self) -> tuple[int, float]:
        """How many of the changes can be tested alone, and the share of their steps for each run.

        As many as possible, whole or with enough steps; 0 if not even one is possible. Runs of
        another number of epochs are tested if all are whole.
        """
        base = self.setups[AS_IS]
        assert base is not None
        steps = steps_per_epoch(base) * int(base.fit.get("epochs", 1))
        for least in (max(FEWEST_STEPS, LEAST_SHARE * steps), FEWEST_STEPS):
            for reach in range(max(len(self.changes), 1), 0, -1):
                known = [AS_IS, *((at,) for at in range(reach) if (at,) in self._costs)]
                if self._share_of(known) >= 1.0:
                    return min(reach, len(self.changes)), 1.0
                share = self._share_of([one for one in known if self._has_usual_epochs(one)])
                if share >= 1.0 or share * steps >= least:
                    return min(reach, len(self.changes)), share
        return 0, 0.0

    def _share_of(self, combinations: list[Combination]) -> float:
        overhead = SEEDS * PER_RUN * len(combinations)
        steps = sum(self._costs[one] for one in combinations) - overhead
        return min((FIRST_PART * self.left - overhead) / steps, 1.0) if steps > 0.0 else 1.0

    def _has_usual_epochs(self, combination: Combination) -> bool:
        setup, base = self.setup(combination), self.setups[AS_IS]
        assert setup is not None and base is not None
        return bool(setup.fit.get("epochs", 1) == base.fit.get("epochs", 1))

    def can_measure(self, combination: Combination) -> bool:
        """Whether a combination can be trained so that its score says something."""
        if self.share == 0.0 or not set(combination) <= set(self.tested):
            return False
        if self.setup(combination) is None:
            return False
        return self.share >= 1.0 or self._has_usual_epochs(combination)

    def measure(self, combinations: Iterable[Combination]) -> None:
        """Trains those that are not known, all side by side, as far as the budget reaches."""
        wanted: list[Combination] = []
        for one in dict.fromkeys([AS_IS, *combinations]):
            is_known = one in self._scores or one in self._failures
            if is_known or not self.can_measure(one):
                continue
            cost = self.share * self.cost(one)
            if one == AS_IS:
                self.left -= cost
            if one == AS_IS or self.pay(cost):
                wanted.append(one)
        if not wanted:
            return
        setups = [setup for one in wanted if (setup := self.setup(one)) is not None]
        found = runs(setups, self.share, range(SEEDS), self._watched)
        for one, done in zip(wanted, found, strict=True):
            if done.failure:
                self._failures[one] = done.failure
            else:
                table = done.by_row(self.rows, self.score)
                self._scores[one] = table.mean(axis=1).tolist()
                self._by_row[one] = table.mean(axis=0)

    def look_again(self, combinations: Iterable[Combination]) -> bool:
        """Trains what is known by the first seeds with further ones; whether the budget paid."""
        known = [one for one in dict.fromkeys(combinations) if len(self._scores[one]) == SEEDS]
        cost = sum(self.share * self.cost(one) for one in known) * len(FURTHER_SEEDS) / SEEDS
        if not self.pay(cost):
            return False
        setups = [setup for one in known if (setup := self.setup(one)) is not None]
        further = runs(setups, self.share, FURTHER_SEEDS, self._watched) if setups else []
        for one, done in zip(known, further, strict=True):
            if not done.failure:
                self._scores[one] = [*self._scores[one], *done.scores(self.rows, self.score)]
        return True

    def failure(self, combination: Combination) -> str:
        """Why runs of a combination failed; empty if they did not."""
        return self._failures.get(combination, "")

    def copy_scores(self, combination: Combination, other: Combination) -> None:
        """Gives another combination, of the same program, the scores of one."""
        if combination in self._scores:
            self._scores.setdefault(other, self._scores[combination])

    def mean(self, combination: Combination) -> float:
        """The mean score; minus infinity where there are none."""
        return float(np.mean(self._scores.get(combination, -np.inf)))

    def effect(self, before: Combination, after: Combination) -> Effect | None:
        """The paired effect of two combinations by their common seeds; None without scores."""
        if before not in self._scores or after not in self._scores:
            return None
        first, second = self._scores[before], self._scores[after]
        common = min(len(first), len(second))
        return Effect(self.score.name, first[:common], second[:common])

    def sizes(self, rows: Rows) -> np.ndarray:
        """What each row counts in the score."""
        base = self.setups[AS_IS]
        assert base is not None
        return self.score.sizes(base.prepared(rows).y)

    def p_value_by_row(self, before: Combination, after: Combination) -> float:
        """The p-value of an effect as one of a sample of rows, times the number of trials.

        So it holds for the best of all that was tried (Bonferroni).
        """
        known = [self._by_row.get(one) for one in (before, after)]
        effect = self.effect(before, after)
        if effect is None or known[0] is None or known[1] is None:
            return 1.0
        if known[0].shape != known[1].shape:
            return 1.0
        gains = known[1] - known[0]
        error = error_of_mean(gains, self.sizes(self.rows))
        found = replace(effect, row_error=error, rows=len(gains))
        return min(1.0, found.p_value * max(len(self._scores) - 1, 1))
