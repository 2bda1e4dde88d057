"""Ask and tell, the table, its files, importance, and the live display."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

import steepest as st
from steepest.errors import ArgumentError, SteepestError
from steepest.tune.display import Display, Lines, LiveTable, display_for
from steepest.tune.study import Study
from steepest.tune.tables import columns_of


def done(space: Any, score: Any, **options: Any) -> Study:
    """A study of scores by a function of options."""
    study = Study(space, **options)
    while (trial := study.ask()) is not None:
        value = score(**trial.options)
        study.tell(trial, value)
    return study


def test_scores_are_reported_in_any_order_and_the_best_is_the_first_of_equals() -> None:
    study = Study({"x": [1, 2, 3]}, "grid")
    trials = [study.ask() for _ in range(3)]
    for trial, score in zip(trials[::-1], (0.5, 0.7, 0.7), strict=True):
        assert trial is not None
        study.tell(trial.number, score)
    assert study.best.options == {"x": 1} and study.ask() is None
    assert repr(study) == "study of 3 trials: best score 0.7, of trial 0: x=1"
    with pytest.raises(ArgumentError, match="trial 0 is not one that was asked for"):
        study.tell(0, 1.0)


def test_errors_are_reported_too() -> None:
    study = Study({"x": [1, 2]}, "grid")
    first = study.ask()
    assert first is not None
    study.tell(first, ValueError("too wide"))
    assert first.state == "failed" and first.error == "ValueError: too wide"
    with pytest.raises(SteepestError, match="no trial has a score: 1 trials, 1 failed"):
        _ = study.best


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(ArgumentError, match="mode: 'max' or 'min' was expected, got 'maximum'"):
        Study({"x": [1]}, mode="maximum")
    with pytest.raises(ArgumentError, match="seed: a whole number from 0"):
        Study({"x": [1]}, seed=-1)
    with pytest.raises(ArgumentError, match="verbose: 0, 1, 2 or 'auto' was expected, got 3"):
        display_for(3, Study({"x": [1]}))


def table_study() -> Study:
    space = {"sizes": [[100], [100, 50]], "rate": [0.1], "epochs": [5]}
    return done(space, lambda sizes, rate, epochs: len(sizes) / 4, strategy="grid")


def test_the_table_is_a_frame_or_a_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    study = table_study()
    pd = pytest.importorskip("pandas", reason="missing peer: pip install pandas")
    frame = study.table()
    assert isinstance(frame, pd.DataFrame) and frame["score"].tolist() == [0.25, 0.5]
    assert frame["option epochs"].tolist() == [5, 5] and frame["epochs"].tolist() == [0, 0]
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert study.table() == columns_of(study)


def test_csv_and_json_hold_the_trials(tmp_path: Path) -> None:
    study = table_study()
    study.save_csv(tmp_path / "study.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "study.csv").read_text())))
    assert [row["sizes"] for row in rows] == ["[100]", "[100, 50]"] and rows[1]["score"] == "0.5"
    study.save_json(tmp_path / "study.json")
    whole = json.loads((tmp_path / "study.json").read_text())
    assert whole["metric"] == "score" and whole["trials"][1]["options"]["sizes"] == [100, 50]


def test_importance_is_the_share_of_variance_of_each_main_effect() -> None:
    """Scores of two effects, with variances 4 and 1, and noise without effect."""
    space = {"a": [0, 1, 2], "b": st.tune.uniform(0, 1), "c": list("xyz")}
    rng = np.random.default_rng(0)
    study = done(
        space,
        lambda a, b, c: a * 2 * (3 / 2) ** 0.5 + 12**0.5 * b + 0.1 * rng.standard_normal(),
        trials=300,
    )
    importance = study.importance()
    assert list(importance) == ["a", "b", "c"]
    assert importance["a"] == pytest.approx(4 / 5, abs=0.04)
    assert importance["b"] == pytest.approx(1 / 5, abs=0.04)
    assert importance["c"] < 0.02


def test_options_of_a_part_are_judged_by_the_trials_that_have_them() -> None:
    parts = st.tune.choice({"adam": {}, "sgd": {"momentum": [0.0, 0.9]}})
    space = {"optimizer": parts, "seed": [1, 2, 3]}
    study = done(
        space, lambda optimizer, seed, momentum=0.0: momentum + 0.01 * seed, strategy="grid"
    )
    importance = study.importance()
    assert importance["momentum"] > 0.99 > importance["optimizer"] > importance["seed"]


def test_importance_of_too_few_trials_is_zero() -> None:
    assert Study({"x": [1, 2]}).importance() == {"x": 0.0}
    assert done({"x": [1, 2]}, lambda x: x, strategy="grid").importance() == {"x": 0.0}
    assert done({"x": [1, 2, 1]}, lambda x: 3.0, strategy="grid").importance() == {"x": 0.0}


def test_a_table_is_shown_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    study = table_study()
    assert type(display_for("auto", study)) is Lines and type(display_for(2, study)) is Lines
    assert type(display_for(0, study)) is Display
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert type(display_for("auto", study)) is LiveTable


def test_the_live_table_has_the_best_trials(capsys: pytest.CaptureFixture[str]) -> None:
    study = Study({"size": [[100], [100, 50]]}, "grid")
    with LiveTable(study) as display:
        for score in (0.25, 0.5):
            trial = study.ask()
            assert trial is not None
            study.tell(trial, score)
            display.done(trial)
        console = Console(width=80, file=io.StringIO(), record=True)
        console.print(display._table())
    lines = console.export_text().splitlines()
    assert lines[0].strip() == "2 of 2 trials"
    first = next(line for line in lines if "0." in line)
    assert first.split("│")[1].strip() == "1" and "0.5" in first
    assert "[100, 50]" in "".join(lines)
