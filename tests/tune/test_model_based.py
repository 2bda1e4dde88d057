"""Proposals of Optuna, and several processes that work on one study."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import steepest as st
from steepest.errors import ArgumentError, MissingExtra, SteepestError
from steepest.tune import shared
from steepest.tune.measure import MetricMissing
from tests.tune.small_search import build, scores, search

ROOT = Path(__file__).resolve().parents[2]
SPACE = {
    "units": st.tune.integer(2, 16, log=True),
    "rate": st.tune.choice({"fixed": {}, "given": {"value": st.tune.log_uniform(1e-5, 1e-1)}}),
}


@pytest.fixture
def optuna(peer: Any) -> Any:
    return peer("optuna")


def with_rate(units: int, rate: str, value: float = 0.05) -> Any:
    return build(units, value)


def test_without_optuna_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    for options in ({"strategy": "model"}, {"storage": "journal:folder"}):
        with pytest.raises(MissingExtra, match=r"pip install 'steepest\[tune\]'"):
            search(**options)


def test_a_model_finds_a_minimum_better_than_random_options(optuna: Any) -> None:
    def reached(strategy: str, seed: int) -> float:
        space = {name: st.tune.uniform(-1, 1) for name in "abcd"}
        study = st.tune.Study(space, strategy, trials=60, mode="min", seed=seed)
        while (trial := study.ask()) is not None:
            study.tell(trial, sum((value - 0.3) ** 2 for value in trial.options.values()))
            if strategy == "model" and trial.number % 4 < 3:
                continue
        assert study.best.score is not None
        return study.best.score

    model, random = (
        sorted(reached(strategy, seed) for seed in range(3)) for strategy in ("model", "random")
    )
    assert model[1] < random[1] / 2


def test_a_study_with_a_seed_is_the_same_for_any_number_of_threads(optuna: Any) -> None:
    one, two = (
        search(SPACE, with_rate, strategy="model", trials=8, threads=count, seed=2)
        for count in (1, 2)
    )
    assert scores(one) == scores(two)
    assert any("value" in trial.options for trial in one.trials)
    assert any("value" not in trial.options for trial in one.trials)


def test_options_to_run_first_constraints_and_an_earlier_study(optuna: Any) -> None:
    space = st.tune.Space(SPACE, [lambda units: units != 7])
    first = [{"units": 5, "rate": "given", "value": 0.01}]
    earlier = search(space, with_rate, trials=4)
    study = search(space, with_rate, strategy="model", trials=6, first=first, warm_start=earlier)
    tried = [trial.options for trial in study.trials]
    assert tried[0] == first[0]
    assert tried[1:4] == [trial.options for trial in earlier.ranked()[:3]]
    assert all(options["units"] != 7 for options in tried)
    with pytest.raises(ArgumentError, match="needs a value of the space for each option"):
        search(SPACE, with_rate, strategy="model", first=[{"units": 5}])


def test_a_search_in_a_folder_continues(optuna: Any, tmp_path: Path) -> None:
    whole = search(SPACE, with_rate, strategy="model", trials=8, storage=tmp_path)
    path = tmp_path / "study.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:6]))
    assert scores(search(SPACE, with_rate, strategy="model", trials=8, storage=tmp_path)) == scores(
        whole
    )


# ---------------------------------------------------------------- several processes

SCRIPT = """
import sys, time
from tests.tune.small_search import build, search
import steepest as st

def slow(units, number):
    with open(sys.argv[2], "a") as log:
        log.write(f"{sys.argv[3]} {units} {number}\\n")
    time.sleep(0.5)
    return build(units)

slow.__name__ = "build"
space = {"units": [4, 8], "number": st.tune.uniform(0, 1)}
strategy = st.tune.ModelBased(lease=2.0)
study = search(space, slow, strategy=strategy, storage=sys.argv[1], trials=10, threads=1)
print(len(study.trials), sum(t.state == "complete" for t in study.trials))
"""


@pytest.mark.parametrize("kind", ["journal:", "sqlite:///"])
def test_of_two_processes_one_may_be_killed_and_nothing_is_lost(
    optuna: Any, tmp_path: Path, kind: str
) -> None:
    log, storage = tmp_path / "log", f"{kind}{tmp_path / 'study'}"
    first, second = (
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", SCRIPT, storage, str(log), name],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in "ab"
    )
    while not log.exists() or log.read_text().count("a ") < 2:
        assert first.poll() is None
        time.sleep(0.01)
    os.kill(first.pid, signal.SIGKILL)  # while it builds its second model
    first.communicate()
    assert second.communicate(timeout=120)[0].split() == ["10", "10"]
    runs = [line.partition(" ") for line in log.read_text().splitlines()]
    times = Counter(options for _, _, options in runs)
    again = [options for options, count in times.items() if count > 1]
    assert len(times) == 10 and len(runs) <= 11
    by_first = [options for name, _, options in runs if name == "a"]
    assert again == by_first[-1:]  # the one that was active, and no other


@pytest.mark.parametrize("kind", ["journal:", "sqlite:///"])
@pytest.mark.parametrize("place", [0, 1])
def test_of_processes_that_begin_at_once_each_first_trial_is_run_once(
    optuna: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, place: int
) -> None:
    built, enqueue = list[Any](), shared.enqueue

    def noting(units: int, rate: str, value: float = 0.0) -> Any:
        built.append(value)
        return build(units)

    first = [{"units": 4, "rate": "given", "value": value} for value in (0.01, 0.02, 0.03)]
    options: dict[str, Any] = {"storage": f"{kind}{tmp_path / 'study'}", "first": first}

    def meanwhile(model: Any, space: Any, given: Any, at: int) -> None:
        if at == place:  # another process begins before this one has enqueued all
            monkeypatch.setattr(shared, "enqueue", enqueue)
            search(SPACE, noting, **options, trials=4)
        enqueue(model, space, given, at)

    monkeypatch.setattr(shared, "enqueue", meanwhile)
    study = search(SPACE, noting, **options, trials=6)
    assert [trial.state for trial in study.trials] == ["complete"] * 6
    assert sorted(value for value in built if value in (0.01, 0.02, 0.03)) == [0.01, 0.02, 0.03]


def test_first_trials_of_a_process_that_was_killed_before_all_were_enqueued(
    optuna: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = [{"units": units, "rate": "fixed"} for units in (5, 6, 7)]
    options: dict[str, Any] = {"storage": f"journal:{tmp_path}", "first": first, "trials": 4}
    enqueue = shared.enqueue

    def killed(model: Any, space: Any, given: Any, place: int) -> None:
        if place == 1:
            raise KeyboardInterrupt
        enqueue(model, space, given, place)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(shared, "enqueue", killed)
        search(SPACE, with_rate, **options)
    study = search(SPACE, with_rate, **options)
    assert [trial.options for trial in study.trials if trial.options in first] == first


@pytest.mark.parametrize("kind", ["journal:", "sqlite:///"])
def test_a_shared_study_gives_all_results(optuna: Any, tmp_path: Path, kind: str) -> None:
    storage = f"{kind}{tmp_path / 'study'}"
    study = search(SPACE, with_rate, storage=storage, trials=5, threads=2)
    assert [trial.state for trial in study.trials] == ["complete"] * 5
    assert [trial.number for trial in study.trials] == list(range(5))
    assert study.test_score.trials == 5 and study.metric == "accuracy"
    again = search(SPACE, with_rate, storage=storage, trials=5)
    assert scores(again) == scores(study) and again.metric == "accuracy"
    weights = (each.best_model.get_weights()[0].tobytes() for each in (study, again))
    assert len(set(weights)) == 1  # the second trains it again
    assert len(search(SPACE, with_rate, storage=storage, trials=7).trials) == 7
    with pytest.raises(ArgumentError, match="holds another study"):
        search({"units": [4]}, storage=storage, trials=7)
    with pytest.raises(ArgumentError, match="the strategy is 'model'; give a folder for others"):
        search(storage=storage, strategy="grid")


def test_a_search_that_is_done_asks_for_no_further_trial(optuna: Any, tmp_path: Path) -> None:
    storage = f"sqlite:///{tmp_path / 'study'}"
    for _ in range(2):
        search(SPACE, with_rate, storage=storage, trials=3, threads=1)
        assert len(optuna.load_study(study_name=shared.NAME, storage=storage).trials) == 3


def test_a_time_limit_of_a_shared_study(optuna: Any, tmp_path: Path) -> None:
    storage = f"sqlite:///{tmp_path / 'study'}"
    options: dict[str, Any] = {"storage": storage, "trials": 3, "threads": 1}
    with pytest.warns(st.errors.TrainingWarning, match="stopped by the time limit"):
        assert len(search(SPACE, with_rate, **options, time_limit=1e-9).trials) < 3
    assert len(search(SPACE, with_rate, **options, time_limit=3600).trials) == 3


def test_a_database_that_cannot_be_reached(optuna: Any, tmp_path: Path) -> None:
    (tmp_path / "no.db").write_bytes(b"no database" * 999)
    (tmp_path / "optuna.log").write_bytes(b"no journal\n")
    for storage, message in (
        ("sqlite:////no/such/folder/study.db", r"could not be opened \(OperationalError: "),
        (
            f"sqlite:///{tmp_path / 'no.db'}",
            "file is not a database.*a file is damaged, or give an",
        ),
        (f"journal:{tmp_path}", r"could not be opened \(JSONDecodeError: .*a file is damaged"),
        (f"journal:{tmp_path / 'no.db'}", r"could not be opened \(FileExistsError"),
        ("nosuch://address/name", "could not be opened"),
    ):
        with pytest.raises(SteepestError, match=message) as caught:
            search(storage=storage)
        assert "\n" not in str(caught.value)
    with pytest.raises(MissingExtra, match=r"postgresql://ada:\.\.\.@h/s' needs a Python package"):
        search(storage="postgresql://ada:secret@h/s")


def test_a_database_that_is_lost_during_the_search(optuna: Any, tmp_path: Path) -> None:
    path, built = tmp_path / "study.db", []

    def removing(units: int, rate: str, value: float = 0.1) -> Any:
        built.append(units)
        if len(built) == 3:
            path.write_bytes(b"no database" * 999)
        return build(units, value)

    with pytest.raises(
        SteepestError, match=r"can no longer be reached \(StorageInternalError.*"
    ) as e:
        search(SPACE, removing, storage=f"sqlite:///{path}", trials=5, threads=1)
    assert "call search again to go on" in str(e.value) and len(built) == 3


def test_errors_of_a_shared_study(optuna: Any, tmp_path: Path) -> None:
    with pytest.raises(MetricMissing, match="'acuracy'"):
        search(storage=f"journal:{tmp_path / 'metric'}", metric="acuracy")

    def failing(units: int) -> Any:
        if units == 8:
            raise ValueError("no 8 units today")
        return build(units)

    study = search({"units": [4, 8]}, failing, storage=f"journal:{tmp_path}", trials=6)
    failed = [trial for trial in study.trials if trial.state == "failed"]
    assert len(study.trials) == 6 and 0 < len(failed) < 6
    assert failed[0].error == "ValueError: no 8 units today"
    assert failed[0].options == {"units": 8}


def test_ctrl_c_leaves_the_active_trial_to_others(
    optuna: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built = []

    def interrupting(units: int, number: float) -> Any:
        built.append(number)
        if len(built) == 2:
            signal.raise_signal(signal.SIGINT)
        return build(units)

    space = {"units": [4, 8], "number": st.tune.uniform(0, 1)}
    options: dict[str, Any] = {"storage": f"journal:{tmp_path}", "trials": 4, "threads": 1}
    search(space, interrupting, **options)
    assert re.search(r"stopped by Ctrl-C: [12] trials", capsys.readouterr().err)
    study = search(space, interrupting, **options)
    assert [trial.state for trial in study.trials] == ["complete"] * 4
    assert {trial.options["number"] for trial in study.trials} == set(built)
