"""Trials within a budget: shares of runs, what is trained, and what is left, by counted costs."""

from types import SimpleNamespace

import numpy as np
import pytest

import steepest as st
from steepest.doctor import trials as file
from steepest.doctor.budget import PER_RUN, Budget
from steepest.doctor.experiment import SEEDS, t_tail
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
    calls = []

    def runs(setups, share, seeds, watched):
        calls.append((len(setups), share))
        found = [0.1 * len(calls) + seed for seed in seeds]
        table = np.tile(np.array(found)[:, None], (1, 50))
        done = SimpleNamespace(
            failure="", scores=lambda rows, score: found, by_row=lambda rows, score: table
        )
        return [done for _ in setups]

    monkeypatch.setattr(file, "cost_of_run", lambda one: EPOCH * one.fit.get("epochs", 1) + PER_RUN)
    monkeypatch.setattr(file, "runs", runs)
    return calls


def made(budget, *changes):
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    base = Setup.of(model, x, y, epochs=10, batch_size=8)
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


def paying(share, runs=2, epochs=10):
    """A budget that pays for this share of the steps of some runs."""
    return SEEDS * runs * (PER_RUN + share * epochs * EPOCH) / FIRST_PART


def test_runs_are_whole_if_the_first_part_of_the_budget_pays_for_each_change(trained):
    assert made(whole(10, 10) / FIRST_PART, rate(8)).share == 1.0
    assert made(9 * whole(10, 10), rate(8)).share == 1.0
    assert made(paying(0.5), rate(8)).share == pytest.approx(0.5)


def test_other_numbers_of_epochs_do_not_shorten_the_others(trained):
    trials = made(whole(10, 10) / FIRST_PART, rate(8), longer(1000))
    assert (trials.share, trials.tested) == (1.0, [0, 1])
    assert trials.can_measure((0,)) and trials.can_measure((1,))
    short = made(paying(0.5), rate(8), longer(1000))
    assert short.share == pytest.approx(0.5)
    assert short.can_measure((0,)) and not short.can_measure((1,))


@pytest.mark.parametrize(("steps", "works"), [(FEWEST_STEPS, True), (FEWEST_STEPS - 1, False)])
def test_too_few_steps_show_nothing(steps, works, trained):
    """A run of 10 epochs has 400 steps."""
    trials = made(paying((steps + 0.01) / 400), rate(8))
    assert trials.share == (pytest.approx(steps / 400, rel=1e-3) if works else 0.0)
    assert trials.can_measure((0,)) is works and len(trials.tested) == works


def test_the_first_changes_are_tested_if_the_budget_is_too_small_for_all(trained):
    trials = made(paying(0.28), rate(8), rate(16), rate(32))
    assert (trials.tested, trials.share) == ([0], pytest.approx(0.28))
    found = [trials.can_measure(one) for one in (AS_IS, (0,), (1,), (0, 1), (2,))]
    assert found == [True, True, False, False, False]
    assert made(paying(0.25, runs=3), rate(8), rate(16), rate(32)).tested == [0, 1]


@pytest.mark.parametrize(("part", "works"), [(0.7, True), (0.6, False)])
def test_without_epochs_a_run_is_one(part, works, trained):
    """It has 160 steps, of which at least 100 are needed."""
    model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    base, budget = Setup.of(model, x, y, batch_size=2), Budget(paying(part, epochs=1))
    trials = Trials(base, [rate(4)], Rows.of(x, y), Score("quantities"), budget)
    assert trials.share == (pytest.approx(part) if works else 0.0)


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


@pytest.mark.parametrize(("missing", "is_trained"), [(0, True), (1, False)])
def test_the_budget_of_the_replication_is_left(missing, is_trained, trained):
    """Two runs with all seeds; what remains is for combinations."""
    trials = made(10 * whole(10), rate(8))
    trials.measure([])
    trials.left = 3 * whole(10) - missing
    trials.measure([(0,)])
    assert (trials.effect(AS_IS, (0,)) is not None) is is_trained is not trials.is_spent
    assert trials.left == (2 * whole(10) if is_trained else 3 * whole(10) - 1)


def test_later_changes_are_tested_and_the_rules_are_paid_for(trained):
    trials = made(10 * whole(10), rate(8))
    trials.measure([])
    asked = trials.ask((0,))
    assert asked.fit["batch_size"] == 8
    assert trials.left == pytest.approx(9 * whole(10) - whole(10) / SEEDS - file.RULES)
    trials.add([*trials.changes, rate(16)], [1])
    assert trials.tested == [0, 1] and trials.setup((1,)).fit["batch_size"] == 16
    trials.left = 2 * whole(10)
    assert trials.ask((0,)) is None and trials.left == 2 * whole(10)


def test_a_second_look_has_further_seeds_of_what_is_known(trained):
    trials = made(20 * whole(10), rate(8), rate(16))
    trials.measure([(0,)])
    assert trials.look_again([AS_IS, (0,), (0,)])
    assert trained == [(2, 1.0), (2, 1.0)] and trials.left == pytest.approx(14 * whole(10))
    assert trials.effect(AS_IS, (0,)).seeds == 3 * SEEDS
    assert trials.look_again([AS_IS, (0,)]) and len(trained) == 2  # there is no third one
    trials.measure([(1,)])
    assert trials.effect((0,), (1,)).seeds == SEEDS  # those that both have


@pytest.mark.parametrize(("missing", "is_trained"), [(0, True), (1, False)])
def test_a_second_look_needs_a_budget_for_all_its_runs(missing, is_trained, trained):
    trials = made(20 * whole(10), rate(8))
    trials.measure([(0,)])
    trials.left = 6 * whole(10) - missing
    assert trials.look_again([AS_IS, (0,)]) is is_trained
    assert trials.effect(AS_IS, (0,)).seeds == (3 * SEEDS if is_trained else SEEDS)


def test_the_p_value_by_row_counts_rows_and_trials(monkeypatch):
    """Half of the rows gain 1.1 by the change for each seed, and the others lose 0.9."""

    def runs(setups, share, seeds, watched):
        gains = [np.zeros(320), np.resize([-0.9, 1.1], 320), np.resize([-0.9, 1.1], 320)]
        tables = [np.tile(one, (len(seeds), 1)) for one in gains[: len(setups)]]
        return [SimpleNamespace(failure="", by_row=lambda *_, t=one: t) for one in tables]

    monkeypatch.setattr(file, "runs", runs)
    trials = made(20 * whole(10), rate(8), rate(16))
    trials.measure([(0,), (1,)])
    error = np.std([-0.9, 1.1] * 160, ddof=1) / np.sqrt(320)
    expected = 2 * t_tail(0.1 / error, 319)
    assert trials.p_value_by_row(AS_IS, (0,)) == pytest.approx(expected, rel=1e-6)
    assert 0.05 < expected < 0.1
    assert trials.p_value_by_row((0,), AS_IS) == 1.0
    assert trials.p_value_by_row(AS_IS, (0, 1)) == 1.0  # not known


def test_a_failed_run_gives_no_scores_and_says_why(monkeypatch):
    monkeypatch.setattr(file, "runs", lambda setups, *_: [FAILED for _ in setups])
    trials = made(10 * whole(10), rate(8))
    trials.measure([(0,)])
    assert trials.effect(AS_IS, (0,)) is None and trials.mean(AS_IS) == -np.inf
    assert trials.failure(AS_IS) == trials.failure((0,)) == "no memory"
    assert trials.failure((1,)) == ""


FAILED = SimpleNamespace(failure="no memory")
