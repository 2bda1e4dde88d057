"""The page of a study: small, complete, and the same bytes for the same study."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import SteepestError
from steepest.tune.study_page import page_of
from tests.page.validator import faults_of


def large(trials: int, mode: str = "max") -> st.tune.Study:
    """A study with options of all sorts, failures and histories."""
    parts = st.tune.choice({"adam": {}, "sgd": {"momentum": st.tune.uniform(0, 1)}})
    space: dict[str, Any] = {
        "topology": [[100], [100, 50], [250, 100]],
        "optimizer": parts,
        "rate": st.tune.log_uniform(1e-4, 1e-1),
        "units": st.tune.integer(8, 512, log=True),
        "activation": ["relu", "tanh"],
        "scaled": [True, False],
    }
    study = st.tune.Study(space, trials=trials, metric="accuracy", mode=mode)
    rng = np.random.default_rng(0)
    while (trial := study.ask()) is not None:
        score = 1 - abs(np.log10(trial.options["rate"]) + 2) / 4 + 0.02 * rng.standard_normal()
        trial.history = {"val_accuracy": (score * np.linspace(0.5, 1, 20)).tolist()}
        study.tell(trial, ValueError("<too wide>") if trial.number == 5 else score)
    return study


def test_a_page_of_a_thousand_trials_is_below_200_kilobytes(tmp_path: Path) -> None:
    study = large(1000)
    study.save_page(tmp_path / "study.html")
    content = (tmp_path / "study.html").read_bytes()
    assert len(content) < 200_000
    assert content == page_of(large(1000)).html().encode()
    text = content.decode()
    assert "http://" not in text.replace("http://www.w3.org", "") and "https://" not in text


def test_a_page_names_the_best_trial_its_options_and_failures() -> None:
    study = large(40)
    text = page_of(study).html()
    assert f"best accuracy {study.best.score:.4g}, of trial {study.best.number}" in text
    for part in ("Options of trial", "best so far", "epoch by epoch", "[100, 50]", "momentum"):
        assert part in text
    assert "first failure: trial 5: ValueError: &lt;too wide&gt;" in text
    worst = large(40, "min")
    assert f"Options of trial {worst.best.number}" in page_of(worst).html()


def test_the_html_is_valid() -> None:
    assert not faults_of(page_of(large(12)).html())


def test_a_study_without_scores_has_a_page_and_one_without_trials_has_none() -> None:
    study = st.tune.Study({"units": [4]})
    with pytest.raises(SteepestError, match="save_page: the study has no trials yet"):
        study.save_page("study.html")
    trial = study.ask()
    assert trial is not None and "All trials" in page_of(study).html()
    study.tell(trial, ValueError("too wide"))
    assert "ValueError: too wide" in page_of(study).html()
