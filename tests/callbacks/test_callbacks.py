"""Callbacks: the order of their hooks, and what each one does."""

from __future__ import annotations

import csv
import math
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st

X = np.random.default_rng(0).standard_normal((24, 3)).astype("float32")
Y = X @ np.ones((3, 1), "float32")


def model(rate: Any = 0.05) -> Any:
    st.random.set_seed(4)
    made = st.Sequential([st.layers.Dense(4, "tanh", input_shape=(3,)), st.layers.Dense(1)])
    made.compile(st.optimizers.SGD(rate), "mse", ["mae"])
    return made


def fit(made: Any, *callbacks: Any, **options: Any) -> Any:
    settings = {"epochs": 5, "batch_size": 8, "verbose": 0, "validation_data": (X, Y), **options}
    return made.fit(X, Y, callbacks=list(callbacks), **settings)


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


class Scripted(st.callbacks.Callback):
    """Puts given validation losses in place of the real ones."""

    def __init__(self, losses: list[float]) -> None:
        super().__init__()
        self.losses = losses
        self.weights: list[Any] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs["val_loss"] = self.losses[epoch]
        self.weights.append(self.model.get_weights())


def test_early_stopping_waits_and_restores_the_best() -> None:
    script = Scripted([3.0, 2.0, 2.5, 2.4, 1.0])
    stop = st.callbacks.EarlyStopping(patience=2)
    made = model()
    history = fit(made, script, stop)
    assert history.epoch == [0, 1, 2, 3] and stop.stopped_epoch == 3 and stop.best_epoch == 1
    assert all(map(np.array_equal, made.get_weights(), script.weights[1]))


def test_early_stopping_can_leave_the_last_weights() -> None:
    script = Scripted([3.0, 2.0, 2.5, 2.4, 1.0])
    made = model()
    fit(made, script, st.callbacks.EarlyStopping(patience=2, restore_best_weights=False))
    assert all(map(np.array_equal, made.get_weights(), script.weights[3]))


def test_early_stopping_options() -> None:
    delta = st.callbacks.EarlyStopping(min_delta=0.6, patience=2)
    assert fit(model(), Scripted([3.0, 2.5, 2.45, 1.0, 0.9]), delta).epoch == [0, 1, 2]
    late = st.callbacks.EarlyStopping(patience=1, start_from_epoch=3)
    assert fit(model(), Scripted([1.0, 2.0, 3.0, 4.0, 5.0]), late).epoch == [0, 1, 2, 3, 4]
    base = st.callbacks.EarlyStopping(patience=1, baseline=0.5)
    assert fit(model(), Scripted([1.0, 2.0, 3.0, 4.0, 5.0]), base).epoch == [0]


def test_val_acc_and_val_accuracy_are_the_same() -> None:
    made = st.Sequential([st.layers.Dense(2, "softmax", input_shape=(3,))])
    made.compile("sgd", "sparse_categorical_crossentropy", ["accuracy"])
    labels = (X[:, 0] > 0).astype(int)
    stop = st.callbacks.EarlyStopping("val_acc", patience=50)
    made.fit(X, labels, epochs=3, validation_split=0.25, callbacks=[stop], verbose=0)
    assert stop.grows and math.isfinite(stop.best)


def test_the_courses_rule() -> None:
    rose = st.callbacks.ConvergenceRule()
    assert fit(model(), Scripted([3.0, 2.0, 2.1, 1.0, 1.0]), rose).epoch == [0, 1, 2]
    assert "rose" in rose.reason
    flat = st.callbacks.ConvergenceRule(min_improvement=1e6)
    assert fit(model(), flat, validation_data=None).epoch == [0, 1]
    assert "gained less" in flat.reason


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


def test_terminate_on_nan_serves_user_defined_steps() -> None:
    class Own(type(model())):  # type: ignore[misc]
        def train_step(self, data: Any) -> Any:
            return {"loss": st.constant(math.nan)}

    made = Own([st.layers.Dense(1, input_shape=(3,))])
    made.compile("sgd", "mse")
    history = fit(made, st.callbacks.TerminateOnNaN(), validation_data=None)
    assert len(history.epoch) == 1


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


def test_checkpoints(tmp_path: Path) -> None:
    made = model()
    script = Scripted([3.0, 1.0, 2.0, 2.0, 2.0])
    each = st.callbacks.ModelCheckpoint(tmp_path / "at-{epoch:02d}-{val_loss:.1f}.safetensors")
    best = st.callbacks.ModelCheckpoint(tmp_path / "best.safetensors", save_best_only=True)
    fit(made, script, each, best)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names[0] == "at-01-3.0.safetensors" and len(names) == 6
    made.load_weights(tmp_path / "best.safetensors")
    assert all(map(np.array_equal, made.get_weights(), script.weights[1]))
    with pytest.raises(st.errors.ArgumentError, match="'nothing' is not in the logs"):
        fit(model(), st.callbacks.ModelCheckpoint(tmp_path / "{nothing}"))


def test_checkpoints_by_batches(tmp_path: Path) -> None:
    """24 rows by 8 are 3 batches an epoch; the weights after every fourth batch are saved."""
    made, seen = model(), []
    note = st.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append(made.get_weights())
    )
    keep = st.callbacks.ModelCheckpoint(tmp_path / "{epoch}-{batch}.safetensors", save_freq=4)
    fit(made, note, keep, epochs=3)
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["2-1", "3-2"]
    made.load_weights(tmp_path / "3-2.safetensors")
    assert all(map(np.array_equal, made.get_weights(), seen[7]))


def test_the_best_of_batches(tmp_path: Path, capsys: Any) -> None:
    keep = st.callbacks.ModelCheckpoint(
        tmp_path / "best.safetensors", "loss", verbose=1, save_best_only=True, save_freq=3
    )
    history = fit(model(), keep, epochs=2, validation_data=None).history["loss"]
    assert keep.best == min(history)
    assert capsys.readouterr().out.startswith("Epoch 1, batch 3: saved to")


def test_only_those_that_count_batches_stop_at_each() -> None:
    assert not st.callbacks.ModelCheckpoint("a").wants_batches
    assert st.callbacks.ModelCheckpoint("a", save_freq=1).wants_batches


def test_methods_over_the_whole_set_tell_their_one_batch(tmp_path: Path) -> None:
    made = model()
    made.compile(st.optimizers.LBFGS(), "mse")
    keep = st.callbacks.ModelCheckpoint(tmp_path / "{epoch}.safetensors", save_freq=2)
    made.fit(X, Y, epochs=4, callbacks=[keep], verbose=0)
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["2", "4"]


@pytest.mark.parametrize("frequency", [0, "batch", 1.5, True])
def test_frequencies_of_no_meaning_are_refused(frequency: Any) -> None:
    with pytest.raises(st.errors.ArgumentError, match="'epoch' or a number of batches from 1"):
        st.callbacks.ModelCheckpoint("a", save_freq=frequency)


def test_validation_is_not_known_between_batches() -> None:
    keep = st.callbacks.ModelCheckpoint("a", save_best_only=True, save_freq=2)
    with pytest.raises(st.errors.ArgumentError, match="no validation yet; give save_freq='epoch'"):
        fit(model(), keep)


def test_a_path_with_what_comes_later_is_refused_before_training(tmp_path):
    keep = st.callbacks.ModelCheckpoint(tmp_path / "{val_loss}.safetensors", save_freq=2)
    with pytest.raises(st.errors.ArgumentError, match="between batches there is no val_loss yet"):
        model().fit(X, Y, validation_split=0.2, callbacks=[keep], verbose=0)
    assert not list(tmp_path.iterdir())
    with pytest.raises(st.errors.ArgumentError, match="fields were expected in braces"):
        st.callbacks.ModelCheckpoint("model-{epoch.safetensors")


def test_weights_of_another_model_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    model().save_weights(path)
    other = st.Sequential([st.layers.Dense(5, input_shape=(3,)), st.layers.Dense(1)])
    before = other.get_weights()
    with pytest.raises(st.errors.ShapeError, match=r"the file has shape \(3, 4\)"):
        other.load_weights(path)
    assert all(map(np.array_equal, before, other.get_weights()))
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(st.errors.DataError, match=r"not a complete \.safetensors file"):
        model().load_weights(path)


def test_a_killed_training_goes_on_with_the_same_bits(tmp_path: Path) -> None:
    """Killed in its third epoch and started again, it ends with the weights of one run."""
    script = textwrap.dedent("""
        import os, sys, numpy as np, steepest as st
        st.random.set_seed(6)
        x = np.random.default_rng(0).standard_normal((40, 3)).astype("float32")
        y = x.sum(axis=1, keepdims=True)
        model = st.Sequential([
            st.layers.Dense(8, "relu", input_shape=(3,)), st.layers.Dropout(0.2), st.layers.Dense(1)
        ])
        model.compile("adam", "mse")
        class Die(st.callbacks.Callback):
            def on_epoch_begin(self, epoch, logs=None):
                if epoch == 3 and sys.argv[2] == "die": os._exit(9)
        backup = st.callbacks.BackupAndRestore(sys.argv[1])
        history = model.fit(x, y, epochs=6, batch_size=8, callbacks=[Die(), backup], verbose=0)
        print(history.epoch, [w.tobytes().hex() for w in model.get_weights()],
              os.path.exists(backup.path))
    """)

    def run(folder: str, mode: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / folder), mode],
            capture_output=True, text=True, env={**os.environ},
        )  # fmt: skip
        return done.returncode, done.stdout

    assert run("a", "die")[0] == 9
    resumed, straight = run("a", "live"), run("b", "live")
    assert resumed[0] == 0 and resumed == straight
    assert resumed[1].startswith("[0, 1, 2, 3, 4, 5]") and resumed[1].strip().endswith("False")


def test_the_bar_leaves_one_line_an_epoch(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    fit(model(), epochs=2, verbose=1)
    out = capsys.readouterr().out
    assert "Epoch 2/2" in out and len(re.findall(r"3/3 - \d+s - loss:", out)) == 2


def test_history_plot() -> None:
    pytest.importorskip("matplotlib")
    history = fit(model())
    figure = history.plot()
    assert [axes.get_ylabel() for axes in figure.axes] == ["loss", "mae"]
    assert len(figure.axes[0].lines) == 2


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
