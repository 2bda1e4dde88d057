"""The one loop: loads of batches go through a step in stretches of about 50 milliseconds.

Training, evaluation and prediction all run here, whatever the engine. Leans on feed, pace and step.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from steepest.core import tree
from steepest.errors import noted
from steepest.neuralnet.input.feeds import Feed, Load
from steepest.neuralnet.step import Step


@dataclass
class Progress:
    """How far an epoch has come: batches done, and what the step returned for each."""

    done: int = 0
    names: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    outputs: list[list[np.ndarray]] = field(default_factory=list)


class Stopped(Exception):
    """The step's guard was false: the batch `rows` of `load` was not applied."""

    def __init__(self, step: Step, load: Load, rows: np.ndarray, done: int) -> None:
        super().__init__()
        self.step, self.load, self.rows, self.done = step, load, rows, done


def run_epoch(
    step_for: Callable[[Any], Step],
    feed: Feed,
    number: int,
    before: Callable[[int], None] = lambda done: None,
    after: Callable[[Progress], bool] = lambda progress: True,
    single: bool = False,
) -> Progress:
    """Run an epoch's batches; `after` sees each stretch and may end the epoch by False.

    With `single` every batch is a stretch of its own.
    """
    progress = Progress()
    for load in feed.epoch(number):
        nest = tree.rebuild(feed.nest, iter(load.columns))
        with noted(f"in batch {progress.done + 1}"):
            step = step_for(nest)
        progress.names, progress.shown = step.names, step.shown
        for stretch in _stretches(step, load, progress, before, single):
            progress.outputs.append(stretch)
            if not after(progress):
                return progress
    return progress


def _stretches(
    step: Step, load: Load, progress: Progress, before: Callable[[int], None], single: bool
) -> Iterator[list[np.ndarray]]:
    position, pace = 0, step.pace(load.batch)
    while position < load.batches:
        left = load.batches - position
        count = 1 if single else min(pace.next(left), load.most)
        before(progress.done)
        start = time.perf_counter()
        columns, rows = load.fetched(load.part(position, count))
        stretch = step.bound.run(columns, rows, load.batch)
        pace.learn(count, time.perf_counter() - start)
        position += stretch.batches
        progress.done += stretch.batches
        if stretch.batches < count:
            raise Stopped(step, load, load.part(position, 1), progress.done)
        yield stretch.outputs
