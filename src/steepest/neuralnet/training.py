"""Training: the plan of a fit, its epochs, its end. Leans on the loop, intake and callbacks."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from steepest.arguments import whole
from steepest.callbacks.callback import CallbackList
from steepest.callbacks.checkpoints import BackupAndRestore
from steepest.callbacks.history import History
from steepest.callbacks.progress import display_for
from steepest.callbacks.rates import rate_of
from steepest.changes import latest_change
from steepest.diagnosis.advice import rate_advice
from steepest.diagnosis.diverged import divergence_of_whole_set
from steepest.diagnosis.plan import epoch_findings
from steepest.errors import ArgumentError, noted
from steepest.finding import Finding, Where, report
from steepest.functions import random
from steepest.neuralnet import inspection
from steepest.neuralnet.input.accept import combined_weights, intake, is_stream, split_off
from steepest.neuralnet.input.class_weights import weighing
from steepest.neuralnet.input.feeds import ArrayFeed, Feed
from steepest.neuralnet.input.storage_choice import Store
from steepest.neuralnet.interrupt import Interrupt, watched
from steepest.neuralnet.learner import Trained
from steepest.neuralnet.loop import Progress, Stopped, run_epoch
from steepest.neuralnet.readings import plain
from steepest.neuralnet.step import Step
from steepest.neuralnet.stretches import Epochs, can_run_at_once
from steepest.neuralnet.whole_batch import Problem


@dataclass
class Plan:
    """The arguments of a fit, as given."""

    batch_size: int | None = None
    epochs: int = 1
    verbose: Any = "auto"
    callbacks: Any = None
    validation_split: float = 0.0
    validation_data: Any = None
    shuffle: bool = True
    class_weight: Any = None
    sample_weight: Any = None
    initial_epoch: int = 0
    steps_per_epoch: int | None = None
    validation_steps: int | None = None
    validation_batch_size: int | None = None
    validation_freq: Any = 1
    seed: int | None = None
    check: bool = True

    def __post_init__(self) -> None:
        whole("epochs", self.epochs, 0)
        whole("initial_epoch", self.initial_epoch, 0)
        for name in ("steps_per_epoch", "validation_steps", "validation_batch_size"):
            if getattr(self, name) is not None:
                whole(name, getattr(self, name), 1)
        if self.seed is not None:
            whole("seed", self.seed, 0)
            if self.seed >= 2**63:
                raise ArgumentError(f"seed: a number below 2**63 was expected, got {self.seed}")
        if not isinstance(self.shuffle, (bool, np.bool_)):
            raise ArgumentError(f"shuffle: True or False was expected, got {self.shuffle!r}")
        if not isinstance(self.validation_freq, Iterable):
            whole("validation_freq", self.validation_freq, 1)
        if self.validation_split and self.validation_data is not None:
            raise ArgumentError(
                "fit: give validation_split or validation_data, not both; "
                "the share would be taken from data that already have their validation set"
            )

    def validates(self, epoch: int) -> bool:
        """Whether an epoch, counted from 0, ends with validation."""
        if isinstance(self.validation_freq, Iterable):
            return epoch + 1 in self.validation_freq
        return (epoch + 1) % int(self.validation_freq) == 0


def fit(model: Any, x: Any, y: Any, plan: Plan) -> History:
    """Train a model as planned; the history is the model's too, whatever ends the training."""
    model.require_compiled("fit")
    seed = plan.seed if plan.seed is not None else random.fresh_seed()
    feed, held = _feeds(model, x, y, plan, seed)
    model.optimizer.plan(feed.batches, plan.epochs, plan.initial_epoch)
    found: list[Finding] = []
    if plan.check:
        report(epoch_findings(plan.epochs, plan.initial_epoch), found)
    with contextlib.nullcontext() if plan.seed is None else random.seeded(plan.seed):
        stored = _stored(model, plan, feed, held)
        if plan.check:
            inspection.report_data(model, stored, (feed, held), found)
        trained = _prepare(model, stored[0])
    if plan.seed is not None:
        model.restart_chance(plan.seed)
    if plan.check:
        inspection.report_fit(model, *stored, trained, found)
    run = _Fit(model, plan, *stored, trained)
    run.history.findings = found
    run.resume()
    return run.run()


def _stored(model: Any, plan: Plan, feed: Feed, held: Feed | None) -> tuple[Feed, Feed | None]:
    """The feeds as they are read, time and again or once."""
    if model.optimizer.full_batch:
        return feed, held
    store = Store(model, once=plan.epochs < 2)
    return store.feed(feed), store.feed(held)


def _prepare(model: Any, feed: Feed) -> Trained:
    """Rehearse the step, which builds the model and makes its metrics; make optimizer's slots."""
    if not (model.built and model.objectives.resolved):
        kind = "test" if model.optimizer.full_batch else "train"
        model.rehearsed(kind, feed.nest, feed.prepare)
    trained: Trained = model.trained()
    model.optimizer.build(trained.weights)
    return trained


def _feeds(model: Any, x: Any, y: Any, plan: Plan, seed: int) -> tuple[Feed, Feed | None]:
    by_batch = plan.class_weight is not None and is_stream(x)
    by_row = None if by_batch else plan.class_weight
    weights = combined_weights(y, plan.sample_weight, by_row)
    feed = intake(model, x, y, weights, plan.batch_size, plan.shuffle, plan.steps_per_epoch, seed)
    if by_batch:
        feed.prepare = weighing(plan.class_weight, feed.prepare)
    if plan.validation_split:
        if type(feed) is not ArrayFeed:
            raise ArgumentError(
                "validation_split: a data set or stream is not split; give validation_data "
                "(of a Dataset: take and skip, or split)"
            )
        return split_off(feed, plan.validation_split, seed)
    with noted("in the validation data"):
        return feed, _validation_feed(model, plan, feed)


def _validation_feed(model: Any, plan: Plan, feed: Feed) -> Feed | None:
    data = plan.validation_data
    if data is None:
        return None
    own = plan.validation_batch_size or (
        feed.batch if isinstance(feed, ArrayFeed) and plan.batch_size else plan.batch_size
    )
    if isinstance(data, (tuple, list)):
        if len(data) not in (2, 3):
            raise ArgumentError(
                f"validation_data: (x, y) or (x, y, sample_weight), got {len(data)} parts"
            )
        return intake(model, *data, batch_size=own, steps=plan.validation_steps)  # type: ignore[misc]
    return intake(model, data, steps=plan.validation_steps)


class _Fit:
    """One run of fit: the epochs, and what must happen however it ends."""

    def __init__(
        self, model: Any, plan: Plan, feed: Feed, held: Feed | None, trained: Trained
    ) -> None:
        self.model, self.plan, self.feed, self.held = model, plan, feed, held
        self.trained = trained  # before the first callback
        self.history = model.history = History()
        self.callbacks = self._callbacks()
        self.single = self.callbacks.wants_batches
        self.single_tests = self.callbacks.wants_test_batches
        self.epoch = plan.initial_epoch
        self.problem: Problem | None = None
        self.step: Step | None = None
        self.changes = latest_change()

    def _callbacks(self) -> CallbackList:
        plan = self.plan
        given = plan.callbacks or []
        own = list(given) if isinstance(given, (list, tuple)) else [given]
        params = {
            "epochs": plan.epochs,
            "steps": self.feed.batches,
            "verbose": plan.verbose,
            "initial_epoch": plan.initial_epoch,
            "validates": self.held is not None,
            "seed": getattr(self.feed, "seed", None),
        }
        shown = display_for(plan.verbose)
        return CallbackList([*shown, *own, self.history], self.model, params)

    def resume(self) -> None:
        """Go on where an earlier run with the same backup was cut off."""
        for callback in self.callbacks.callbacks:
            note = callback.restore() if isinstance(callback, BackupAndRestore) else None
            if note is not None:
                self.plan = replace(self.plan, initial_epoch=note["epoch"] + 1)
                self.history.epoch[:] = note["epochs"]
                self.history.history.update(note["history"])
                if isinstance(self.feed, ArrayFeed):
                    self.feed.seed = note["seed"]
                self.model.optimizer.plan(
                    self.feed.batches, self.plan.epochs, self.plan.initial_epoch
                )

    def run(self) -> History:
        """All epochs; Ctrl-C and a diverging loss end them early, with everything kept."""
        self.model.stop_training = False
        planned = self.plan.epochs - self.plan.initial_epoch
        at_once = can_run_at_once(self.model, self.feed, self.held, planned, self.callbacks)
        if not at_once:
            self.callbacks.check_monitors(self._log_names())
        logs: dict[str, Any] = {}
        try:
            with watched() as interrupt:
                self.callbacks.on_train_begin({})
                logs = self._at_once(interrupt) if at_once else self._epochs(interrupt)
                if self.model.optimizer.has_final_values:
                    self.model.optimizer.finalize_variable_values(self.model.trainable_weights)
                self.callbacks.on_train_end(logs)
            if interrupt:
                self.history.interrupted = True
                print(
                    f"\nstopped by Ctrl-C in epoch {self.epoch + 1}; weights and history are kept",
                    file=sys.stderr,
                )
        finally:
            self.callbacks.close()
        self._advise()
        return self.history

    def _advise(self) -> None:
        """Say what the losses tell about the learning rate."""
        advice = rate_advice(self.history.history.get("loss", []), rate_of(self.model))
        shown = bool(display_for(self.plan.verbose))
        report(advice, self.history.findings, print_advice=shown)

    def _error(self, finding: Finding) -> Exception:
        """The error that ends the run, noted in the history."""
        self.history.findings.append(finding)
        return finding.exception()

    def _log_names(self) -> list[str]:
        names = self._shown("test" if self.model.optimizer.full_batch else "train", self.feed)
        with noted("in the validation data"):
            held = [] if self.held is None else self._shown("test", self.held)
        return [*names, *(f"val_{name}" for name in held)]

    def _shown(self, kind: str, feed: Feed) -> list[str]:
        return self.model.step_for(kind, feed.nest, feed.prepare).shown

    def _epochs(self, interrupt: Interrupt) -> dict[str, Any]:
        logs: dict[str, Any] = {}
        for epoch in range(self.plan.initial_epoch, self.plan.epochs):
            self.epoch = epoch
            if not self.feed.batches:  # of unknown length
                self.model.optimizer.plan(None, self.plan.epochs, epoch)
            self.callbacks.on_epoch_begin(self.epoch, {})
            logs = self._train_epoch(interrupt)
            if interrupt:
                break
            if self.held is not None and self.plan.validates(self.epoch):
                logs.update(self._validate(interrupt))
            self.callbacks.on_epoch_end(self.epoch, logs)
            if self.model.stop_training or interrupt:
                break
        return logs

    def _at_once(self, interrupt: Interrupt) -> dict[str, Any]:
        """All epochs in few stretches, as nobody watches between two, or has changed the model."""
        assert isinstance(self.feed, ArrayFeed)
        feed, trained = self.feed, self.trained
        step = self.model.step_for("epochs", feed.nest, feed.prepare, trained)
        epochs = Epochs(step, feed, self.history, self.plan.initial_epoch)
        self.model.place.begin(epochs.each)
        try:
            epochs.run(self.plan.epochs, lambda: not interrupt)
        except Stopped as stop:
            found = inspection.divergence_in(self.model, stop, epochs.number)
            raise self._error(found) from None
        self.epoch = max(epochs.number - 1, self.plan.initial_epoch)
        return {name: values[-1] for name, values in self.history.history.items() if values}

    def _train_epoch(self, interrupt: Interrupt) -> dict[str, Any]:
        model, callbacks = self.model, self.callbacks
        model.readings.reset()

        def before(done: int) -> None:
            if self.single:
                callbacks.on_train_batch_begin(done, {})

        def after(progress: Progress) -> bool:
            if self.single or callbacks.wants_stretches:
                logs = metric_logs(model, progress)
                if self.single:
                    callbacks.on_train_batch_end(progress.done - 1, logs)
                callbacks.on_stretch_end(progress.done, self.feed.batches, logs)
            return not (interrupt or model.stop_training)

        if model.optimizer.full_batch:
            return self._whole_batch_epoch(interrupt)
        try:
            progress = run_epoch(
                self._train_step, self.feed, self.epoch, before, after, self.single
            )
        except Stopped as stop:
            raise self._error(inspection.divergence_in(model, stop, self.epoch)) from None
        return metric_logs(model, progress)

    def _whole_batch_epoch(self, interrupt: Interrupt) -> dict[str, Any]:
        """One iteration of a method that sees the whole set, then the metrics where it leads."""
        if self.problem is None:
            self.problem = Problem(self.model, self.feed)
        start = self.problem.parameters()
        if self.single:
            self.callbacks.on_train_batch_begin(0, {})
        with np.errstate(all="ignore"):
            self.model.optimizer.step(self.problem)
        logs = evaluation(self.model, self.feed, lambda: not interrupt)
        if not np.isfinite(logs.get("loss", 0.0)):
            self.problem.move(start)
            where = Where(epoch=self.epoch + 1)
            raise self._error(divergence_of_whole_set(self.problem.inputs, where))
        if self.single:
            self.callbacks.on_train_batch_end(0, logs)
        self.callbacks.on_stretch_end(1, 1, logs)
        return logs

    def _train_step(self, nest: Any) -> Step:
        """The step of a form of data; held columns keep theirs from the first epoch to the last."""
        changed = self.changes != latest_change()  # a callback may have set a layer's rate
        if self.step is None or changed or not isinstance(self.feed, ArrayFeed):
            self.changes = latest_change()
            self.step = self.model.step_for("train", nest, self.feed.prepare)
        return self.step

    def _validate(self, interrupt: Interrupt) -> dict[str, Any]:
        assert self.held is not None
        told = self.callbacks if self.single_tests else None
        self.callbacks.on_test_begin({})
        with noted("in the validation data"):
            logs = evaluation(self.model, self.held, lambda: not interrupt, told=told)
        self.callbacks.on_test_end(logs)
        return {f"val_{name}": value for name, value in logs.items()}


def evaluation(
    model: Any,
    feed: Feed,
    go_on: Any = lambda: True,
    after: Any = None,
    told: CallbackList | None = None,
) -> dict[str, float]:
    """The metrics over a feed; the callbacks `told` hear of each batch."""
    step = model.step_for("test", feed.nest, feed.prepare)
    held = isinstance(feed, ArrayFeed)
    model.readings.reset()

    def each(progress: Progress) -> bool:
        if after is not None:
            after(progress)
        if told is not None:
            told.on_test_batch_end(progress.done - 1, metric_logs(model, progress))
        return bool(go_on())

    progress = run_epoch(
        lambda nest: step if held else model.step_for("test", nest, feed.prepare),
        feed,
        0,
        lambda done: None if told is None else told.on_test_batch_begin(done, {}),
        each,
        single=told is not None,
    )
    return metric_logs(model, progress)


def metric_logs(model: Any, progress: Progress) -> dict[str, Any]:
    """What the step returned: the metrics' values so far, and the last of what else it told."""
    logs = model.readings.values()
    if progress.outputs and progress.outputs[-1]:
        logs.update(_own_logs(progress))
    return {name: logs[name] for name in progress.shown if name in logs} or logs


def _own_logs(progress: Progress) -> dict[str, Any]:
    names = progress.names
    return {
        name: plain(output[-1])
        for name, output in zip(names, progress.outputs[-1], strict=True)
        if len(output)
    }
