"""Trials within a budget: shares of runs, what is trained, and what is left, by counted costs."""

import numpy as np
import pytest

import steepest as st
from steepest.doctor import trials as file
from steepest.doctor.budget import PER_RUN, Budget
from steepest.doctor.experiment import SEEDS
from steepest.doctor.rows import Rows
from steepest.doctor.rule import Change
from steepest.doctor.scoring import Score
from steepest.doctor.setup import Setup
from steepest.doctor.trials import AS_IS, FEWEST_STEPS, FIRST_PART, Trials

EPOCH = 1e9
"""The operations of an epoch in these tests."""
x, y = np.ones((320, 2), np.float32), np.ones(320, np.float32)


@pytest.fixture
def trained(monkeypatch):
    """The setups that are trained; an epoch costs the same, and the score is that of the seed."""
    runs = []

    def scores(setups, rows, score, share):
        runs.append((len(setups), share))
        return [[[0.1 * len(runs) + seed for seed in range(SEEDS)] for _ in setups]]

    monkeypatch.setattr(file, "cost_of_run", lambda one: EPOCH * one.fit.get("epochs", 1) + PER_RUN)
    monkeypatch.setattr(file, "scores", scores)
    return runs


def made(budget, *changes, epochs=10):
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    base = Setup.of(model, x, y, epochs=epochs)
    return Trials(base, changes, Rows.of(x, y), Score("quantities"), Budget(budget))


def rate(value):
    return Change(f"rate {value}", lambda setup: setup.with_fit(batch_size=value))


def longer(epochs):
    return Change("longer", lambda setup: setup.with_fit(epochs=epochs))


def impossible():
    return Change("impossible", lambda setup: setup.with_layer("none", units=3))


def whole(*epochs):
    """What the runs of these numbers of epochs cost with all seeds."""
    return SEEDS * sum(EPOCH * count + PER_RUN for count in epochs)


def test_runs_are_whole_if_the_first_part_of_the_budget_pays_for_each_change(trained):
    assert made(whole(10, 10) / FIRST_PART, rate(8)).share == 1.0
    assert made(9 * whole(10, 10), rate(8)).share == 1.0
    less = made((whole(10, 10) - SEEDS * 10 * EPOCH) / FIRST_PART, rate(8))
    assert less.share == pytest.approx(0.5)


def test_other_numbers_of_epochs_do_not_shorten_the_others(trained):
    trials = made(whole(10, 10) / FIRST_PART, rate(8), longer(1000))
    assert trials.share == 1.0
    assert trials.can_measure((0,)) and trials.can_measure((1,))
    short = made((whole(10, 10) - SEEDS * 10 * EPOCH) / FIRST_PART, rate(8), longer(1000))
    assert short.share == pytest.approx(0.5)
    assert short.can_measure((0,)) and not short.can_measure((1,))


@pytest.mark.parametrize(("steps", "works"), [(FEWEST_STEPS, True), (FEWEST_STEPS - 1, False)])
def test_too_few_steps_show_nothing(steps, works, trained):
    """A run of 10 epochs has 100 steps."""
    budget = (SEEDS * PER_RUN + SEEDS * EPOCH * (steps + 0.01) / 10) / FIRST_PART
    trials = made(budget)
    assert trials.share == (pytest.approx(steps / 100, rel=1e-3) if works else 0.0)
    assert trials.can_measure(AS_IS) is works


def test_what_cannot_be_made_has_no_setup_and_no_scores(trained):
    trials = made(9 * whole(10, 10), impossible(), rate(8))
    assert trials.setup((0,)) is None and trials.setup((0, 1)) is None
    assert not trials.can_measure((0,)) and trials.can_measure((1,))
    trials.measure([(0,), (1,)])
    assert trials.effect(AS_IS, (0,)) is None and trials.effect((0,), (1,)) is None
    assert trained == [(2, 1.0)]


def test_combinations_apply_their_changes_in_order(trained):
    trials = made(9 * whole(10, 10), rate(8), longer(30))
    both = trials.setup((0, 1))
    assert (both.fit["batch_size"], both.fit["epochs"]) == (8, 30)
    assert trials.setup((0, 1)) is both
    assert trials.setup(AS_IS).fit["epochs"] == 10


def test_each_combination_is_trained_once_and_paid_for(trained):
    trials = made(10 * whole(10), rate(8), rate(16))
    assert trials.left == 10 * whole(10)
    trials.measure([(0,), (0,), AS_IS])
    assert trained == [(2, 1.0)] and trials.left == pytest.approx(8 * whole(10))
    trials.measure([(0,)])
    assert trained == [(2, 1.0)]
    trials.measure([(0, 1)])
    assert trained == [(2, 1.0), (1, 1.0)] and trials.left == pytest.approx(7 * whole(10))
    found = trials.effect(AS_IS, (0, 1))
    assert found.score == "explained variance" and found.seeds == SEEDS
    assert found.gain == pytest.approx(0.1)


def test_nothing_is_trained_beyond_the_budget(trained):
    trials = made(2.5 * whole(10), rate(8))
    assert trials.share < 1.0
    cost = trials.share * whole(10)
    trials.left = 2 * cost
    trials.measure([(0,)])
    assert trained == [(2, trials.share)] and trials.left == pytest.approx(0.0)
    spent = made(2.5 * whole(10), rate(8), rate(16))
    spent.measure([])
    spent.left = spent.share * whole(10) * 0.99
    spent.measure([(0,)])
    assert spent.effect(AS_IS, (0,)) is None
