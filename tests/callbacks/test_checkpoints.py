"""ModelCheckpoint and BackupAndRestore: what they write, when, and how a training continues."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as st
from tests.callbacks.small_training import Scripted, X, Y, fit, model


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


def test_the_model_is_saved_and_with_weights_only_the_weights(tmp_path: Path) -> None:
    """Under any name, as `best.keras` here, it is the library's own format."""
    made = model()
    whole = st.callbacks.ModelCheckpoint(tmp_path / "best.keras")
    weights = st.callbacks.ModelCheckpoint(tmp_path / "w.safetensors", save_weights_only=True)
    fit(made, whole, weights)
    again = st.load_model(tmp_path / "best.keras")
    assert again.compiled and all(map(np.array_equal, again.get_weights(), made.get_weights()))
    with pytest.raises(st.errors.DataError, match="holds weights only"):
        st.load_model(tmp_path / "w.safetensors")


def test_a_model_that_cannot_be_described_is_refused_with_the_remedy(tmp_path: Path) -> None:
    made = st.Sequential([st.layers.Lambda(lambda x: x + 1.0), st.layers.Dense(1)])
    made.compile("sgd", "mse")
    with pytest.raises(st.errors.ArgumentError) as raised:
        fit(made, st.callbacks.ModelCheckpoint(tmp_path / "m.keras"))
    assert any("save_weights_only=True" in note for note in raised.value.__notes__)


def test_checkpoints_by_batches(tmp_path: Path) -> None:
    """24 rows by 8 are 3 batches an epoch; the weights after every fourth batch are saved."""
    made, seen = model(), []
    note = st.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append(made.get_weights())
    )
    checkpoint = st.callbacks.ModelCheckpoint(tmp_path / "{epoch}-{batch}.safetensors", save_freq=4)
    fit(made, note, checkpoint, epochs=3)
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["2-1", "3-2"]
    made.load_weights(tmp_path / "3-2.safetensors")
    assert all(map(np.array_equal, made.get_weights(), seen[7]))


def test_the_best_of_batches(tmp_path: Path, capsys: Any) -> None:
    checkpoint = st.callbacks.ModelCheckpoint(
        tmp_path / "best.safetensors", "loss", verbose=1, save_best_only=True, save_freq=3
    )
    history = fit(model(), checkpoint, epochs=2, validation_data=None).history["loss"]
    assert checkpoint.best == min(history)
    assert capsys.readouterr().out.startswith("Epoch 1, batch 3: saved to")


def test_only_those_that_count_batches_stop_at_each() -> None:
    assert not st.callbacks.ModelCheckpoint("a").wants_batches
    assert st.callbacks.ModelCheckpoint("a", save_freq=1).wants_batches


def test_full_batch_methods_report_their_one_batch(tmp_path: Path) -> None:
    made = model()
    made.compile(st.optimizers.LBFGS(), "mse")
    checkpoint = st.callbacks.ModelCheckpoint(tmp_path / "{epoch}.safetensors", save_freq=2)
    made.fit(X, Y, epochs=4, callbacks=[checkpoint], verbose=0)
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["2", "4"]


@pytest.mark.parametrize("frequency", [0, "batch", 1.5, True])
def test_frequencies_of_no_meaning_are_refused(frequency: Any) -> None:
    with pytest.raises(st.errors.ArgumentError, match="'epoch' or a number of batches from 1"):
        st.callbacks.ModelCheckpoint("a", save_freq=frequency)


def test_validation_is_not_known_between_batches() -> None:
    checkpoint = st.callbacks.ModelCheckpoint("a", save_best_only=True, save_freq=2)
    with pytest.raises(st.errors.ArgumentError, match="no validation yet; give save_freq='epoch'"):
        fit(model(), checkpoint)


def test_a_path_with_later_values_is_refused_before_training(tmp_path):
    checkpoint = st.callbacks.ModelCheckpoint(tmp_path / "{val_loss}.safetensors", save_freq=2)
    with pytest.raises(st.errors.ArgumentError, match="between batches there is no val_loss yet"):
        model().fit(X, Y, validation_split=0.2, callbacks=[checkpoint], verbose=0)
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


def test_a_killed_training_continues_with_the_same_bits(tmp_path: Path) -> None:
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


class Stop(Exception):
    """Ends a training in the middle of an epoch, as a crash does."""


ROWS = np.random.default_rng(0).standard_normal((40, 3)).astype("float32")
OPTIMIZERS = st.optimizers.optimizer.OPTIMIZERS
NAMES = sorted(
    {OPTIMIZERS.find(name).__name__ for name in OPTIMIZERS.names()}
    - {"Optimizer", "MultiOptimizer"}
)


def trained(optimizer: Any, *callbacks: Any, x: Any = ROWS, stop_at: int | None = None) -> Any:
    """A training of four epochs of five batches; `stop_at` batches it crashes."""
    st.random.set_seed(6)
    parts = [st.layers.Dense(4, "tanh", input_shape=(3,)), st.layers.Dropout(0.2)]
    full_batch = isinstance(optimizer, str) and OPTIMIZERS.find(optimizer).full_batch
    made = st.Sequential([*parts[: 1 if full_batch else 2], st.layers.Dense(1)])
    made.compile(optimizer, "mse", metrics=["mae"])
    seen = []

    def count(batch: int, logs: Any) -> None:
        seen.append(batch)
        if len(seen) == stop_at:
            raise Stop

    crash = [] if stop_at is None else [st.callbacks.LambdaCallback(on_train_batch_end=count)]
    data = {"x": x, "y": x.sum(axis=1, keepdims=True)} if isinstance(x, np.ndarray) else {"x": x}
    history = made.fit(
        **data, epochs=4, batch_size=8 if isinstance(x, np.ndarray) else None,
        callbacks=[*callbacks, *crash], verbose=0,
    )  # fmt: skip
    state = [v.numpy().tobytes() for v in (*made.variables, *made.optimizer.variables)]
    return history.epoch, history.history, state


@pytest.mark.parametrize("name", NAMES)
def test_each_optimizer_continues_in_the_middle_of_an_epoch(name: str, tmp_path: Path) -> None:
    """Saved after every third batch, stopped after batch 13 of 20, resumed at batch 13 of 20."""
    stop_at = 3 if OPTIMIZERS.find(name).full_batch else 13
    with pytest.raises(Stop):
        backup = st.callbacks.BackupAndRestore(tmp_path, save_freq=3)
        trained(name, backup, stop_at=stop_at)
    again = st.callbacks.BackupAndRestore(tmp_path, save_freq=3)
    resumed = trained(name, again)
    straight = trained(name)
    assert resumed == straight and not list(tmp_path.iterdir())


def test_schedules_continue_in_the_middle_of_an_epoch(tmp_path: Path) -> None:
    def adam() -> Any:
        return st.optimizers.Adam(lambda progress: 0.1 * (1.0 - progress), use_ema=True)

    for stop_at in (1, 2, 5, 6, 10, 19, 20):
        with pytest.raises(Stop):
            trained(adam(), st.callbacks.BackupAndRestore(tmp_path, 1), stop_at=stop_at)
        assert trained(adam(), st.callbacks.BackupAndRestore(tmp_path, 1)) == trained(adam())


def test_a_stream_continues_in_the_middle_of_an_epoch(tmp_path: Path) -> None:
    batches = [(ROWS[i : i + 8], ROWS[i : i + 8, :1]) for i in range(0, 40, 8)]
    with pytest.raises(Stop):
        trained("adam", st.callbacks.BackupAndRestore(tmp_path, 3), x=batches, stop_at=13)
    resumed = trained("adam", st.callbacks.BackupAndRestore(tmp_path, 3), x=batches)
    assert resumed == trained("adam", x=batches)


def test_a_damaged_backup_is_replaced_by_the_one_before(tmp_path: Path) -> None:
    def backup() -> Any:
        return st.callbacks.BackupAndRestore(tmp_path, double_checkpoint=True)

    with pytest.raises(Stop):
        trained("adam", backup(), stop_at=13)
    names = ["training.safetensors", "training_before.safetensors"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    last = tmp_path / names[0]
    last.write_bytes(last.read_bytes()[:-3] + b"abc")
    with pytest.warns(st.errors.TrainingWarning, match="continues from the state before the last"):
        resumed = trained("adam", backup())
    assert resumed == trained("adam") and not list(tmp_path.iterdir())


def test_a_damaged_backup_alone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Stop):
        trained("adam", st.callbacks.BackupAndRestore(tmp_path), stop_at=13)
    last = tmp_path / "training.safetensors"
    last.write_bytes(last.read_bytes()[:-3] + b"abc")
    with pytest.raises(st.errors.DataError, match="is damaged"):
        trained("adam", st.callbacks.BackupAndRestore(tmp_path))


@pytest.mark.parametrize("frequency", [0, "batch", 1.5, True])
def test_backups_are_made_by_epochs_or_batches(frequency: Any) -> None:
    with pytest.raises(st.errors.ArgumentError, match="'epoch' or a number of batches from 1"):
        st.callbacks.BackupAndRestore("a", save_freq=frequency)
