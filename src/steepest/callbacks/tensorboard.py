"""TensorBoard: writes logs, weights and layers of a training. Depends on event_files."""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np

from steepest.arguments import is_whole
from steepest.callbacks.callback import Callback
from steepest.callbacks.event_files import EventFile, graph, histogram, image, scalar, summary
from steepest.constructors import checked
from steepest.errors import ArgumentError
from steepest.events import Logs
from steepest.protocols import LayeredModel

TRAIN = "train"


class TensorBoard(Callback):
    """Writes each epoch's logs for TensorBoard, training and validation as two runs.

    Every `histogram_freq` epochs (0: never) the weights are written as histograms, and with
    `write_images` as pictures too; `write_graph` writes the graph of the layers, and
    `write_steps_per_second` the speed. With an `update_freq` of "batch" or a number of batches,
    logs between epochs are written too; each batch is then an engine call of its own.

    >>> import steepest as st
    >>> board = st.callbacks.TensorBoard("logs", histogram_freq=1)
    """

    @checked(skip=("histogram_freq", "update_freq"))
    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: str | int = "epoch",
        profile_batch: Any = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
    ) -> None:
        super().__init__()
        if profile_batch:
            raise ArgumentError(
                "TensorBoard: profile_batch is not here; model.explain(x, y) gives the time of "
                "each part of a compiled step"
            )
        if embeddings_freq or embeddings_metadata is not None:
            raise ArgumentError(
                "TensorBoard: embeddings are not written for its projector; save "
                "layer.get_weights()[0] with np.savetxt(..., delimiter='\\t') and load that there"
            )
        if not is_whole(histogram_freq) or histogram_freq < 0:
            raise ArgumentError(
                "TensorBoard: histogram_freq: a number of epochs was expected, or 0 for none, "
                f"got {histogram_freq!r}"
            )
        if update_freq not in ("epoch", "batch") and not (
            is_whole(update_freq) and int(update_freq) > 0
        ):
            raise ArgumentError(
                "TensorBoard: update_freq: 'epoch', 'batch' or a number of batches was expected, "
                f"got {update_freq!r}"
            )
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq, self.write_graph = histogram_freq, write_graph
        self.write_images, self.write_steps_per_second = write_images, write_steps_per_second
        self.update_freq = update_freq
        self._since = (0.0, 0)  # when the speed was last written, and at which step
        self._batches = 0
        self._files: dict[str, EventFile] = {}

    @property
    def wants_batches(self) -> bool:
        """Whether logs between epochs are written."""
        return self.update_freq != "epoch"

    def _file(self, run: str) -> EventFile:
        if run not in self._files:
            self._files[run] = EventFile(os.path.join(self.log_dir, run))
        return self._files[run]

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Writes the graph of the layers."""
        self._batches = 0
        self._since = (time.monotonic(), self.model.optimizer.iterations.item())
        if self.write_graph:
            self._file(TRAIN).write(graph(_nodes(self.model)), 0)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Writes the logs after every `update_freq` batches."""
        if not self.wants_batches:
            return
        every = 1 if self.update_freq == "batch" else int(self.update_freq)
        self._batches += 1
        if self._batches % every == 0:
            self._write_logs("batch", logs, self._batches)
            self._write_speed("batch", self._batches)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Writes the logs of the epoch, of training and validation under the same tag."""
        self._write_logs("epoch", logs, epoch)
        self._write_speed("epoch", epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)
        for file in self._files.values():
            file.flush()

    def _write_logs(self, kind: str, logs: Logs | None, step: int) -> None:
        for name, value in (logs or {}).items():
            if isinstance(value, (int, float)):
                run = "validation" if name.startswith("val_") else TRAIN
                tag = f"{kind}_{name.removeprefix('val_')}"
                self._file(run).write(summary(tag, scalar(float(value))), step)

    def _write_speed(self, kind: str, step: int) -> None:
        """Writes the steps per second since the last time."""
        if not self.write_steps_per_second:
            return
        now = (time.monotonic(), self.model.optimizer.iterations.item())
        seconds, steps = (new - old for new, old in zip(now, self._since, strict=True))
        self._since = now
        speed = scalar(steps / max(seconds, 1e-9))
        self._file(TRAIN).write(summary(f"{kind}_steps_per_second", speed), step)

    def _write_weights(self, epoch: int) -> None:
        for weight in self.model.weights:
            values = np.asarray(weight.array)
            finite = values[np.isfinite(values)]
            if finite.size:
                tag = f"{weight.path}/histogram"
                self._file(TRAIN).write(summary(tag, histogram(finite)), epoch)
            if self.write_images and finite.size == values.size:
                last = values.shape[-1] if values.ndim else 1
                picture = image(values.reshape(-1, last))
                self._file(TRAIN).write(summary(f"{weight.path}/image", picture), epoch)

    def close(self) -> None:
        """Closes the files."""
        for file in self._files.values():
            file.close()
        self._files = {}


def _nodes(model: LayeredModel) -> list[tuple[str, str, list[str]]]:
    """The layers, each with those that it reads; none where a `call` decides it."""
    read: dict[str, list[str]] = {layer.name: [] for layer in model.layers}
    for before, after in model.links or ():
        read[after.name].append(before.name)
    return [(layer.name, type(layer).__name__, read[layer.name]) for layer in model.layers]
