"""Searches: the same bits as a training alone, errors where they belong, an orderly end."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.arguments import UnknownArgument
from steepest.engines.cores import most_threads
from steepest.errors import ArgumentError, DataError, NotEnoughMemory, TrainingWarning
from steepest.functions.generators import seeded
from steepest.tune.measure import MetricMissing
from steepest.tune.rows import rows_of
from steepest.tune.trial import seed_of
from tests.tune.small_search import SPACE, build, rows, scores, search


@pytest.fixture(scope="module")
def whole() -> st.tune.Study:
    return search(strategy="grid", threads=2)


def test_each_trial_is_the_training_that_fit_makes(whole: st.tune.Study) -> None:
    parts = rows_of(*rows(), None, None, 0.1, seed=0)
    (part,) = parts.parts
    for trial in whole.trials[::3]:
        seed = seed_of(trial.seed, 0)
        with seeded(seed):
            model = build(**trial.options)
        history = model.fit(
            *part.train, epochs=2, validation_data=part.validation, seed=seed, verbose=0
        )
        assert trial.history == history.history and trial.epochs == 2
        assert trial.score == trial.history["val_accuracy"][-1]


def test_the_study_does_not_depend_on_the_number_of_threads(whole: st.tune.Study) -> None:
    assert scores(search(strategy="grid", threads=1)) == scores(whole)
    assert scores(search(strategy="grid", threads=2, seed=1)) != scores(whole)


def test_the_best_model_is_the_one_that_won(whole: st.tune.Study, tmp_path: Path) -> None:
    part = rows_of(*rows(), None, None, 0.1, seed=0).parts[0]
    model = whole.best_model
    reached = model.evaluate(*part.validation, verbose=0, return_dict=True)
    assert reached["accuracy"] == whole.best.score == max(t.score or 0 for t in whole.trials)
    model.save(tmp_path / "best.safetensors")
    again = st.load_model(tmp_path / "best.safetensors")
    np.testing.assert_array_equal(again.predict(rows()[0]), model.predict(rows()[0]))


def test_trials_have_their_own_threads_and_other_threads_of_the_program_keep_theirs() -> None:
    seen, others = [], []

    def noting(units: int) -> Any:
        seen.append(most_threads(8))
        other = threading.Thread(target=lambda: others.append((most_threads(8), st.config.threads)))
        other.start()
        other.join()
        return build(units)

    before = most_threads(8), st.config.threads
    search({"units": [4, 8, 16]}, noting, strategy="grid", threads=2)
    assert seen[:2] == [before[0], 1]  # the first model is built before, to check the metric
    assert set(others) == {before} and (most_threads(8), st.config.threads) == before


def test_the_last_trials_use_the_threads_of_those_that_have_ended(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st.config, "threads", None)
    seen: list[int] = []

    class Noting(st.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            end = time.monotonic() + 20.0
            while epoch == 2 and most_threads(8) == 1 and time.monotonic() < end:
                time.sleep(0.01)  # until the other trial has ended
            seen.append(most_threads(8))

    st.tune.search(
        lambda: build(4), {"epochs": [1, 3]}, *rows(), strategy="grid", threads=2, verbose=2,
        callbacks=lambda epochs: [Noting()] if epochs > 1 else [],
    )  # fmt: skip
    assert seen[-1] == 2
    assert capsys.readouterr().out.splitlines()[0] == "2 at a time, 1 thread each"


def test_options_go_to_whoever_takes_them() -> None:
    seen = []

    def noting(epochs: int, **rest: Any) -> Any:
        seen.append((epochs, rest))
        return build()

    space = {"epochs": [1, 3], "batch_size": [16], "depth": [2]}
    study = st.tune.search(noting, space, *rows(), strategy="grid", threads=1, verbose=0)
    assert seen == [(1, {"depth": 2}), (3, {"depth": 2})]
    assert [trial.epochs for trial in study.trials] == [1, 3]


def test_each_trial_has_its_own_copy_of_an_optimizer() -> None:
    given = [st.optimizers.Adam(0.1), st.optimizers.SGD(0.1, momentum=0.9)]
    seen = []

    def noting(optimizer: Any, units: int) -> Any:
        seen.append(optimizer)
        model = build(units)
        model.compile(optimizer, "sparse_categorical_crossentropy", ["accuracy"])
        return model

    study = search({"optimizer": given, "units": [4, 8]}, noting, strategy="grid")
    assert all(trial.has_score for trial in study.trials)
    assert len({id(each) for each in [*seen, *given]}) == 6
    assert int(given[0].iterations) == 0


def test_everything_may_be_an_option() -> None:
    def whole(
        x: Any, y: Any, topology: list[int], activation: str, optimizer: Any, schedule: bool,
        penalty: Any, initial: str, scaled: bool, epochs: int,
    ) -> Any:  # fmt: skip
        first = [st.layers.Normalization()] if scaled else []
        if scaled:
            first[0].adapt(x)
        hidden = [
            st.layers.Dense(
                units, activation, kernel_regularizer=penalty, kernel_initializer=initial
            )
            for units in topology
        ]
        if schedule:
            optimizer.learning_rate = st.schedules.CosineDecay(0.05, epochs * len(x) // 32)
        model = st.Sequential([*first, *hidden, st.layers.Dense(3, "softmax")])
        model.compile(optimizer, "sparse_categorical_crossentropy", ["accuracy"])
        return model

    space = {
        "topology": [[8], [8, 4]], "activation": ["relu", st.nn.tanh],
        "optimizer": [st.optimizers.Adam(0.05), st.optimizers.SGD(0.1, momentum=0.9)],
        "schedule": [True, False], "penalty": [None, st.regularizers.L2(0.01)],
        "initial": ["he_normal", "glorot_uniform"], "scaled": [True, False],
        "batch_size": [16, 32], "epochs": [2, 3], "patience": [1, 2],
    }  # fmt: skip
    study = st.tune.search(
        whole, space, *rows(), trials=6, verbose=0,
        callbacks=lambda patience: st.callbacks.EarlyStopping(patience=patience),
    )  # fmt: skip
    assert [trial.error for trial in study.trials] == [""] * 6 and study.best.score > 0.6


def test_the_best_options_of_an_earlier_study_are_tried_first() -> None:
    earlier = search(strategy="grid")
    study = search({"units": [8, 16, 32], "rate": [0.1, 0.01]}, warm_start=earlier, trials=4)
    wide = [t.options for t in earlier.ranked()[:3] if t.options["units"] > 4]
    assert [trial.options for trial in study.trials][: len(wide)] == wide
    with pytest.raises(ArgumentError, match="warm_start: an earlier study was expected, got 3"):
        search(warm_start=3)


def test_build_is_given_the_training_rows_if_it_asks_for_them() -> None:
    counts = []

    def prepared(units: int, x: Any, y: Any) -> Any:
        counts.append((len(x), len(y)))
        normalization = st.layers.Normalization()
        normalization.adapt(x)
        model = st.Sequential([normalization, st.layers.Dense(3, "softmax")])
        model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
        return model

    search({"units": [1]}, prepared, validation=0.5, test=0.2)
    assert counts == [(120, 120)]


def test_a_score_over_folds_is_their_mean_and_the_winner_is_trained_on_all_rows() -> None:
    study = search({"units": [4, 16]}, strategy="grid", folds=3, test=0.1)
    for trial in study.trials:
        assert len(trial.parts) == 3 and trial.score == pytest.approx(np.mean(trial.parts))
    assert study.test_score.rows == 30
    seen = rows_of(*rows(), None, 3, 0.1, seed=0).seen
    assert len(seen[0]) == 270
    assert study.best_model.evaluate(*seen, verbose=0)[1] > 0.7
    assert study.best_model is study.best_model


def test_callbacks_are_new_for_each_run() -> None:
    stop = st.callbacks.EarlyStopping("val_loss", min_delta=100.0, patience=2)
    study = search(strategy="grid", epochs=6, callbacks=[stop])
    assert {trial.epochs for trial in study.trials} == {3} and stop.stopped_epoch is None
    by_option = search(
        {"patience": [1, 4]},
        lambda: build(),
        strategy="grid",
        epochs=6,
        callbacks=lambda patience: st.callbacks.EarlyStopping("val_loss", 100.0, patience),
    )
    assert [trial.epochs for trial in by_option.trials] == [2, 5]
    with pytest.raises(ArgumentError, match="'val_los'"):
        search(callbacks=[st.callbacks.EarlyStopping("val_los")])


def test_the_score_after_early_stopping_is_that_of_the_restored_weights() -> None:
    stop = st.callbacks.EarlyStopping("val_accuracy", patience=3)
    study = search({"rate": [0.1]}, lambda rate: build(rate=rate), epochs=8, callbacks=[stop])
    assert study.best.score == max(study.best.history["val_accuracy"])


# ---------------------------------------------------------------- metrics


def test_without_a_metric_it_is_the_accuracy_or_else_the_loss() -> None:
    def without(units: int) -> Any:
        model = build(units)
        model.compile("adam", "sparse_categorical_crossentropy")
        return model

    assert (search().metric, search().mode) == ("accuracy", "max")
    study = search({"units": [4, 8]}, without, strategy="grid")
    assert (study.metric, study.mode) == ("loss", "min")
    assert study.best.score == min(trial.score or 0 for trial in study.trials)


def test_a_metric_may_be_a_function() -> None:
    def errors(model: Any, x: Any, y: Any) -> int:
        return int((model.predict(x, verbose=0).argmax(1) != y).sum())

    study = search({"units": [4, 8]}, strategy="grid", metric=errors, mode="min")
    assert study.metric == "errors" and study.best.score == min(t.score for t in study.trials)  # type: ignore[type-var]
    with pytest.raises(ArgumentError, match="give 'max' or 'min', as the metric is a function"):
        search(metric=errors)


def test_a_metric_that_does_not_exist_is_refused_before_any_training() -> None:
    with pytest.raises(MetricMissing, match=r"'acuracy': did you mean 'accuracy'.*compile has"):
        search(metric="val_acuracy")
    assert search(metric="val_acc", trials=1).metric == "accuracy"


# ---------------------------------------------------------------- errors


def test_an_option_that_no_function_takes_is_refused() -> None:
    with pytest.raises(UnknownArgument, match="neither build nor fit takes the option 'unit' of"):
        search({"unit": [4]})
    with pytest.raises(UnknownArgument, match="search takes no argument 'epoch': did you mean 'e"):
        search(epoch=3)
    with pytest.raises(ArgumentError, match="epochs is an option of the space too; drop one"):
        search({"epochs": [1, 2]})
    with pytest.raises(ArgumentError, match="needs 'depth', which the space does not give"):
        search({"units": [4]}, lambda units, depth: build(units))


def test_a_build_that_is_no_function_or_returns_no_model_is_refused() -> None:
    with pytest.raises(ArgumentError, match="build must be a function of options"):
        search(build=build())
    with pytest.raises(ArgumentError, match="does it end with `return model`"):
        search({"units": [4]}, lambda units: None)


def failing(units: int) -> Any:
    if units > 4:
        raise ValueError(f"no {units} units today")
    return build(units)


def test_a_build_that_fails_for_some_options_is_recorded_and_the_study_goes_on() -> None:
    study = search({"units": [16, 4, 8]}, failing, strategy="grid")
    assert [trial.state for trial in study.trials] == ["failed", "complete", "failed"]
    assert study.trials[0].error == "ValueError: no 16 units today"
    assert study.best.options == {"units": 4}
    assert "first failure: trial 0: ValueError: no 16 units today" in study.summary()


def test_if_every_trial_fails_the_first_error_is_raised() -> None:
    with pytest.raises(ValueError, match="no 16 units today") as caught:
        search({"units": [16, 8]}, failing, strategy="grid")
    assert any(
        "in trial 0, with units=16; all 2 trials failed" in n for n in caught.value.__notes__
    )


def test_a_training_that_diverges_and_a_score_that_is_nan_are_failures() -> None:
    def exploding(rate: float) -> Any:
        model = st.Sequential([st.layers.Dense(1), st.layers.Dense(1)])
        model.compile(st.optimizers.SGD(rate), "mse")
        return model

    x, y = rows()
    with pytest.warns(TrainingWarning):
        study = st.tune.search(
            exploding, {"rate": [1e6, 1e-3]}, x, y + 0.5, strategy="grid", epochs=3, verbose=0
        )
    assert [trial.state for trial in study.trials] == ["failed", "complete"]
    assert "TrainingDiverged" in study.trials[0].error

    def score(model: Any, x: Any, y: Any) -> float:
        return float("nan") if model.layers[0].units == 4 else 1.0

    study = search({"units": [4, 8]}, strategy="grid", metric=score, mode="max")
    assert study.trials[0].error == "SteepestError: the score score is nan"
    assert study.best.number == 1


def test_a_trial_without_enough_memory_is_run_again_alone() -> None:
    most: list[int] = []

    def score(model: Any, x: Any, y: Any) -> float:
        most.append(model.layers[0].units)
        if most.count(8) == 1 and most[-1] == 8:
            raise NotEnoughMemory("8 GB are needed")
        return float(model.layers[0].units)

    study = search({"units": [4, 8]}, strategy="grid", metric=score, mode="max", test=None,
                   threads=2)  # fmt: skip
    assert [trial.state for trial in study.trials] == ["complete", "complete"]
    assert study.best.score == 8.0

    def never(model: Any, x: Any, y: Any) -> float:
        if model.layers[0].units == 8:
            raise MemoryError("too small")
        return 1.0

    study = search({"units": [4, 8]}, strategy="grid", metric=never, mode="max", threads=2)
    assert study.trials[1].error == "MemoryError: too small"


def test_wrong_rows_are_refused() -> None:
    x, y = rows()
    for options, message in (
        ({"validation": 1.5}, "validation: a share between 0 and 1 or rows"),
        ({"validation": 0.2, "folds": 3}, "give validation or folds, not both"),
        ({"test": "none"}, r"test: a share of the rows, a pair \(x, y\) or a Dataset was expected"),
        ({"time_limit": 0}, "time_limit: a number of seconds above 0 was expected, got 0"),
        ({"threads": 0}, "search: threads: a whole number from 1"),
        ({"trials": 0}, "trials: a whole number from 1"),
    ):
        with pytest.raises(ArgumentError, match=message):
            search(**options)
    with pytest.raises(ArgumentError, match="halving divides the epochs; give their number"):
        st.tune.search(build, SPACE, x, y, strategy="halving")
    with pytest.raises(DataError, match="x and y have 300 and 299 rows"):
        st.tune.search(build, SPACE, x, y[1:])


# ---------------------------------------------------------------- early ends


def test_ctrl_c_ends_the_search_and_prints_the_best(capsys: pytest.CaptureFixture[str]) -> None:
    calls = []

    def interrupting(units: int) -> Any:
        calls.append(units)
        if len(calls) == 3:
            signal.raise_signal(signal.SIGINT)
        return build(units)

    study = search({"units": [4, 8, 16, 32]}, interrupting, strategy="grid", threads=1)
    done = [trial.number for trial in study.trials if trial.has_score]
    assert done in ([0, 1], [0, 1, 2]) and len(calls) == 3
    printed = capsys.readouterr().err
    assert f"search stopped by Ctrl-C: {len(done)} trials have a score" in printed
    assert "best accuracy" in printed
    assert study.best_model.evaluate(*rows(), verbose=0)[1] > 0.3


def test_a_time_limit_ends_the_search() -> None:
    with pytest.warns(TrainingWarning, match="search stopped by the time limit"):
        study = search({"rate": st.tune.log_uniform(1e-3, 1e-1)}, time_limit=0.3, epochs=1)
    done = sum(trial.has_score for trial in study.trials)
    assert done < len(study.trials) and len(study.trials) % 64 == 0


def test_lines_are_printed_off_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    search({"units": [16, 4, 8]}, failing, strategy="grid", verbose=1, threads=1)
    choice, *lines = capsys.readouterr().out.splitlines()
    assert choice == "1 at a time, 1 thread each"
    assert lines[0] == "trial 0/3: ValueError: no 16 units today - units=16"
    assert lines[1].startswith("trial 1/3: accuracy 0.") and "(best) - units=4" in lines[1]
    assert lines[3].startswith("study of 3 trials (2 failed): best accuracy")
    assert lines[4].startswith("the winner again: accuracy") and "on 30 rows" in lines[4]
