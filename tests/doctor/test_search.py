"""Which changes a search tries, together and in place of others, by known effects."""

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

    def add(self, changes, numbers):
        self.changes, self.tested = list(changes), sorted({*self.tested, *numbers})

    def copy_scores(self, combination, other):
        pass

    def scores(self, combination):
        setup = self.setup(combination)
        rate = setup.compile["optimizer"]["config"]["learning_rate"]
        return self.scored(rate, setup.fit["epochs"]) + NOISE

    def effect(self, before, after):
        first, second = self.scores(before), self.scores(after)
        return Effect("score", first.tolist(), (second + NOISE[::-1] * (before != after)).tolist())


def searched(scored, suspicions, later=()):
    changes, owned = distinct(setup_of(), suspicions)
    rounds = iter([list(later)])
    search = Search(Known(changes, scored), suspicions, owned, lambda *_: next(rounds, []))
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


def test_what_the_rules_do_not_suspect_again_is_not_tested_again(suspicion):
    helping = suspicion("rate", optimizer_option(learning_rate=0.1))
    other = suspicion("epochs", fitted_with(epochs=9))
    search, chosen = searched(lambda rate, epochs: float(rate == 0.1), [helping, other])
    assert chosen == (0,) and search.trials.measured.count((0, 1)) == 1  # before, together
    assert search.is_mended(other, chosen) and not search.is_mended(other, (1,))


def test_the_number_of_a_suspicion_s_changes_counts(suspicion, monkeypatch):
    seen = []
    search, _ = searched(lambda rate, epochs: 0.0, [])
    monkeypatch.setattr(file, "holm", lambda p_values, level: seen.append(p_values) or [False])
    one = Effect("score", [0.0] * 4, [0.1, 0.3, 0.2, 0.2])
    assert search._best({0: one, 1: one}, [[0, 1]]) is None
    assert seen[-1] == [pytest.approx(2 * one.p_value)]
