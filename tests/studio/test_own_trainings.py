"""Trainings of the opened model by the studio itself: as it is, changed, stopped, ended."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

import steepest as st
from steepest.studio.runs.reader import RunReader
from steepest.studio.session import Session
from steepest.studio.view import Opened

SECONDS = 60.0


def opened(rate=1e-5, **more):
    """A model whose rate is much too small, with rows that it could learn."""
    random = np.random.default_rng(0)
    x = random.normal(size=(120, 2)).astype(np.float32)
    model = st.Sequential([
        st.layers.Dense(4, "tanh", input_shape=(2,), name="hidden"),
        st.layers.Dense(1, "sigmoid", name="out"),
    ])  # fmt: skip
    model.compile(st.optimizers.SGD(rate), "binary_crossentropy")
    return Opened(model, x, (x[:, 0] > 0).astype(np.float32), **more)


@pytest.fixture
def start():
    """Opens sessions, which are closed after the test."""
    sessions = []

    def begin(given):
        sessions.append(Session(given))
        return sessions[-1]

    yield begin
    for session in sessions:
        session.close()


def ask(session, do, **state):
    return session.request({"view": "training", "do": do, "with": state})


def wait(session):
    end = time.monotonic() + SECONDS
    while (runs := ask(session, "runs").data)["own"]["busy"]:
        assert time.monotonic() < end, "it goes on"
        time.sleep(0.02)
    return runs


def findings(session, run):
    ask(session, "open", runs=[run])
    return session._latest["training", "finding"].data["runs"][0]


def test_the_change_of_a_confirmed_verdict_is_trained_as_a_run_beside_the_first(start):
    given = opened()
    before = [each.copy() for each in given.model.get_weights()]
    session = start(given)
    assert ask(session, "train", epochs=30, batch_size=8).data == {"run": "as it is"}
    runs = wait(session)
    assert runs["own"] == {"trains": True, "busy": None, "changeable": ["as it is"]}
    found = findings(session, "as it is")
    at = next(k for k, one in enumerate(found["verdicts"]) if one["status"] == "confirmed")
    verdict = found["verdicts"][at]
    assert verdict["effect"]["low"] > 0 and len(verdict["effect"]["before"]) == 8
    assert verdict["change"].startswith("optimizer: learning_rate=")
    rate = verdict["change"].partition("=")[2]
    assert f"SGD({rate})" in verdict["program"] and "SGD(1e-05)" in verdict["diff"]
    assert "SGD(1e-05)" not in found["program"]  # with all confirmed changes

    changed = ask(session, "apply", run="as it is", verdicts=[at]).data["run"]
    assert changed == f"optimizer- learning_rate={rate}"
    first, second = wait(session)["runs"]
    assert [first["name"], second["name"]] == ["as it is", changed]
    assert second["optimizer"]["config"]["learning_rate"] == float(rate)
    assert second["last"]["loss"] < 0.9 * first["last"]["loss"]
    for old, new in zip(before, given.model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)  # the opened model is as it was


def test_runs_of_the_studio_are_written_to_the_folder_that_was_opened(start, tmp_path):
    session = start(opened(folder=str(tmp_path)))
    name = ask(session, "train", epochs=2).data["run"]
    wait(session)
    reader = RunReader(tmp_path / name)
    reader.update()
    assert reader.epochs == [0, 1] and reader.head["fit"] == {"batch_size": 32, "seed": 0}


def test_a_folder_of_its_own_is_removed_at_the_end():
    session = Session(opened())
    ask(session, "train", epochs=2)
    wait(session)
    folder = session._views["training"].own.folder
    assert (folder / "as it is").is_dir()
    session.close()
    assert not folder.exists()


def test_one_trains_at_a_time_and_can_be_stopped(start):
    session = start(opened())
    ask(session, "train", epochs=100_000)
    second = ask(session, "train", epochs=1)
    assert second.kind == "error" and "'as it is' is being trained" in second.data["message"]
    ask(session, "stop")
    (run,) = wait(session)["runs"]
    assert run["state"] == "stop_training" and 0 < run["epochs"] < 100_000


def test_the_end_of_the_session_ends_a_training():
    before = set(threading.enumerate())
    session = Session(opened())
    ask(session, "train", epochs=100_000)
    session.close()
    end = time.monotonic() + SECONDS
    while set(threading.enumerate()) - before:
        assert time.monotonic() < end, "a thread goes on"
        time.sleep(0.02)


def test_without_a_model_rows_and_targets_nothing_is_trained(start):
    for given in (Opened(), Opened(opened().model), Opened(opened().model, opened().x)):
        session = start(given)
        assert not ask(session, "runs").data["own"]["trains"]
        frame = ask(session, "train")
        assert frame.kind == "error" and "steepest studio MODEL DATA" in frame.data["message"]


def test_what_fit_refuses_is_said_at_once(start):
    given = opened()
    session = start(Opened(given.model, given.x, given.y - 1))
    frame = ask(session, "train", epochs=3)
    assert frame.kind == "error" and "labels between 0 and 1" in frame.data["message"]


def test_changes_that_are_not_there_are_refused(start):
    session = start(opened())
    ask(session, "train", epochs=2)
    wait(session)
    assert ask(session, "apply", run="other", verdicts=[0]).data["field"] == "run"
    assert ask(session, "apply", run="as it is", verdicts=[99]).data["field"] == "verdicts.0"
    assert ask(session, "apply", run="as it is", verdicts=[]).kind == "error"
