"""ManyEpochs: many epochs in one engine call, where no listener needs events between them.

A small network on a small table takes microseconds an epoch; Python between two epochs would take
many times that. Depends on one_epoch and step.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from steepest.core import tree
from steepest.engines.engine import BatchRun
from steepest.engines.stopping import StopWord
from steepest.events import BatchesDone, EpochsDone, Logs
from steepest.metrics import Metric
from steepest.neuralnet.input.feeds import ArrayFeed, Feed, all_in_place
from steepest.neuralnet.inspection import FailedBatch, divergence_in
from steepest.neuralnet.learner import Learner
from steepest.neuralnet.metric_values import MetricUse, plain
from steepest.neuralnet.running.one_epoch import Diverged, run_batches, until_mark
from steepest.neuralnet.step import Step

FEWEST_EPOCHS = 20  # for fewer, compiling another program does not pay


def can_join(model: Learner, feed: Feed, validation: Feed | None, epochs: int) -> bool:
    """Whether many epochs of a training can run in one engine call."""
    return (
        type(feed) is ArrayFeed
        and not model.run_eagerly
        and feed.steps is None
        and all_in_place(tree.leaves(feed.nest))
        and validation is None
        and epochs >= FEWEST_EPOCHS
        and not model.optimizer.full_batch
        and all(type(metric).reset_state is Metric.reset_state for metric in model.metrics)
    )


class ManyEpochs:
    """Consecutive epochs of one program, which itself resets the metrics at the start of each.

    `events` runs as many epochs as fit into one engine call or, where one epoch takes longer than
    a call, one epoch in several calls.
    """

    def __init__(
        self,
        model: Learner,
        feed: ArrayFeed,
        step: Step,
        stop: StopWord | None = None,
        every_steps: int | None = None,
    ) -> None:
        self.model, self.feed, self.step, self._stop_word = model, feed, step, stop
        self._every_steps = every_steps
        self._per_epoch = feed.cut(1).count
        self._count = step.batch_count(feed.cut(1).batch)
        self._use = MetricUse(model)
        self._first = self._stop = self._complete = 0
        self._values: dict[str, list[Any]] = {}
        self._outputs: dict[str, np.ndarray] = {}  # of the last engine call, a row for each batch
        self.calls = 0

    def events(self, first: int, stop: int) -> Iterator[BatchesDone]:
        """Runs one or several epochs, from `first` to at most `stop` - 1."""
        self._first, self._stop, self._complete = first, stop, 0
        self._values = {name: [] for name in self.step.shown}
        epochs = max(1, min(self._count.batches // self._per_epoch, stop - first))
        data, cut = self.feed.epochs(first, epochs), self.feed.cut(epochs)
        done, total = 0, epochs * self._per_epoch
        while done < total:
            batch = done % self._per_epoch
            left = min(total - done, until_mark(first * self._per_epoch + done, self._every_steps))
            if batch:  # an engine call that begins within an epoch ends with it
                left = min(left, self._per_epoch - batch)
            end = done + self._count.next(left)
            rows = data.order[cut.rows_before(done) : cut.rows_before(end)]
            if self._use.take():  # else the program itself has advanced to this position
                self.model.epoch_position.begin(self._per_epoch, batch)
            epoch = min(cut.epoch, len(rows))
            call = run_batches(self.step, data, rows, self._count, epoch, self._stop_word)
            if not call.batches:
                failed = FailedBatch(self.step, data, rows[: data.batch], batch)
                finding = divergence_in(self.model, failed, first + done // self._per_epoch)
                raise Diverged(finding, before=self.ended())
            self._record(call, batch)
            done += call.batches
            self.calls += 1
            last = (done - 1) % self._per_epoch + 1
            yield BatchesDone("train", last, self._per_epoch, self, self.calls)

    def _record(self, call: BatchRun, first_batch: int) -> None:
        """Saves the metrics after the last batch of each epoch that this call has completed."""
        self._outputs = dict(zip(self.step.names, call.outputs, strict=True))
        self._complete += (first_batch + call.batches) // self._per_epoch
        for name, values in self._values.items():
            last = self._outputs[name][self._per_epoch - 1 - first_batch :: self._per_epoch]
            values += last.astype(float).tolist() if last.ndim == 1 else list(last)

    def ended(self, cut_off: bool = False) -> EpochsDone | None:
        """The event at the end of the epochs that are complete."""
        if not self._complete:
            return None
        if self._first + self._complete >= self._stop:
            self._use.end()
        return EpochsDone(self._first, self._complete, self._values)

    def logs(self) -> Logs:
        """The metrics after the last batch."""
        return {name: plain(self._outputs[name][-1]) for name in self.step.shown}
