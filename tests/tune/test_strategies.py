"""Which options strategies propose, and how halving promotes trials."""

from __future__ import annotations

import math
from typing import Any

import pytest

import steepest as st
from steepest.errors import ArgumentError, SteepestError, UnknownNameError
from steepest.tune.halving import Halving
from steepest.tune.strategies import Grid, Random, strategy_of

SPACE = {"units": [16, 64], "rate": st.tune.log_uniform(1e-4, 1e-1)}


def asked(study: st.tune.Study, score: Any = None) -> list[dict[str, Any]]:
    """The options of a study's trials, in the order in which they are asked for."""
    given = []
    while (trial := study.ask()) is not None:
        given.append(trial.options)
        study.tell(trial, 0.0 if score is None else score(**trial.options))
    return given


def test_the_options_of_a_trial_do_not_depend_on_the_number_of_trials() -> None:
    few, many = (asked(st.tune.Study(SPACE, trials=count, seed=3)) for count in (5, 12))
    assert few == many[:5] and few != asked(st.tune.Study(SPACE, trials=5, seed=4))


def test_random_options_of_lists_are_tried_once_each() -> None:
    space = {"a": [1, 2, 3], "b": [1, 2, 3]}
    for strategy in (Random(), Random(low_discrepancy=False)):
        options = asked(st.tune.Study(space, strategy, trials=20))
        assert len({tuple(each.values()) for each in options}) == len(options) == 9


def test_constraints_hold_for_every_trial() -> None:
    space = st.tune.Space(SPACE, [lambda units, rate: units * rate < 0.5])
    options = asked(st.tune.Study(space, trials=30))
    assert len(options) == 30 and all(each["units"] * each["rate"] < 0.5 for each in options)
    never = st.tune.Space(SPACE, [lambda units: False])
    with pytest.raises(ArgumentError, match="none of 10,000 random combinations"):
        st.tune.Study(never, trials=1).ask()


def test_random_rates_are_spread_evenly_over_their_logarithm() -> None:
    rates = [math.log10(each["rate"]) for each in asked(st.tune.Study(SPACE, trials=27))]
    thirds = [sum(-4 + i <= rate < -3 + i for rate in rates) for i in range(3)]
    assert thirds == [9, 9, 9]


def test_a_grid_is_whole_or_a_random_part() -> None:
    space = {"a": [1, 2, 3], "b": [1, 2]}
    whole = asked(st.tune.Study(space, "grid"))
    assert [tuple(each.values()) for each in whole] == [
        (1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2)
    ]  # fmt: skip
    part = asked(st.tune.Study(space, "grid", trials=4))
    assert len(part) == 4 and all(each in whole for each in part) and part != whole[:4]


def test_options_to_run_first_come_first_and_once() -> None:
    first = [{"a": 3, "b": 2}, {"a": 1}]
    options = asked(st.tune.Study({"a": [1, 2, 3], "b": [1, 2]}, "grid", first=first))
    assert options[:3] == [*first, {"a": 1, "b": 1}] and len(options) == 7


def test_halving_promotes_the_best_third_of_each_rung() -> None:
    study = st.tune.Study({"x": st.tune.integer(1, 100)}, "halving", trials=11, epochs=10)
    order = asked(study, lambda x: x)
    best = sorted((each["x"] for each in order[:11]), reverse=True)
    assert Halving().rungs(10) == [1, 3, 10] and Halving(least=2).rungs(10) == [3, 10]
    assert [each["x"] for each in order[11:]] == [*best[:3], best[0]]
    assert [trial.level for trial in study.ranked()][:4] == [2, 1, 1, 0]
    assert study.best.state == "complete" and study.ranked()[1].state == "paused"


def test_a_trial_of_a_later_rung_is_better_than_one_with_a_higher_score_before() -> None:
    study = st.tune.Study({"x": [1, 2, 3]}, "halving", trials=3, epochs=3)
    while (trial := study.ask()) is not None:
        study.tell(trial, 0.1 if trial.level else trial.options["x"])
    assert study.best.options == {"x": 3} and study.best.score == 0.1


def test_a_rung_needs_the_scores_before_it() -> None:
    study = st.tune.Study({"x": [1, 2, 3]}, "halving", trials=3, epochs=3)
    for _ in range(3):
        trial = study.ask()
    assert trial is not None
    study.tell(trial, 1.0)
    with pytest.raises(SteepestError, match="needs the scores of trials 0, 1 first"):
        study.ask()


def test_failed_trials_are_not_promoted() -> None:
    study = st.tune.Study({"x": [1, 2, 3]}, "halving", trials=3, epochs=3)
    options = asked(study, lambda x: float("nan") if x == 3 else x)
    assert options[3:] == [{"x": 2}]
    study = st.tune.Study({"x": [1, 2, 3]}, "halving", trials=3, epochs=3)
    assert len(asked(study, lambda x: float("nan"))) == 3


def test_wrong_strategies_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'random'"):
        strategy_of("randon")
    for wrong in (3, Random):
        with pytest.raises(ArgumentError, match=r"a name or an object such as st\.tune\.Random"):
            strategy_of(wrong)
    with pytest.raises(ArgumentError, match="the number of trials and of epochs must be given"):
        st.tune.Study({"x": [1, 2]}, "halving").ask()
    with pytest.raises(ArgumentError, match="Halving: factor: a whole number from 2"):
        Halving(factor=1)
    with pytest.raises(ArgumentError, match="Grid: points: a whole number from 1"):
        Grid(points=0)
