"""Replications: what is missed on other rows, what is measured again, and what pays for it."""

from types import SimpleNamespace

import numpy as np
import pytest

import steepest as st
from steepest.doctor import replication as file
from steepest.doctor import trials as trials_file
from steepest.doctor.budget import PER_RUN, Budget
from steepest.doctor.experiment import SEEDS
from steepest.doctor.replication import Replication, fisher
from steepest.doctor.rows import Rows
from steepest.doctor.rule import Change
from steepest.doctor.scoring import Score
from steepest.doctor.setup import Setup
from steepest.doctor.trials import AS_IS, Trials

RUN = SEEDS * (1e9 + PER_RUN)
"""What a setup costs with the first seeds."""
x, y = np.ones((320, 2), np.float32), np.ones(320, np.float32)


def option(number):
    name = ("batch_size", "validation_freq", "initial_epoch")[number]
    return Change(name, lambda setup: setup.with_fit(**{name: 1}))


@pytest.fixture
def replication(monkeypatch):
    """Makes a replication in which the score of a setup is a function of its changes."""
    monkeypatch.setattr(trials_file, "cost_of_run", lambda one: 1e9 + PER_RUN)

    def made(score_of, budget=50.0):
        used = []

        def runs(setups, share, seeds, watched):
            used.append((len(setups), seeds))
            tables = []
            for setup in setups:
                score = score_of(set(setup.fit) - {"epochs"})
                tables.append(np.tile(np.resize(score, len(seeds))[:, None], (1, len(y))))
            return [SimpleNamespace(by_row=lambda *_, t=one: t) for one in tables]

        monkeypatch.setattr(file, "runs", runs)
        model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        model.compile("sgd", "mse")
        base = Setup.of(model, x, y, epochs=10)
        rows, score = Rows.of(x, y), Score("quantities")
        trials = Trials(base, [option(0), option(1), option(2)], rows, score, Budget(1e15))
        trials.left = budget * RUN
        return Replication(trials, rows), used

    return made


def test_a_change_that_is_not_missed_is_left_out(replication):
    found, used = replication(lambda changes: 0.5 + 0.2 * ("batch_size" in changes))
    assert found.missed((0, 1, 2)) == (0,)
    assert [count for count, _ in used] == [4, 2]  # with all three and without each, then the rest


def test_changes_that_stand_for_each_other_are_left_out_one_by_one(replication):
    found, _ = replication(lambda changes: 0.5 + 0.2 * bool(changes))
    assert len(found.missed((0, 1, 2))) == 1


def test_changes_that_are_all_missed_remain(replication):
    found, _ = replication(lambda changes: 0.1 * len(changes))
    assert found.missed((0, 1, 2)) == (0, 1, 2)


def test_a_gain_that_seeds_do_not_agree_on_is_not_missed(replication):
    found, _ = replication(
        lambda changes: np.array([0.5, 0.9] if len(changes) == 2 else [0.85, 0.5])
    )
    assert len(found.missed((0, 1))) == 1


@pytest.mark.parametrize(("budget", "left_out"), [(5.0, True), (4.9, False)])
def test_runs_without_each_change_need_a_budget_beside_that_of_the_whole(
    budget, left_out, replication
):
    found, used = replication(lambda changes: 0.5, budget)
    assert found.missed((0, 1)) == ((1,) if left_out else (0, 1))
    assert found.effect((0, 1)).seeds == SEEDS and len(used) == 2 - (not left_out)


def test_one_change_alone_costs_nothing_before_its_effect(replication):
    found, used = replication(lambda changes: 0.5)
    assert found.missed((1,)) == (1,) and not used


@pytest.mark.parametrize(
    ("gains", "budget", "seeds"),
    [
        ([-0.1, 0.3] * 4, 6, 3 * SEEDS),  # not clear
        ([-0.1, 0.3] * 4, 5, SEEDS),  # and the budget is too small for more
        ([0.3, 0.4] * 4, 9, SEEDS),  # clear
        ([-0.4, -0.3] * 4, 9, SEEDS),  # no gain
    ],
)
def test_an_effect_that_is_not_clear_has_further_seeds(gains, budget, seeds, replication):
    found, used = replication(lambda changes: np.array(gains) if changes else 0.0, budget)
    assert found.effect((0,)).seeds == seeds
    assert [seed for _, some in used for seed in some] == list(range(100, 100 + seeds))


def test_two_p_values_together():
    assert fisher(0.02, 0.1) == pytest.approx(0.002 * (1 - np.log(0.002)))
    assert fisher(1.0, 0.3) > 0.3 and fisher(0.0, 0.5) == 0.0 and AS_IS == ()
