"""ModelCheckpoint and BackupAndRestore: weights and the state of a training on disk."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from string import Formatter
from typing import Any

import numpy as np

from steepest.arguments import is_whole
from steepest.callbacks.callback import Callback
from steepest.callbacks.monitor import Monitor
from steepest.constructors import checked
from steepest.core.variable import Variable
from steepest.distribution.agreement import agree
from steepest.errors import ArgumentError, DataError, caution, noted
from steepest.events import Logs
from steepest.processes import is_chief, say
from steepest.storage.weights import assign_variables, read_groups, save_variables


class ModelCheckpoint(Monitor):
    """Saves the model after each epoch, every `save_freq` batches, or after the best epochs only.

    `filepath` may hold fields: `"model-{epoch:02d}-{val_loss:.2f}.keras"`. `st.load_model(path)`
    reads the model, `model.load_weights(path)` its weights; with `save_weights_only=True` there is
    nothing else in the file. The format is that of `model.save` under any name.

    `save_freq` is "epoch" or a number of batches, counted through the epochs; the path may then
    hold `{batch}`, and each batch is an engine call of its own.

    >>> import steepest as st
    >>> checkpoint = st.callbacks.ModelCheckpoint("best.keras", save_best_only=True)
    """

    @checked(skip=("save_freq",))
    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: bool | int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode)
        self.filepath = os.fspath(filepath)
        self._fields = _fields_of(self.filepath)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = _checked_frequency(save_freq)
        self._epoch = self._batches = 0
        self.initial_value_threshold = initial_value_threshold
        if initial_value_threshold is not None:
            self.best = initial_value_threshold

    @property
    def wants_batches(self) -> bool:
        """Whether `save_freq` is a number of batches."""
        return self.save_freq != "epoch"

    def check_monitor(self, names: Any) -> None:
        """Raises if the quantity to watch, or a field of the path, will not be in the logs."""
        late = [field for field in self._fields if field.startswith("val_")]
        if self.wants_batches and late:
            raise ArgumentError(
                f"ModelCheckpoint({self.filepath!r}, save_freq={self.save_freq}): between batches "
                f"there is no {late[0]} yet; give save_freq='epoch', or leave it out of the path"
            )
        if not self.save_best_only:
            return
        if self.wants_batches and (self.monitor or "").startswith("val_"):
            raise ArgumentError(
                f"ModelCheckpoint(monitor={self.monitor!r}, save_freq={self.save_freq}): between "
                "batches there is no validation yet; give save_freq='epoch', or watch 'loss'"
            )
        super().check_monitor(names)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Starts to count batches."""
        self._batches = 0

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Sets the epoch of the following batches."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Saves after every `save_freq` batches."""
        if not self.wants_batches:
            return
        self._batches += 1
        if self._batches % int(self.save_freq) == 0:
            self._save(f"Epoch {self._epoch + 1}, batch {batch + 1}", logs, batch=batch + 1)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Saves, unless batches are counted."""
        self._epoch = epoch
        if not self.wants_batches:
            self._save(f"Epoch {epoch + 1}", logs)

    def _save(self, when: str, logs: Logs | None, **fields: int) -> None:
        value = self.value(logs)
        if self.save_best_only and (value is None or not self.better(value)):
            return
        path = self._path({"epoch": self._epoch + 1, **fields, **(logs or {})})
        with noted("in ModelCheckpoint; save_weights_only=True saves the weights alone"):
            (self.model.save_weights if self.save_weights_only else self.model.save)(path)
        if self.verbose:
            reason = f" ({self.describe(value)})" if self.save_best_only else ""
            say(f"{when}: saved to {path}{reason}")

    def _path(self, fields: dict[str, Any]) -> str:
        try:
            return self.filepath.format(**fields)
        except KeyError as missing:
            raise ArgumentError(
                f"filepath {self.filepath!r}: {missing} is not in the logs, which have {[*fields]}"
            ) from None


def _checked_frequency(save_freq: Any) -> str | int:
    if save_freq != "epoch" and not (is_whole(save_freq) and int(save_freq) > 0):
        raise ArgumentError(
            f"save_freq: 'epoch' or a number of batches from 1 was expected, got {save_freq!r}"
        )
    return "epoch" if save_freq == "epoch" else int(save_freq)


def _fields_of(path: str) -> list[str]:
    """The names in braces of a path."""
    try:
        return [field for _, field, _, _ in Formatter().parse(path) if field]
    except ValueError as error:
        raise ArgumentError(
            f"filepath {path!r}: fields were expected in braces, as in "
            f"'model-{{epoch}}.safetensors' ({error})"
        ) from None


class BackupAndRestore(Callback):
    """Stores the whole state of a training in a folder, and continues from it after a crash.

    Weights, optimizer, random generators, metrics, epoch and history are written after each epoch,
    or after every `save_freq` batches, counted through the epochs; a new `fit` of the same model
    and data with the same folder continues from there and gives the same bits as an uninterrupted
    one. A stream of batches must give the same batches again: those that are done are skipped.
    `double_checkpoint` retains the state before the last one too, for the case that the file of the
    last one is damaged. The files are removed when the training is complete.

    >>> import steepest as st
    >>> backup = st.callbacks.BackupAndRestore("backup", save_freq=1000)
    """

    FILE = "training.safetensors"
    BEFORE = "training_before.safetensors"

    @checked(skip=("save_freq",))
    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: str | int = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        super().__init__()
        self.save_freq = _checked_frequency(save_freq)
        self.path = os.path.join(os.fspath(backup_dir), self.FILE)
        self.path_before = os.path.join(os.fspath(backup_dir), self.BEFORE)
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._complete = False
        self._epoch = self._batches = 0

    @property
    def wants_batches(self) -> bool:
        """Whether `save_freq` is a number of batches."""
        return self.save_freq != "epoch"

    def _state(self) -> list[Variable]:
        return [*self.model.variables, *self.model.optimizer.variables]

    def restore(self) -> Backup | None:
        """Restores the state that was stored last, if there is one; returns the rest of it.

        All processes of a job must find the same one: the folder is on a disk that they share.
        """
        found = self._restored()
        what = "none" if found is None else f"epoch {found.epoch + 1}, batches {found.batches}"
        agree(f"the states that BackupAndRestore finds at {self.path}", what)
        return found

    def _restored(self) -> Backup | None:
        paths = [path for path in (self.path, self.path_before) if os.path.exists(path)]
        for path in paths:
            try:
                groups, note = read_groups(path)
            except DataError as error:
                if path == paths[-1]:
                    raise
                caution(f"BackupAndRestore continues from the state before the last: {error}")
                continue
            assign_variables(path, groups[""], self._state())
            values = list(groups.get("metric", {}).values())
            self._batches = note.get("counted", 0)
            return Backup(
                note["epoch"], note["seed"], note["epochs"], note["history"],
                note.get("batches"), values,
            )  # fmt: skip
        return None

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Sets the epoch of the following batches."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Stores the state after every `save_freq` batches."""
        if not self.wants_batches or self.model.optimizer.full_batch:
            return
        self._batches += 1
        if self._batches % int(self.save_freq) == 0:
            history = self.model.history
            self._store(self._epoch, [*history.epoch], _plain(history.history), batch + 1)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Stores the state, unless batches are counted; those of a full-batch method are not."""
        self._complete = epoch + 1 >= self.params.get("epochs", 0) or self.model.stop_training
        if self.wants_batches and not self.model.optimizer.full_batch:
            return
        history = self.model.history
        done, past = [*history.epoch], _plain(history.history)
        if epoch not in done:
            done.append(epoch)
            for name, value in (logs or {}).items():
                past.setdefault(name, []).append(float(value))
        self._store(epoch, done, past)

    def _store(
        self, epoch: int, done: list[int], past: dict[str, list[float]], batches: int | None = None
    ) -> None:
        note = {"epoch": epoch, "epochs": done, "history": past, "seed": self.params.get("seed")}
        metrics: list[Variable] = []
        if batches is not None:
            note |= {"batches": batches, "counted": self._batches}
            metrics = self.model.metrics_variables
        if self.double_checkpoint and is_chief() and os.path.exists(self.path):
            os.replace(self.path, self.path_before)
        save_variables(self.path, self._state(), note, {"metric": metrics})

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Removes the files of a complete training."""
        for path in (self.path, self.path_before) if self.delete_checkpoint else ():
            if self._complete and is_chief():
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path)


def _plain(history: dict[str, list[Any]]) -> dict[str, list[float]]:
    return {name: [float(value) for value in values] for name, values in history.items()}


@dataclass(frozen=True)
class Backup:
    """What `BackupAndRestore` has restored besides weights and optimizer.

    `epoch` is the last one with anything done: `batches` of it, or all if that is None. `values`
    are those of the metrics' variables after these batches.
    """

    epoch: int
    seed: int | None
    epochs: list[int]
    history: dict[str, list[float]]
    batches: int | None
    values: list[np.ndarray]
