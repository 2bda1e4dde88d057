"""Proof: which of several suspicions are faults, by training with and without each change.

What the search finds is measured once more, on rows and with seeds that it has not used. Depends on
search and replication.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from steepest.doctor.budget import Budget
from steepest.doctor.experiment import Effect
from steepest.doctor.replication import LEVEL, Replication, fisher
from steepest.doctor.rows import Rows
from steepest.doctor.rule import Change, Suspicion
from steepest.doctor.scoring import Score
from steepest.doctor.search import Ask, Search, distinct
from steepest.doctor.setup import Setup
from steepest.doctor.trials import AS_IS, Combination, Trials
from steepest.doctor.writing import difference
from steepest.errors import SteepestError
from steepest.finding import Severity

HELD_OUT = 0.2
FEWEST_HELD_OUT = 20


class Status(StrEnum):
    """How far a suspicion is proved.

    The change helps; it helps alone, and not beside the confirmed ones; it does not help; the
    experiment decides neither; the experiment failed; there was none; there was none as the budget
    is too small; or there is nothing to change, and the evidence stands alone.

    >>> Status.CONFIRMED == "confirmed"
    True
    """

    CONFIRMED = "confirmed"
    COVERED = "mended by the confirmed changes"
    HARMLESS = "tested and harmless"
    UNDECIDED = "suspected: the experiment decides neither"
    FAILED = "suspected: the experiment failed"
    SUSPECTED = "suspected"
    NO_BUDGET = "suspected: not enough budget"
    EVIDENT = "shown by its evidence"


@dataclass(frozen=True)
class Verdict:
    """A suspicion after its experiment: the status, the change, its effect and its difference.

    `failure` says why the experiment failed, if it did. `beside` are the changes, in words, of the
    setup that the suspicion is about, if it came up only with these.

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
    failure: str = ""
    beside: tuple[str, ...] = ()

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
    are_watched: bool = False
    """Whether the last two are parts of the validation rows, which callbacks watch."""

    @classmethod
    def of(cls, setup: Setup) -> Parts:
        """The validation rows in two halves; without, parts of the training rows."""
        watched = setup.validation
        if watched is not None and len(watched) >= 2 * FEWEST_HELD_OUT:
            return cls(setup.rows, *watched.halves(), are_watched=True)
        order = np.random.default_rng(0).permutation(len(setup.rows))
        size = max(round(HELD_OUT * len(order)), 1)
        first, second = np.sort(order[:size]), np.sort(order[size : 2 * size])
        rest = np.sort(order[2 * size :])
        return cls(setup.rows.take(rest), setup.rows.take(first), setup.rows.take(second))

    def beside(self, scored: Rows) -> Rows | None:
        """What callbacks watch while others are scored, so that none is chosen by its own rows.

        It is the other half of the validation rows; None where these are not scored at all.
        """
        if not self.are_watched:
            return None
        return self.replication if scored is self.proof else self.proof


@dataclass
class Proof:
    """The verdicts on suspicions, the repaired setup, and the effect of all changes together.

    `replication` is measured with other seeds, on rows whose scores were used for nothing before.
    Every run took the `share` of the program's steps.
    """

    base: Setup
    repaired: Setup
    verdicts: list[Verdict]
    replication: Effect | None = None
    share: float = 1.0


def prove(
    setup: Setup,
    suspicions: Sequence[Suspicion],
    score: Score,
    budget: Budget | None = None,
    ask: Ask | None = None,
) -> Proof:
    """The verdict on each suspicion, and the changes that together repair the setup.

    `ask` gives further suspicions, of the setup with changes that help.

    >>> (x, y), _ = st.datasets.blobs.load_data(classes=3, seed=1)
    >>> model = st.Sequential([st.layers.Dense(3, "softmax", input_shape=(2,))])
    >>> model.compile(st.optimizers.SGD(1e-6), "sparse_categorical_crossentropy")
    >>> proof = prove(Setup.of(model, x, y, epochs=3), [], Score("classes"))
    >>> proof.verdicts, proof.replication is None
    ([], True)
    """
    setup = setup.divided()
    parts = Parts.of(setup)
    base = replace(setup, rows=parts.train)
    changes, owned = distinct(base, suspicions)
    given, watched = budget or Budget.of(None, setup), parts.beside(parts.proof)
    trials = Trials(base, changes, parts.proof, score, given, watched)
    search = Search(trials, suspicions, owned, ask)
    chosen = search.chosen() if trials.tested else AS_IS
    repaired, replication = base, None
    if chosen:
        afresh = Replication(trials, parts.replication, parts.beside(parts.replication))
        chosen = afresh.missed(chosen)
        replication = _confirmed(trials, chosen, afresh.effect(chosen))
        chosen = chosen if replication else AS_IS
        repaired = trials.setup(chosen) or base
    return Proof(base, repaired, _verdicts(search, chosen), replication, trials.share)


def _confirmed(trials: Trials, chosen: Combination, effect: Effect) -> Effect | None:
    """The effect of changes on other rows, if it is clear by those or by both groups together.

    Where callbacks watch the rows of the replication during the proof, only the former counts.
    """
    if effect.interval.low > 0.0:
        return effect
    setups = [trials.setup(one) for one in (AS_IS, chosen)]
    are_watched = any(setup is None or setup.callbacks for setup in setups)
    if are_watched or not effect.by_seed.is_clear(trials.score.relevant):
        return None
    together = fisher(trials.p_value_by_row(AS_IS, chosen), effect.p_value)
    return replace(effect, together=together) if together <= LEVEL else None


# ------------------------------------------------------------ verdicts


def _verdicts(search: Search, chosen: Combination) -> list[Verdict]:
    """The verdicts on all suspicions; on those of a changed setup only where they are confirmed.

    A change is confirmed for the first of its suspicions, and covers the others.
    """
    verdicts: list[Verdict] = []
    for suspicion, own, since in zip(search.suspicions, search.owned, search.since, strict=True):
        one = _verdict(search, chosen, suspicion, own, since)
        if one.status is Status.CONFIRMED and any(one.change is two.change for two in verdicts):
            one = replace(one, status=Status.COVERED)
        if not since or one.status is Status.CONFIRMED:
            verdicts.append(one)
    return sorted(verdicts, key=lambda one: (one.status is not Status.CONFIRMED, -one.gain))


def _verdict(
    search: Search, chosen: Combination, suspicion: Suspicion, own: list[int], since: Combination
) -> Verdict:
    """The verdict on one suspicion with its own changes, by the combination chosen."""
    trials = search.trials

    def of(at: int, status: Status, effect: Effect | None, failure: str = "") -> Verdict:
        before = tuple(other for other in chosen if other != at) if since else AS_IS
        first, second = trials.setup(before), trials.setup(tuple(sorted((*before, at))))
        diff = "" if first is None or second is None else difference(first, second)
        words = tuple(trials.changes[other].words for other in since)
        return Verdict(suspicion, status, trials.changes[at], effect, diff, failure, words)

    is_mended = search.is_mended(suspicion, chosen)
    if not own:
        return Verdict(suspicion, Status.COVERED if is_mended else Status.EVIDENT)
    taken = next((at for at in own if at in chosen), None)
    if taken is not None:
        return of(taken, Status.CONFIRMED, search.added.get(taken))
    least = trials.score.relevant
    alone = {at: trials.effect(AS_IS, (at,)) for at in own}
    for at, effect in alone.items():
        if chosen and effect is not None and effect.is_clear(least):
            return of(at, Status.COVERED, effect)
    known = {}  # on top of the chosen changes, or alone where that is not known
    for at in own:
        effect = trials.effect(chosen, tuple(sorted((*chosen, at)))) or alone[at]
        if effect is not None:
            known[at] = effect
    may_help = any(one.interval.high >= least for one in known.values())
    is_error = suspicion.finding.severity is Severity.ERROR
    best = max(known, key=lambda at: known[at].gain, default=own[0])
    if is_mended and (may_help or not known):
        return of(best, Status.COVERED, known.get(best))
    if is_error or search.lifts_refusal(best):
        return of(best, Status.EVIDENT, known.get(best))
    if not known:
        failure = next(filter(None, map(trials.failure, [AS_IS, *((at,) for at in own)])), "")
        is_spent = trials.is_spent or trials.share == 0.0 or best not in trials.tested
        open_status = Status.NO_BUDGET if is_spent else Status.SUSPECTED
        return of(best, Status.FAILED if failure else open_status, None, failure)
    return of(best, Status.UNDECIDED if may_help else Status.HARMLESS, known[best])
