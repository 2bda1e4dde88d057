"""Monitor: the base of callbacks that watch one quantity of the logs. Depends on Callback."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from steepest.callbacks.callback import Callback, same_monitor
from steepest.errors import ArgumentError
from steepest.events import Logs

MODES = ("auto", "min", "max")
_GROWING = (
    "acc", "auc", "precision", "recall", "f1", "fbeta", "r2", "iou", "specificity",
    "sensitivity", "cosine", "top_k",
)  # fmt: skip


class Monitor(Callback):
    """The base of callbacks that compare a quantity of the logs with its best value so far.

    `mode` is "min" or "max"; "auto" takes "max" for accuracies and similar metrics.

    >>> watch = Monitor("val_acc")
    >>> watch.better(0.9), watch.better(0.8), watch.best
    (True, False, 0.9)
    """

    def __init__(self, monitor: str, mode: str = "auto", min_delta: float = 0.0) -> None:
        super().__init__()
        if mode not in MODES:
            raise ArgumentError(f"mode: one of {MODES} was expected, got {mode!r}")
        self.monitor = monitor
        self.mode = mode
        self.min_delta = abs(min_delta)
        self.best = math.nan
        self.forget()

    @property
    def grows(self) -> bool:
        """Whether greater is better."""
        if self.mode == "auto":
            return any(word in (self.monitor or "") for word in _GROWING)
        return self.mode == "max"

    def forget(self) -> None:
        """Forgets the best value."""
        self.best = -math.inf if self.grows else math.inf

    def value(self, logs: Logs | None) -> float | None:
        """The quantity in an epoch's logs; None where that epoch has none (no validation)."""
        found = same_monitor(self.monitor or "", list(logs or {}))
        if found is None:
            return None
        value = np.asarray((logs or {})[found])
        if value.size != 1:
            raise ArgumentError(
                f"{type(self).__name__}: {found!r} is {value.size} numbers, where one is compared; "
                "give its metric average='macro' (or 'micro'), or watch another"
            )
        return float(value.reshape(()))

    def better(self, value: float) -> bool:
        """Whether the value improves on the best by more than `min_delta`; if so it is the best."""
        gain = value - self.best if self.grows else self.best - value
        if not gain > self.min_delta:
            return False
        self.best = value
        return True

    def describe(self, value: Any) -> str:
        """The quantity as text, for messages."""
        return f"{self.monitor} = {value:.5g}"
