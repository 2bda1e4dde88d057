"""The one loop: a training, an evaluation or a prediction as a stream of events.

`OneEpoch`, `ManyEpochs` and `FullBatch` are the ways to go through an epoch. Nothing is printed or
raised here: `fit`, `evaluate` and `predict` listen to the events. Leans on those ways.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from functools import cached_property
from typing import Any, get_args

from steepest.callbacks.rates import rate_of
from steepest.changes import latest_change
from steepest.diagnosis.advice import rate_advice
from steepest.errors import ArgumentError, noted, unknown_name
from steepest.events import (
    BatchesDone,
    Began,
    EpochBegan,
    EpochDone,
    EpochsDone,
    Event,
    Found,
    Logs,
    Stopped,
    Validated,
)
from steepest.finding import Finding
from steepest.neuralnet.input.feeds import ArrayFeed, Feed
from steepest.neuralnet.learner import Trained
from steepest.neuralnet.running.full_batch import FullBatch
from steepest.neuralnet.running.many_epochs import ManyEpochs, can_join
from steepest.neuralnet.running.one_epoch import Diverged, OneEpoch, joined_outputs
from steepest.neuralnet.running.plan import Every, Plan

Events = Generator[Event, None, None]
FREQUENCIES = get_args(Every)


class Run:
    """A training, an evaluation or a prediction that is advanced by asking for its events.

    `every` says how often there is an event at least: after each "batch", each "epoch", or each
    engine "call" of about 50 milliseconds, which may hold many short epochs.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> run = model.evaluation(np.ones((4, 2)), np.ones((4, 1)))
    >>> [type(event).__name__ for event in run.events()]
    ['Began', 'BatchesDone', 'Stopped']
    """

    def __init__(self, model: Any, feed: Feed, every: Every = "epoch") -> None:
        if every not in FREQUENCIES:
            raise unknown_name("frequency of events", str(every), FREQUENCIES)
        self.model, self.feed, self.every = model, feed, every
        self.reason = ""  # why it is to stop
        self.logs: Logs = {}
        self.result: Any = None
        self._events: Events | None = None

    def events(self) -> Events:
        """The events to come. Each call gives the same iterator, which goes on where it was."""
        if self._events is None:
            self._events = self._all()
        return self._events

    def stop(self, reason: str) -> None:
        """Let no more batches run; the `Stopped` event gives the reason."""
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
        raise NotImplementedError

    def _loop(self) -> Events:
        raise NotImplementedError

    def _pass(self, epoch: OneEpoch) -> Events:
        """The batches of an evaluation or a prediction, until the run is to stop."""
        for event in epoch.events():
            yield event
            if self.reason:
                break


class Training(Run):
    """A training, made by `model.training`; `fit` runs one and feeds its events to callbacks.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> run = model.training(np.ones((4, 2)), np.ones((4, 1)), epochs=100)
    >>> for event in run.events():
    ...     if isinstance(event, st.events.EpochDone) and event.epoch == 2:
    ...         run.stop("long enough")
    >>> event.reason, run.epoch
    ('long enough', 2)
    """

    def __init__(
        self,
        model: Any,
        plan: Plan,
        feed: Feed,
        held: Feed | None,
        trained: Trained,
        every: Every = "epoch",
        findings: list[Finding] | None = None,
    ) -> None:
        super().__init__(model, feed, every)
        self.plan, self.held, self.trained = plan, held, trained
        self.findings = [] if findings is None else findings  # of the data and settings
        self.validation_every: Every = every
        self.epoch = plan.initial_epoch  # the one at work, counted from 0
        self.losses: list[Any] = []  # of the epochs so far

    def _began(self) -> Began:
        self.model.stop_training = False
        return Began("train", self.feed.batches, self.plan.epochs, self.plan.initial_epoch)

    def _loop(self) -> Events:
        model, plan, epoch = self.model, self.plan, self.plan.initial_epoch
        way, changes = self._way(), latest_change()
        while epoch < plan.epochs and not self.reason:
            self.epoch = epoch
            if not self.feed.batches:  # their number is not known beforehand
                model.optimizer.plan(None, plan.epochs, epoch)
            yield EpochBegan(epoch)
            if self.reason:
                break
            if changes != latest_change():  # a listener may have set a layer's rate
                way, changes = self._way(), latest_change()
            for event in way.events(epoch, plan.epochs):
                yield event
                if self.reason or model.stop_training:
                    break
            ended = way.ended(cut_off=bool(self.reason))
            if ended is None:
                break
            self._note(ended)
            if self.held is not None and plan.validates(epoch):
                ended.logs.update((yield from self._validated(self.held)))
            yield ended
            self.logs, epoch = ended.logs, ended.last + 1
            if model.stop_training:
                break
        if model.stop_training:
            self.stop("stop_training")
        if model.optimizer.has_final_values:
            model.optimizer.finalize_variable_values(model.trainable_weights)
        for finding in rate_advice(self.losses, rate_of(model)):
            yield Found(finding)

    def _way(self) -> OneEpoch | ManyEpochs | FullBatch:
        """How the batches of an epoch are run."""
        model, feed, single = self.model, self.feed, self.every == "batch"
        if model.optimizer.full_batch:
            return FullBatch(model, feed, single)
        if self.joins_epochs and isinstance(feed, ArrayFeed):
            step = model.step_for("epochs", feed.nest, feed.prepare, self.trained)
            return ManyEpochs(model, feed, step)
        return OneEpoch(model, "train", feed, single)

    @cached_property
    def joins_epochs(self) -> bool:
        """Whether many epochs run in one engine call; `every` is fixed from here on."""
        epochs = self.plan.epochs - self.plan.initial_epoch
        return self.every == "call" and can_join(self.model, self.feed, self.held, epochs)

    def _validated(self, held: Feed) -> Generator[Event, None, Logs]:
        yield Began("validate", held.batches)
        epoch = OneEpoch(self.model, "validate", held, self.validation_every == "batch")
        with noted("in the validation data"):
            yield from self._pass(epoch)
            logs = epoch.finish()
        yield Validated(logs)
        return {f"val_{name}": value for name, value in logs.items()}

    def _note(self, ended: EpochDone | EpochsDone) -> None:
        self.epoch = ended.last
        if isinstance(ended, EpochsDone):
            self.losses += ended.values.get("loss", ())
        elif "loss" in ended.logs:
            self.losses.append(ended.logs["loss"])

    def record_steps(self) -> None:
        """Record the steps, so that an error in one of them comes before the first batch."""
        if not self.joins_epochs:
            self.log_names()

    def log_names(self) -> list[str]:
        """The names that the logs of an epoch will have; its steps are recorded for that."""
        names = self._shown("test" if self.model.optimizer.full_batch else "train", self.feed)
        with noted("in the validation data"):
            held = [] if self.held is None else self._shown("test", self.held)
        return [*names, *(f"val_{name}" for name in held)]

    def _shown(self, kind: str, feed: Feed) -> list[str]:
        shown: list[str] = self.model.step_for(kind, feed.nest, feed.prepare).shown
        return shown

    def resume_after(self, epoch: int, seed: int, losses: list[Any]) -> None:
        """Go on after an epoch of an earlier training that was cut off."""
        self.plan = replace(self.plan, initial_epoch=epoch + 1)
        self.losses = list(losses)
        if isinstance(self.feed, ArrayFeed):
            self.feed.seed = seed
        self.model.optimizer.plan(self.feed.batches, self.plan.epochs, epoch + 1)


class Evaluation(Run):
    """An evaluation, made by `model.evaluation`; `result` holds the metrics at its end."""

    def _began(self) -> Began:
        return Began("evaluate", self.feed.batches)

    def _loop(self) -> Events:
        epoch = OneEpoch(self.model, "evaluate", self.feed, self.every == "batch")
        yield from self._pass(epoch)
        self.logs = self.result = epoch.finish()


class Prediction(Run):
    """A prediction, made by `model.prediction`; `result` holds the outputs at its end."""

    def _began(self) -> Began:
        return Began("predict", self.feed.batches)

    def _loop(self) -> Events:
        epoch, calls = OneEpoch(self.model, "predict", self.feed, self.every == "batch"), []
        for event in self._pass(epoch):
            if isinstance(event, BatchesDone):
                calls.append(epoch.outputs)
            yield event
        assert epoch.step is not None
        self.result = joined_outputs(epoch.step, calls)
