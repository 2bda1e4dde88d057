"""EarlyStopping, and the convergence rule of a course."""

from __future__ import annotations

import math

import numpy as np

from steepest.arguments import require_within
from steepest.callbacks.callback import Callback, same_monitor
from steepest.callbacks.monitor import Monitor
from steepest.constructors import checked
from steepest.events import Logs
from steepest.processes import say


class EarlyStopping(Monitor):
    """Stops when a quantity has not improved for `patience` epochs, and restores the best weights.

    Unlike Keras's, it restores the weights of the best epoch by default, also when the training
    ends for another reason.

    >>> import steepest as st
    >>> stop = st.callbacks.EarlyStopping("loss", patience=1)
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> history = model.fit(st.zeros((4, 2)), st.zeros((4, 1)), epochs=50, callbacks=[stop],
    ...                     verbose=0)
    >>> len(history.epoch)
    2
    """

    @checked
    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0.0,
        patience: int = 0,
        verbose: bool | int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = True,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        require_within(self, "[0, inf)", patience=patience, start_from_epoch=start_from_epoch)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self.stopped_epoch: int | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Resets the state."""
        self.forget()
        if self.baseline is not None:
            self.best = self.baseline
        self.wait = 0
        self.best_epoch: int | None = None
        self.stopped_epoch = None
        self._weights: list[np.ndarray] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compares with the best, and counts the epochs without improvement."""
        value = self.value(logs)
        if value is None or epoch < self.start_from_epoch:
            return
        self.wait += 1
        if self.better(value):
            self.wait, self.best_epoch = 0, epoch
            if self.restore_best_weights:
                self._weights = self.model.get_weights()
        elif self.wait >= max(self.patience, 1):
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Restores the best weights."""
        if self._weights is not None:
            self.model.set_weights(self._weights)
        if self.verbose and self.stopped_epoch is not None:
            best = "" if self.best_epoch is None else f"; best epoch {self.best_epoch + 1}"
            say(f"Epoch {self.stopped_epoch + 1}: early stopping{best}")


class ConvergenceRule(Callback):
    """Stops when the validation loss rises, or the training loss gains less than 0.001.

    >>> import steepest as st
    >>> rule = st.callbacks.ConvergenceRule(min_improvement=0.001)
    """

    @checked
    def __init__(self, min_improvement: float = 0.001, verbose: bool | int = 0) -> None:
        super().__init__()
        self.min_improvement = min_improvement
        self.verbose = verbose
        self.reason = ""

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Resets the state."""
        self._loss, self._validation, self.reason = math.inf, math.inf, ""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Compares with the epoch before."""
        loss, validation = _loss_of(logs, "loss"), _loss_of(logs, "val_loss")
        if validation is not None and validation > self._validation:
            self.reason = f"validation loss rose from {self._validation:.5g} to {validation:.5g}"
        elif loss is not None and self._loss - loss < self.min_improvement:
            self.reason = f"training loss gained less than {self.min_improvement:g}"
        self._loss = self._loss if loss is None else loss
        self._validation = self._validation if validation is None else validation
        if self.reason:
            self.model.stop_training = True
            if self.verbose:
                say(f"Epoch {epoch + 1}: {self.reason}")


def _loss_of(logs: Logs | None, name: str) -> float | None:
    found = same_monitor(name, list(logs or {}))
    return None if found is None else float((logs or {})[found])
