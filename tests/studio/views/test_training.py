"""The view `training`: the runs of a folder, their curves, layers and findings."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

import steepest as st
from steepest.studio.runs.format import EVENTS
from steepest.studio.runs.watch import Watch
from steepest.studio.session import Session
from steepest.studio.view import Opened
from steepest.studio.views.training import thinned


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two runs, of three and of five epochs."""
    folder = tmp_path_factory.mktemp("runs")
    for name, epochs in (("first", 3), ("second", 5)):
        model = st.Sequential([st.layers.Dense(1, input_shape=(2,), name="out")])
        model.compile("sgd", "mse")
        model.fit(np.eye(2), [1.0, 2.0], epochs=epochs, verbose=0, callbacks=[Watch(folder, name)])
    return folder


@pytest.fixture
def session(folder):
    session = Session(Opened(folder=str(folder)))
    yield session
    session.close()


def ask(session, do, **state):
    return session.request({"view": "training", "do": do, "with": state})


def next_of(page, kind, seconds=20.0):
    """The next frame of a kind; others are acknowledged."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        frame = page.take()
        if frame is None:
            time.sleep(0.01)
            continue
        page.acknowledge(frame.number)
        if frame.kind == kind:
            return frame
    raise AssertionError(f"no frame of kind {kind}")


def test_runs_are_listed_with_their_last_values(session):
    first, second = ask(session, "runs").data["runs"]
    assert (first["name"], first["state"], first["epochs"]) == ("first", "complete", 3)
    assert second["planned"] == 5 and second["last"].keys() == {"loss"}
    assert second["model"]["layers"][0]["parameters"] == 3


def test_the_curves_of_several_runs_are_opened(session):
    frame = ask(session, "open", runs=["second", "first"])
    places = {(one["run"], one["metric"]): at for at, one in enumerate(frame.data["curves"])}
    first, second = places["first", "loss"], places["second", "loss"]  # others by the pace of fit
    assert frame.arrays[f"x_{second}"].tolist() == [1, 2, 3, 4, 5]
    assert frame.arrays[f"y_{first}"].shape == (3,)
    assert np.isfinite(frame.arrays[f"y_{first}"]).all()


def test_layers_and_findings_of_the_first_run_are_pushed(session):
    page = session.listen("page", lambda: None)
    ask(session, "open", runs=["first"])
    layers = next_of(page, "layers")
    assert layers.data["names"] == ["weights of out/kernel", "weights of out/bias"]
    assert layers.arrays["epochs"][0] == 0 and layers.arrays["epochs"][-1] == 3
    assert (layers.arrays["counts_0"].sum(axis=1) == 2).all()
    assert layers.arrays["facts"].shape == (len(layers.arrays["epochs"]), 2, 4)
    assert next_of(page, "finding").data["runs"][0]["name"] == "first"


def test_the_layers_after_some_epochs_can_be_asked_for(session):
    frame = ask(session, "layers", run="second", epochs=4000)
    assert frame.arrays["epochs"].tolist() == [5]


def test_a_run_that_grows_is_followed_until_it_ends(tmp_path):
    run = tmp_path / "live"
    run.mkdir()
    head = {"format": "steepest run", "version": 1, "name": "live"}
    (run / "run.json").write_text(json.dumps(head))
    (run / EVENTS).write_text("")
    session = Session(Opened(folder=str(tmp_path)))
    page = session.listen("page", lambda: None)
    ask(session, "open", runs=["live"])
    next_of(page, "curves")
    with (run / EVENTS).open("a") as file:
        file.write('{"event": "epochs", "epochs": [0], "step": 1, "logs": {"loss": [2.5]}}\n')
    frame = next_of(page, "curves")
    assert frame.arrays["y_0"].tolist() == [2.5]
    with (run / EVENTS).open("a") as file:
        file.write('{"event": "stopped", "reason": "complete"}\n')
    assert next_of(page, "curves").data["runs"][0]["state"] == "complete"
    (run / EVENTS).write_bytes(b"x" * (2 << 20))  # what is no run any more ends nothing
    session.close()


@pytest.mark.parametrize("name", ["third", "../first", "", "first/"])
def test_other_names_are_refused(session, name):
    frame = ask(session, "open", runs=[name])
    assert frame.kind == "error" and frame.data["field"] == "runs.0"
    assert ask(session, "layers", run=name, epochs=0).data["field"] == "run"


def test_a_damaged_run_is_listed_with_what_is_wrong(tmp_path, folder):
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "run.json").write_text("{")
    session = Session(Opened(folder=str(tmp_path)))
    (bad,) = ask(session, "runs").data["runs"]
    assert bad["state"] == "unreadable" and "no JSON" in bad["message"]
    assert ask(session, "open", runs=["bad"]).kind == "error"
    session.close()


def test_without_a_folder_there_are_no_runs():
    found = ask(Session(), "runs").data
    own = {"trains": False, "busy": None, "changeable": []}
    assert found == {"runs": [], "folder": None, "own": own}


def test_a_curve_of_many_points_keeps_its_extremes():
    x, y = np.arange(1e5), np.sin(np.arange(1e5))
    y[12_345] = 99.0
    chosen = thinned(x, y)
    assert 12_345 in chosen and len(chosen) < 2000 and chosen[0] == 0 and chosen[-1] == 99_999
