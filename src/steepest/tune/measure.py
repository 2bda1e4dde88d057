"""Measure: the score of a model on rows, by a metric's name or a function. Depends on Monitor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from steepest.callbacks.callback import same_monitor
from steepest.callbacks.monitor import Monitor
from steepest.errors import ArgumentError, unknown_name
from steepest.tune.rows import Pair

BATCH = 1024


class MetricMissing(ArgumentError):
    """The models do not have the metric of the search."""


class Measure:
    """The score of a search: a metric of the models, or `function(model, x, y)`.

    Without a metric it is the accuracy if the models have it, else the loss. `mode` is "max" or
    "min"; "auto" takes "max" for accuracies and similar metrics.

    >>> Measure("val_acc").name, Measure("val_acc").mode, Measure("mae").mode
    ('acc', 'max', 'min')
    """

    def __init__(self, metric: str | Callable[..., Any] | None = None, mode: str = "auto") -> None:
        if mode not in ("auto", "max", "min"):
            raise ArgumentError(f"mode: 'auto', 'max' or 'min' was expected, got {mode!r}")
        self.function = metric if callable(metric) else None
        named = getattr(metric, "__name__", "score") if callable(metric) else metric
        self.name: Any = named
        self._mode = mode
        self.is_resolved = callable(metric)
        if self.function is None and metric is not None:
            if not isinstance(metric, str):
                raise ArgumentError(f"metric: a name or a function was expected, got {metric!r}")
            self.name = metric.removeprefix("val_")
        if self.function is not None and mode == "auto":
            raise ArgumentError("mode: give 'max' or 'min', as the metric is a function")

    @property
    def mode(self) -> str:
        """Whether more ("max") or less ("min") is better."""
        if self._mode != "auto":
            return self._mode
        return "max" if Monitor(self.name or "loss").grows else "min"

    def resolve(self, names: Sequence[str]) -> None:
        """Takes the name from those that the models log; raises if the metric is not among them."""
        names = [name for name in names if not name.startswith("val_")]
        if self.function is not None:
            return
        if self.name is None:
            self.name = same_monitor("accuracy", names) or "loss"
        found = same_monitor(self.name, names)
        if found is None:
            error = unknown_name("metric of the models", self.name, names)
            raise MetricMissing(f"{error}; compile has metrics=[...]")
        self.name, self.is_resolved = found, True

    def of(self, model: Any, pair: Pair) -> float:
        """The score of a model on rows."""
        x, y = pair
        if self.function is not None:
            return float(self.function(model, x, y))
        logs = model.evaluate(x, y, batch_size=BATCH, verbose=0, return_dict=True)
        value = Monitor(self.name or "loss").value(logs)
        if value is None:
            raise MetricMissing(f"the model has no metric {self.name!r}")
        return value
