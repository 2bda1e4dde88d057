"""A study in a folder: continued after any end, torn or damaged lines, one process at a time."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DataError, SteepestError
from steepest.tune.journal import FILE, Journal
from steepest.tune.run import PartRun
from steepest.tune.trial import Trial
from tests.tune.small_search import build, scores, search

ROOT = Path(__file__).resolve().parents[2]


def cut(folder: Path, lines: int, torn: bytes = b"") -> None:
    """Leaves so many lines of a journal, and a part of the next one."""
    path = folder / FILE
    whole = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(whole[:lines]) + torn)


def test_a_search_continues_where_the_journal_ends(tmp_path: Path) -> None:
    built: list[int] = []

    def counting(units: int, rate: float) -> Any:
        built.append(units)
        return build(units, rate)

    counting.__name__ = "build"
    whole = search(strategy="grid", build=counting, storage=tmp_path, threads=1)
    assert len(built) == 6
    cut(tmp_path, 5, torn=b'{"trial": 4, "leve')
    again = search(strategy="grid", build=counting, storage=tmp_path, threads=1)
    assert scores(again) == scores(whole) and len(built) == 8
    assert again.metric == "accuracy" and again.mode == "max"
    lines = [json.loads(line) for line in (tmp_path / FILE).read_bytes().splitlines()]
    assert [line.get("trial") for line in lines] == [None, 0, 1, 2, 3, 4, 5]
    third = search(strategy="grid", build=counting, storage=tmp_path)
    assert scores(third) == scores(whole) and len(built) == 8
    model = third.best_model  # built, and its weights read from the folder
    assert len(built) == 9 and third.best.epochs == 2
    assert model.get_weights()[0].tobytes() == whole.best_model.get_weights()[0].tobytes()


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_model_whose_file_is_gone_or_damaged_is_trained_again_to_the_same_bits(
    tmp_path: Path, is_gone: bool
) -> None:
    whole = search(trials=3, storage=tmp_path)
    (file,) = tmp_path.glob("*.safetensors")
    assert file.name == f"trial-{whole.best.number:05d}-0.safetensors"
    if is_gone:
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:-9])
    again = search(trials=3, storage=tmp_path)
    assert (
        again.best_model.get_weights()[0].tobytes() == whole.best_model.get_weights()[0].tobytes()
    )


def test_a_study_is_continued_with_more_trials(tmp_path: Path) -> None:
    search(trials=2, storage=tmp_path)
    assert scores(search(trials=5, storage=tmp_path)) == scores(search(trials=5))


def test_paused_trainings_are_continued_from_their_states(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: dict[str, Any] = {"strategy": "halving", "epochs": 9, "trials": 6, "threads": 1}
    whole = search(**options, storage=tmp_path / "whole")
    assert len(list((tmp_path / "whole").glob("*.safetensors"))) == 1
    restored: list[int] = []
    restore = PartRun.restore

    def noting(run: PartRun, path: Path, epochs: int) -> None:
        restore(run, path, epochs)
        restored.append(len(run.history.epoch))

    monkeypatch.setattr(PartRun, "restore", noting)
    half = tmp_path / "half"
    recording = Journal.add

    def stopping(journal: Journal, trial: Trial, metric: str | None = None) -> None:
        recording(journal, trial, metric)
        if trial.level == 1:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Journal, "add", stopping)
        search(**options, storage=half)
    assert restored == []
    again = search(**options, storage=half)
    assert scores(again) == scores(whole)
    assert sorted(restored) == [1, 3]  # the trial of rung 1 that was left, and the one of rung 2
    weights = again.best_model.get_weights()[0].tobytes()
    assert weights == whole.best_model.get_weights()[0].tobytes()


SCRIPT = """
import sys, time
from pathlib import Path
from tests.tune.small_search import SPACE, build, search

def slow(units, rate):
    with open(sys.argv[2], "a") as log:
        log.write(f"{units} {rate}\\n")
    time.sleep(0.3)
    return build(units, rate)

slow.__name__ = "build"
search(SPACE, slow, strategy="grid", storage=sys.argv[1], threads=1)
"""


def test_a_killed_search_loses_at_most_the_runs_that_were_active(tmp_path: Path) -> None:
    log, folder = tmp_path / "log", tmp_path / "study"
    command = [sys.executable, "-c", SCRIPT, str(folder), str(log)]
    process = subprocess.Popen(command, cwd=ROOT)
    while not (folder / FILE).exists() or (folder / FILE).read_bytes().count(b"\n") < 3:
        assert process.poll() is None
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    recorded = (folder / FILE).read_bytes().count(b"\n") - 1
    assert recorded >= 2
    subprocess.run(command, cwd=ROOT, check=True)
    builds = log.read_text().splitlines()
    assert len(builds) <= 6 + 1 and len(set(builds)) == 6  # one was active, and is run again
    whole = search(strategy="grid", threads=1)
    assert scores(search(strategy="grid", storage=folder)) == scores(whole)


def test_one_process_at_a_time_has_the_folder(tmp_path: Path) -> None:
    with (
        Journal(tmp_path, {}),
        pytest.raises(SteepestError, match=rf"open in another process \(process {os.getpid()}\)"),
    ):
        Journal(tmp_path, {})
    Journal(tmp_path, {}).close()


def test_a_folder_of_another_search_is_refused(tmp_path: Path) -> None:
    search(trials=2, storage=tmp_path)
    for options, name in (
        ({"seed": 1}, "seed = 0"),
        ({"space": {"units": [4]}}, "space = "),
        ({"epochs": 3}, re.escape("training = {'epochs': 2}")),
        ({"strategy": "grid"}, "strategy = 'Random"),
        ({"validation": 0.5}, "rows = "),
    ):
        with pytest.raises(ArgumentError, match=f"holds a study with {name}.*another folder"):
            search(trials=2, storage=tmp_path, **options)
    with pytest.raises(ArgumentError, match="trial 0 had the options"):
        search(trials=2, storage=tmp_path, first=[{"units": 4, "rate": 0.01}])
    with pytest.raises(ArgumentError, match="is a file; give a folder"):
        search(storage=tmp_path / FILE)


def test_a_damaged_journal_is_refused_with_the_line(tmp_path: Path) -> None:
    search(trials=2, storage=tmp_path)
    path = tmp_path / FILE
    lines = path.read_bytes().splitlines()
    for number, damaged, message in (
        (1, b"no JSON", r"line 2: the journal is damaged \(Expecting value"),
        (1, lines[1][:40], "line 2: the journal is damaged"),
        (1, b"{}", "line 2: the journal is damaged; restore the file"),
        (0, b"[1]", "line 1: this is not the journal of a study"),
        (0, lines[0].replace(b'"format":1', b'"format":2'), "has format 2, and this version"),
    ):
        path.write_bytes(b"\n".join([*lines[:number], damaged, *lines[number + 1 :], b""]))
        with pytest.raises(DataError, match=message):
            search(trials=2, storage=tmp_path)
    path.write_bytes(b"")
    with pytest.raises(DataError, match="is empty; remove it"):
        search(trials=2, storage=tmp_path)


@pytest.mark.parametrize("address", ["sqlite:/study.db", "jurnal:study", "mysql+pymysql:host"])
def test_an_address_that_is_none_makes_no_folder(address: str, tmp_path: Path) -> None:
    with pytest.raises(
        ArgumentError, match="neither a folder, which has no colon, nor the address"
    ):
        search(storage=address)


def test_other_rows_are_noticed_in_every_form_and_lists_are_not_written_down(
    tmp_path: Path, peer: Any
) -> None:
    pd, sparse = peer("pandas"), peer("scipy.sparse")
    x, y = np.ones((40, 2), np.float32), np.arange(40) % 2
    other = x.copy()
    other[-1, -1] = 2.0

    def run(x: Any, y: Any, folder: str) -> None:
        st.tune.search(build, {"units": [4]}, x, y, epochs=1, verbose=0, storage=tmp_path / folder)

    forms = {
        "array": np.asarray, "list": np.ndarray.tolist, "frame": pd.DataFrame,
        "sparse": sparse.coo_matrix, "tensor": st.constant,
    }  # fmt: skip
    for name, form in forms.items():
        run(form(x), y, name)
        run(form(x), y, name)
        with pytest.raises(ArgumentError, match="holds a study with rows"):
            run(form(other), y, name)
        assert len((tmp_path / name / FILE).read_bytes().splitlines()[0]) < 1000
    run(x, pd.Series(y), "labels")
    with pytest.raises(ArgumentError, match="holds a study with rows"):
        run(x, pd.Series(1 - y), "labels")


def test_options_of_any_kind_are_recorded_as_texts(tmp_path: Path) -> None:
    space = {"rate": [st.schedules.CosineDecay(0.1, 20)], "units": [4]}
    first = search(space, storage=tmp_path)
    options = json.loads((tmp_path / FILE).read_bytes().splitlines()[1])["options"]
    assert options == {"rate": "CosineDecay(0.1, 20)", "units": 4}
    space = {"rate": [st.schedules.CosineDecay(0.1, 20)], "units": [4]}
    assert search(space, storage=tmp_path).best.score == first.best.score
