"""The display of a training: a live bar, or one line per epoch, as in Keras.

Depends on Callback.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from steepest.callbacks.callback import Callback
from steepest.config import config
from steepest.errors import ArgumentError
from steepest.events import Logs
from steepest.processes import is_chief, say


def display_for(verbose: Any) -> list[Callback]:
    """The display that `verbose` asks for: "auto" and 1 a bar, 2 a line an epoch, 0 nothing.

    After `st.config.disable_interactive_logging()` "auto" is a line an epoch too.

    >>> display_for(0)
    []
    """
    if verbose == "auto" and not config.is_interactive_logging_enabled():
        return [EpochLines()]
    if verbose in ("auto", 1, True):
        return [ProgressBar()] if sys.stdout.isatty() and is_chief() else [EpochLines()]
    if verbose == 2:
        return [EpochLines()]
    if verbose in (0, False, None):
        return []
    raise ArgumentError(f"verbose: 0, 1, 2 or 'auto' was expected, got {verbose!r}")


def shown(logs: dict[str, Any]) -> str:
    """Logs as text, in Keras's form.

    >>> shown({"loss": 0.41759, "accuracy": 0.88})
    'loss: 0.4176 - accuracy: 0.8800'
    """
    return " - ".join(f"{name}: {_number(value)}" for name, value in logs.items())


def _number(value: Any) -> str:
    if not isinstance(value, (int, float)):
        return str(value)
    return f"{value:.4f}" if abs(value) > 1e-3 or value == 0 else f"{value:.4e}"


class EpochLines(Callback):
    """Prints a line when an epoch begins and one when it ends, as Keras does for verbose=2.

    >>> lines = EpochLines()
    >>> lines.set_params({"epochs": 1, "steps": 540})
    >>> lines.on_epoch_begin(0); lines.on_batches_done(540, 540)
    Epoch 1/1
    >>> lines.on_epoch_end(0, {"loss": 0.4176})  # doctest: +ELLIPSIS
    540/540 - ...s - loss: 0.4176
    """

    def __init__(self) -> None:
        super().__init__()
        self._done = 0
        self._began = 0.0

    def begin(self) -> None:
        """Starts the clock."""
        self._began = time.perf_counter()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Prints which epoch begins."""
        self.begin()
        say(f"Epoch {epoch + 1}/{self.params.get('epochs', 1)}", flush=True)

    def on_batches_done(self, done: int, total: int | None, logs: Logs | None = None) -> None:
        """Counts the batches."""
        self._done = done

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Prints the logs of the epoch."""
        seconds = time.perf_counter() - self._began
        steps = self.params.get("steps") or self._done
        values = f" - {shown(logs)}" if logs else ""
        say(f"{self._done}/{steps} - {seconds:.0f}s{values}", flush=True)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Starts the clock of an evaluation that is not within `fit`."""
        if self.params.get("task") == "evaluate":
            self.begin()

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Prints the logs of an evaluation that is not within `fit`."""
        if self.params.get("task") == "evaluate":
            self.on_epoch_end(0, logs)

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Starts the clock of a prediction."""
        self.begin()

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Prints how many batches were predicted, and how long it took."""
        self.on_epoch_end(0)


class ProgressBar(EpochLines):
    """A live bar by rich that the epoch's line replaces at its end; `fit` adds it automatically.

    >>> bar = st.callbacks.ProgressBar()
    >>> isinstance(bar, st.callbacks.Callback)
    True
    """

    MOST_REFRESHES = 10

    def __init__(self) -> None:
        super().__init__()
        self._bar: Any = None
        self._task: Any = None

    def begin(self) -> None:
        """Starts the clock and shows an empty bar."""
        super().begin()
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = Progress(
            TextColumn("{task.completed:.0f}/{task.fields[steps]}"),
            BarColumn(bar_width=30),
            TimeElapsedColumn(),
            TextColumn("{task.fields[logs]}", markup=False),
            transient=True,
            refresh_per_second=self.MOST_REFRESHES,
        )
        self._bar.start()
        steps = self.params.get("steps")
        self._task = self._bar.add_task("", total=steps, steps=steps or "?", logs="")

    def on_batches_done(self, done: int, total: int | None, logs: Logs | None = None) -> None:
        """Advances the bar."""
        super().on_batches_done(done, total, logs)
        if self._bar is not None:
            self._bar.update(self._task, completed=done, logs=shown(logs or {}))

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Replaces the bar by the epoch's line."""
        self.close()
        super().on_epoch_end(epoch, logs)

    def close(self) -> None:
        """Stops the live display."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
