"""fit: a training whose events go to callbacks, Ctrl-C and the display. Leans on listeners."""

from __future__ import annotations

from typing import Any

from steepest.callbacks.callback import CallbackList
from steepest.callbacks.checkpoints import BackupAndRestore
from steepest.callbacks.history import History
from steepest.callbacks.progress import display_for
from steepest.finding import report
from steepest.neuralnet.running.interrupt import watched
from steepest.neuralnet.running.listeners import (
    CtrlC,
    Findings,
    Hooks,
    Listener,
    Record,
    callback_list,
    listen,
)
from steepest.neuralnet.running.plan import Plan
from steepest.neuralnet.running.prepare import training
from steepest.neuralnet.running.run import Training

__all__ = ["Plan", "fit"]


def fit(
    model: Any, x: Any, y: Any, plan: Plan, callbacks: Any = None, verbose: Any = "auto"
) -> History:
    """Train a model as planned; the history is the model's too, whatever ends the training."""
    run = training(model, x, y, plan, every="call")
    history, findings = History(), Findings(run.findings)
    model.history, history.findings = history, run.findings
    settings = _settings(run, verbose)
    history.set_model(model)
    history.set_params(settings)
    several = callback_list(callbacks, verbose, model, settings)
    _resume(run, several, history)
    listeners: list[Listener] = [findings, Record(history)]
    if several.callbacks:
        hooks = Hooks(several)
        listeners.insert(1, hooks)
        run.every, run.validation_every = hooks.every("train"), hooks.every("validate")
    if not run.joins_epochs:
        several.check_monitors(run.log_names())
    try:
        with watched() as interrupt:
            listen(run, [*listeners, CtrlC(run, interrupt, history)])
    finally:
        several.close()
    report(findings.advice, history.findings, print_advice=bool(display_for(verbose)))
    return history


def _settings(run: Training, verbose: Any) -> dict[str, Any]:
    """The settings of a training, as callbacks see them in `params`."""
    return {
        "epochs": run.plan.epochs,
        "steps": run.feed.batches,
        "verbose": verbose,
        "initial_epoch": run.plan.initial_epoch,
        "validates": run.held is not None,
        "seed": getattr(run.feed, "seed", None),
    }


def _resume(run: Training, callbacks: CallbackList, history: History) -> None:
    """Go on where an earlier training with the same backup was cut off."""
    for callback in callbacks.callbacks:
        note = callback.restore() if isinstance(callback, BackupAndRestore) else None
        if note is not None:
            history.epoch[:] = note["epochs"]
            history.history.update(note["history"])
            run.resume_after(note["epoch"], note["seed"], note["history"].get("loss", []))
