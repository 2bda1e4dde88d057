"""Callbacks that set the learning rate: by a user-defined schedule, or on a plateau."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from steepest.arguments import require_within
from steepest.callbacks.callback import Callback
from steepest.callbacks.monitor import Monitor
from steepest.constructors import checked
from steepest.errors import ArgumentError
from steepest.events import Logs
from steepest.optimizers import MultiOptimizer, Optimizer
from steepest.processes import say


def rate_of(optimizer: Optimizer) -> float:
    """The learning rate that an optimizer uses now; the greatest one of a MultiOptimizer."""
    several = optimizer.optimizers if isinstance(optimizer, MultiOptimizer) else [optimizer]
    return max(float(np.asarray(each.learning_rate)) for each in several)


def rate_at(optimizer: Optimizer, step: int) -> float:
    """The learning rate at a step; the greatest one of a MultiOptimizer.

    >>> import steepest as st
    >>> rate_at(st.optimizers.SGD(st.schedules.PowerDecay(0.5, 0.5)), 1)
    0.25
    """
    several = optimizer.optimizers if isinstance(optimizer, MultiOptimizer) else [optimizer]
    return max(each.rate_at(step) for each in several)


def _takes_two(schedule: Callable[..., Any]) -> bool:
    try:
        inspect.signature(schedule).bind(0, 0.1)
    except (TypeError, ValueError):
        return False
    return True


class LearningRateScheduler(Callback):
    """Sets the learning rate before each epoch to `schedule(epoch, rate)`, or `schedule(epoch)`.

    >>> import steepest as st
    >>> halve = st.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5)
    """

    @checked
    def __init__(self, schedule: Callable[..., float], verbose: bool | int = 0) -> None:
        super().__init__()
        if not callable(schedule):
            raise ArgumentError(
                f"LearningRateScheduler: a function of the epoch was expected, got {schedule!r}"
            )
        self.schedule = schedule
        self.verbose = verbose
        self._takes_rate = _takes_two(schedule)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Sets the rate by the schedule."""
        before = rate_of(self.model.optimizer)
        rate = self.schedule(epoch, before) if self._takes_rate else self.schedule(epoch)
        if isinstance(rate, bool) or not isinstance(rate, (int, float, np.floating)) or rate < 0:
            raise ArgumentError(
                f"LearningRateScheduler: the schedule gave {rate!r} for epoch {epoch}; "
                "a number of 0 or more was expected"
            )
        self.model.optimizer.learning_rate = float(rate)
        if self.verbose:
            say(f"Epoch {epoch + 1}: learning rate {float(rate):.6g}")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Adds the rate to the logs."""
        if logs is not None:
            logs["learning_rate"] = rate_of(self.model.optimizer)


class ReduceLROnPlateau(Monitor):
    """Multiplies the learning rate by `factor` after `patience` epochs without improvement.

    >>> import steepest as st
    >>> reduce = st.callbacks.ReduceLROnPlateau("val_loss", factor=0.2, patience=5, min_lr=1e-5)
    """

    @checked
    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: bool | int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        if not 0.0 < factor < 1.0:
            raise ArgumentError(f"factor: a number between 0 and 1 was expected, got {factor!r}")
        require_within(self, "[0, inf)", patience=patience, cooldown=cooldown)
        self.factor, self.patience, self.verbose = factor, patience, verbose
        self.cooldown, self.min_lr = cooldown, min_lr

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Resets the state."""
        self.forget()
        self.wait = self.cooldown_counter = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Counts the epochs without improvement, and lowers the rate after `patience` of them."""
        if logs is not None:
            logs["learning_rate"] = rate_of(self.model.optimizer)
        value = self.value(logs)
        if value is None:
            return
        if self.cooldown_counter:
            self.cooldown_counter -= 1
            self.wait = 0
        if self.better(value):
            self.wait = 0
        elif not self.cooldown_counter:
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def _reduce(self, epoch: int) -> None:
        before = rate_of(self.model.optimizer)
        if before <= self.min_lr:
            return
        after = max(before * self.factor, self.min_lr)
        self.model.optimizer.learning_rate = after
        self.cooldown_counter, self.wait = self.cooldown, 0
        if self.verbose:
            say(f"Epoch {epoch + 1}: learning rate lowered from {before:.4g} to {after:.4g}")
