"""Evaluation, prediction and single batches. Depends on runs, listeners and input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from steepest.events import Logs, Task
from steepest.finding import report
from steepest.neuralnet import inspection
from steepest.neuralnet.input.accept import intake, is_stream
from steepest.neuralnet.input.feeds import ArrayFeed, limited
from steepest.neuralnet.learner import Learner
from steepest.neuralnet.running.listeners import (
    Findings,
    Hooks,
    callbacks_with_display,
    listen,
)
from steepest.neuralnet.running.one_epoch import Diverged, OneEpoch
from steepest.neuralnet.running.plan import Every
from steepest.neuralnet.running.prepare import beyond_findings
from steepest.neuralnet.running.run import Evaluation, Prediction, Run

if TYPE_CHECKING:
    from steepest.neuralnet.trainer import Trainer

PREDICT_BATCH = 1024


def evaluation(
    model: Trainer,
    x: Any,
    y: Any = None,
    batch_size: int | None = None,
    sample_weight: Any = None,
    steps: int | None = None,
    every: Every = "epoch",
) -> Evaluation:
    """An evaluation of a model on data, ready for its first batch."""
    model.require_compiled("evaluate")
    feed = limited(intake(model, x, y, sample_weight, batch_size, steps=steps))
    inspection.report_use(model, feed, "test")
    report(beyond_findings(feed, x, "steps"))
    return Evaluation(model, feed, every)


def prediction(
    model: Trainer,
    x: Any,
    batch_size: int | None = None,
    steps: int | None = None,
    every: Every = "epoch",
) -> Prediction:
    """A prediction of a model for data, ready for its first batch."""
    size = PREDICT_BATCH if batch_size is None and not is_stream(x) else batch_size
    feed = limited(intake(model, x, None, None, size, steps=steps))
    if isinstance(feed, ArrayFeed) and feed.prepare is None:
        feed.nest = feed.nest[:1]
    inspection.report_use(model, feed)
    report(beyond_findings(feed, x, "steps"))
    return Prediction(model, feed, every)


def finished(run: Run, callbacks: Any, verbose: Any) -> Any:
    """Runs an evaluation or a prediction, passes its events to callbacks, returns its result."""
    settings = {"epochs": 1, "steps": run.feed.batches, "verbose": verbose, "task": run.task}
    all_callbacks = callbacks_with_display(callbacks, verbose, run.model, settings)
    hooks = Hooks(all_callbacks)
    run.every = hooks.every(run.task)
    try:
        listen(run, [Findings([]), hooks] if all_callbacks.callbacks else [Findings([])])
    finally:
        all_callbacks.close()
    return run.result


def on_batch(model: Learner, task: Task, x: Any, y: Any, weights: Any) -> Logs:
    """Runs one batch of training or evaluation and returns its metrics."""
    kind = "train" if task == "train" else "test"
    model.require_compiled(f"{kind}_on_batch")
    feed = intake(model, x, y, weights, batch_size=2**31 - 1)
    inspection.report_use(model, feed, kind)
    epoch = OneEpoch(model, task, feed)
    try:
        for _ in epoch.events():
            pass
    except Diverged as diverged:
        raise diverged.finding.exception() from None
    return epoch.finish()


def unwrapped(logs: Logs) -> Any:
    """The values of logs as Keras returns them: a list, or the only number."""
    values = list(logs.values())
    return values[0] if len(values) == 1 else values
