"""TimeLimit and TerminateOnNaN: callbacks that end a training."""

from __future__ import annotations

import math
import time

from steepest.callbacks.callback import Callback
from steepest.constructors import checked
from steepest.distribution.agreement import from_chief
from steepest.errors import ArgumentError, TrainingDiverged
from steepest.events import Logs
from steepest.finding import Finding
from steepest.processes import say


class TimeLimit(Callback):
    """Stops once a number of seconds has passed, within about 50 milliseconds.

    >>> import steepest as st
    >>> limit = st.callbacks.TimeLimit(60)
    """

    @checked
    def __init__(self, seconds: float, verbose: bool | int = 0) -> None:
        super().__init__()
        if not seconds > 0:
            raise ArgumentError(f"seconds: a number above 0 was expected, got {seconds!r}")
        self.seconds = seconds
        self.verbose = verbose

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Starts the clock."""
        self._began = time.monotonic()

    def on_batches_done(self, done: int, total: int | None, logs: Logs | None = None) -> None:
        """Checks the clock."""
        if self.model.stop_training:
            return
        if from_chief(time.monotonic() - self._began >= self.seconds):
            self.model.stop_training = True
            if self.verbose:
                say(f"stopped after {self.seconds:g} s, in batch {done}")


class TerminateOnNaN(Callback):
    """Stops a training whose loss becomes NaN or infinite, without an error.

    Without this callback `fit` raises `TrainingDiverged`; in either case weights and history are
    those before the failed step. With it, the cause is given by a warning, and `fit` returns the
    history. It also watches a user-defined `train_step`, whose loss nothing else checks. With
    `raise_error` it raises, so that no later code takes the training for complete.

    >>> import steepest as st
    >>> guard = st.callbacks.TerminateOnNaN()
    """

    @checked
    def __init__(self, raise_error: bool = False) -> None:
        super().__init__()
        self.raise_error = raise_error

    def on_batches_done(self, done: int, total: int | None, logs: Logs | None = None) -> None:
        """Checks the loss."""
        loss = (logs or {}).get("loss")
        if loss is not None and not math.isfinite(loss):
            if self.raise_error:
                raise TrainingDiverged(
                    f"batch {done}: the loss is {loss}; lower the learning rate, or check the data "
                    "and the train_step"
                )
            _print_end(done)
            self.model.stop_training = True

    def ends_calmly(self, finding: Finding) -> bool:
        """Returns True for a loss that is not finite, unless `raise_error` is set."""
        if self.raise_error or not isinstance(finding.exception(), TrainingDiverged):
            return False
        _print_end(finding.where.step or 1)
        return True


def _print_end(batch: int) -> None:
    """Prints the last batch, counted from 0 as in Keras."""
    say(f"Batch {batch - 1}: Invalid loss, terminating training")
