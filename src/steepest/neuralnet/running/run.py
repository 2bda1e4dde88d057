"""Runs: a training, an evaluation or a prediction as a stream of events.

Nothing is printed or raised here: `fit`, `evaluate` and `predict` listen to the events. The loop of
a training is in training_loop.py. Depends on one_epoch.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, get_args

from steepest.engines.stopping import StopWord
from steepest.errors import ArgumentError, unknown_name
from steepest.events import BatchesDone, Began, Event, Found, Logs, Stopped, Task
from steepest.neuralnet.input.feeds import Feed
from steepest.neuralnet.running.one_epoch import (
    Diverged,
    Interrupted,
    OneEpoch,
    joined_outputs,
)
from steepest.neuralnet.running.plan import Every

if TYPE_CHECKING:
    from steepest.neuralnet.trainer import Trainer

Events = Generator[Event, None, None]
CTRL_C = "Ctrl-C"  # the reason of a run that it stopped
FREQUENCIES: tuple[Every, ...] = get_args(Every)


def more_often(first: Every, second: Every) -> Every:
    """The more frequent of two answers to how often there are events.

    >>> more_often("call", "epoch")
    'epoch'
    """
    return min(first, second, key=FREQUENCIES.index)


class Run:
    """A training, an evaluation or a prediction; asking for its events advances it.

    `every` says how often there is an event at least: after each "batch", each "epoch", or each
    engine "call" of about 50 milliseconds, which may hold many short epochs.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> run = model.evaluation(np.ones((4, 2)), np.ones((4, 1)))
    >>> [type(event).__name__ for event in run.events()]
    ['Began', 'BatchesDone', 'Stopped']
    """

    task: Task

    def __init__(self, model: Trainer, feed: Feed, every: Every = "epoch") -> None:
        if every not in FREQUENCIES:
            raise unknown_name("frequency of events", str(every), FREQUENCIES)
        self.model, self.feed, self.every = model, feed, every
        self.reason = ""  # why it stops; empty before
        self.logs: Logs = {}
        self.result: Any = None
        self.stop_word: StopWord | None = None  # which ends it in a long batch
        self.every_steps: int | None = None  # an engine call ends after so many steps at most
        self._events: Events | None = None

    def events(self) -> Events:
        """The remaining events; each call returns the same iterator."""
        if self._events is None:
            self._events = self._all()
        return self._events

    def stop(self, reason: str) -> None:
        """Ends the run after the current batches; the `Stopped` event gives the reason."""
        if not isinstance(reason, str) or not reason:
            raise ArgumentError(f"stop: a reason was expected, as in 'too slow', got {reason!r}")
        self.reason = self.reason or reason

    def _all(self) -> Events:
        diverged: Diverged | None = None
        yield self._began()
        try:
            if not self.reason:
                yield from self._loop()
        except Diverged as caught:
            diverged, self.reason = caught, "diverged"
        if diverged is not None:
            if diverged.before is not None:
                yield diverged.before
            yield Found(diverged.finding)
        yield Stopped(self.reason or "complete", self.logs)

    def _began(self) -> Began:
        return Began(self.task, self.feed.batches)

    def _loop(self) -> Events:
        raise NotImplementedError

    def _batches(self, epoch: OneEpoch) -> Events:
        """The events of an evaluation's or a prediction's batches, until the run is stopped."""
        flag = "stop_predicting" if epoch.task == "predict" else "stop_evaluating"
        setattr(self.model, flag, False)
        try:
            for event in epoch.events():
                yield event
                if self.reason or getattr(self.model, flag):
                    break
        except Interrupted:
            self.stop(CTRL_C)


class Evaluation(Run):
    """An evaluation, made by `model.evaluation`; `result` holds the metrics at its end."""

    task = "evaluate"

    def _loop(self) -> Events:
        epoch = OneEpoch(self.model, self.task, self.feed, self.every == "batch")
        yield from self._batches(epoch)
        self.logs = self.result = epoch.finish()


class Prediction(Run):
    """A prediction, made by `model.prediction`; `result` holds the outputs at its end."""

    task = "predict"

    def _loop(self) -> Events:
        epoch, calls = OneEpoch(self.model, self.task, self.feed, self.every == "batch"), []
        for event in self._batches(epoch):
            if isinstance(event, BatchesDone):
                calls.append(epoch.outputs)
            yield event
        assert epoch.step is not None
        self.result = joined_outputs(epoch.step, calls)
