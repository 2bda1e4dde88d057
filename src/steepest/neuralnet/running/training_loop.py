"""The training loop: `Training._loop` runs epoch after epoch and yields their events.

`OneEpoch`, `ManyEpochs` and `FullBatchEpochs` are the strategies that run its batches: their
`events(first, stop)` runs one or several epochs, `ended` is the event at their end.
`model.training` makes a `Training`, `fit` listens to one. Depends on run and the strategies.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.callbacks.checkpoints import Backup
from steepest.changes import latest_change
from steepest.diagnosis.advice import rate_advice, stands_still
from steepest.diagnosis.rate import lower_rate
from steepest.diagnosis.settings import idle_findings
from steepest.errors import concerning
from steepest.events import (
    Began,
    EpochBegan,
    EpochDone,
    EpochsDone,
    Event,
    Found,
    Logs,
    Validated,
)
from steepest.finding import Finding
from steepest.neuralnet.input.feeds import ArrayFeed, Feed
from steepest.neuralnet.inspection import standstill_findings
from steepest.neuralnet.learner import Trained
from steepest.neuralnet.running.epoch_rates import EpochRates
from steepest.neuralnet.running.error_reading import error_findings
from steepest.neuralnet.running.full_batch import FullBatchEpochs
from steepest.neuralnet.running.many_epochs import ManyEpochs, can_join
from steepest.neuralnet.running.one_epoch import Interrupted, OneEpoch
from steepest.neuralnet.running.plan import Every, TrainingPlan
from steepest.neuralnet.running.run import CTRL_C, Events, Run

if TYPE_CHECKING:
    from steepest.neuralnet.trainer import Trainer


class Training(Run):
    """A training, made by `model.training`; `fit` runs one and passes its events to callbacks.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> run = model.training(np.ones((4, 2)), np.ones((4, 1)), epochs=100)
    >>> for event in run.events():
    ...     if isinstance(event, st.events.EpochDone) and event.epoch == 2:
    ...         run.stop("long enough")
    >>> event.reason, run.epoch
    ('long enough', 2)
    """

    task = "train"

    def __init__(
        self,
        model: Trainer,
        plan: TrainingPlan,
        feed: Feed,
        validation: Feed | None,
        trained: Trained,
        every: Every = "epoch",
        findings: list[Finding] | None = None,
    ) -> None:
        super().__init__(model, feed, every)
        self.plan, self.validation, self.trained = plan, validation, trained
        self.findings = [] if findings is None else findings  # of the data and settings
        self.validation_every: Every = every
        self.epoch = plan.initial_epoch  # the current one, counted from 0
        self.losses: list[Any] = []  # of the epochs so far
        self.rates = EpochRates(model.optimizer, feed.batches)
        self._resumed: Backup | None = None  # whose batches of the first epoch are done

    def _began(self) -> Began:
        self.model.stop_training = False
        # Again, as the optimizer may have made steps since the training was prepared.
        optimizer, batches, first = self.model.optimizer, self.feed.batches, self.plan.initial_epoch
        optimizer.plan(batches, self.plan.epochs, first)
        if self._resumed is not None and batches and self.plan.epochs:
            done = batches * first + (self._resumed.batches or 0)
            optimizer.clock.plan(batches * self.plan.epochs, done)
        return Began(self.task, self.feed.batches, self.plan.epochs, self.plan.initial_epoch)

    def _loop(self) -> Events:
        """Runs epoch after epoch: the batches by a strategy, then validation."""
        model, plan, epoch = self.model, self.plan, self.plan.initial_epoch
        strategy, changes = self._strategy(), latest_change()
        while epoch < plan.epochs and not self.reason:
            self.epoch = epoch
            if not self.feed.batches:  # their number is not known beforehand
                model.optimizer.plan(None, plan.epochs, epoch)
            yield EpochBegan(epoch)
            if self.reason:
                break
            if changes != latest_change():  # a listener may have set a layer's rate
                strategy, changes = self._strategy(), latest_change()
            self.rates.mark(len(self.losses))
            if self._resumed is not None and isinstance(strategy, OneEpoch):
                strategy.resume_after(self._resumed.batches or 0, self._resumed.values)
                self._resumed = None
            try:
                for event in strategy.events(epoch, plan.epochs):
                    yield event
                    if self.reason or model.stop_training:
                        break
            except Interrupted:
                self.stop(CTRL_C)
            done = strategy.ended(cut_off=bool(self.reason))
            if done is None:
                break
            self._record_losses(done)
            if self.validation is not None and plan.validates(epoch):
                done.logs.update((yield from self._validate(self.validation)))
            yield done
            self.logs, epoch = done.logs, done.last + 1
            if model.stop_training:
                break
        if model.stop_training:
            self.stop("stop_training")
        read = list(error_findings(self))  # before averages replace the weights
        if model.optimizer.has_final_values:
            model.optimizer.finalize_variable_values(model.trainable_weights)
        yield from map(Found, idle_findings(model.idle_settings))
        yield from map(Found, list(self._advice()) or read)

    def _advice(self) -> Iterator[Finding]:
        """Advice on the learning rate, or why the loss stands still although it is not to blame."""
        model, losses = self.model, np.asarray(self.losses, np.float64)
        if not len(losses):
            return
        is_new = self.rates.first_step == 0
        causes = is_new and stands_still(losses) and [*standstill_findings(model, self.feed)]
        if causes:
            yield from causes
        else:
            lower = partial(lower_rate, model.optimizer)
            yield from rate_advice(losses, self.rates.at, lower, is_new)

    def _strategy(self) -> OneEpoch | ManyEpochs | FullBatchEpochs:
        """How the batches of an epoch are run."""
        model, feed, every_batch = self.model, self.feed, self.every == "batch"
        if model.optimizer.full_batch:
            return FullBatchEpochs(model, feed, every_batch)
        if self.joins_epochs and isinstance(feed, ArrayFeed):
            step = model.step_for("epochs", feed.nest, feed.prepare, self.trained)
            return ManyEpochs(model, feed, step, self.stop_word, self.every_steps)
        return OneEpoch(model, "train", feed, every_batch, self.stop_word, self.every_steps)

    @cached_property
    def joins_epochs(self) -> bool:
        """Whether many epochs run in one engine call; `every` is fixed from here on."""
        epochs = self.plan.epochs - self.plan.initial_epoch
        return self.every == "call" and can_join(self.model, self.feed, self.validation, epochs)

    def _validate(self, feed: Feed) -> Generator[Event, None, Logs]:
        yield Began("validate", feed.batches)
        every_batch = self.validation_every == "batch"
        epoch = OneEpoch(self.model, "validate", feed, every_batch, self.stop_word)
        with concerning("validation data"):
            yield from self._batches(epoch)
            logs = epoch.finish()
        yield Validated(logs)
        return {f"val_{name}": value for name, value in logs.items()}

    def _record_losses(self, done: EpochDone | EpochsDone) -> None:
        self.epoch = done.last
        if isinstance(done, EpochsDone):
            self.losses += done.values.get("loss", ())
        elif "loss" in done.logs:
            self.losses.append(done.logs["loss"])

    def record_steps(self) -> None:
        """Records the steps, so that an error in one of them is raised before the first batch."""
        if not self.joins_epochs:
            self.log_names()

    def log_names(self) -> list[str]:
        """The names in the logs of an epoch; records its steps to find them."""
        model, feed = self.model, self.feed
        kind = "test" if model.optimizer.full_batch else "train"
        names = model.step_for(kind, feed.nest, feed.prepare).shown
        if self.validation is None:
            return names
        nest, prepare = self.validation.nest, self.validation.prepare
        with concerning("validation data"):
            validated = model.step_for("test", nest, prepare).shown
        return [*names, *(f"val_{name}" for name in validated)]

    def resume_after(self, backup: Backup) -> None:
        """Continues an earlier, interrupted training, also in the middle of an epoch."""
        after = backup.epoch + (backup.batches is None)
        self.plan = replace(self.plan, initial_epoch=after)
        self.losses = list(backup.history.get("loss", []))
        self._resumed = None if backup.batches is None else backup
        if isinstance(self.feed, ArrayFeed) and backup.seed is not None:
            self.feed.seed = backup.seed
