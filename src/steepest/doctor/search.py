"""The search for the changes that repair a setup, by experiments with their combinations.

Changes are added while they help; the rules are asked again about what they give, and may propose
others; at the end each is left out once, and stays only if it is missed. Depends on trials.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from steepest.doctor.experiment import LEVEL, Effect
from steepest.doctor.rule import Change, Suspicion
from steepest.doctor.setup import Setup
from steepest.doctor.trials import AS_IS, Combination, Trials
from steepest.doctor.writing import written
from steepest.errors import SteepestError

MOST_ROUNDS = 8
PROMISING = 0.2
"""The p-value up to which a change is looked at with further seeds."""
MOST_PROMISING = 3
SYMPTOMS = "TAE"
"""The letters of rules on symptoms: of a training, a trained network, an experiment."""

Ask = Callable[[Setup, float], Sequence[Suspicion]]
"""Gives what rules suspect of a changed setup after a run of a share of its steps."""


def distinct(
    setup: Setup, suspicions: Sequence[Suspicion], known: Sequence[Change] = ()
) -> tuple[list[Change], list[list[int]]]:
    """All different changes of a setup, the known ones first, and for each suspicion its numbers.

    The first change of every suspicion comes before the second of any. Changes that give the same
    program are one.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile(st.optimizers.SGD(0.5), "mse")
    >>> distinct(Setup.of(model, np.ones((4, 2)), np.ones(4)), [])
    ([], [])
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
    was added then, the combination that the rules were asked about. `added` has the effect of each
    change: when it was added, or, of one that was added with others, without it, or else of all.

    >>> from steepest.doctor.budget import Budget
    >>> from steepest.doctor.scoring import Score
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile(st.optimizers.SGD(0.5), "mse")
    >>> setup = Setup.of(model, np.ones((4, 2)), np.ones(4))
    >>> trials = Trials(setup, [], setup.rows, Score("quantities"), Budget.of(1.0))
    >>> Search(trials, [], [], None).chosen()
    ()
    """

    def __init__(
        self,
        trials: Trials,
        suspicions: Sequence[Suspicion],
        owned: list[list[int]],
        ask: Ask | None,
    ) -> None:
        self.trials, self.ask = trials, ask
        self.suspicions, self.owned = list(suspicions), list(owned)
        self.since: list[Combination] = [AS_IS] * len(owned)
        self.added: dict[int, Effect] = {}
        self._jointly: dict[int, Effect] = {}
        """The effects of several changes that were added at once, by each of them."""
        self._asked: Combination | None = None
        self._standing = set(range(len(owned)))
        """Suspicions that stand for the combination that is tested, by their numbers."""

    def chosen(self) -> Combination:
        """The changes that repair the setup together, and none of which can be left out."""
        found = self._accepted_by_fit()
        for _ in range(MOST_ROUNDS):
            if found and self._asked != found:
                self._ask_again(found)
            larger = self._larger(found)
            if larger == found:
                break
            found = larger
        needed = self._needed(found, found)
        if needed and self._asked != needed:
            self._ask_again(needed)
        return needed if self._is_missed(AS_IS, needed) else AS_IS

    # ------------------------------------------------------------ changes that are added

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

    def _larger(self, found: Combination) -> Combination:
        """With the change of greatest gain, or else with several; the same if none helps.

        Causes come first: a change that answers a symptom, such as more units, can help a little
        where a cause is not mended, and stand in the way when it is. What the first seeds do not
        decide is looked at once more, with further ones.
        """
        for but in (SYMPTOMS, ""):
            owned = self._proposed(found, but)
            taken, tried = self._clear(found, owned)
            if taken == found and self._look_again(found, tried):
                taken, _ = self._clear(found, owned)
            if taken != found:
                return taken
        return found

    def _clear(
        self, found: Combination, owned: list[list[int]]
    ) -> tuple[Combination, list[Combination]]:
        """With a change or several that clearly help, if there are any, and what was tried."""
        larger = {at: _joined(found, at) for at in sorted({at for own in owned for at in own})}
        joint = self._joint(found, owned)
        self.trials.measure([found, joint, *larger.values()])
        known = {at: self.trials.effect(found, one) for at, one in larger.items()}
        effects = {at: one for at, one in known.items() if one is not None}
        best = self._best(effects, owned)
        if best is not None:
            self.added[best] = effects[best]
            return self._in_place_of_others(larger[best], best), []
        joints = [joint, self._joint_of_best(found, effects, owned)]
        self.trials.measure(joints)
        taken = next((one for one in joints if self._is_clear(found, one)), found)
        if effect := self.trials.effect(found, taken):
            self._jointly.update(dict.fromkeys(set(taken) - set(found), effect))
        return taken, list(dict.fromkeys([*larger.values(), *joints]))

    def _proposed(self, found: Combination, but: str = "") -> list[list[int]]:
        """The changes of each suspicion; of one that stands no more, what is measured already.

        Rules whose codes begin with a letter of `but` are left out.
        """
        proposed = []
        for number, (suspicion, own) in enumerate(zip(self.suspicions, self.owned, strict=True)):
            if suspicion.rule.code[0] in but or set(own) & set(found):  # one change is enough
                continue
            stands = number in self._standing
            known = [at for at in own if stands or self.trials.effect(found, _joined(found, at))]
            proposed.append([at for at in known if at in self.trials.tested])
        return [own for own in proposed if own]

    def _joint_of_best(
        self, found: Combination, effects: dict[int, Effect], owned: list[list[int]]
    ) -> Combination:
        """With the best change of each suspicion, if it has one with a gain."""
        gains = {at: effect.gain for at, effect in effects.items() if effect.gain > 0.0}
        known = [[at for at in own if at in gains] for own in owned]
        best = {max(own, key=lambda at: gains[at]) for own in known if own}
        return self._joint(found, [[at] for at in sorted(best, key=lambda at: (-gains[at], at))])

    def _look_again(self, found: Combination, tried: Sequence[Combination]) -> bool:
        """Trains the most promising combinations with further seeds, if there are any."""
        effects = {one: self.trials.effect(found, one) for one in tried if one != found}
        least = self.trials.score.relevant
        promising = {
            one: effect.p_value
            for one, effect in effects.items()
            if effect is not None and effect.gain >= least and effect.p_value <= PROMISING
        }
        chosen = sorted(promising, key=lambda one: promising[one])[:MOST_PROMISING]
        return bool(chosen) and self.trials.look_again([found, *chosen])

    def _in_place_of_others(self, found: Combination, best: int) -> Combination:
        """Without the changes that the best one undoes, whose suspicions it answers."""
        for other in found:
            less = tuple(at for at in found if at != other)
            if other == best or self._text(less) != self._text(found):
                continue
            self.trials.copy_scores(found, less)
            self.owned = [[*own, best] if other in own else own for own in self.owned]
            effect = self.trials.effect(tuple(at for at in less if at != best), less)
            self.added[best] = effect or self.added[best]
            found = less
        return found

    def _best(self, effects: dict[int, Effect], owned: list[list[int]]) -> int | None:
        """The change with the greatest gain among those whose gain is clear.

        The p-value of a suspicion is the least one of its changes, multiplied by their number, and
        the suspicions are corrected for theirs by Holm's rule.
        """
        families = [known for own in owned if (known := [at for at in own if at in effects])]
        p_values = [len(own) * min(effects[at].p_value for at in own) for own in families]
        clear = zip(families, holm(p_values, LEVEL), strict=True)
        least = self.trials.score.relevant
        helping = {
            at for own, passed in clear if passed for at in own if effects[at].is_clear(least)
        }
        return max(sorted(helping), key=lambda at: effects[at].gain, default=None)

    def _joint(self, found: Combination, owned: list[list[int]]) -> Combination:
        """With a change of each suspicion at once: the first that does not undo another one.

        Faults can hide each other: a rate that is too small hides what else is wrong.
        """
        joint = found
        for own in owned:
            for at in own:
                larger = _joined(joint, at)
                if self.trials.can_measure(larger) and not self._undoes(at, joint):
                    joint = larger
                    break
        return joint

    def _undoes(self, at: int, joint: Combination) -> bool:
        """Whether a change makes one of others needless: without it the program is the same."""
        whole = self._text(_joined(joint, at))
        return any(
            whole == self._text(tuple(sorted({*joint, at} - {other}))) for other in {*joint, at}
        )

    def _text(self, combination: Combination) -> str:
        setup = self.trials.setup(combination)
        return "" if setup is None else written(setup)

    # ------------------------------------------------------------ the changed setup

    def _ask_again(self, found: Combination) -> None:
        """Applies the rules to the setup with the chosen changes.

        Of those before, the suspicions stand whose rules are not asked again.
        """
        setup = self.trials.ask(found) if self.ask else None
        if setup is None or self.ask is None:
            return
        suspicions = self.ask(setup, self.trials.share)
        self._asked = found
        self._standing = {
            number for number, one in enumerate(self.suspicions) if not one.rule.is_asked_again
        }
        changes, owned = distinct(setup, suspicions, self.trials.changes)
        self.trials.add(changes, {at for own in owned for at in own})
        for suspicion, own in zip(suspicions, owned, strict=True):
            if further := [at for at in own if at not in found]:
                self._standing.add(len(self.owned))
                self.suspicions.append(suspicion)
                self.owned.append(further)
                self.since.append(found)

    def is_mended(self, suspicion: Suspicion, chosen: Combination) -> bool:
        """Whether the rule has nothing to say of the setup with the chosen changes any more."""
        if not chosen or self._asked != chosen or not suspicion.rule.is_asked_again:
            return False
        return all(self.suspicions[one].rule is not suspicion.rule for one in self._standing)

    # ------------------------------------------------------------ changes that are left out

    def _needed(self, found: Combination, whole: Combination) -> Combination:
        """Those of the changes that are missed without them; the least missed is left out first.

        What is left is not clearly worse than the whole, so that a change is not lost since others
        that could stand for it were left out before.
        """
        without = {at: tuple(other for other in found if other != at) for at in found}
        self.trials.measure([found, *without.values()])
        for at in sorted(found, key=lambda at: -self.trials.mean(without[at])):
            less = without[at]
            is_known = self.trials.effect(less, found) is not None
            if is_known and not (self._is_clear(less, whole) or self._is_missed(less, found)):
                return self._needed(less, whole)
        for at in found:  # what `fit` needs, and what does not help alone
            alone = self.trials.effect(without[at], found)
            if alone is not None and alone.is_clear(self.trials.score.relevant):
                self.added.setdefault(at, alone)
            elif at in self._jointly:
                self.added.setdefault(at, self._jointly[at])
        return found

    def _is_missed(self, less: Combination, found: Combination) -> bool:
        """Whether a larger combination is clearly better, perhaps at a second look."""
        if self._is_clear(less, found):
            return True
        return self._look_again(less, [found]) and self._is_clear(less, found)

    def _is_clear(self, before: Combination, after: Combination) -> bool:
        effect = self.trials.effect(before, after)
        return effect is not None and effect.is_clear(self.trials.score.relevant)


def _joined(found: Combination, at: int) -> Combination:
    return tuple(sorted({*found, at}))


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
