"""Epochs of one batch each, many in one stretch, where nobody watches between them.

A small network on a small table takes less than a microsecond of arithmetic an epoch; Python
between two epochs would take a hundred times that. Leans on the loop and the step.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from steepest.callbacks.callback import CallbackList
from steepest.callbacks.history import History
from steepest.core import tree
from steepest.metrics import Metric
from steepest.neuralnet.feed import ArrayFeed, Feed, Load
from steepest.neuralnet.loop import Pace, Stopped
from steepest.neuralnet.step import Step

FEWEST_EPOCHS = 20  # for fewer, another program is not worth making


def can_run_at_once(
    model: Any, feed: Feed, held: Feed | None, epochs: int, callbacks: CallbackList
) -> bool:
    """Whether a fit's epochs are single batches, and only the history wants to know of them."""
    return (
        type(feed) is ArrayFeed
        and feed.batches == 1
        and feed.steps is None
        and feed.prepare is None
        and held is None
        and epochs >= FEWEST_EPOCHS
        and not model.optimizer.full_batch
        and all(type(callback) is History for callback in callbacks.callbacks)
        and all(type(metric).reset_state is Metric.reset_state for metric in model.metrics)
    )


def run_epochs(
    step: Step, feed: ArrayFeed, history: History, first: int, last: int, go_on: Callable[[], bool]
) -> int:
    """Run epochs `first` to before `last`, noting each in the history; the number of the next."""
    pace, columns = Pace(), tree.leaves(feed.nest)
    rows = next(feed.epoch(first)).order
    while first < last and go_on():
        count = pace.next(last - first)
        load = Load(columns, np.tile(rows, count), len(rows))
        start = time.perf_counter()
        stretch = step.program.run(step.recording.state(), columns, load.order, load.batch)
        pace.learn(count, time.perf_counter() - start)
        _note(history, step, stretch.outputs, first, stretch.batches)
        first += stretch.batches
        if stretch.batches < count:
            raise Stopped(step, load, rows, 0)
    return first


def _note(history: History, step: Step, outputs: list[np.ndarray], first: int, count: int) -> None:
    values = dict(zip(step.names, outputs, strict=True))
    history.epoch.extend(range(first, first + count))
    for name in step.shown:
        each = values[name]
        told = each.astype(float).tolist() if each.ndim == 1 else list(each)
        history.history.setdefault(name, []).extend(told)
