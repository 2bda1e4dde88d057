"""Which changes a search tries, together and in place of others, by known effects."""

from dataclasses import replace

import numpy as np
import pytest

import steepest as st
from steepest.doctor import search as file
from steepest.doctor.changes import fitted_with, optimizer_option
from steepest.doctor.experiment import SEEDS, Effect
from steepest.doctor.scoring import Score
from steepest.doctor.search import Search, distinct, holm
from steepest.doctor.setup import Setup

NOISE = np.linspace(-0.01, 0.01, SEEDS)


def setup_of():
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    model.compile(st.optimizers.SGD(0.5), "mse")
    return Setup.of(model, np.ones((40, 2)), np.ones(40), epochs=2)


class Known:
    """Trials whose scores are given by a function of the optimizer's rate and the epochs."""

    def __init__(self, changes, scored):
        self.changes, self.scored, self.measured = list(changes), scored, []
        self.tested, self.share, self.score = list(range(len(changes))), 1.0, Score("quantities")
        self.looked, self.spread = [], 0.0

    def setup(self, combination):
        setup = setup_of()
        for at in combination:
            setup = self.changes[at].applied(setup)
        return setup

    ask = setup

    def can_measure(self, combination):
        return True

    def measure(self, combinations):
        self.measured += combinations

    def look_again(self, combinations):
        self.looked += combinations
        return True

    def add(self, changes, numbers):
        self.changes, self.tested = list(changes), sorted({*self.tested, *numbers})

    def mean(self, combination):
        return float(np.mean(self.scores(combination)))

    def copy_scores(self, combination, other):
        self.measured.append(other)

    def scores(self, combination):
        setup = self.setup(combination)
        rate = setup.compile["optimizer"]["config"]["learning_rate"]
        return self.scored(rate, setup.fit["epochs"]) + NOISE

    def effect(self, before, after):
        if not {before, after} <= {(), *self.measured}:
            return None
        first, second = self.scores(before), self.scores(after)
        spread = 0.0 if {before, after} <= set(self.looked) else self.spread
        noise = NOISE[::-1] * (1 + 100 * spread) * (before != after)
        return Effect("score", first.tolist(), (second + noise).tolist())


def searched(scored, suspicions, later=(), spread=0.0):
    changes, owned = distinct(setup_of(), suspicions)
    rounds = iter([list(later)])
    search = Search(Known(changes, scored), suspicions, owned, lambda *_: next(rounds, []))
    search.trials.spread = spread
    return search, search.chosen()


def test_holm():
    assert holm([], 0.05) == []
    assert holm([0.02, 0.02], 0.05) == [True, True]
    assert holm([0.03, 0.02, 0.9], 0.05) == [False, False, False]


def test_changes_that_give_the_same_program_are_one(suspicion):
    first, second = suspicion("a", fitted_with(epochs=9)), suspicion("b", fitted_with(epochs=9))
    changes, owned = distinct(setup_of(), [first, second])
    assert len(changes) == 1 and owned == [[0], [0]]


def test_changes_that_help_only_together_are_tried_together(suspicion):
    found = [suspicion("rate", optimizer_option(learning_rate=0.1)),
             suspicion("epochs", fitted_with(epochs=9))]  # fmt: skip
    search, chosen = searched(lambda rate, epochs: float(rate == 0.1 and epochs == 9), found)
    assert chosen == (0, 1) and set(search.added) == {0, 1}


def test_of_changes_that_undo_each_other_the_first_is_in_the_joint_one(suspicion):
    """Otherwise a symptom's rate would replace that of its cause."""
    cause = suspicion("cause", optimizer_option(learning_rate=0.1))
    other = optimizer_option(learning_rate=5.0)
    found = [cause, suspicion("symptom", other, fitted_with(epochs=9))]
    _, chosen = searched(lambda rate, epochs: float(rate == 0.1 and epochs == 9), found)
    assert chosen == (0, 2)


def test_a_change_takes_the_place_of_one_that_it_undoes(suspicion):
    first = suspicion("first", optimizer_option(learning_rate=0.4))
    later = suspicion("later", optimizer_option(learning_rate=0.1))
    search, chosen = searched(lambda rate, epochs: 1.0 - rate, [first], [later])
    assert chosen == (1,) and search.owned[0] == [0, 1]
    assert search.added[1].gain == pytest.approx(0.4)


def symptom(found):
    """The suspicion of a rule on the course of a training."""
    return replace(found, rule=replace(found.rule, code="T0"))


def test_causes_come_before_symptoms(suspicion):
    """More epochs help most at first, and not at all with the right rate."""
    found = [symptom(suspicion("symptom", fitted_with(epochs=9))),
             suspicion("cause", optimizer_option(learning_rate=0.1))]  # fmt: skip
    search, chosen = searched(lambda rate, epochs: max(0.5 * (epochs == 9), rate == 0.1), found)
    assert chosen == (1,) and (0,) not in search.trials.measured
    search, chosen = searched(lambda rate, epochs: 0.5 * (epochs == 9), found)
    assert chosen == (0,)  # without a cause that helps


@pytest.mark.parametrize(("gain", "chosen"), [(0.5, (0,)), (0.005, ())])
def test_what_the_first_seeds_do_not_decide_is_looked_at_again(gain, chosen, suspicion):
    """The spread of the first seeds hides the gain; one below a point is not looked at."""
    found = [suspicion("rate", optimizer_option(learning_rate=0.1))]
    search, taken = searched(lambda rate, epochs: gain * (rate == 0.1), found, spread=1.3)
    assert taken == chosen and ((0,) in search.trials.looked) is bool(chosen)


def test_a_change_that_is_left_of_several_helps_alone(suspicion):
    """Both help together and neither alone, so that neither can be left out."""
    found = [suspicion("rate", optimizer_option(learning_rate=0.1)),
             suspicion("epochs", fitted_with(epochs=9))]  # fmt: skip
    search, chosen = searched(lambda rate, epochs: float(rate == 0.1 and epochs == 9), found)
    assert all(search.added[at].is_clear(0.01) for at in chosen) and len(chosen) == 2
    search, _ = searched(lambda rate, epochs: 0.0, found)
    search.trials.measure([(0, 1)])
    assert search.added == {}
    assert search._needed((0, 1), (0, 1)) == ()


def test_of_what_cannot_be_tested_alone_the_joint_effect_is_shown(suspicion, monkeypatch):
    """The budget ends after the joint experiment."""
    found = [suspicion("rate", optimizer_option(learning_rate=0.1)),
             suspicion("epochs", fitted_with(epochs=9))]  # fmt: skip
    real = Known.effect
    monkeypatch.setattr(
        Known,
        "effect",
        lambda self, *pair: None if (0,) in pair or (1,) in pair else real(self, *pair),
    )
    search, chosen = searched(lambda rate, epochs: float(rate == 0.1 and epochs == 9), found)
    assert chosen == (0, 1) and search.added[0] is search.added[1]
    assert search.added[0].gain == pytest.approx(1.0)


def test_the_least_missed_change_is_left_out_first(suspicion):
    """Either of two is enough beside the third, and without both the score is lost."""
    found = [suspicion("rate", optimizer_option(learning_rate=0.1)),
             suspicion("epochs", fitted_with(epochs=9)),
             suspicion("batch", fitted_with(batch_size=8))]  # fmt: skip
    search, _ = searched(lambda rate, epochs: 1.0 * (rate == 0.1) + 0.004 * epochs, found)
    search.trials.measure([(0, 1, 2)])
    assert search._needed((0, 1, 2), (0, 1, 2)) == (0, 1)


def test_of_the_changes_of_one_suspicion_the_best_is_in_the_joint_one(suspicion):
    found = [suspicion("longer", *(fitted_with(epochs=count) for count in (3, 9, 12)))]
    search, _ = searched(lambda rate, epochs: 0.001 * epochs, found)
    assert not [one for one in search.trials.measured if len(one) > 1]


def test_what_the_rules_do_not_suspect_again_is_not_tested_again(suspicion):
    helping = suspicion("rate", optimizer_option(learning_rate=0.1))
    other = suspicion("epochs", fitted_with(epochs=9))
    search, chosen = searched(lambda rate, epochs: float(rate == 0.1), [helping, other])
    assert chosen == (0,) and set(search.trials.measured) == {(), (0,), (1,), (0, 1)}
    assert search.is_mended(other, chosen) and not search.is_mended(other, (1,))
    search, chosen = searched(lambda rate, epochs: float(rate == 0.1), [helping, symptom(other)])
    assert chosen == (0,) and set(search.trials.measured) == {(), (0,)}


@pytest.mark.parametrize(
    ("both", "combinations"), [(1.0, [(0,), (0, 1), (1,)]), (2.0, [(0,), (0, 1)])]
)
def test_the_rules_are_asked_once_about_each_combination_and_last_about_the_chosen_one(
    both, combinations, suspicion, monkeypatch
):
    """More epochs are proposed later; they make the rate needless, unless both together help."""
    asked = []
    monkeypatch.setattr(Known, "ask", lambda self, found: asked.append(found) or self.setup(found))
    first = suspicion("rate", optimizer_option(learning_rate=0.1))
    later = suspicion("epochs", fitted_with(epochs=9))

    def scored(rate, epochs):
        return both if rate == 0.1 and epochs == 9 else max(0.5 * (rate == 0.1), epochs == 9)

    search, chosen = searched(scored, [first], [later])
    assert asked == combinations and chosen == combinations[-1]
    assert search.is_mended(later, chosen)


def test_what_is_known_to_help_beside_the_found_ones_is_taken_though_no_rule_asks_for_it(suspicion):
    """Both were measured together, before the first of them mended what was suspected."""
    found = [suspicion("rate", optimizer_option(learning_rate=0.1)),
             suspicion("epochs", fitted_with(epochs=9))]  # fmt: skip
    search, chosen = searched(lambda rate, epochs: (rate == 0.1) * (1.0 + (epochs == 9)), found)
    assert chosen == (0, 1) and search.is_mended(found[1], chosen)


def test_the_number_of_a_suspicion_s_changes_counts(suspicion, monkeypatch):
    seen = []
    search, _ = searched(lambda rate, epochs: 0.0, [])
    monkeypatch.setattr(file, "holm", lambda p_values, level: seen.append(p_values) or [False])
    one = Effect("score", [0.0] * 4, [0.1, 0.3, 0.2, 0.2])
    assert search._best({0: one, 1: one}, [[0, 1]]) is None
    assert seen[-1] == [pytest.approx(2 * one.p_value)]
