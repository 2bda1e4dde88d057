"""The search for the changes that repair a setup, by experiments with their combinations.

Changes are added while they help; the rules are asked again about what they give, and may propose
others; at the end each is left out once, and stays only if it is missed. Depends on trials.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from steepest.doctor.experiment import Effect
from steepest.doctor.rule import Change, Suspicion
from steepest.doctor.setup import Setup
from steepest.doctor.trials import AS_IS, Combination, Trials
from steepest.doctor.writing import written
from steepest.errors import SteepestError

LEVEL = 0.025
"""One-sided, as the lower end of an interval of 95 percent."""
ROUNDS = 3
"""How often the rules are asked about a changed setup."""

Ask = Callable[[Setup, float], Sequence[Suspicion]]
"""Gives what rules suspect of a changed setup after a run of a share of its steps."""


def distinct(
    setup: Setup, suspicions: Sequence[Suspicion], known: Sequence[Change] = ()
) -> tuple[list[Change], list[list[int]]]:
    """All different changes of a setup, the known ones first, and for each suspicion its numbers.

    The first change of every suspicion comes before the second of any. Changes that give the same
    program are one.
    """
    changes = list(known)
    owned: list[list[int]] = [[] for _ in suspicions]
    numbers = {_program(setup, change): at for at, change in reversed(list(enumerate(known)))}
    for place in range(max((len(one.changes) for one in suspicions), default=0)):
        for suspicion, own in zip(suspicions, owned, strict=True):
            if place >= len(suspicion.changes):
                continue
            change = suspicion.changes[place]
            text = _program(setup, change)
            if text is None:
                continue
            at = numbers.setdefault(text, len(changes))
            if at == len(changes):
                changes.append(change)
            if at not in own:
                own.append(at)
    return changes, owned


def _program(setup: Setup, change: Change) -> str | None:
    """The changed setup as a program; None where the change cannot be made."""
    try:
        return written(change.applied(setup))
    except SteepestError:
        return None


class Search:
    """The search among the changes of suspicions; `owned` are the numbers of those of each.

    `suspicions` and `owned` grow where rules are asked again; `since` has, for each suspicion that
    was added then, the combination that the rules were asked about.
    """

    def __init__(
        self, trials: Trials, suspicions: Sequence[Suspicion], owned: list[list[int]], ask: Ask
    ) -> None:
        self.trials, self.ask = trials, ask
        self.suspicions, self.owned = list(suspicions), list(owned)
        self.since: list[Combination] = [AS_IS] * len(owned)
        self.added: dict[int, Effect] = {}

    def chosen(self) -> Combination:
        """The changes that repair the setup together, and none of which can be left out."""
        found = self._accepted_by_fit()
        for _ in range(ROUNDS):
            found = self._grown(found)
            if not found or not self._asked_again(found):
                return self._needed(found)
        return self._needed(self._grown(found))

    def _accepted_by_fit(self) -> Combination:
        """Of the changes with which `fit` takes a setup that it refuses, the best."""
        base = self.trials.setup(AS_IS)
        if base is None or base.refusal is None:
            return AS_IS
        ways = [(at,) for at in self.trials.tested if self.lifts_refusal(at)]
        self.trials.measure(ways)
        best = max(ways, key=self.trials.mean, default=AS_IS)
        effect = self.trials.effect(AS_IS, best)
        if best and effect is not None and effect.is_clear(self.trials.score.relevant):
            self.added[best[0]] = effect
        return best

    def lifts_refusal(self, at: int) -> bool:
        """Whether `fit` refuses the setup as it is, and takes the one with a change."""
        base, changed = self.trials.setup(AS_IS), self.trials.setup((at,))
        if base is None or changed is None or base.refusal is None:
            return False
        return changed.refusal is None

    def _grown(self, found: Combination) -> Combination:
        """The combination with further changes, the one of greatest gain each time.

        Of the changes that a suspicion proposes one is enough.
        """
        while True:
            larger = {at: tuple(sorted((*found, at))) for at in self._unanswered(found)}
            self.trials.measure([found, *larger.values()])
            effects = {at: self.trials.effect(found, one) for at, one in larger.items()}
            best = self._best({at: one for at, one in effects.items() if one is not None})
            if best is not None:
                self.added[best] = effects[best]  # type: ignore[assignment] # the best has one
                found = larger[best]
            elif self.added or (joint := self._first_together(found)) == found:
                return found
            else:
                found = joint

    def _unanswered(self, found: Combination) -> list[int]:
        """The changes of suspicions none of whose changes is chosen, those found last first."""
        answered = {at for own in self.owned if set(own) & set(found) for at in own}
        left = [at for at in self.trials.tested if at not in answered]
        asked = {at for own, since in zip(self.owned, self.since, strict=True) if since
                 for at in own}  # fmt: skip
        return sorted(left, key=lambda at: at not in asked)

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

    def _first_together(self, found: Combination) -> Combination:
        """With the first change of each suspicion at once, where none helps alone.

        Faults can hide each other: a rate that is too small hides what else is wrong.
        """
        left = self._unanswered(found)
        first = {next((at for at in own if at in left), None) for own in self.owned} - {None}
        joint = tuple(sorted({*found, *(at for at in first if at is not None)}))
        if len(joint) < len(found) + 2:
            return found
        self.trials.measure([joint])
        effect = self.trials.effect(found, joint)
        if effect is None or not effect.is_clear(self.trials.score.relevant):
            return found
        self.added.update(dict.fromkeys(set(joint) - set(found), effect))
        return joint

    def _asked_again(self, found: Combination) -> bool:
        """Whether rules propose further changes of the setup with the chosen ones."""
        setup = self.trials.ask(found)
        if setup is None:
            return False
        suspicions = self.ask(setup, self.trials.share)
        known = len(self.trials.changes)
        changes, owned = distinct(setup, suspicions, self.trials.changes)
        for suspicion, own in zip(suspicions, owned, strict=True):
            if further := [at for at in own if at not in found]:
                self.suspicions.append(suspicion)
                self.owned.append(further)
                self.since.append(found)
        self.trials.add(changes[known:])
        return len(changes) > known

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
        for at in set(found) - self.added.keys():  # what `fit` needs, and what does not help alone
            effect = self.trials.effect(tuple(other for other in found if other != at), found)
            if effect is not None:
                self.added[at] = effect
        return found


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
