"""Doctor: the callback that records a training from inside, for the rules on its course.

Depends on records and budget.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.callbacks.callback import Callback
from steepest.core import tree
from steepest.doctor.budget import PER_STEP, operations
from steepest.doctor.records import GROUP_ROWS, GROUPS, Recorder
from steepest.doctor.setup import Setup
from steepest.errors import SteepestError, caution
from steepest.events import BatchesDone, Began, Event, Stopped
from steepest.neuralnet.input.feeds import ArrayFeed
from steepest.neuralnet.running.training_loop import Training
from steepest.program.graph import Graph

SHARE = 0.01
"""Of the steps' operations that records may take, so that with all else it is below 2 percent."""
PER_RECORD = 4e8
"""Counted operations that a record takes besides those of its batches: some milliseconds."""
FEWEST_RECORDS = 8
"""Of a training, however short it is: fewer show no course."""
SAMPLE = 2048


class Doctor(Callback):
    """Records layers, weights and gradients of a training every so many steps.

    The records come from a second program, on a copy of the weights: the trained weights are the
    same, bit for bit, with the doctor and without. `every` is the number of steps from one record
    to the next; by default it is such that the records take about one percent of the time, and
    that there are eight of them at least. There are records before the first step and after the
    last. They are in `history.records`, and `history.diagnose()` and `st.doctor.examine` read them.

    >>> (x, y), _ = st.datasets.blobs.load_data(classes=3, seed=1)
    >>> model = st.Sequential([st.layers.Dense(3, "softmax", input_shape=(2,))])
    >>> model.compile("adam", "sparse_categorical_crossentropy")
    >>> doctor = st.doctor.Doctor(every=20)
    >>> history = model.fit(x, y, epochs=5, callbacks=[doctor], verbose=0)
    >>> [record.step for record in history.records][:3]
    [0, 20, 40]
    """

    joins_epochs = True

    def __init__(self, every: int | None = None) -> None:
        super().__init__()
        self.every = None if every is None else whole("Doctor: every", every, 1)
        self.fault = ""
        """Why nothing is recorded, if that is so."""
        self._recorder: Recorder | None = None
        self._run: Training | None = None

    def set_run(self, run: Any) -> None:
        """Prepares the program of the records for the run's data."""
        self._run, self._recorder, self.fault = run, None, ""
        try:
            self._recorder = Recorder(setup_of_run(run))
        except (SteepestError, TypeError, ValueError) as error:
            self.fault = str(error)
            caution(f"Doctor: nothing is recorded in this training: {error}")
            return
        usual = steps_between(self._recorder.graph, run.feed.batch)
        epochs = run.plan.epochs - run.plan.initial_epoch
        planned = (run.feed.batches or 1) * max(epochs, 1)
        every = self.every or max(min(usual, planned // FEWEST_RECORDS), 1)
        run.every_steps = min(every, run.every_steps or every)

    def on_event(self, event: Event) -> None:
        """Records at the beginning, at multiples of `every`, and at the end."""
        run, recorder = self._run, self._recorder
        if run is None or recorder is None:
            return
        steps = int(run.model.optimizer.iterations)
        match event:
            case Began("train"):
                self._first, self._next = steps, steps
                self._record(recorder, steps)
            case BatchesDone("train") if steps >= self._next:
                self._record(recorder, steps)
            case Stopped() if run.model.history.records:
                if run.model.history.records[-1].step < steps - self._first:
                    self._record(recorder, steps)

    def _record(self, recorder: Recorder, steps: int) -> None:
        run = self._run
        assert run is not None and run.every_steps is not None
        self._next = steps + run.every_steps
        model: Any = run.model
        model.history.records.append(recorder.record(model, steps - self._first, run.epoch))


def steps_between(graph: Graph, batch: int) -> int:
    """The steps from one record to the next, by counted operations, so that they cost little.

    `graph` is the program of the records, which computes what a step does and no update.

    >>> graph = st.trace(lambda x: x @ st.ones((64, 64)), [st.TensorSpec((None, 64))])
    >>> steps_between(graph, 32), steps_between(graph, 4096)
    (116618, 1196)
    """
    step = operations(graph, batch) + PER_STEP
    record = PER_RECORD + GROUPS * operations(graph, GROUP_ROWS)
    return math.ceil(record / (SHARE * step))


def setup_of_run(run: Training) -> Setup:
    """The setup of a training that has begun, with a sample of its rows."""
    feed = run.feed
    if not isinstance(feed, ArrayFeed) or feed.rows is None or feed.prepare is not None:
        raise SteepestError("its data are no arrays")
    columns = [tree.leaves(part) for part in feed.nest[:2]]
    if [len(part) for part in columns] != [1, 1]:
        raise SteepestError("it has several inputs or outputs, or no targets")
    places = np.linspace(0, feed.count - 1, min(feed.count, SAMPLE)).astype(np.int64)
    chosen = feed.rows[np.unique(places)]
    x, y = (part[0].take(chosen) for part in columns)
    return Setup.of(run.model, x, y, epochs=run.plan.epochs, batch_size=feed.batch)  # type: ignore[arg-type] # a Trainer of layers is a Model
