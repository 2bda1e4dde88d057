"""Halving that does not wait: which trials go on, that trainings are the same, how it continues."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

import steepest as st
from steepest.errors import ArgumentError, NotEnoughMemory, SteepestError, TrainingWarning
from steepest.tune.halving import Halving
from steepest.tune.measure import MetricMissing
from tests.tune.small_search import SPACE, build, scores, search

ASHA = Halving(asynchronous=True)


def study_of(trials: int, **options: Any) -> st.tune.Study:
    return st.tune.Study({"x": st.tune.uniform(0, 1)}, ASHA, trials, epochs=9, **options)


def order(study: st.tune.Study, values: list[float]) -> list[tuple[int, int]]:
    """Numbers and levels of the tasks, where trial i has the score `values[i]` at each level."""
    found = []
    while (trial := study.ask()) is not None:
        found.append((trial.number, trial.level))
        study.tell(trial, values[trial.number])
    return found


def test_a_trial_goes_on_as_soon_as_it_is_among_the_best_third_of_its_rung() -> None:
    # Worked out by hand by the rule of Li and others 2020, algorithm 2, with eta = 3.
    assert order(study_of(9), [0.1, 0.5, 0.3, 0.9, 0.2, 0.4, 0.6, 0.7, 0.8]) == [
        *((0, 0), (1, 0), (2, 0), (1, 1)),
        *((3, 0), (3, 1), (4, 0), (5, 0)),
        *((6, 0), (6, 1), (3, 2)),
        *((7, 0), (7, 1), (8, 0), (8, 1)),
    ]


def test_a_trial_that_is_active_has_not_reached_its_next_rung() -> None:
    """With two active trials at any time, and scores that are reversed in the second rung."""
    study, tasks, goes_on = study_of(9), [], []
    values = [0.1, 0.5, 0.3, 0.9, 0.2, 0.4, 0.6, 0.7, 0.8]
    while True:
        while len(tasks) < 2 and (task := study.next_task()) is not None:
            task.trial.level = task.level
            tasks.append(task)
        if not tasks:
            break
        number, level = tasks[0].trial.number, tasks.pop(0).level
        goes_on += [number] * (level == 2)
        study.tell(number, 1.0 - values[number] if level else values[number])
    assert goes_on == [1]  # which has 0.5 in the second rung, where 3 and 6 have 0.1 and 0.4


def test_less_is_better_in_mode_min() -> None:
    study = study_of(3, mode="min")
    assert order(study, [0.2, 0.1, 0.3])[3:] == [(1, 1), (1, 2)] and study.best.number == 1


@pytest.mark.parametrize("trials", [1, 2, 4])
def test_few_trials_still_have_one_that_is_trained_to_the_end(trials: int) -> None:
    study = study_of(trials)
    order(study, [0.1, 0.3, 0.2, 0.25])
    assert [t.state for t in study.trials].count("complete") == 1
    assert study.best.number == min(1, trials - 1)


def test_new_trials_do_not_wait_and_the_last_task_needs_the_scores() -> None:
    study = study_of(4)
    asked = [study.ask() for _ in range(4)]
    assert [trial.number for trial in asked if trial] == [0, 1, 2, 3]
    with pytest.raises(SteepestError, match="needs the scores of trials 0, 1, 2, 3 first"):
        study.ask()
    for number in (2, 1, 0):
        study.tell(number, number)
    trial = study.ask()
    assert trial is not None and (trial.number, trial.level) == (2, 1)


def test_a_trial_that_fails_leaves_its_place_to_the_next() -> None:
    study = study_of(3)
    tasks = []
    while (trial := study.ask()) is not None:
        tasks.append((trial.number, trial.level))
        study.tell(trial, float("nan") if trial.level and trial.number == 2 else trial.number)
    assert tasks[3:] == [(2, 1), (1, 1), (1, 2)]


def test_a_search_without_a_seed_is_asynchronous_and_one_with_a_seed_is_not() -> None:
    assert search(strategy="asha", epochs=3, trials=3).asynchronous is False
    drawn = search(strategy="asha", epochs=3, trials=3, seed=None, threads=2)
    assert drawn.asynchronous and drawn.best.epochs == 3
    again = search(strategy=ASHA, epochs=3, trials=3, seed=drawn.seed)
    assert [t.options for t in again.trials] == [t.options for t in drawn.trials]
    st.random.set_seed(3)
    first = search(seed=None)
    st.random.set_seed(3)
    assert scores(first) == scores(search(seed=None)) and not first.asynchronous
    assert search(seed=None).seed != first.seed


def test_each_training_is_the_one_that_was_never_paused() -> None:
    plain = search(epochs=9, trials=6, seed=5)
    for threads in (1, 3):
        study = search(strategy=ASHA, epochs=9, trials=6, seed=5, threads=threads)
        assert any(trial.state == "complete" for trial in study.trials)
        for trial in study.trials:
            same = plain.trials[trial.number]
            assert (trial.options, trial.seed) == (same.options, same.seed)
            expected = {name: values[: trial.epochs] for name, values in same.history.items()}
            assert trial.history == expected and trial.score == expected["val_accuracy"][-1]


def test_no_worker_waits_for_the_trials_of_a_rung() -> None:
    """While one training is held up, the other worker does all the rest."""
    go_on, seen = threading.Event(), []

    def held(model: Any, x: Any, y: Any) -> float:
        units = model.layers[0].units
        seen.append(units)
        if units == 4:
            assert go_on.wait(60)
        if len(seen) > 3:
            go_on.set()
        return float(units)

    strategy = Halving(start=st.tune.Grid(), asynchronous=True)
    study = search({"units": [4, 8, 12, 16]}, strategy=strategy, epochs=9,
                   trials=4, threads=2, validation=0.05, metric=held, mode="max")  # fmt: skip
    assert go_on.is_set() and study.best.options == {"units": 16}


# ---------------------------------------------------------------- a folder, and early ends


def test_a_search_in_a_folder_continues_where_its_journal_ends(tmp_path: Path) -> None:
    def run(folder: str, **options: Any) -> st.tune.Study:
        return search(strategy=ASHA, epochs=9, trials=6, storage=tmp_path / folder, **options)

    whole = run("whole", threads=1)
    lines = (tmp_path / "whole" / "study.jsonl").read_bytes().splitlines(keepends=True)
    assert scores(run("whole")) == scores(whole)
    assert len(search(strategy=ASHA, epochs=9, trials=4, storage=tmp_path / "whole").trials) == 4
    for part in (1, 4, len(lines) - 1):
        (tmp_path / f"{part}").mkdir()
        (tmp_path / f"{part}" / "study.jsonl").write_bytes(b"".join(lines[:part]))
        assert scores(run(f"{part}", threads=1)) == scores(whole)
        again = (tmp_path / f"{part}" / "study.jsonl").read_bytes().splitlines()
        done = [(record["trial"], record["level"]) for record in map(json.loads, again[1:])]
        assert len(done) == len(set(done)) == len(lines) - 1


def test_states_that_will_not_be_continued_are_removed(tmp_path: Path) -> None:
    study = search(strategy=ASHA, epochs=9, trials=6, storage=tmp_path, threads=1)
    files = {int(path.name[6:11]) for path in tmp_path.glob("*.safetensors")}
    assert study.best.number in files and len(files) < 6
    assert study.best_model.evaluate is not None


def test_storage_needs_a_seed(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="with storage a seed is needed"):
        search(seed=None, storage=tmp_path)


def test_ctrl_c_and_a_time_limit_end_it(capsys: pytest.CaptureFixture[str]) -> None:
    calls = []

    def interrupting(units: int) -> Any:
        calls.append(units)
        if len(calls) == 3:
            signal.raise_signal(signal.SIGINT)
        return build(units)

    options: dict[str, Any] = {"strategy": ASHA, "trials": 9, "epochs": 3, "threads": 1}
    many = {"units": list(range(4, 13))}
    study = search(many, interrupting, **options)
    assert "search stopped by Ctrl-C" in capsys.readouterr().err
    assert len(calls) == 3 and sum(trial.has_score for trial in study.trials) in (2, 3, 4)
    with pytest.warns(TrainingWarning, match="search stopped by the time limit"):
        study = search(many, lambda units: build(units), **options, time_limit=1e-9)
    assert sum(trial.has_score for trial in study.trials) < 2


# ---------------------------------------------------------------- failures


def test_builds_that_fail_are_recorded_and_if_all_do_the_first_error_is_raised() -> None:
    def failing(units: int) -> Any:
        if units != 8:
            raise ValueError(f"no {units} units today")
        return build(units)

    options: dict[str, Any] = {"strategy": ASHA, "epochs": 3, "threads": 2}
    study = search({"units": [4, 8, 16]}, failing, **options)
    assert sorted(t.state for t in study.trials) == ["complete", "failed", "failed"]
    with pytest.raises(ValueError, match="units today"):
        search({"units": [4, 16]}, failing, **options)
    with pytest.raises(MetricMissing, match="did you mean 'accuracy'"):
        search(SPACE, metric="acuracy", **options)


@pytest.mark.parametrize("always", [False, True])
def test_a_trial_without_enough_memory_is_run_again_alone(always: bool) -> None:
    tries: list[int] = []

    def score(model: Any, x: Any, y: Any) -> float:
        units = model.layers[0].units
        if units == 8:
            tries.append(units)
            if always or len(tries) == 1:
                raise NotEnoughMemory("8 GB are needed")
        return float(units)

    study = search({"units": [4, 8]}, strategy=ASHA, epochs=3, metric=score, mode="max",
                   test=None, threads=2)  # fmt: skip
    failed, complete = ([t.options["units"] for t in study.trials if t.state == state]
                        for state in ("failed", "complete"))  # fmt: skip
    assert (failed, complete) == (([8], [4]) if always else ([], [8]))
