"""Proof: which of several suspicions are faults, by training with and without each change.

Each change is tested alone; those that help are added one after another while they help further;
each of the chosen is then left out again, and stays only if it is missed. Depends on experiment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from steepest.doctor.budget import Budget
from steepest.doctor.experiment import SEEDS, Effect, scores
from steepest.doctor.rows import Rows
from steepest.doctor.rule import Change, Suspicion
from steepest.doctor.scoring import Score
from steepest.doctor.setup import Setup
from steepest.doctor.trials import AS_IS, Combination, Trials
from steepest.doctor.writing import difference, written
from steepest.errors import SteepestError
from steepest.finding import Severity

LEVEL = 0.025
"""One-sided, as the lower end of an interval of 95 percent."""
FRESH_SEEDS = range(100, 100 + SEEDS)
HELD_OUT = 0.2
FEWEST_HELD_OUT = 20


class Status(StrEnum):
    """How far a suspicion is proved.

    The change helps; it helps alone, and not beside the confirmed ones; it does not help; the
    experiment decides neither; there was no experiment; there was none as the budget is too small;
    or there is nothing to change, and the evidence stands alone.

    >>> Status.CONFIRMED == "confirmed"
    True
    """

    CONFIRMED = "confirmed"
    COVERED = "mended by the confirmed changes"
    HARMLESS = "tested and harmless"
    UNDECIDED = "suspected: the experiment decides neither"
    SUSPECTED = "suspected"
    NO_BUDGET = "suspected: not enough budget"
    EVIDENT = "shown by its evidence"


@dataclass(frozen=True)
class Verdict:
    """A suspicion after its experiment: the status, the change, its effect and its difference.

    >>> (x, y), _ = st.datasets.blobs.load_data(classes=3, seed=1)
    >>> model = st.Sequential([st.layers.Dense(3, "softmax", input_shape=(2,))])
    >>> model.compile(st.optimizers.SGD(1e-7), "sparse_categorical_crossentropy")
    >>> first = next(one for one in model.check(x, y, epochs=3).verdicts if one.change is None)
    >>> first.gain, first.diff
    (0.0, '')
    """

    suspicion: Suspicion
    status: Status
    change: Change | None = None
    effect: Effect | None = None
    diff: str = ""

    @property
    def gain(self) -> float:
        """The mean gain of the change, 0 without an experiment."""
        return 0.0 if self.effect is None else self.effect.gain

    def apply(self, model: Any, x: Any, y: Any, **fit: Any) -> tuple[Any, tuple[Any, Any]]:
        """The changed model, compiled with new weights, and the changed data."""
        if self.change is None:
            raise SteepestError(
                f"{self.suspicion.finding.rule}: there is no change to apply; "
                f"{self.suspicion.next_action or self.suspicion.finding.remedy}"
            )
        changed = self.change.applied(Setup.of(model, x, y, **fit))
        rows = changed.prepared(changed.rows)
        return changed.built(), (rows.x, rows.y)


@dataclass(frozen=True)
class Parts:
    """The rows of a diagnosis: those to train on, those of the proof, those of the replication."""

    train: Rows
    proof: Rows
    replication: Rows

    @classmethod
    def of(cls, setup: Setup) -> Parts:
        """The validation rows in two halves; without, parts of the training rows."""
        watched = setup.validation
        if watched is not None and len(watched) >= 2 * FEWEST_HELD_OUT:
            return cls(setup.rows, *watched.halves())
        order = np.random.default_rng(0).permutation(len(setup.rows))
        size = max(round(HELD_OUT * len(order)), 1)
        first, second = np.sort(order[:size]), np.sort(order[size : 2 * size])
        rest = np.sort(order[2 * size :])
        return cls(setup.rows.take(rest), setup.rows.take(first), setup.rows.take(second))


@dataclass
class Proof:
    """The verdicts on suspicions, the repaired setup, and the effect of all changes together.

    `replication` is measured with other seeds, on rows that were used for nothing before. Every
    run took the `share` of the program's steps.
    """

    base: Setup
    repaired: Setup
    verdicts: list[Verdict]
    replication: Effect | None = None
    share: float = 1.0


def prove(
    setup: Setup, suspicions: Sequence[Suspicion], score: Score, budget: Budget | None = None
) -> Proof:
    """The verdict on each suspicion, and the changes that together repair the setup.

    >>> (x, y), _ = st.datasets.blobs.load_data(classes=3, seed=1)
    >>> model = st.Sequential([st.layers.Dense(3, "softmax", input_shape=(2,))])
    >>> model.compile(st.optimizers.SGD(1e-6), "sparse_categorical_crossentropy")
    >>> proof = prove(Setup.of(model, x, y, epochs=3), [], Score("classes"))
    >>> proof.verdicts, proof.replication is None
    ([], True)
    """
    parts = Parts.of(setup)
    base = replace(setup, rows=parts.train)
    changes, owned = _candidates(base, suspicions)
    trials = Trials(base, changes, parts.proof, score, budget or Budget.of(None, setup))
    search = _Search(trials, owned)
    chosen = search.chosen() if trials.reach else AS_IS
    repaired, replication = trials.setup(chosen) or base, None
    if chosen:
        pair, rows = [base, repaired], [parts.replication]
        ((before, after),) = scores(pair, rows, score, trials.share, FRESH_SEEDS)
        replication = Effect(score.name, before, after)
        if not replication.is_clear(0.0):
            chosen, repaired, replication = AS_IS, base, None
    verdicts = [
        search.verdict(one, chosen, own) for one, own in zip(suspicions, owned, strict=True)
    ]
    verdicts.sort(key=lambda one: (one.status is not Status.CONFIRMED, -one.gain))
    return Proof(base, repaired, verdicts, replication, trials.share)


def _candidates(
    base: Setup, suspicions: Sequence[Suspicion]
) -> tuple[list[Change], list[list[int]]]:
    """All different changes, and for each suspicion the numbers of its own.

    The first change of every suspicion comes before the second of any. Changes that give the same
    program are one.
    """
    known: dict[str, int] = {}
    changes: list[Change] = []
    owned: list[list[int]] = [[] for _ in suspicions]
    for place in range(max((len(one.changes) for one in suspicions), default=0)):
        for suspicion, own in zip(suspicions, owned, strict=True):
            if place >= len(suspicion.changes):
                continue
            change = suspicion.changes[place]
            try:
                text = written(change.applied(base))
            except SteepestError:
                continue
            at = known.setdefault(text, len(changes))
            if at == len(changes):
                changes.append(change)
            if at not in own:
                own.append(at)
    return changes, owned


class _Search:
    """The search for the combination of changes that repairs a setup."""

    def __init__(self, trials: Trials, owned: list[list[int]]) -> None:
        self.trials, self.owned = trials, owned
        self.added: dict[int, Effect] = {}

    def chosen(self) -> Combination:
        """Changes are added while they help, then those are left out that are not missed."""
        found = self._grown(AS_IS)
        if not found:
            found = self._first_together()
        return self._needed(found)

    def _grown(self, found: Combination) -> Combination:
        """The combination with further changes, the one of greatest gain each time.

        Of the changes that a suspicion proposes one is enough.
        """
        while True:
            answered = {at for own in self.owned if set(own) & set(found) for at in own}
            others = [at for at in range(self.trials.reach) if at not in answered]
            larger = {at: tuple(sorted((*found, at))) for at in others}
            self.trials.measure([found, *larger.values()])
            effects = {at: self.trials.effect(found, one) for at, one in larger.items()}
            best = self._best({at: one for at, one in effects.items() if one is not None})
            if best is None:
                return found
            self.added[best] = effects[best]  # type: ignore[assignment] # the best has one
            found = larger[best]

    def _best(self, effects: dict[int, Effect]) -> int | None:
        """The change with the greatest gain among those whose gain is clear, by Holm's rule."""
        clear = holm([effect.p_value for effect in effects.values()], LEVEL)
        least = self.trials.score.relevant
        helping = [
            at
            for (at, effect), passed in zip(effects.items(), clear, strict=True)
            if passed and effect.is_clear(least)
        ]
        return max(helping, key=lambda at: effects[at].gain, default=None)

    def _first_together(self) -> Combination:
        """The first change of each suspicion at once, where none helps alone.

        Faults can hide each other: a rate that is too small hides what else is wrong.
        """
        reach = self.trials.reach
        joint = tuple(sorted({own[0] for own in self.owned if own and own[0] < reach}))
        if len(joint) < 2:
            return AS_IS
        self.trials.measure([joint])
        effect = self.trials.effect(AS_IS, joint)
        if effect is None or not effect.is_clear(self.trials.score.relevant):
            return AS_IS
        self.added.update(dict.fromkeys(joint, effect))
        return joint

    def _needed(self, found: Combination) -> Combination:
        """Those of the changes whose absence makes the score worse."""
        for at in found:
            less = tuple(other for other in found if other != at)
            if not less:
                break
            self.trials.measure([less])
            effect = self.trials.effect(less, found)
            if effect is not None and not effect.is_clear(self.trials.score.relevant):
                found = less
        return found

    def verdict(self, suspicion: Suspicion, chosen: Combination, own: list[int]) -> Verdict:
        """The verdict on one suspicion with its own changes, by the combination chosen."""
        if not own:
            return Verdict(suspicion, Status.EVIDENT)
        taken = next((at for at in own if at in chosen), None)
        if taken is not None:
            return self._verdict(suspicion, taken, Status.CONFIRMED, self.added.get(taken))
        least = self.trials.score.relevant
        for at in own:
            alone = self.trials.effect(AS_IS, (at,))
            if chosen and alone is not None and alone.is_clear(least):
                return self._verdict(suspicion, at, Status.COVERED, alone)
        effects = {}
        for at in own:  # on top of the chosen changes, or alone where that is not known
            further = self.trials.effect(chosen, tuple(sorted((*chosen, at))))
            effects[at] = further or self.trials.effect(AS_IS, (at,))
        known = {at: one for at, one in effects.items() if one is not None}
        is_error = suspicion.finding.severity is Severity.ERROR
        if not known:
            status = Status.EVIDENT if is_error else Status.NO_BUDGET
            return self._verdict(suspicion, own[0], status, None)
        best = max(known, key=lambda at: known[at].gain)
        may_help = known[best].interval.high >= least
        status = Status.UNDECIDED if may_help else Status.HARMLESS
        if is_error or self._lifts_refusal(best):
            status = Status.EVIDENT
        return self._verdict(suspicion, best, status, known[best])

    def _lifts_refusal(self, at: int) -> bool:
        """Whether `fit` refuses the setup as it is, and takes the one with a change."""
        base, changed = self.trials.setup(AS_IS), self.trials.setup((at,))
        if base is None or changed is None or base.refusal is None:
            return False
        return changed.refusal is None

    def _verdict(
        self, suspicion: Suspicion, at: int, status: Status, effect: Effect | None
    ) -> Verdict:
        changed = self.trials.setup((at,))
        base = self.trials.setup(AS_IS)
        diff = "" if changed is None or base is None else difference(base, changed)
        return Verdict(suspicion, status, self.trials.changes[at], effect, diff)


def holm(p_values: Sequence[float], level: float) -> list[bool]:
    """Which of several tests are significant together (Holm 1979).

    >>> holm([0.01, 0.04, 0.03], 0.05), holm([0.01, 0.04, 0.02], 0.05)
    ([True, False, False], [True, True, True])
    """
    order = np.argsort(p_values, kind="stable")
    passed = [False] * len(p_values)
    for rank, at in enumerate(order):
        if p_values[at] > level / (len(p_values) - rank):
            break
        passed[at] = True
    return passed
