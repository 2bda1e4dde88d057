"""Evaluation, prediction and single batches. Leans on the runs, their listeners and intake."""

from __future__ import annotations

from typing import Any

from steepest.events import Logs, Task
from steepest.neuralnet import inspection
from steepest.neuralnet.input.accept import intake, is_stream
from steepest.neuralnet.input.feeds import ArrayFeed
from steepest.neuralnet.running.listeners import (
    Findings,
    Hooks,
    callback_list,
    listen,
)
from steepest.neuralnet.running.one_epoch import Diverged, OneEpoch
from steepest.neuralnet.running.plan import Every
from steepest.neuralnet.running.run import Evaluation, Prediction, Run

PREDICT_BATCH = 1024


def evaluation(
    model: Any,
    x: Any,
    y: Any = None,
    batch_size: int | None = None,
    sample_weight: Any = None,
    steps: int | None = None,
    every: Every = "epoch",
) -> Evaluation:
    """An evaluation of a model on data, ready for its first batch."""
    model.require_compiled("evaluate")
    feed = intake(model, x, y, sample_weight, batch_size, steps=steps)
    inspection.report_use(model, feed, "test")
    return Evaluation(model, feed, every)


def prediction(
    model: Any,
    x: Any,
    batch_size: int | None = None,
    steps: int | None = None,
    every: Every = "epoch",
) -> Prediction:
    """A prediction of a model for data, ready for its first batch."""
    size = PREDICT_BATCH if batch_size is None and not is_stream(x) else batch_size
    feed = intake(model, x, None, None, size, steps=steps)
    if isinstance(feed, ArrayFeed) and feed.prepare is None:
        feed.nest = feed.nest[:1]
    inspection.report_use(model, feed)
    return Prediction(model, feed, every)


def finished(run: Run, task: Task, callbacks: Any, verbose: Any) -> Any:
    """The result of an evaluation or a prediction whose events went to callbacks."""
    settings = {"epochs": 1, "steps": run.feed.batches, "verbose": verbose, "task": task}
    several = callback_list(callbacks, verbose, run.model, settings)
    hooks = Hooks(several)
    run.every = hooks.every(task)
    try:
        listen(run, [Findings([]), hooks] if several.callbacks else [Findings([])])
    finally:
        several.close()
    return run.result


def on_batch(model: Any, task: Task, x: Any, y: Any, weights: Any) -> Logs:
    """One batch of training or evaluation; its metrics, of this batch alone."""
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
    """The values of logs as Keras gives them: a list, or the one number."""
    values = list(logs.values())
    return values[0] if len(values) == 1 else values
