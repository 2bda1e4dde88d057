"""Replication: changes that were chosen, on rows and with seeds that were used for nothing before.

Depends on trials.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from steepest.doctor.experiment import SEEDS, Effect, runs
from steepest.doctor.rows import Rows
from steepest.doctor.search import PROMISING
from steepest.doctor.trials import AS_IS, Combination, Trials

FRESH_SEEDS = range(100, 100 + SEEDS)
FURTHER_FRESH_SEEDS = range(100 + SEEDS, 100 + 3 * SEEDS)
LEVEL = 0.025
"""One-sided: half of what an interval of 95 percent leaves out."""


@dataclass
class Replication:
    """Runs with the changes of trials on other rows, with other seeds.

    >>> from steepest.doctor.budget import Budget
    >>> from steepest.doctor.rule import Change
    >>> from steepest.doctor.scoring import Score
    >>> from steepest.doctor.setup import Setup
    >>> (x, y), (x_val, y_val) = st.datasets.blobs.load_data(classes=3, seed=1)
    >>> model = st.Sequential([st.layers.Dense(3, "softmax", input_shape=(2,))])
    >>> model.compile(st.optimizers.SGD(1e-6), "sparse_categorical_crossentropy")
    >>> faster = {"class_name": "SGD", "config": {"learning_rate": 0.1}}
    >>> change = Change("faster", lambda setup: setup.with_compile(optimizer=faster))
    >>> first, second = Rows.of(x_val, y_val).halves()
    >>> setup = Setup.of(model, x, y, epochs=3)
    >>> trials = Trials(setup, [change], first, Score("classes"), Budget.of(1.0))
    >>> trials.measure([(0,)])
    >>> replication = Replication(trials, second)
    >>> replication.missed((0,)), replication.effect((0,)).better
    ((0,), 8)
    """

    trials: Trials
    rows: Rows
    watched: Rows | None = None
    _known: dict[Combination, np.ndarray] = field(default_factory=dict)
    """What each row adds to the score, by seed and row."""

    def missed(self, chosen: Combination) -> Combination:
        """What of several changes is missed here too: what the rest is as good without is left out.

        The least missed is left out first, as far as the budget pays for the runs without each.
        """
        while len(chosen) > 1:
            without = {at: tuple(other for other in chosen if other != at) for at in chosen}
            if not self._measure([chosen, *without.values()]):
                return chosen
            effects = {
                at: self._of_seeds(less, chosen)
                for at, less in without.items()
                if less in self._known
            }
            least = min(effects, key=lambda at: effects[at].gain, default=None)
            if least is None or _is_likely(effects[least]):
                return chosen
            chosen = without[least]
        return chosen

    def effect(self, chosen: Combination) -> Effect:
        """The effect of chosen changes, with the error of the rows, perhaps by further seeds."""
        self._measure([AS_IS, chosen], is_reserved=True)
        before, after = self._known[AS_IS], self._known[chosen]
        name, sizes = self.trials.score.name, self.trials.sizes(self.rows)
        effect = Effect.by_row(name, before, after, sizes)
        is_open = effect.interval.high > 0.0 >= effect.interval.low
        cost = self._cost([AS_IS, chosen]) * len(FURTHER_FRESH_SEEDS) / SEEDS
        if not is_open or cost > self.trials.left:
            return effect
        further = self._trained([AS_IS, chosen], FURTHER_FRESH_SEEDS)
        first, second = map(np.concatenate, zip((before, after), further, strict=True))
        return Effect.by_row(name, first, second, sizes)

    def _measure(self, wanted: Sequence[Combination], is_reserved: bool = False) -> bool:
        """Trains what is not known; whether the budget pays, which has a reserve for the whole."""
        setups = {one: self.trials.setup(one) for one in wanted if one not in self._known}
        new = [one for one, setup in setups.items() if setup is not None]
        if is_reserved:
            self.trials.left -= self._cost(new)
        elif not self.trials.pay(self._cost(new)):
            return False
        self._known.update(zip(new, self._trained(new, FRESH_SEEDS), strict=True))
        return True

    def _cost(self, combinations: Sequence[Combination]) -> float:
        return self.trials.share * sum(map(self.trials.cost, combinations))

    def _trained(self, some: Sequence[Combination], seeds: Sequence[int]) -> list[np.ndarray]:
        setups = [setup for one in some if (setup := self.trials.setup(one)) is not None]
        done = runs(setups, self.trials.share, seeds, self.watched) if setups else []
        return [one.by_row(self.rows, self.trials.score) for one in done]

    def _of_seeds(self, before: Combination, after: Combination) -> Effect:
        means = (self._known[one].mean(axis=1).tolist() for one in (before, after))
        return Effect(self.trials.score.name, *means)


def _is_likely(effect: Effect) -> bool:
    return effect.gain > 0.0 and effect.p_value <= PROMISING


def fisher(first: float, second: float) -> float:
    """The p-value of two independent ones together (Fisher, 1932).

    >>> round(fisher(0.05, 0.05), 4), fisher(1.0, 1.0)
    (0.0175, 1.0)
    """
    product = first * second
    return product * (1.0 - math.log(product)) if product > 0.0 else 0.0
