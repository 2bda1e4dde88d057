"""Epochs of methods that use the whole data set at each step: LBFGS, Levenberg-Marquardt.

They ask for values, gradients or residuals at any point; `DataSetLoss` computes them by recorded
programs of the model. Depends on one_epoch, step and feeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from steepest.core import ops, tree
from steepest.core.tape import GradientTape
from steepest.diagnosis.diverged import divergence_of_whole_set
from steepest.errors import ArgumentError
from steepest.events import BatchBegan, BatchesDone, EpochDone, Logs
from steepest.finding import Where
from steepest.labels import in_rank_of
from steepest.neuralnet.input.feeds import ArrayFeed, Feed, specs_of
from steepest.neuralnet.learner import Learner
from steepest.neuralnet.running.one_epoch import Diverged, OneEpoch
from steepest.neuralnet.step import Step, after, make, unpack


class FullBatchEpochs:
    """Epochs of one step each, over all rows; the metrics are those of the weights after it."""

    def __init__(self, model: Learner, feed: Feed, every_batch: bool = False) -> None:
        self.model, self.feed, self.every_batch = model, feed, every_batch
        self.calls = 0
        self._loss = DataSetLoss(model, feed)
        self._number = 0
        self._logs: Logs = {}

    def events(self, number: int, stop: int) -> Iterator[BatchBegan | BatchesDone]:
        """Makes one step of the optimizer, then computes the metrics."""
        self._number, loss = number, self._loss
        if self.every_batch:
            yield BatchBegan("train", 0)
        start = loss.parameters()
        with np.errstate(all="ignore"):
            self.model.optimizer.step(loss)
        self._logs = evaluated(self.model, self.feed)
        if not np.isfinite(self._logs.get("loss", 0.0)):
            loss.move(start)
            where = Where(epoch=number + 1)
            raise Diverged(divergence_of_whole_set(loss.inputs, where))
        self.calls += 1
        yield BatchesDone("train", 1, 1, self, self.calls)

    def ended(self, cut_off: bool = False) -> EpochDone | None:
        """The event at the epoch's end; none if a stop has cut the epoch off."""
        return None if cut_off else EpochDone(self._number, self._logs)

    def logs(self) -> Logs:
        """The metrics after the step."""
        return dict(self._logs)


def evaluated(model: Learner, feed: Feed) -> Logs:
    """The metrics over a feed, without events."""
    epoch = OneEpoch(model, "evaluate", feed)
    for _ in epoch.events():
        pass
    return epoch.finish()


class DataSetLoss:
    """A model's loss on a whole data set as a function of one vector that holds all weights."""

    def __init__(self, model: Learner, feed: Feed) -> None:
        if not isinstance(feed, ArrayFeed):
            raise ArgumentError(
                f"{type(model.optimizer).__name__} needs the whole data set at each step: "
                "give arrays, not a stream"
            )
        self._model, self._feed = model, feed
        self._variables = model.trainable_weights
        columns = tree.leaves(feed.nest)
        self.inputs = [column.take(feed.rows) for column in columns]
        self._steps: dict[str, Step] = {}

    def parameters(self) -> np.ndarray:
        """The current weights as one vector."""
        return np.concatenate([v.array.ravel() for v in self._variables]).astype(np.float64)

    def move(self, vector: np.ndarray) -> None:
        """Sets the weights to a vector."""
        start = 0
        for variable in self._variables:
            stop = start + variable.size
            shape: Any = variable.shape  # no size is unknown
            variable.assign(vector[start:stop].reshape(shape).astype(variable.dtype))
            start = stop

    def value(self, vector: np.ndarray) -> float:
        """The loss at a vector."""
        return self.value_and_gradient(vector)[0]

    def value_and_gradient(self, vector: np.ndarray) -> tuple[float, np.ndarray]:
        """The loss and its gradient at a vector, which the weights then have."""
        self.move(vector)
        loss, *slopes = self._run("loss", self._loss_step, self.inputs)
        return float(loss), _one_vector(slopes)

    def residuals_and_jacobian(self, vector: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The residual of each output of each row, and its derivatives by the weights.

        Scaled so that half the sum of squares is the mean squared error of the whole set; a row
        of the Jacobian depends on one example only.
        """
        self._require_squares()
        self.move(vector)
        residuals: list[np.ndarray] = []
        rows: list[np.ndarray] = []
        for row in range(len(self.inputs[0])):
            example = [array[row : row + 1] for array in self.inputs]
            errors, *slopes = self._run("residuals", self._residual_step, example)
            residuals.append(errors)
            rows.extend(_one_vector([s[k] for s in slopes]) for k in range(len(errors)))
        flat = np.concatenate(residuals).astype(np.float64)
        scale = np.sqrt(2.0 / len(flat))
        return flat * scale, np.stack(rows) * scale

    def _require_squares(self) -> None:
        assert self._model.objectives is not None
        losses = self._model.objectives.losses
        name = type(self._model.optimizer).__name__
        if len(losses) != 1 or not losses[0].squared_residuals:
            kinds = [type(loss).__name__ for loss in losses]
            raise ArgumentError(
                f"{name} descends by the residuals of one output under loss='mse', got {kinds}; "
                "use LBFGS or Adam for other losses"
            )
        if self._model.losses:
            raise ArgumentError(
                f"{name} takes squared errors only and would ignore the model's regularizers; "
                "remove them, or use LBFGS"
            )

    def _run(self, kind: str, function: Callable[[Any], Any], inputs: Any) -> list[np.ndarray]:
        if kind not in self._steps:
            nest = self._feed.nest
            engine, threads = self._model._engine, self._model._threads
            whole = after(self._feed.prepare, function)
            self._steps[kind] = make(whole, nest, specs_of(nest), ["dense"] * 3, engine, threads)
        bound = self._steps[kind].bound
        outputs = bound.call(inputs)
        fault = bound.recording.fault()
        if fault is not None:
            raise ArgumentError(fault)
        return outputs

    def _loss_step(self, data: Any) -> Any:
        x, y, weights = unpack(data)
        with GradientTape() as tape:
            loss = self._model.compute_loss(x, y, self._model(x, training=True), weights)
        return [loss, *tape.gradient(loss, self._variables, unconnected_gradients="zero")]

    def _residual_step(self, data: Any) -> Any:
        x, y, weights = unpack(data)
        with GradientTape(persistent=True) as tape:
            predictions = self._model(x, training=True)
            errors = predictions - ops.cast(in_rank_of(predictions, y), predictions.dtype)
            if weights is not None:
                shape = (-1, *[1] * (errors.ndim - 1))
                errors = errors * ops.reshape(ops.sqrt(ops.cast(weights, errors.dtype)), shape)
            width = int(np.prod(list(errors.shape[1:])))
            parts = [ops.reduce_sum(ops.reshape(errors, (-1, width))[:, k]) for k in range(width)]
        columns = [
            tape.gradient(part, self._variables, unconnected_gradients="zero") for part in parts
        ]
        stacked = [
            ops.concat([ops.reshape(column[i], (1, *v.shape)) for column in columns])
            for i, v in enumerate(self._variables)
        ]
        return [ops.concat([ops.reshape(part, (1,)) for part in parts]), *stacked]


def _one_vector(arrays: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.asarray(a, np.float64).ravel() for a in arrays])
