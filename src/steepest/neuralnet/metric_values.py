"""Reads and resets the metrics of a model by one recorded program; saves those of a paused run.

An epoch of a small network takes microseconds; evaluating each metric's formula in Python would
take longer than the epoch. Depends on the recorder and the engines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.core.variable import Variable
from steepest.engines.bound import Bound
from steepest.engines.choose import bind
from steepest.errors import TraceError
from steepest.metrics import Metric
from steepest.neuralnet.shared_recordings import shared_recordings
from steepest.program.trace import Recording, record

if TYPE_CHECKING:
    from steepest.neuralnet.learner import Learner

KIND = "metrics"  # of the recording, beside the kinds of steps


class MetricValues:
    """The values of all metrics of a model, and their reset.

    A metric whose `result` cannot be recorded, as it computes in Python, is called directly; one
    that overrides `reset_state` is reset by that.
    """

    def __init__(self, model: Learner) -> None:
        self._model = model
        self._metrics = list(model.metrics)
        plain = [m for m in self._metrics if type(m).reset_state is Metric.reset_state]
        self._resetting = [m for m in self._metrics if m not in plain]
        for metric in plain:
            metric.reset_state()
        self._starts = [(v, v.numpy()) for metric in plain for v in metric.variables]
        self._bound = self._recorded()

    def _recorded(self) -> Bound | None:
        model, shared = self._model, shared_recordings()

        def recorded() -> Recording:
            return record(model.get_metrics_result, [])

        try:
            recording = recorded() if shared is None else shared.recording(model, KIND, recorded)
        except TraceError:
            return None
        return bind(recording, engine=model._engine, threads=model._threads)

    def reset(self) -> None:
        """Resets the metrics."""
        for variable, start in self._starts:
            variable.buffer()[...] = start
        for metric in self._resetting:
            metric.reset_state()

    def values(self) -> dict[str, Any]:
        """The metrics' values by name, as plain numbers where they are numbers."""
        if self._bound is None:
            result = self._model.get_metrics_result()
        else:
            result = self._bound.recording.rebuild(self._bound.call([]))
        return {name: plain(value) for name, value in result.items()}


class EagerMetricValues:
    """The values of the metrics that a model has at the moment, computed in Python."""

    def __init__(self, model: Learner) -> None:
        self._model = model

    def reset(self) -> None:
        """Resets the metrics."""
        for metric in self._model.metrics:
            metric.reset_state()

    def values(self) -> dict[str, Any]:
        """The metrics' values by name, as plain numbers where they are numbers."""
        return {name: plain(value) for name, value in self._model.get_metrics_result().items()}


@dataclass(eq=False)
class MetricUse:
    """One use of a model's metrics: an epoch of training, or an evaluation.

    A model has its metrics once, but several of its runs may be active: a training that is paused
    in the middle of an epoch, and an evaluation meanwhile. Each takes the metrics before its
    engine calls; the values of the previous use are saved, and restored when that one continues.
    """

    model: Learner
    _saved: list[tuple[Variable, np.ndarray]] = field(default_factory=list)

    def take(self) -> bool:
        """Makes the metrics hold the values of this use; returns whether they did not before."""
        current: MetricUse | None = self.model.metric_use
        if current is self:
            return False
        if current is not None:
            metrics = self.model.metrics
            current._saved = [(v, v.numpy()) for metric in metrics for v in metric.variables]
        self.model.metric_use = self
        for variable, value in self._saved:
            variable.buffer()[...] = value
        return True

    def end(self) -> None:
        """Ends this use: the next one need not save its values."""
        if self.model.metric_use is self:
            self.model.metric_use = None


def plain(value: Any) -> Any:
    """A single value as a Python number, anything else as an array.

    >>> plain(np.float32(0.5)), plain(np.zeros(2)).shape
    (0.5, (2,))
    """
    array = np.asarray(value)
    return float(array) if array.ndim == 0 else array
