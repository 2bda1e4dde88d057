"""The events of a training, an evaluation or a prediction. Depends on errors and finding.

An engine call makes one small event; the metrics are read only when its `logs` are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from steepest.errors import SteepestError, suggest_names
from steepest.finding import Finding

__all__ = [
    "BatchBegan",
    "BatchesDone",
    "Began",
    "EpochBegan",
    "EpochDone",
    "EpochsDone",
    "Event",
    "Found",
    "Stopped",
    "Validated",
]

Logs = dict[str, Any]
Task = Literal["train", "validate", "evaluate", "predict"]


class LogsSource(Protocol):
    """An object that runs batches, and reads the metrics after them."""

    calls: int
    """The number of engine calls so far: logs can be read until the next one."""

    def logs(self) -> Logs:
        """The metrics now, by name."""


@dataclass(frozen=True, slots=True)
class Began:
    """A run, or the validation within a training, begins.

    `batches` is the number of batches of an epoch, None where it is not known beforehand.

    >>> st.events.Began("train", batches=10, epochs=3).first_epoch
    0
    """

    task: Task
    batches: int | None
    epochs: int = 1
    first_epoch: int = 0


@dataclass(frozen=True, slots=True)
class EpochBegan:
    """An epoch of training begins; epochs are counted from 0.

    >>> st.events.EpochBegan(epoch=2)
    EpochBegan(epoch=2)
    """

    epoch: int


@dataclass(frozen=True, slots=True)
class BatchBegan:
    """A batch, counted from 0, is about to run; only in runs that report every batch.

    >>> st.events.BatchBegan("train", batch=0)
    BatchBegan(task='train', batch=0)
    """

    task: Task
    batch: int


@dataclass(frozen=True, slots=True)
class BatchesDone:
    """An engine call has run some batches: `done` of the epoch's `total` are complete.

    `total` is None where it is not known. `logs` are the metrics so far, in a prediction the
    `outputs` of the batches of this call; read them before the next event is asked for.

    >>> event = st.events.BatchesDone("train", done=5, total=10)
    >>> event.done / event.total
    0.5
    """

    task: Task
    done: int
    total: int | None
    _source: LogsSource | None = field(default=None, repr=False, compare=False)
    _call: int = field(default=0, repr=False, compare=False)

    @property
    def logs(self) -> Logs:
        """The metrics so far; reading them costs some microseconds."""
        if self._source is None:
            return {}
        if self._source.calls != self._call:
            raise SteepestError(
                f"the logs of {self} can no longer be read, as more batches have run since; read "
                "event.logs before the next event is asked for"
            )
        return self._source.logs()


@dataclass(frozen=True, slots=True)
class Validated:
    """The validation data were evaluated; the names in `logs` are those without `val_`.

    >>> st.events.Validated({"loss": 0.5}).logs["loss"]
    0.5
    """

    logs: Logs


@dataclass(frozen=True, slots=True)
class EpochDone:
    """An epoch of training is complete; `logs` hold its metrics and those of the validation.

    >>> st.events.EpochDone(0, {"loss": 0.5, "val_loss": 0.6}).logs["val_loss"]
    0.6
    """

    epoch: int
    logs: Logs

    @property
    def last(self) -> int:
        """The epoch's number, as `EpochsDone` gives that of its last epoch."""
        return self.epoch


@dataclass(frozen=True, slots=True)
class EpochsDone:
    """Several epochs that ran in one engine call are complete: `count` from epoch `first` on.

    `values` hold a list for each metric, one value an epoch. Only a run with `every="call"`
    joins epochs.

    >>> event = st.events.EpochsDone(3, 2, {"loss": [0.5, 0.4]})
    >>> list(event.each())
    [EpochDone(epoch=3, logs={'loss': 0.5}), EpochDone(epoch=4, logs={'loss': 0.4})]
    """

    first: int
    count: int
    values: Mapping[str, Sequence[Any]]

    @property
    def last(self) -> int:
        """The number of the last of these epochs."""
        return self.first + self.count - 1

    @property
    def logs(self) -> Logs:
        """The metrics of the last of these epochs."""
        return {name: values[-1] for name, values in self.values.items()}

    def each(self) -> Iterator[EpochDone]:
        """One `EpochDone` for each of these epochs."""
        for number in range(self.count):
            logs = {name: values[number] for name, values in self.values.items()}
            yield EpochDone(self.first + number, logs)


@dataclass(frozen=True, slots=True)
class Found:
    """A rule of diagnosis found something, as a loss that is not finite; see `str(finding)`.

    >>> rule = st.diagnosis.RULES["no-epochs"]
    >>> st.events.Found(rule.finding(epochs=2, initial_epoch=5, needed=7)).finding.rule
    'no-epochs'
    """

    finding: Finding


@dataclass(frozen=True, slots=True)
class Stopped:
    """The last event of a run: why it ended, and its final metrics.

    `reason` is "complete", "diverged", "stop_training" where that attribute of the model was set,
    or the argument of `run.stop`.

    >>> st.events.Stopped("complete", {"loss": 0.5}).reason
    'complete'
    """

    reason: str
    logs: Logs


Event = (
    Began
    | EpochBegan
    | BatchBegan
    | BatchesDone
    | Validated
    | EpochDone
    | EpochsDone
    | Found
    | Stopped
)
"""Any of the events."""

suggest_names(__name__)
