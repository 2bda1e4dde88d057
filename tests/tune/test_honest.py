"""The winner on unseen rows, trials that are as good, two networks with several seeds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, SteepestError
from steepest.intervals import of_share
from steepest.tune.compare import Duel
from tests.tune.small_search import build, rows, search


def guessing(units: int) -> Any:
    """A network that learns nothing."""
    return build(units, rate=1e-6)


def test_the_winner_is_measured_on_rows_that_the_search_did_not_see() -> None:
    x, y = rows(400)
    study = st.tune.search(
        build, {"units": [4, 16]}, x[:300], y[:300], test=(x[300:], y[300:]), strategy="grid",
        epochs=2, verbose=0,
    )  # fmt: skip
    found = study.test_score
    score = study.best_model.evaluate(x[300:], y[300:], verbose=0)[1]
    assert (found.score, found.low, found.high) == tuple(of_share(score, 100))
    assert (found.metric, found.rows, found.trials) == ("accuracy", 100, 2)
    assert found.chosen == study.best.score
    assert str(found) in study.summary()


def test_a_loss_has_the_interval_of_a_jackknife() -> None:
    x, y = rows(400)
    study = st.tune.search(
        build, {"units": [16]}, x[:200], y[:200], test=(x[200:], y[200:]), metric="loss", epochs=3,
        verbose=0,
    )  # fmt: skip
    found, model = study.test_score, study.best_model
    each = -np.log(model.predict(x[200:], verbose=0)[np.arange(200), y[200:]])
    assert found.score == pytest.approx(each.mean(), rel=1e-5)
    half = 1.96 * each.std(ddof=1) / 200**0.5
    assert found.high - found.score == pytest.approx(half, rel=0.35)


def test_a_search_without_test_rows_says_so() -> None:
    study = search(trials=2, test=None)
    with pytest.raises(ArgumentError, match="the search was given test=None"):
        _ = study.test_score
    assert "too good on average, as it was chosen by it; give test= rows" in study.summary()
    with pytest.raises(SteepestError, match=r"no models; st\.tune\.search trains them"):
        _ = st.tune.Study({"x": [1]}).best_model


def test_the_search_names_trials_that_are_not_distinguishable_from_the_best() -> None:
    x, y = rows(600)
    space = {"rate": [0.1, 0.08, 1e-6]}
    study = st.tune.search(
        lambda rate: build(16, rate, 0.0), space, x, y, strategy="grid", epochs=8, verbose=0
    )
    (alike,) = study.alike()
    assert all(trial.has_score for trial in study.trials)
    assert {study.best.options["rate"], alike.options["rate"]} == {0.1, 0.08}
    assert f"not distinguishable from it by these rows: trial {alike.number}" in study.summary()
    assert len(study.best.parts) == 10


@pytest.mark.parametrize(
    ("count", "end"), [(1, "trial 1 (x=1)"), (3, "trial 3 (x=3)"), (4, "trial 3 (x=3) and 1 more")]
)
def test_the_summary_names_three_such_trials(
    count: int, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = st.tune.Study({"x": [*range(count + 1)]}, "grid")
    while (trial := study.ask()) is not None:
        study.tell(trial, 0.5)
    others = study.ranked()[1:]
    monkeypatch.setattr(type(study), "alike", lambda _: others)
    assert study.summary().endswith(end)


def test_without_enough_rows_nothing_is_said_of_other_trials() -> None:
    study = search(trials=3, validation=(rows(19)), test=None)
    assert study.best.parts == [] and study.alike() == []


def test_a_better_network_is_significantly_better() -> None:
    x, y = rows()
    duel = st.tune.compare(
        lambda: build(16), lambda: guessing(16), x, y, seeds=4, epochs=3, names=("a", "b")
    )
    assert duel.is_significant and duel.metric == "accuracy" and duel.difference.low > 0.2
    assert str(duel).startswith("a beats b by 0.") and str(duel).endswith("4 seeds: significant")


def test_equal_networks_have_no_difference_and_pairs_have_equal_seeds() -> None:
    x, y = rows()
    duel = st.tune.compare(build, build, x, y, seeds=[3, 5, 8], validation=(x, y), epochs=1)
    assert duel.first == duel.second and len(set(duel.first)) > 1
    assert duel.difference == (0.0, 0.0, 0.0) and not duel.is_significant and duel.overlap == 0.0
    threads = [
        st.tune.compare(build, guessing_8, x, y, seeds=3, epochs=1, threads=count)
        for count in (1, 2)
    ]
    assert threads[0] == threads[1] and threads[0].overlap == 0.25


def guessing_8() -> Any:
    return guessing(8)


def test_the_sentence_gives_the_difference_its_interval_and_the_verdict() -> None:
    first, second = [0.99, 0.97, 0.98, 0.96], [0.985, 0.97, 0.965, 0.965]
    text = str(Duel(("A", "B"), "accuracy", "max", first, second))
    assert text == "A beats B by 0.0038 ± 0.014 in accuracy over 4 seeds: not yet significant"
    equal = Duel(("A", "B"), "accuracy", "max", first, first)
    assert str(equal) == "A and B have the same accuracy over 4 seeds" and not equal.is_significant
    loss = Duel(("A", "B"), "loss", "min", [0.3, 0.31, 0.3], [0.1, 0.12, 0.1])
    assert str(loss).startswith("B beats A by 0.2 ±") and loss.difference.score < 0


def test_wrong_comparisons_are_refused() -> None:
    x, y = rows()
    with pytest.raises(ArgumentError, match="compare: seeds: a whole number from 2"):
        st.tune.compare(build, build, x, y, seeds=1)
    with pytest.raises(ArgumentError, match=r"at least two seeds are needed, got \[3\]"):
        st.tune.compare(build, build, x, y, seeds=[3])
    with pytest.raises(ArgumentError, match="needs 'units', which the space does not give"):
        st.tune.compare(guessing, build, x, y)
