"""The page of runs: curves with their values, findings, experiments, histograms; no network."""

from __future__ import annotations

import json

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DataError
from steepest.studio.runs.format import EVENTS, HEAD
from steepest.studio.runs.page import page_of_runs, save_page
from steepest.studio.runs.reader import RunReader
from steepest.studio.session import Session
from steepest.studio.view import Opened
from tests.page.validator import faults_of

EFFECT = {"score": "accuracy", "before": [0.5, 0.6], "after": [0.9, 0.8], "gain": 0.3,
          "low": 0.1, "high": 0.5, "seeds": 2, "p_value": 0.01}  # fmt: skip
VERDICT = {"rule": "rate", "status": "confirmed", "sentence": "the rate is too small",
           "remedy": "raise it", "evidence": {"ratio": 0.001}, "change": "SGD(0.1)",
           "effect": EFFECT, "diff": "-SGD(1e-5)\n+SGD(0.1)"}  # fmt: skip


def written(folder, name, *events):
    (folder / name).mkdir(parents=True)
    head = {
        "format": "steepest run",
        "version": 1,
        "name": name,
        "optimizer": {"class_name": "SGD"},
    }
    (folder / name / HEAD).write_text(json.dumps(head))
    lines = [json.dumps(one) + "\n" for one in events]
    (folder / name / EVENTS).write_text("".join(lines))
    reader = RunReader(folder / name)
    reader.update()
    return reader


def epochs(*losses, **more):
    logs = {"loss": list(losses), **more}
    return {"event": "epochs", "epochs": list(range(len(losses))), "step": 8, "logs": logs}


def test_curves_are_drawn_with_their_values_at_the_pointer(tmp_path):
    reader = written(tmp_path, "one", epochs(2.0, 1.5, 1.0, val_loss=[None, 1.75, 1.25]))
    html = page_of_runs({"one": reader}).html()
    assert faults_of(html) == []
    assert html.count('class="readout"') == 3
    assert "epochs done 2</text>" in html and "loss 1.5</text>" in html
    assert "val_loss 1.75</text>" in html


def test_verdicts_experiments_and_changes_are_on_it(tmp_path):
    doctor = {"event": "doctor", "verdicts": [VERDICT], "proved": True, "diff": "-a\n+b",
              "program": "model.fit(x, y)"}  # fmt: skip
    found = {"event": "found", "rule": "r", "severity": "error", "sentence": "the loss is NaN"}
    reader = written(tmp_path, "one", epochs(1.0), found, doctor)
    html = page_of_runs({"one": reader}).html()
    assert faults_of(html) == []
    for part in ("the rate is too small", "confirmed. raise it",
                 "SGD(0.1): accuracy 0.55 -&gt; 0.85", "+0.3 (+0.1 to +0.5) over 2 seeds",
                 "<ins>+SGD(0.1)</ins>", "the loss is NaN",
                 "model.fit(x, y)", "One point for each seed"):  # fmt: skip
        assert part in html, part


@pytest.mark.parametrize(
    "effect",
    [3, {}, {**EFFECT, "before": []}, {**EFFECT, "before": ["a", "b"]}, {**EFFECT, "low": None}],
)
def test_an_effect_that_is_none_is_a_fault_of_its_line(tmp_path, effect):
    event = {
        "event": "doctor",
        "verdicts": [{**VERDICT, "effect": effect}],
        "proved": True,
        "diff": "",
    }
    reader = written(tmp_path, "one", event)
    assert reader.verdicts == [] and "line 1" in reader.faults[0]
    assert faults_of(page_of_runs({"one": reader}).html()) == []


def test_names_of_files_are_text(tmp_path):
    name = "<img src=x onerror=alert(1)>"
    reader = written(tmp_path, name, epochs(1.0, 0.5, **{"<script>": [1.0, 2.0]}))
    html = page_of_runs({name: reader}).html()
    assert faults_of(html) == [] and "<img" not in html and "<script" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_a_page_of_a_training_is_saved_whole_and_asks_for_nothing(tmp_path):
    model = st.Sequential([st.layers.Dense(2, "relu", input_shape=(2,), name="hidden"),
                           st.layers.Dense(1, name="out")])  # fmt: skip
    model.compile("sgd", "mse")
    x, y = np.eye(2), np.array([1.0, 2.0])
    for name in ("alpha", "beta"):
        watch = st.studio.Watch(tmp_path / "runs", name, x, y)
        model.fit(x, y, epochs=4, verbose=0, callbacks=[watch])
    save_page(tmp_path / "runs", tmp_path / "page.html")
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert faults_of(html) == []
    assert (
        "default-src &#x27;none&#x27;" in html and "http://" not in html and "https://" not in html
    )
    for part in ("alpha loss", "beta loss", "weights of hidden/kernel", "activations of hidden",
                 "gradients of out/kernel", "after 4 epochs"):  # fmt: skip
        assert part in html, part
    save_page(tmp_path / "runs", tmp_path / "one.html", ["beta"])
    assert "alpha" not in (tmp_path / "one.html").read_text(encoding="utf-8")


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match="is no folder"):
        save_page(tmp_path / "none", tmp_path / "page.html")
    with pytest.raises(DataError, match="has no runs"):
        save_page(tmp_path, tmp_path / "page.html")
    written(tmp_path, "first", epochs(1.0))
    with pytest.raises(ArgumentError, match=r"no run 'frist'; did you mean 'first'"):
        save_page(tmp_path, tmp_path / "page.html", ["frist"])


def test_the_view_gives_the_page_of_the_runs_asked_for(tmp_path):
    written(tmp_path, "first", epochs(1.0, 0.5))
    session = Session(Opened(folder=str(tmp_path)))
    asked = {"view": "training", "do": "report", "with": {"runs": ["first"]}}
    frame = session.request(asked)
    assert frame.data["name"] == "steepest_runs.html" and faults_of(frame.data["html"]) == []
    frame = session.request({**asked, "with": {"runs": ["../first"]}})
    assert frame.kind == "error" and frame.data["field"] == "runs.0"
    session.close()
