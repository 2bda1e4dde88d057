"""fit: runs a training and passes its events to callbacks, the history, Ctrl-C and the display.

The loop over epochs is in training_loop.py. Depends on prepare, the training loop and listeners.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from steepest.callbacks.callback import CallbackList
from steepest.callbacks.checkpoints import BackupAndRestore
from steepest.callbacks.history import History
from steepest.callbacks.progress import display_for
from steepest.finding import report
from steepest.neuralnet.input.feeds import ArrayFeed
from steepest.neuralnet.running.interrupt import watched
from steepest.neuralnet.running.listeners import (
    CtrlC,
    Findings,
    Hooks,
    Listener,
    Record,
    callbacks_with_display,
    heard,
)
from steepest.neuralnet.running.plan import Every, TrainingPlan
from steepest.neuralnet.running.prepare import training
from steepest.neuralnet.running.run import Events, more_often
from steepest.neuralnet.running.training_loop import Training

if TYPE_CHECKING:
    from steepest.neuralnet.trainer import Trainer


@dataclass
class Fitting:
    """A training with those who listen to it: callbacks, the history and reports of findings."""

    run: Training
    history: History
    callbacks: CallbackList
    listeners: list[Listener]
    findings: Findings

    def advanced(self, print_advice: bool = False) -> Events:
        """The events of the training, each after the listeners have heard it, then the advice."""
        try:
            yield from heard(self.run, self.listeners)
        finally:
            self.callbacks.close()
        report(self.findings.advice, self.history.findings, print_advice)


def fitting(
    model: Trainer,
    x: Any,
    y: Any,
    plan: TrainingPlan,
    callbacks: Any = None,
    verbose: Any = 0,
    every: Every = "call",
) -> Fitting:
    """A training by a plan and its listeners, ready for the first batch."""
    run = training(model, x, y, plan, every)
    history = History()
    model.history, history.findings = history, run.findings
    history.validation_freq = plan.validation_freq
    settings = _settings(run, verbose)
    history.set_model(model)
    history.set_params(settings)
    all_callbacks = callbacks_with_display(callbacks, verbose, model, settings)
    _resume(run, all_callbacks, history)
    findings = Findings(run.findings, all_callbacks.callbacks)
    listeners: list[Listener] = [findings, Record(history)]
    if all_callbacks.callbacks:
        hooks = Hooks(all_callbacks)
        listeners.insert(1, hooks)
        run.every = more_often(every, hooks.every("train"))
        run.validation_every = more_often(every, hooks.every("validate"))
    for callback in all_callbacks.callbacks:
        callback.set_run(run)
        if callback.overrides("on_event"):
            listeners.append(callback.on_event)
    if not run.joins_epochs and not model.run_eagerly:  # whose names are known after a batch
        all_callbacks.check_monitors(run.log_names())
    return Fitting(run, history, all_callbacks, listeners, findings)


def fit(
    model: Trainer,
    x: Any,
    y: Any,
    plan: TrainingPlan,
    callbacks: Any = None,
    verbose: Any = "auto",
) -> History:
    """Trains a model by a plan; the history is the model's too, whatever ends the training."""
    fit = fitting(model, x, y, plan, callbacks, verbose)
    events = fit.advanced(print_advice=bool(display_for(verbose)))
    with watched() as interrupt, contextlib.closing(events):
        fit.run.stop_word = interrupt.stop
        fit.listeners.append(CtrlC(fit.run, interrupt, fit.history))
        for _ in events:
            pass
    return fit.history


def _settings(run: Training, verbose: Any) -> dict[str, Any]:
    """The settings of a training, which callbacks have as `params`."""
    return {
        "epochs": run.plan.epochs,
        "steps": run.feed.batches,
        "verbose": verbose,
        "initial_epoch": run.plan.initial_epoch,
        "validates": run.validation is not None,
        "batch_size": run.feed.batch if isinstance(run.feed, ArrayFeed) else None,
        "class_weight": run.plan.class_weight,
        "seed": run.feed.seed if isinstance(run.feed, ArrayFeed) else None,
    }


def _resume(run: Training, callbacks: CallbackList, history: History) -> None:
    """Continues where an earlier training with the same backup was interrupted."""
    for callback in callbacks.callbacks:
        backup = callback.restore() if isinstance(callback, BackupAndRestore) else None
        if backup is not None:
            history.epoch[:] = backup.epochs
            history.history.update(backup.history)
            run.resume_after(backup)
