"""OneEpoch: one pass through a feed, whose batches run in engine calls of about 50 milliseconds.

Training, evaluation and prediction all run their batches here. Depends on feeds and step.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from steepest.core import tree
from steepest.core.memory_limit import require_memory
from steepest.engines.engine import BatchRun
from steepest.engines.stopping import StopWord
from steepest.errors import noted
from steepest.events import (
    BatchBegan,
    BatchesDone,
    EpochDone,
    EpochsDone,
    Logs,
    Task,
)
from steepest.finding import Finding
from steepest.neuralnet.batch_count import BatchCount
from steepest.neuralnet.input.feeds import ArrayFeed, Feed, OrderedRows
from steepest.neuralnet.inspection import FailedBatch, divergence_in
from steepest.neuralnet.learner import Learner
from steepest.neuralnet.metric_values import MetricUse, plain
from steepest.neuralnet.step import Step

STEPS = {"train": "train", "validate": "test", "evaluate": "test", "predict": "predict"}
"""Which step each task runs."""


class Diverged(Exception):
    """A loss is no longer finite: the finding, and the complete epochs of the same engine call.

    The run turns it into events; it never reaches the user.
    """

    def __init__(self, finding: Finding, before: EpochsDone | None = None) -> None:
        super().__init__()
        self.finding, self.before = finding, before


class Interrupted(Exception):
    """Ctrl-C was pressed in a long batch, which changed nothing: the run ends before it."""


def run_batches(
    step: Step,
    data: OrderedRows,
    rows: np.ndarray,
    count: BatchCount,
    epoch: int | None = None,
    stop: StopWord | None = None,
) -> BatchRun:
    """Runs the batches of some rows in one engine call, and measures it for the next call.

    With `epoch` the rows belong to epochs of that many rows each, and are read in place. Raises
    `Interrupted` if `stop` ended the call in its first batch.
    """
    start = time.perf_counter()
    columns, order = data.fetched(rows) if epoch is None else (data.columns, rows)
    done = step.bound.run(columns, order, data.batch, epoch, stop=stop)
    if done.stopped and not done.batches:
        raise Interrupted
    seconds = done.seconds or time.perf_counter() - start
    count.learn(done.batches, seconds, step.bound.call_seconds)
    return done


def until_mark(done: int, every: int | None) -> int:
    """The batches from `done` to the next multiple of `every`; any number of them without one.

    >>> until_mark(7, 5), until_mark(10, 5)
    (3, 5)
    """
    return sys.maxsize if every is None else every - done % every


class OneEpoch:
    """One pass through a feed for a task: an epoch of training, an evaluation, a prediction.

    With `every_batch` each batch is an engine call of its own; `stop` ends one in a long batch.
    With `every_steps` a call ends where the number of batches, of all epochs, is a multiple of it.
    """

    def __init__(
        self,
        model: Learner,
        task: Task,
        feed: Feed,
        every_batch: bool = False,
        stop: StopWord | None = None,
        every_steps: int | None = None,
    ) -> None:
        self.model, self.task, self.feed, self.every_batch = model, task, feed, every_batch
        self._stop, self._every_steps = stop, every_steps
        self.number = 0  # of the epoch, which determines the order of the rows
        self.step: Step | None = None
        self.outputs: list[np.ndarray] = []  # of the last engine call
        self._use = MetricUse(model)
        self.calls = 0
        self._skipped = 0  # batches of the next epoch that an interrupted training has done
        self._restored: Sequence[np.ndarray] = ()  # the metrics after them

    def resume_after(self, batches: int, metrics: Sequence[np.ndarray]) -> None:
        """Lets the next epoch begin after some batches, with these values of the metrics."""
        self._skipped, self._restored = batches, metrics

    def events(self, number: int = 0, stop: int = 1) -> Iterator[BatchBegan | BatchesDone]:
        """Runs the batches, in the feed's order for the epoch of this number."""
        self._begin(number)
        done, total = 0, self.feed.batches
        before = number * (total or 0)
        skipped, self._skipped = self._skipped, 0
        for data in self.feed.epoch(number):
            position = max(0, min(skipped - done, data.batches))
            done += position
            with noted(f"in batch {done + 1}"):
                step = self._step_for(data)
            count = step.batch_count(data.batch)
            while position < data.batches:
                if self.every_batch:
                    yield BatchBegan(self.task, done)
                left = min(data.batches - position, until_mark(before + done, self._every_steps))
                batches = 1 if self.every_batch else min(count.next(left), data.most_fetched)
                if self.task != "predict":
                    self._use.take()
                rows = data.rows_of(position, batches)
                call = run_batches(step, data, rows, count, stop=self._stop)
                if not call.batches:
                    failed = FailedBatch(step, data, data.rows_of(position, 1), done)
                    raise Diverged(divergence_in(self.model, failed, number))
                position, done = position + call.batches, done + call.batches
                self.outputs = call.outputs
                self.calls += 1
                yield BatchesDone(self.task, done, total, self, self.calls)

    def _begin(self, number: int) -> None:
        self.number, self.outputs = number, []
        if self.step is None:
            self.step = self.model.step_for(STEPS[self.task], self.feed.nest, self.feed.prepare)
        if self.task != "predict":
            self._use.take()
            self.model.metric_values.reset()
            variables = self.model.metrics_variables if self._restored else []
            for variable, value in zip(variables, self._restored, strict=True):
                variable.assign(value)
            self._restored = []
        elif isinstance(self.feed, ArrayFeed):
            _require_memory_for_outputs(self.step, self.feed)

    def _step_for(self, data: OrderedRows) -> Step:
        """The step for batches of this form; all batches of arrays have the same form."""
        if self.step is None or not isinstance(self.feed, ArrayFeed):
            nest = tree.rebuild(self.feed.nest, iter(data.columns))
            self.step = self.model.step_for(STEPS[self.task], nest, self.feed.prepare)
        return self.step

    def ended(self, cut_off: bool = False) -> EpochDone | None:
        """The event at the epoch's end; none if a stop has cut the epoch off."""
        return None if cut_off else EpochDone(self.number, self.finish())

    def finish(self) -> Logs:
        """The logs of the pass; called after its last batch."""
        logs = self.logs()
        self._use.end()
        return logs

    def logs(self) -> Logs:
        """The metrics so far, and the last value of all else that the step returned."""
        assert self.step is not None
        if self.task == "predict":
            return {"outputs": joined_outputs(self.step, [self.outputs])}
        self._use.take()
        logs: Logs = self.model.metric_values.values()
        for name, output in zip(self.step.names, self.outputs, strict=bool(self.outputs)):
            if len(output):
                logs[name] = plain(output[-1])
        return {name: logs[name] for name in self.step.shown if name in logs} or logs


def _require_memory_for_outputs(step: Step, feed: ArrayFeed) -> None:
    outputs = step.recording.graph.outputs
    each = (math.prod(size or 1 for size in node.shape) * node.dtype.itemsize for node in outputs)
    require_memory(
        feed.count * sum(each),
        f"the outputs for {feed.count:,} rows",
        "give fewer rows at a time, or a smaller layer at the end",
    )


def joined_outputs(step: Step, calls: list[list[np.ndarray]]) -> Any:
    """The outputs of all engine calls, joined row by row, in the nest that the model returns."""
    joined = [np.concatenate(parts) for parts in zip(*calls, strict=True)]
    return tree.transform(np.asarray, step.recording.rebuild(joined))
