"""Runs many epochs in one engine call, where nobody asks for events between them.

A small network on a small table takes microseconds an epoch; Python between two epochs would take
many times that. Leans on one_epoch and the step.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from steepest.core import tree
from steepest.engines.engine import BatchRun
from steepest.events import BatchesDone, EpochsDone, Logs
from steepest.metrics import Metric
from steepest.neuralnet.input.feeds import ArrayFeed, Feed, all_in_place
from steepest.neuralnet.inspection import FailedBatch, divergence_in
from steepest.neuralnet.metric_values import MetricUse, plain
from steepest.neuralnet.running.one_epoch import Diverged, run_batches
from steepest.neuralnet.step import Step

FEWEST_EPOCHS = 20  # for fewer, another program is not worth making


def can_join(model: Any, feed: Feed, held: Feed | None, epochs: int) -> bool:
    """Whether epochs of a training can run behind one another in one engine call."""
    return (
        type(feed) is ArrayFeed
        and feed.steps is None
        and all_in_place(tree.leaves(feed.nest))
        and held is None
        and epochs >= FEWEST_EPOCHS
        and not model.optimizer.full_batch
        and all(type(metric).reset_state is Metric.reset_state for metric in model.metrics)
    )


class ManyEpochs:
    """Epochs that run behind one another; the program itself starts the metrics anew in each.

    `events` runs as many epochs as fit into one engine call or, where one epoch takes longer than
    a call, one epoch in several calls.
    """

    def __init__(self, model: Any, feed: ArrayFeed, step: Step) -> None:
        self.model, self.feed, self.step = model, feed, step
        self._each = feed.cut(1).count
        self._count = step.batch_count(feed.cut(1).batch)
        self._use = MetricUse(model)
        self._first = self._stop = self._complete = 0
        self._values: dict[str, list[Any]] = {}
        self._outputs: dict[str, np.ndarray] = {}  # of the last engine call, one row a batch
        self.calls = 0

    def events(self, first: int, stop: int) -> Iterator[BatchesDone]:
        """Run one or several epochs from `first` on, at most up to before `stop`."""
        self._first, self._stop, self._complete = first, stop, 0
        self._values = {name: [] for name in self.step.shown}
        epochs = max(1, min(self._count.batches // self._each, stop - first))
        load, cut = self.feed.epochs(first, epochs), self.feed.cut(epochs)
        done, total = 0, epochs * self._each
        while done < total:
            place = done % self._each
            end = done + self._count.next(total - done)
            rows = load.order[cut.rows_before(done) : cut.rows_before(end)]
            if self._use.take():  # else the program itself has moved on to this place
                self.model.place.begin(self._each, place)
            call = run_batches(self.step, load, rows, self._count, min(cut.epoch, len(rows)))
            if not call.batches:
                failed = FailedBatch(self.step, load, rows[: load.batch], place)
                finding = divergence_in(self.model, failed, first + done // self._each)
                raise Diverged(finding, before=self.ended())
            self._note(call, place)
            done += call.batches
            self.calls += 1
            last = (done - 1) % self._each + 1
            yield BatchesDone("train", last, self._each, self, self.calls)

    def _note(self, call: BatchRun, place: int) -> None:
        """Save the metrics after the last batch of each epoch that this call has completed."""
        self._outputs = dict(zip(self.step.names, call.outputs, strict=True))
        self._complete += (place + call.batches) // self._each
        for name, values in self._values.items():
            values += _plain(self._outputs[name][self._each - 1 - place :: self._each])

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


def _plain(values: np.ndarray) -> list[Any]:
    return values.astype(float).tolist() if values.ndim == 1 else list(values)
