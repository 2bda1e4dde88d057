"""Pictures of a study."""

from __future__ import annotations

import pytest

import steepest as st
from steepest.errors import SteepestError, UnknownNameError


def searched(mode="max"):
    space = {"rate": st.tune.log_uniform(1e-4, 1e-1), "activation": ["relu", "tanh"]}
    study = st.tune.Study(space, trials=6, metric="accuracy", mode=mode, seed=1)
    while (trial := study.ask()) is not None:
        study.tell(trial, trial.options["rate"])
    return study


def test_the_pictures_have_the_options_and_scores_of_the_trials():
    pytest.importorskip("matplotlib")
    study = searched()
    scores = [trial.score for trial in study.trials]
    assert study.plot().data.scores.tolist() == scores
    assert study.plot().data.best_so_far[-1] == max(scores)
    slices = study.plot("slices", theme="dark")
    assert slices.data.best == scores.index(max(scores))
    assert slices.data.options["activation"].tolist() == [
        trial.options["activation"] for trial in study.trials
    ]
    assert study.plot("parallel").data.results.tolist() == scores
    assert searched("min").plot("parallel").data.best == scores.index(min(scores))


def test_wrong_arguments_are_named():
    with pytest.raises(
        UnknownNameError, match=r"no picture of a study is called 'slice'.*'slices'"
    ):
        searched().plot("slice")
    with pytest.raises(SteepestError, match="no trial with a score yet"):
        st.tune.Study({"x": [1, 2]}, "grid").plot()
