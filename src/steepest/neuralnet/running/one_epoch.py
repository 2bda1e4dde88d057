"""Goes once through a feed: its batches run in engine calls of about 50 milliseconds.

Training, evaluation and prediction all run their batches here. Leans on feed and step.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from steepest.core import tree
from steepest.engines.engine import BatchRun
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
from steepest.neuralnet.input.feeds import ArrayFeed, Feed, Load
from steepest.neuralnet.inspection import FailedBatch, divergence_in
from steepest.neuralnet.metric_values import MetricUse, plain
from steepest.neuralnet.step import Step

STEPS = {"train": "train", "validate": "test", "evaluate": "test", "predict": "predict"}
"""The kind of step that each task runs."""


class Diverged(Exception):
    """A loss is no longer finite: what was found, and the epochs of the same engine call before.

    The run makes events of it; it never reaches the user.
    """

    def __init__(self, finding: Finding, before: EpochsDone | None = None) -> None:
        super().__init__()
        self.finding, self.before = finding, before


def run_batches(
    step: Step, load: Load, rows: np.ndarray, count: BatchCount, epoch: int | None = None
) -> BatchRun:
    """One engine call: the batches that these rows make, timed for the next call.

    With `epoch` the rows are those of epochs of so many, read where they are stored.
    """
    start = time.perf_counter()
    columns, places = load.fetched(rows) if epoch is None else (load.columns, rows)
    done = step.bound.run(columns, places, load.batch, epoch)
    count.learn(done.batches, time.perf_counter() - start)
    return done


class OneEpoch:
    """One pass through a feed for a task: an epoch of training, an evaluation, a prediction.

    With `single` each batch is an engine call of its own.
    """

    def __init__(
        self, model: Any, task: Task, feed: Feed, single: bool = False, number: int = 0
    ) -> None:
        self.model, self.task, self.feed, self.single = model, task, feed, single
        self.number = number  # of the epoch, which has an order of its own
        self.step: Step | None = None
        self.outputs: list[np.ndarray] = []  # of the last engine call
        self._use = MetricUse(model)
        self.calls = 0

    def events(self, number: int = 0, stop: int = 1) -> Iterator[BatchBegan | BatchesDone]:
        """Run the batches, in the feed's order for the epoch of this number."""
        self._begin(number)
        done, total = 0, self.feed.batches
        for load in self.feed.epoch(number):
            with noted(f"in batch {done + 1}"):
                step = self._step_for(load)
            position, count = 0, step.batch_count(load.batch)
            while position < load.batches:
                if self.single:
                    yield BatchBegan(self.task, done)
                left = load.batches - position
                batches = 1 if self.single else min(count.next(left), load.most)
                self._use.take()
                call = run_batches(step, load, load.part(position, batches), count)
                if not call.batches:
                    failed = FailedBatch(step, load, load.part(position, 1), done)
                    raise Diverged(divergence_in(self.model, failed, number))
                position, done = position + call.batches, done + call.batches
                self.outputs = call.outputs
                self.calls += 1
                yield BatchesDone(self.task, done, total, self, self.calls)

    def _begin(self, number: int) -> None:
        self.number, self.outputs = number, []
        if self.step is None:
            self.step = self._recorded(self.feed.nest)
        if self.task != "predict":
            self._use.take()
            self.model.metric_values.reset()

    def _step_for(self, load: Load) -> Step:
        """The step for batches of this form; those of arrays all have the same."""
        if self.step is None or not isinstance(self.feed, ArrayFeed):
            self.step = self._recorded(tree.rebuild(self.feed.nest, iter(load.columns)))
        return self.step

    def _recorded(self, nest: Any) -> Step:
        step: Step = self.model.step_for(STEPS[self.task], nest, self.feed.prepare)
        return step

    def ended(self, cut_off: bool = False) -> EpochDone | None:
        """The event at the epoch's end; none if a stop has cut the epoch off."""
        return None if cut_off else EpochDone(self.number, self.finish())

    def finish(self) -> Logs:
        """The logs when no more batches follow."""
        logs = self.logs()
        self._use.end()
        return logs

    def logs(self) -> Logs:
        """What the step returned: the metrics so far, and the last value of all else."""
        assert self.step is not None
        if self.task == "predict":
            return {"outputs": joined_outputs(self.step, [self.outputs])}
        self._use.take()
        logs: Logs = self.model.metric_values.values()
        for name, output in zip(self.step.names, self.outputs, strict=bool(self.outputs)):
            if len(output):
                logs[name] = plain(output[-1])
        return {name: logs[name] for name in self.step.shown if name in logs} or logs


def joined_outputs(step: Step, calls: list[list[np.ndarray]]) -> Any:
    """What the model gave, in its form, the batches of all engine calls joined."""
    joined = [np.concatenate(parts) for parts in zip(*calls, strict=True)]
    return tree.transform(np.asarray, step.recording.rebuild(joined))
