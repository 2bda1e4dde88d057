"""Rules of callbacks by known logs, without a training: each bound and each message."""

from __future__ import annotations

import csv
import io
import math
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import callbacks
from steepest.callbacks import event_files
from steepest.callbacks.callback import Callback, CallbackList, same_monitor
from steepest.callbacks.monitor import Monitor
from steepest.callbacks.progress import EpochLines, ProgressBar, display_for, shown
from steepest.callbacks.rates import rate_of
from steepest.errors import ArgumentError, TrainingDiverged


class Model:
    """What callbacks use of a model: weights count how often they were read."""

    def __init__(self, rate: float = 0.5) -> None:
        self.stop_training = False
        self.optimizer: Any = st.optimizers.SGD(rate)
        self.metrics_names = ["loss", "mae"]
        self.weights = 0

    def get_weights(self) -> Any:
        self.weights += 1
        return [np.array(self.weights)]

    def set_weights(self, weights: Any) -> None:
        self.weights = -int(weights[0])


def given(callback: Any, rate: float = 0.5, **params: Any) -> Any:
    callback.set_model(Model(rate))
    callback.set_params(params)
    callback.on_train_begin()
    return callback


def epochs(callback: Any, name: str, *values: Any) -> int:
    """Gives the values of a quantity, one an epoch, until the callback stops; how many it took."""
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {} if value is None else {name: value})
        if callback.model.stop_training:
            return epoch + 1
    return len(values)


# ---------------------------------------------------------------- monitors


@pytest.mark.parametrize(
    ("name", "mode", "grows"),
    [
        ("val_loss", "auto", False), ("val_accuracy", "auto", True), ("auc", "auto", True),
        ("loss", "max", True), ("accuracy", "min", False), ("mse", "auto", False),
    ],
)  # fmt: skip
def test_accuracies_grow_and_losses_fall(name: str, mode: str, grows: bool) -> None:
    watch = Monitor(name, mode)
    assert watch.grows is grows and watch.best == (-math.inf if grows else math.inf)
    with pytest.raises(ArgumentError, match="mode: one of"):
        Monitor("loss", "least")


@pytest.mark.parametrize("sign", [1, -1])
def test_an_improvement_is_more_than_the_smallest_gain(sign: int) -> None:
    watch = Monitor("q", "max" if sign > 0 else "min", min_delta=-0.25)
    assert watch.better(sign * 1.0) and watch.best == sign * 1.0
    assert not watch.better(sign * 1.25) and not watch.better(sign * 1.0)
    assert watch.best == sign * 1.0 and watch.better(sign * 1.5)
    assert not Monitor("q").better(math.nan) and Monitor("q").min_delta == 0.0
    watch.forget()
    assert watch.better(0.0)


def test_the_quantity_is_one_number_of_the_logs() -> None:
    watch = Monitor("val_acc")
    assert watch.value(None) is None and watch.value({"loss": 1.0}) is None
    assert watch.value({"val_accuracy": np.array([0.5])}) == 0.5
    with pytest.raises(ArgumentError, match="Monitor: 'val_accuracy' is 2 numbers"):
        watch.value({"val_accuracy": np.array([0.5, 0.6])})
    assert watch.describe(0.123456) == "val_acc = 0.12346"


def test_names_of_accuracies_are_the_same_part_by_part() -> None:
    assert same_monitor("acc", ["accuracy"]) == "accuracy"
    assert same_monitor("top_acc_2", ["top_accuracy_2", "acc"]) == "top_accuracy_2"
    assert same_monitor("accurate", ["accuracy"]) is None
    assert same_monitor("acc", ["accuracy", "acc"]) == "acc"


def test_a_quantity_that_will_be_missing_is_refused_with_the_reason() -> None:
    watch = Monitor("val_loss")
    watch.check_monitor(["loss", "val_loss"])
    with pytest.raises(ArgumentError, match=r"Monitor\(monitor='val_loss'\): .*no validation data"):
        watch.check_monitor(["loss"])
    with pytest.raises(ArgumentError, match=r"monitor='val_loss'\): [^(]*$"):
        watch.check_monitor(["loss", "val_mae"])
    with pytest.raises(ArgumentError, match=r"monitor='mea'\): [^(]*$"):
        Monitor("mea").check_monitor(["loss", "mae"])
    Callback().check_monitor([])


# ---------------------------------------------------------------- stopping


@pytest.mark.parametrize(("patience", "stops"), [(0, 3), (1, 3), (2, 4), (3, 5), (4, 5)])
def test_training_stops_after_so_many_epochs_without_improvement(patience: int, stops: int) -> None:
    stop = given(callbacks.EarlyStopping(patience=patience))
    assert epochs(stop, "val_loss", 3.0, 2.0, 2.0, 2.5, 2.0) == stops
    stopped = stop.model.stop_training
    assert stopped is (patience < 4)
    assert stop.best_epoch == 1 and stop.stopped_epoch == (stops - 1 if stopped else None)
    assert stop.model.weights == 2
    stop.on_train_end()
    assert stop.model.weights == -2


def test_epochs_without_the_quantity_and_early_ones_do_not_count() -> None:
    stop = given(callbacks.EarlyStopping(patience=2, start_from_epoch=2))
    assert epochs(stop, "val_loss", 1.0, 1.0, 3.0, None, 3.0, None, 3.0) == 7
    assert stop.best == 3.0 and stop.best_epoch == 2
    stop = given(callbacks.EarlyStopping(patience=1, baseline=2.0))
    assert epochs(stop, "val_loss", 2.0) == 1 and stop.model.stop_training
    stop.on_train_end()
    assert stop.best_epoch is None and stop.model.weights == 0
    stop = given(callbacks.EarlyStopping(patience=1, baseline=0.0))
    assert stop.best == 0.0


def test_a_new_training_begins_with_nothing(capsys: Any) -> None:
    stop = given(callbacks.EarlyStopping(patience=1, verbose=1))
    epochs(stop, "val_loss", 1.0, 2.0)
    stop.on_train_end()
    assert capsys.readouterr().out == "Epoch 2: early stopping; best epoch 1\n"
    stop.on_train_begin()
    assert (stop.wait, stop.best, stop.best_epoch, stop.stopped_epoch) == (0, math.inf, None, None)
    stop.on_train_end()
    assert capsys.readouterr().out == "" and stop.model.weights == -1
    base = given(callbacks.EarlyStopping(patience=1, baseline=0.5, verbose=1))
    epochs(base, "val_loss", 1.0)
    base.on_train_end()
    assert capsys.readouterr().out == "Epoch 1: early stopping\n"


@pytest.mark.parametrize(
    ("logs", "reason"),
    [
        ([{"loss": 1.0, "val_loss": 1.0}, {"loss": 0.5, "val_loss": 1.0}], ""),
        ([{"loss": 1.0, "val_loss": 1.0}, {"loss": 0.5, "val_loss": 1.1}], "validation loss rose "),
        ([{"loss": 1.0}, {"loss": 0.75}], ""),
        ([{"loss": 1.0}, {"loss": 0.8125}], "training loss gained less than 0.25"),
        ([{"loss": 1.0}, {}, {"loss": 0.5}], ""),
        ([{"loss": 1.0}, {}, {"loss": 0.9}], "training loss gained less than 0.25"),
        ([{"val_loss": 1.0}, {}, {"val_loss": 1.5}], "validation loss rose from 1 to 1.5"),
    ],
)
def test_the_rule_of_a_course(logs: list[dict[str, float]], reason: str) -> None:
    rule = given(callbacks.ConvergenceRule(min_improvement=0.25))
    for epoch, each in enumerate(logs):
        assert not rule.model.stop_training
        rule.on_epoch_end(epoch, each)
    assert rule.reason.startswith(reason) and rule.model.stop_training is bool(reason)
    assert bool(rule.reason) is bool(reason)
    rule.on_train_begin()
    assert rule.reason == ""
    assert callbacks.ConvergenceRule().min_improvement == 0.001


@pytest.mark.parametrize(("passed", "stops"), [(4.9, False), (5.0, True), (5.1, True)])
def test_a_time_limit_stops_from_its_seconds_on(
    passed: float, stops: bool, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    limit = callbacks.TimeLimit(5, verbose=1)
    monkeypatch.setattr(time, "monotonic", lambda: 100.0)
    given(limit)
    monkeypatch.setattr(time, "monotonic", lambda: 100.0 + passed)
    limit.on_batches_done(7, None)
    assert limit.model.stop_training is stops
    limit.on_batches_done(8, None)
    assert capsys.readouterr().out == "stopped after 5 s, in batch 7\n" * stops
    for wrong in (0, -1.0):
        with pytest.raises(ArgumentError, match="seconds: a number above 0"):
            callbacks.TimeLimit(wrong)


def test_a_loss_that_is_not_finite_ends_a_training(capsys: Any) -> None:
    guard = given(callbacks.TerminateOnNaN())
    for logs in (None, {}, {"mae": math.nan}, {"loss": 1.0}):
        guard.on_batches_done(3, None, logs)
    assert not guard.model.stop_training
    for loss in (math.nan, math.inf):
        guard.model.stop_training = False
        guard.on_batches_done(3, None, {"loss": loss})
        assert guard.model.stop_training
        assert capsys.readouterr().out == "Batch 2: Invalid loss, terminating training\n"
    loud = given(callbacks.TerminateOnNaN(raise_error=True))
    with pytest.raises(TrainingDiverged, match="batch 4: the loss is inf"):
        loud.on_batches_done(4, None, {"loss": math.inf})
    loud.on_batches_done(4, None, {"loss": 0.0})


def test_only_divergence_ends_calmly(capsys: Any) -> None:
    def finding(error: Exception, step: int | None) -> Any:
        return SimpleNamespace(exception=lambda: error, where=SimpleNamespace(step=step))

    guard = callbacks.TerminateOnNaN()
    assert guard.ends_calmly(finding(TrainingDiverged("x"), 5))
    assert guard.ends_calmly(finding(TrainingDiverged("x"), None))
    assert not guard.ends_calmly(finding(ValueError("x"), 5))
    assert not callbacks.TerminateOnNaN(True).ends_calmly(finding(TrainingDiverged("x"), 5))
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == [
        "Batch 4", "Batch 0"
    ]  # fmt: skip
    assert Callback().ends_calmly(finding(TrainingDiverged("x"), 5)) is False


# ---------------------------------------------------------------- learning rates


def test_the_rate_is_lowered_after_so_many_epochs(capsys: Any) -> None:
    reduce = given(callbacks.ReduceLROnPlateau(patience=2, factor=0.5, cooldown=2, verbose=1))
    rates = []
    for epoch, loss in enumerate([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5]):
        logs = {"val_loss": loss}
        reduce.on_epoch_end(epoch, logs)
        rates.append(reduce.model.optimizer.learning_rate.item())
        assert logs["learning_rate"] == (rates[epoch - 1] if epoch else 0.5)
    assert rates == [0.5, 0.5, 0.25, 0.25, 0.25, 0.125, 0.125, 0.125, 0.125, 0.0625]
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "Epoch 3: learning rate lowered from 0.5 to 0.25" and len(said) == 3


def test_the_rate_is_not_lowered_below_its_least() -> None:
    reduce = given(callbacks.ReduceLROnPlateau(patience=1, factor=0.5, min_lr=0.375))
    epochs(reduce, "val_loss", 1.0, 1.0)
    assert reduce.model.optimizer.learning_rate.item() == 0.375
    epochs(reduce, "val_loss", 1.0, 1.0, 1.0, None)
    assert reduce.model.optimizer.learning_rate.item() == 0.375
    reduce.on_epoch_end(0, None)
    below = given(callbacks.ReduceLROnPlateau(patience=1, min_lr=0.75))
    epochs(below, "val_loss", 1.0, 1.0, 1.0)
    assert below.model.optimizer.learning_rate.item() == 0.5
    for wrong in (0.0, 1.0):
        with pytest.raises(ArgumentError, match="factor: a number between 0 and 1"):
            callbacks.ReduceLROnPlateau(factor=wrong)
    default = callbacks.ReduceLROnPlateau()
    assert (default.patience, default.cooldown, default.min_delta) == (10, 0, 1e-4)
    plateau = given(callbacks.ReduceLROnPlateau(patience=10))
    epochs(plateau, "val_loss", *[1.0] * 10)
    assert plateau.model.optimizer.learning_rate.item() == 0.5
    plateau.on_epoch_end(10, {"val_loss": 1.0})
    assert plateau.model.optimizer.learning_rate.item() < 0.1


def test_a_schedule_takes_the_epoch_or_also_the_rate(capsys: Any) -> None:
    for schedule, rate in ((lambda epoch: 0.1 * epoch, 0.3), (lambda e, r: r * 0.5, 0.25)):
        setter = given(callbacks.LearningRateScheduler(schedule, verbose=1))
        setter.on_epoch_begin(3)
        assert setter.model.optimizer.learning_rate.item() == pytest.approx(rate)
        assert capsys.readouterr().out == f"Epoch 4: learning rate {rate:.6g}\n"
        logs: dict[str, float] = {}
        setter.on_epoch_end(3, logs)
        setter.on_epoch_end(3)
        assert logs == {"learning_rate": pytest.approx(rate)}
    zero = given(callbacks.LearningRateScheduler(lambda epoch: 0))
    zero.on_epoch_begin(0)
    assert zero.model.optimizer.learning_rate.item() == 0.0
    for wrong in (-0.1, True, "0.1", None):
        bad = given(callbacks.LearningRateScheduler(partial(lambda rate, epoch: rate, wrong)))
        with pytest.raises(ArgumentError, match=r"the schedule gave .* for epoch 0"):
            bad.on_epoch_begin(0)


def test_the_greatest_rate_of_several_optimizers_counts() -> None:
    rates = [st.optimizers.SGD(0.25), st.optimizers.SGD(0.5)]
    several = st.optimizers.MultiOptimizer(lambda variable: rates[int(variable.ndim == 2)])
    several.build(st.Sequential([st.layers.Dense(1, input_shape=(1,))]).trainable_variables)
    assert rate_of(several) == 0.5 and rate_of(st.optimizers.SGD(0.25)) == 0.25


# ---------------------------------------------------------------- display


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0000"), (0.001, "1.0000e-03"), (0.0011, "0.0011"), (-0.5, "-0.5000"),
        (-0.0005, "-5.0000e-04"), (3, "3.0000"), ("NA", "NA"), (2500.0, "2500.0000"),
    ],
)  # fmt: skip
def test_numbers_are_shown_as_in_keras(value: Any, text: str) -> None:
    assert shown({"a": value}) == f"a: {text}"
    assert shown({"a": value, "b": 1.0}) == f"a: {text} - b: 1.0000"


def test_verbose_chooses_the_display(monkeypatch: pytest.MonkeyPatch) -> None:
    def kinds(verbose: Any) -> list[type]:
        return [type(each) for each in display_for(verbose)]

    stream = io.StringIO()
    monkeypatch.setattr("sys.stdout", stream)
    for terminal, bar in ((False, EpochLines), (True, ProgressBar)):
        monkeypatch.setattr(stream, "isatty", lambda terminal=terminal: terminal, raising=False)
        assert kinds("auto") == kinds(1) == kinds(True) == [bar]
        assert kinds(2) == [EpochLines]
        assert kinds(0) == kinds(False) == kinds(None) == []
    st.config.disable_interactive_logging()
    try:
        assert kinds("auto") == [EpochLines] and kinds(1) == [ProgressBar]
    finally:
        st.config.enable_interactive_logging()
    with pytest.raises(ArgumentError, match="verbose: 0, 1, 2 or 'auto' was expected, got 3"):
        display_for(3)


@pytest.mark.parametrize(
    ("task", "steps", "lines"), [("evaluate", 5, ["3/5"]), ("fit", None, []), (None, None, [])]
)
def test_lines_are_printed_for_evaluations_outside_fit(
    task: str | None, steps: int | None, lines: list[str], capsys: Any
) -> None:
    line = given(EpochLines(), task=task, steps=steps)
    line.on_test_begin()
    line.on_batches_done(3, steps)
    line.on_test_end({"loss": 0.5})
    assert [said.split(" - ")[0] for said in capsys.readouterr().out.splitlines()] == lines
    line.on_predict_begin()
    line.on_predict_end()
    assert capsys.readouterr().out == f"3/{steps or 3} - 0s\n"


def test_epochs_are_numbered_from_one_and_timed(
    capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = given(EpochLines(), epochs=4, steps=6)
    monkeypatch.setattr(time, "perf_counter", lambda: 10.0)
    line.on_epoch_begin(1)
    monkeypatch.setattr(time, "perf_counter", lambda: 17.4)
    line.on_batches_done(6, 6)
    line.on_epoch_end(1, {"loss": 2.0})
    given(line).on_epoch_begin(0)
    said = capsys.readouterr().out.splitlines()
    assert said == ["Epoch 2/4", "6/6 - 7s - loss: 2.0000", "Epoch 1/1"]


# ---------------------------------------------------------------- lists, files, functions


def test_which_hooks_are_overridden() -> None:
    class Batches(Callback):
        def on_batch_end(self, batch: int, logs: Any = None) -> None: ...

    class Tests(Callback):
        def on_test_batch_begin(self, batch: int, logs: Any = None) -> None: ...

    class Predictions(Callback):
        def on_predict_batch_end(self, batch: int, logs: Any = None) -> None: ...

    class Runs(Callback):
        def on_batches_done(self, done: int, total: Any, logs: Any = None) -> None: ...

    names = "wants_batches", "wants_test_batches", "wants_predict_batches", "wants_batches_done"
    kinds = [Batches, Tests, Predictions, Runs]
    for place, kind in enumerate(kinds):
        several = CallbackList([Callback(), kind()], None, {})
        assert [getattr(several, name) for name in names] == [place == n for n in range(4)]
    assigned = Callback()
    assert not assigned.wants_batches
    assigned.on_train_batch_begin = lambda *arguments: None
    assert assigned.wants_batches
    with pytest.raises(AttributeError, match="other"):
        _ = CallbackList([], None, {}).other


def test_all_are_closed_and_the_first_error_is_raised() -> None:
    closed = []

    class Failing(Callback):
        def __init__(self, error: str | None) -> None:
            super().__init__()
            self.error = error

        def close(self) -> None:
            closed.append(self.error)
            if self.error:
                raise ValueError(self.error)

    several = CallbackList([Failing(None), Failing("first"), Failing("second")], None, {})
    with pytest.raises(ValueError, match="first"):
        several.close()
    assert closed == [None, "first", "second"]
    CallbackList([Failing(None)], None, {}).close()


def test_a_class_is_no_callback_and_a_model_comes_with_the_run() -> None:
    with pytest.raises(ArgumentError, match=r"subclass st.callbacks.Callback, or make an instance"):
        CallbackList([Callback], None, {})  # type: ignore[list-item]
    with pytest.raises(ArgumentError, match=r"is not a callback; subclass st.callbacks.Callback$"):
        CallbackList([3], None, {})  # type: ignore[list-item]
    with pytest.raises(ArgumentError, match=r"Callback: self\.model is known once a run has begun"):
        _ = Callback().model


def test_functions_are_hooks_by_name() -> None:
    calls: list[int] = []
    hooks = callbacks.LambdaCallback(on_batch_end=lambda batch, logs: calls.append(batch))
    hooks.on_train_batch_end(3)
    assert calls == [3] and hooks.overrides("on_batch_end", "on_test_end")
    assert hooks.wants_batches and not hooks.overrides("on_test_end")
    with pytest.raises(ArgumentError, match="no hook 'on_batch'"):
        callbacks.LambdaCallback(on_batch=lambda: None)
    with pytest.raises(ArgumentError, match="on_test_end: a function, got 3"):
        callbacks.LambdaCallback(on_test_end=3)  # type: ignore[arg-type]


def test_lines_of_a_csv_file(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    for append, wanted in ((False, 2), (True, 3), (False, 2)):
        log = given(callbacks.CSVLogger(path, ";", append), validates=True)
        log.on_epoch_end(0, {"loss": 0.5, "val_mae": 2.0})
        lines = list(csv.reader(path.read_text().splitlines(), delimiter=";"))
        assert len(lines) == wanted
        assert lines[0] == ["epoch", "loss", "val_mae", "val_loss"]
        assert lines[-1] == ["0", "0.5", "2.0", "NA"]
        log.close()
        log.close()
    log = given(callbacks.CSVLogger(path))
    log.on_epoch_end(1, {"loss": 0.5})
    log.close()
    assert path.read_text().splitlines() == ["epoch,loss", "1,0.5"]
    for wrong in ("", "::"):
        with pytest.raises(ArgumentError, match="separator: one character"):
            callbacks.CSVLogger(path, wrong)


def test_a_history_lists_its_epochs_and_draws_chosen_curves() -> None:
    history = callbacks.History()
    assert repr(history) == "<History of 0 epochs, last: {}>" and history.advice == []
    history.extend(range(2), {"loss": [0.5, 0.4], "mae": [1.0, 2.0]})
    history.on_epoch_end(2, {"loss": 0.3, "val_loss": 0.6})
    history.on_epoch_end(3)
    assert history.epoch == [0, 1, 2, 3] and history.history["loss"] == [0.5, 0.4, 0.3]
    assert repr(history) == (
        "<History of 4 epochs, last: {'loss': 0.3, 'mae': 2.0, 'val_loss': 0.6}>"
    )
    pytest.importorskip("matplotlib")
    whole = callbacks.History()
    whole.extend(
        range(3), {"loss": [3.0, 2.0, 1.0], "mae": [1.0, 1.0, 1.0], "val_loss": [5.0, 4.0]}
    )
    figure = whole.plot()
    assert [axes.get_ylabel() for axes in figure.axes] == ["loss", "mae"]
    assert figure.get_size_inches().tolist() == [10.0, 3.6]
    loss, mae = figure.axes
    training, validation = loss.get_lines()
    assert training.get_xdata().tolist() == [1, 2, 3]
    assert validation.get_xdata().tolist() == [2, 3] and validation.get_ydata().tolist() == [5, 4]
    assert len(mae.get_lines()) == 1 and mae.get_legend() is None and loss.get_legend() is not None
    assert [axes.get_ylabel() for axes in whole.plot("mae").axes] == ["mae"]
    assert callbacks.History().plot().axes == []
    spines = loss.spines
    assert [spines[s].get_visible() for s in ("top", "right", "left")] == [False, False, True]


@pytest.mark.parametrize("low", [0.0, 5.0, -3.0])
def test_pictures_of_weights_are_black_at_their_least_value(low: float) -> None:
    values = np.array([[0.0, 1.0], [2.0, 4.0]])
    assert event_files.image(values + low) == event_files.image(values)
    assert event_files.image(values * 0.0 + low) == event_files.image(values * 0.0)


def test_a_bar_is_verbose_0_1_or_2() -> None:
    for verbose in (0, 1, 2):
        st.utils.Progbar(3, verbose=verbose)
    for wrong in (3, -1, "auto"):
        with pytest.raises(ArgumentError, match="verbose"):
            st.utils.Progbar(3, verbose=wrong)  # type: ignore[arg-type]
