"""The one loop: loads of batches go through a step in stretches of about 50 milliseconds.

Training, evaluation and prediction all run here, whatever the engine. Leans on feed and step.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from steepest.core import tree
from steepest.neuralnet.feed import Feed, Load
from steepest.neuralnet.step import Step

STRETCH_SECONDS = 0.05
FIRST_STRETCH = 1  # nothing is known of a batch yet, and Ctrl-C waits for the stretch
GROWTH = 64


@dataclass
class Pace:
    """How many batches make a stretch; learned from the last one and kept from epoch to epoch."""

    batches: int = FIRST_STRETCH
    single: bool = False

    def learn(self, done: int, seconds: float) -> None:
        """Aim at a stretch of the right length, never growing without measure."""
        fitting = int(done * STRETCH_SECONDS / max(seconds, 1e-9))
        self.batches = max(1, min(fitting, self.batches * GROWTH))

    def next(self, left: int) -> int:
        """How many of the batches that are left to run next."""
        return 1 if self.single else min(self.batches, left)


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
    pace: Pace,
    before: Callable[[int], None] = lambda done: None,
    after: Callable[[Progress], bool] = lambda progress: True,
) -> Progress:
    """Run an epoch's batches; `after` sees each stretch and may end the epoch by False."""
    progress = Progress()
    for load in feed.epoch(number):
        nest = tree.rebuild(feed.nest, iter(load.columns))
        step = step_for(nest)
        progress.names, progress.shown = step.names, step.shown
        for stretch in _stretches(step, load, pace, progress, before):
            progress.outputs.append(stretch)
            if not after(progress):
                return progress
    return progress


def _stretches(
    step: Step, load: Load, pace: Pace, progress: Progress, before: Callable[[int], None]
) -> Iterator[list[np.ndarray]]:
    position = 0
    while position < load.batches:
        count = min(pace.next(load.batches - position), load.most)
        before(progress.done)
        start = time.perf_counter()
        state = step.recording.state()
        columns, rows = load.fetched(load.part(position, count))
        stretch = step.program.run(state, columns, rows, load.batch)
        pace.learn(count, time.perf_counter() - start)
        position += stretch.batches
        progress.done += stretch.batches
        if stretch.batches < count:
            raise Stopped(step, load, load.part(position, 1), progress.done)
        yield stretch.outputs
