"""Steps: what one batch does in training, evaluation and prediction, recorded as a program.

A step is recorded once for a form of data and cached in its model; the batch size is not fixed, so
that the last, smaller batch runs the same program. Depends on the recorder and the engines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np

from steepest.core import dispatch, ops, tree
from steepest.core.tensor import Tensor
from steepest.core.variable import Variable
from steepest.engines.bound import Bound
from steepest.engines.choose import bind
from steepest.errors import ArgumentError
from steepest.metrics import Metric
from steepest.neuralnet.batch_count import BatchCount
from steepest.program.trace import Recorder, Recording, TensorSpec, record


class StepLogs(NamedTuple):
    """The logs that a step of training or evaluation returned.

    `shown` has all names, `own` the values that are not those of the model's metrics.
    """

    shown: list[str]
    own: dict[str, Any]


@dataclass
class Step:
    """A recorded step, bound to the program that runs it."""

    bound: Bound
    counts: dict[int, BatchCount] = field(default_factory=dict, repr=False)

    def batch_count(self, batch: int) -> BatchCount:
        """How many batches of a size run in one engine call; also used by the next fit."""
        return self.counts.setdefault(batch, BatchCount())

    @property
    def recording(self) -> Recording:
        """The recording."""
        return self.bound.recording

    @property
    def names(self) -> list[str]:
        """The names of what a user-defined step returns besides the metrics."""
        result = self.recording.result
        return sorted(result.own) if isinstance(result, StepLogs) else []

    @property
    def shown(self) -> list[str]:
        """The names of all that the step returns, in its order."""
        result = self.recording.result
        return list(result.shown) if isinstance(result, StepLogs) else []


def unpack(data: Any) -> tuple[Any, Any, Any]:
    """The parts (x, y, sample weights) of a batch; what is missing is None.

    >>> unpack((1, 2))
    (1, 2, None)
    """
    parts = data if isinstance(data, tuple) else (data,)
    if len(parts) > 3:
        raise ValueError(f"a batch is (x, y, sample_weight) at most, got {len(parts)} parts")
    x, y, weights = (*parts, None, None)[:3]
    return x, y, weights


def as_given(data: tuple[Any, ...]) -> Any:
    """The data of a batch as steps get them: x alone is no tuple, as in Keras.

    >>> as_given((1, 2)), as_given((1,))
    ((1, 2), 1)
    """
    return data if len(data) > 1 or isinstance(data[0], (list, tuple)) else data[0]


class StepModel(Protocol):
    """The part of a model that its steps use: what it does with a batch, and its metrics.

    >>> import steepest as st
    >>> def names(model: StepModel) -> list[str]:
    ...     return [metric.name for metric in model.metrics]
    >>> names(st.Sequential([st.layers.Dense(1)]))
    []
    """

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def metrics(self) -> list[Metric]:
        """The metrics that batches update."""

    @property
    def epoch_position(self) -> EpochPosition:
        """Which batch of its epoch a program of many epochs has reached."""

    def train_step(self, data: Any) -> Any:
        """What one batch does in training."""

    def test_step(self, data: Any) -> Any:
        """What one batch does in evaluation."""

    def predict_step(self, data: Any) -> Any:
        """What one batch does in prediction."""


def training(model: StepModel) -> Callable[[Any], Any]:
    """One step of training, with what it returns besides the model's metrics."""
    return lambda data: _step_logs(model, model.train_step(as_given(data)))


class EpochPosition:
    """Which batch of its epoch a program has reached that runs many epochs in one call.

    >>> position = EpochPosition()
    >>> position.begin(3)
    >>> position.batch.item(), position.batches.item()
    (0, 3)
    """

    def __init__(self) -> None:
        self.batch = Variable(0, trainable=False, name="batch", dtype="int64")
        self.batches = Variable(1, trainable=False, name="batches", dtype="int64")

    def begin(self, batches: int, batch: int = 0) -> None:
        """Sets the position before a batch of an epoch of `batches` batches."""
        self.batch.buffer()[...] = batch
        self.batches.buffer()[...] = batches

    def advance(self) -> None:
        """Moves to the next batch, after the last one to the next epoch's first."""
        following = self.batch.value + 1
        self.batch.assign(ops.where(following < self.batches, following, 0))


def through_epochs(model: StepModel) -> Callable[[Any], Any]:
    """One step of training in a program of many epochs; returns the metrics' values.

    The first batch of an epoch resets the metrics.
    """

    def run(data: Any) -> StepLogs:
        first = ops.equal(model.epoch_position.batch, 0)
        for metric in model.metrics:
            _reset_where(first, metric)
        given = _as_dictionary(model, model.train_step(as_given(data)))
        model.epoch_position.advance()
        return StepLogs(list(given), {name: ops.as_tensor(value) for name, value in given.items()})

    return run


def _reset_where(condition: Tensor, metric: Metric) -> None:
    before = [variable.value for variable in metric.variables]
    metric.reset_state()
    for variable, value in zip(metric.variables, before, strict=True):
        variable.assign(ops.where(condition, variable.value, value))


def testing(model: StepModel) -> Callable[[Any], Any]:
    """One step of evaluation."""
    return lambda data: _step_logs(model, model.test_step(as_given(data)))


def predicting(model: StepModel) -> Callable[[Any], Any]:
    """One step of prediction."""
    return lambda data: model.predict_step(as_given(data))


def eager(model: StepModel, kind: str) -> Callable[[Any], Any]:
    """One step of a kind as it is called on tensors, whose logs are what it returned."""
    if kind == "predict":
        return predicting(model)

    def run(data: Any) -> StepLogs:
        step = model.train_step if kind == "train" else model.test_step
        given = _as_dictionary(model, step(as_given(data)))
        return StepLogs(list(given), given)

    return run


KINDS = {"train": training, "epochs": through_epochs, "test": testing, "predict": predicting}


def _step_logs(model: StepModel, logs: Any) -> StepLogs:
    """The logs of a step, separate from the values of metrics that it updated itself."""
    recorder = dispatch.current()
    assert isinstance(recorder, Recorder)
    known = {
        metric.name for metric in model.metrics if any(map(recorder.assigned, metric.variables))
    }
    given = _as_dictionary(model, logs)
    own = {name: ops.as_tensor(value) for name, value in given.items() if name not in known}
    return StepLogs(list(given), own)


def _as_dictionary(model: StepModel, logs: Any) -> dict[str, Any]:
    if logs is None or isinstance(logs, dict):
        return logs or {}
    raise ArgumentError(
        f"{model.name}: train_step and test_step return a dictionary of names to values, as in "
        f"{{'loss': loss}}, got {type(logs).__name__}"
    )


def after(prepare: Callable[[Any], Any] | None, function: Callable[[Any], Any]) -> Any:
    """The function applied to the result of `prepare`, the functions of a data set.

    >>> after(lambda data: data + 1, lambda data: data * 2)(1)
    4
    """
    return function if prepare is None else lambda data: function(prepare(data))


def recorded(function: Callable[[Any], Any], nest: Any, specs: Sequence[TensorSpec]) -> Recording:
    """Records a step for data of the nest's form."""

    def flat(*tensors: Tensor) -> Any:
        return function(tree.rebuild(nest, iter(tensors)) if tensors else nest)

    return record(flat, specs)


def bound(
    recording: Recording, storage: Sequence[str], engine: str | None, threads: int | None = None
) -> Step:
    """Binds a recorded step to the program that runs it."""
    return Step(bind(recording, storage, engine, threads))


def make(
    function: Callable[[Any], Any],
    nest: Any,
    specs: Sequence[TensorSpec],
    storage: Sequence[str],
    engine: str | None,
    threads: int | None = None,
) -> Step:
    """Records a step for data of the nest's form and binds it to its program."""
    return bound(recorded(function, nest, specs), storage, engine, threads)


def data_nest(x: Any, y: Any, weights: Any) -> tuple[Any, ...]:
    """The parts of a batch that are not None, in order.

    >>> data_nest(1, 2, None)
    (1, 2)
    """
    if weights is not None:
        return x, y, weights
    return (x, y) if y is not None else (x,)


def arrays_of(nest: Any) -> list[np.ndarray]:
    """The leaves of a batch as arrays."""
    return [np.asarray(leaf) for leaf in tree.leaves(nest)]
