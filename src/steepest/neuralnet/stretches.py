"""Many epochs in one stretch, where nobody watches between them.

A small network on a small table takes microseconds an epoch; Python between two epochs would take
many times that. Leans on the loop and the step.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from steepest.callbacks.callback import CallbackList
from steepest.callbacks.history import History
from steepest.core import tree
from steepest.engines.batches import Batches
from steepest.metrics import Metric
from steepest.neuralnet.input.feeds import ArrayFeed, Feed, Load, all_in_place
from steepest.neuralnet.loop import Stopped
from steepest.neuralnet.step import Step

FEWEST_EPOCHS = 20  # for fewer, another program is not worth making


def can_run_at_once(
    model: Any, feed: Feed, held: Feed | None, epochs: int, callbacks: CallbackList
) -> bool:
    """Whether only the history wants to know of a fit's epochs."""
    return (
        type(feed) is ArrayFeed
        and feed.steps is None
        and all_in_place(tree.leaves(feed.nest))
        and held is None
        and epochs >= FEWEST_EPOCHS
        and not model.optimizer.full_batch
        and all(type(callback) is History for callback in callbacks.callbacks)
        and all(type(metric).reset_state is Metric.reset_state for metric in model.metrics)
    )


class Epochs:
    """Epochs that run behind one another; each is noted in the history once it is over.

    A stretch is some whole epochs or, where one takes longer than a stretch, a part of one.
    """

    def __init__(self, step: Step, feed: ArrayFeed, history: History, first: int) -> None:
        self.step, self.feed, self.history = step, feed, history
        self.number, self.each = first, feed.cut(1).count
        self._pace = step.pace(feed.cut(1).batch)
        self._done = 0  # batches of the epoch that is under way

    def run(self, last: int, go_on: Callable[[], bool]) -> None:
        """Go on to before epoch `last`."""
        while self.number < last and go_on():
            whole = min(self._pace.batches // self.each, last - self.number)
            if whole:
                load = self.feed.epochs(self.number, whole)
                self._stretch(load, self.feed.cut(whole), 0, whole * self.each)
            else:
                self._in_parts(go_on)

    def _in_parts(self, go_on: Callable[[], bool]) -> None:
        """One epoch, which an interrupt leaves unfinished."""
        load, cut, number = self.feed.epochs(self.number, 1), self.feed.cut(1), self.number
        while self.number == number and go_on():
            self._stretch(load, cut, self._done, self._pace.next(self.each - self._done))

    def _stretch(self, load: Load, cut: Batches, start: int, count: int) -> None:
        """Run `count` batches from batch `start` of these epochs."""
        rows = load.order[cut.rows_before(start) : cut.rows_before(start + count)]
        epoch, begun = min(cut.epoch, len(rows)), time.perf_counter()
        stretch = self.step.bound.run(load.columns, rows, load.batch, epoch)
        self._pace.learn(count, time.perf_counter() - begun)
        self._note(stretch.outputs, start + stretch.batches)
        if stretch.batches < count:
            failed = start + stretch.batches
            rows = load.order[cut.rows_before(failed) : cut.rows_before(failed + 1)]
            raise Stopped(self.step, load, rows, self._done)

    def _note(self, outputs: list[np.ndarray], done: int) -> None:
        """What the metrics were after the last batch of each epoch that is over by now."""
        epochs, before = done // self.each, self._done
        values = dict(zip(self.step.names, outputs, strict=True))
        for name in self.step.shown:
            told = values[name][self.each - 1 - before :: self.each][:epochs]
            self.history.history.setdefault(name, []).extend(_plain(told))
        self.history.epoch.extend(range(self.number, self.number + epochs))
        self.number, self._done = self.number + epochs, done - epochs * self.each


def _plain(values: np.ndarray) -> list[Any]:
    return values.astype(float).tolist() if values.ndim == 1 else list(values)
