"""The order of hooks, and callbacks without a test file of their own."""

from __future__ import annotations

import csv
import math
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from tests.callbacks.small_training import Scripted, X, Y, fit, model


class Recording(st.callbacks.Callback):
    """Notes every hook that is called."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []


def _noting(name: str) -> Any:
    def hook(self: Recording, *arguments: Any) -> None:
        number = arguments[0] if arguments and isinstance(arguments[0], int) else ""
        self.calls.append(f"{name}{number}")

    return hook


for _name in (
    "on_train_begin", "on_train_end", "on_epoch_begin", "on_epoch_end",
    "on_train_batch_begin", "on_train_batch_end", "on_test_begin", "on_test_end",
):  # fmt: skip
    setattr(Recording, _name, _noting(_name.removeprefix("on_")))


def test_hooks_come_in_order() -> None:
    recording = Recording()
    fit(model(), recording, epochs=1)
    assert recording.calls == [
        "train_begin", "epoch_begin0",
        "train_batch_begin0", "train_batch_end0", "train_batch_begin1", "train_batch_end1",
        "train_batch_begin2", "train_batch_end2",
        "test_begin", "test_end", "epoch_end0", "train_end",
    ]  # fmt: skip


def test_batch_hooks_do_not_change_the_result() -> None:
    recorded, plain = model(), model()
    fit(recorded, Recording(), seed=1)
    fit(plain, seed=1)
    assert all(map(np.array_equal, recorded.get_weights(), plain.get_weights()))


def test_an_error_in_a_callback_comes_out_and_files_are_closed(tmp_path: Path) -> None:
    class Boom(st.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            raise RuntimeError("boom")

    log = st.callbacks.CSVLogger(tmp_path / "log.csv")
    with pytest.raises(RuntimeError, match="boom"):
        fit(model(), log, Boom())
    assert log._file is None


def test_a_class_instead_of_an_instance_is_an_error() -> None:
    with pytest.raises(st.errors.ArgumentError, match="make an instance"):
        fit(model(), st.callbacks.EarlyStopping)


def test_reduce_on_plateau() -> None:
    reduce = st.callbacks.ReduceLROnPlateau(factor=0.5, patience=2, min_lr=0.02)
    made = model(0.05)
    history = fit(made, Scripted([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]), reduce, epochs=7)
    assert history.history["learning_rate"] == pytest.approx([
        0.05,
        0.05,
        0.05,
        0.025,
        0.025,
        0.02,
        0.02,
    ])


def test_scheduler() -> None:
    made = model(0.1)
    halve = st.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5 if epoch else rate)
    assert fit(made, halve).history["learning_rate"] == pytest.approx([
        0.1,
        0.05,
        0.025,
        0.0125,
        0.00625,
    ])
    with pytest.raises(st.errors.ArgumentError, match="gave 'x' for epoch 0"):
        fit(model(), st.callbacks.LearningRateScheduler(lambda epoch: "x"))


def test_time_limit_ends_within_an_epoch() -> None:
    limit = st.callbacks.TimeLimit(1e-9)
    history = fit(model(), limit, batch_size=1, epochs=100)
    assert len(history.epoch) == 1


@pytest.mark.parametrize("verbose", [0, 1])
def test_a_time_limit_says_where_it_ended_if_asked(capsys: Any, verbose: int) -> None:
    fit(model(), st.callbacks.TimeLimit(1e-9, verbose=verbose), epochs=3)
    said = capsys.readouterr().out
    assert said.startswith("stopped after 1e-09 s, in batch") if verbose else not said


def test_terminate_on_nan_serves_user_defined_steps() -> None:
    class Own(type(model())):  # type: ignore[misc]
        def train_step(self, data: Any) -> Any:
            return {"loss": st.constant(math.nan)}

    made = Own([st.layers.Dense(1, input_shape=(3,))])
    made.compile("sgd", "mse")
    history = fit(made, st.callbacks.TerminateOnNaN(), validation_data=None)
    assert len(history.epoch) == 1


@pytest.mark.filterwarnings("ignore::steepest.errors.TrainingWarning")
def test_terminate_on_nan_ends_a_divergence_with_a_warning(capsys: Any) -> None:
    made = st.Sequential([st.layers.Dense(1, kernel_initializer="ones", input_shape=(1,))])
    made.compile(st.optimizers.SGD(1e30), "mse")
    x = np.full((4, 1), 1e5)
    with pytest.raises(st.errors.TrainingDiverged, match="became NaN or infinite in epoch 2"):
        made.fit(x, -x, epochs=10, verbose=0, callbacks=st.callbacks.TerminateOnNaN(True))
    made.set_weights([[[1.0]], [0.0]])
    with pytest.warns(st.errors.TrainingWarning, match="became NaN or infinite in epoch 2, step 1"):
        history = made.fit(x, -x, epochs=10, verbose=0, callbacks=st.callbacks.TerminateOnNaN())
    assert history.epoch == [0] and len(history.findings) >= 1
    assert capsys.readouterr().out == "Batch 0: Invalid loss, terminating training\n"


def test_csv_logger(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    history = fit(model(), st.callbacks.CSVLogger(path), validation_freq=2, epochs=4)
    fit(model(), st.callbacks.CSVLogger(path, append=True), epochs=1)
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [row["epoch"] for row in rows] == ["0", "1", "2", "3", "0"]
    assert rows[0]["val_loss"] == "NA" and float(rows[1]["val_loss"]) > 0
    assert float(rows[2]["loss"]) == history.history["loss"][2]


def test_lambda_callback() -> None:
    seen: list[int] = []
    fit(model(), st.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(epoch)))
    assert seen == [0, 1, 2, 3, 4]
    with pytest.raises(st.errors.ArgumentError, match="did you mean 'on_epoch_end'"):
        st.callbacks.LambdaCallback(on_epoch_ends=print)


def test_the_bar_leaves_one_line_an_epoch(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    fit(model(), epochs=2, verbose=1)
    out = capsys.readouterr().out
    assert "Epoch 2/2" in out and len(re.findall(r"3/3 - \d+s - loss:", out)) == 2


@pytest.mark.parametrize("verbose", [1, "auto"])
def test_a_file_gets_lines_without_a_bar(
    monkeypatch: pytest.MonkeyPatch, capsys: Any, verbose: Any
) -> None:
    for terminal in (True, False):
        monkeypatch.setattr(sys.stdout, "isatty", lambda terminal=terminal: terminal, raising=False)
        fit(model(), epochs=2, verbose=verbose)
        assert ("\r" in capsys.readouterr().out) == terminal


def test_history_plot() -> None:
    pytest.importorskip("matplotlib")
    history = fit(model())
    figure = history.plot()
    assert [axes.get_ylabel() for axes in figure.axes] == ["loss", "mae"]
    assert len(figure.axes[0].lines) == 2
    widths = [made.get_size_inches()[0] for made in (history.plot("loss"), figure)]
    assert widths[1] == 2 * widths[0]
    figure.draw_without_rendering()
    left, right = (axes.get_window_extent() for axes in figure.axes)
    assert left.x1 < right.x0 and left.y0 == right.y0  # side by side
    assert left.height > 0.6 * figure.bbox.height


def test_a_type_error_inside_a_schedule_comes_out() -> None:
    def wrong(epoch: int, rate: float) -> Any:
        return len(epoch)  # type: ignore[arg-type]

    with pytest.raises(TypeError, match="has no len"):
        fit(model(), st.callbacks.LearningRateScheduler(wrong))


class Batches(st.callbacks.Callback):
    """Notes the batches of evaluations and predictions."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Any] = []

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.calls.append(batch)

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        self.calls.append(sorted(logs))

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        self.calls.append((batch, logs["outputs"].shape))


def test_batches_of_evaluations_and_predictions_are_reported() -> None:
    made = model()
    seen, fitted = Batches(), Batches()
    assert not fitted.wants_batches, "the batches of training are no concern of theirs"
    made.evaluate(X, Y, batch_size=16, verbose=0, callbacks=[seen])
    assert seen.calls == [0, ["loss", "mae"], 1, ["loss", "mae"]]
    fit(made, fitted, epochs=1, batch_size=12)
    assert fitted.calls == seen.calls
    seen.calls.clear()
    made.predict(X, batch_size=16, callbacks=seen)
    assert seen.calls == [(0, (16, 1)), (1, (8, 1))]
    seen_batches: list[int] = []
    note = st.callbacks.LambdaCallback(
        on_test_batch_end=lambda batch, logs: seen_batches.append(batch)
    )
    assert not note.wants_batches
    made.evaluate(X, Y, batch_size=8, verbose=0, callbacks=note)
    assert seen_batches == [0, 1, 2]


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("ModelCheckpoint", {"filepath": None}, "filepath must be a text or a path, got None"),
        ("ModelCheckpoint", {"filepath": "x", "save_frq": 2}, "did you mean 'save_freq'"),
        ("TensorBoard", {"log_dir": 3}, "log_dir must be a text or a path, got 3"),
        ("TensorBoard", {"write_graph": "no"}, "write_graph must be True or False, got 'no'"),
        ("TensorBoard", {"histogram_frq": 1}, "did you mean 'histogram_freq'"),
    ],
)
def test_callbacks_refuse_what_they_cannot_use(name, given, message):
    with pytest.raises(st.errors.ArgumentError, match=f"^{name}.*{message}"):
        getattr(st.callbacks, name)(**given)


def test_terminate_on_nan_may_raise() -> None:
    class Broken(st.Sequential):
        def train_step(self, data: Any) -> Any:
            return {"loss": st.constant(float("nan"))}

    made = Broken([st.layers.Dense(1, input_shape=(3,))])
    made.compile("sgd", "mse")
    with pytest.raises(st.errors.TrainingDiverged, match="the loss is nan"):
        fit(made, st.callbacks.TerminateOnNaN(raise_error=True), validation_data=None)


def test_a_hook_may_be_assigned_to_an_instance() -> None:
    callback, seen = st.callbacks.Callback(), []
    callback.on_train_batch_end = lambda batch, logs=None: seen.append(batch)  # type: ignore[method-assign]
    fit(model(), callback, epochs=1)
    assert seen == [0, 1, 2]
