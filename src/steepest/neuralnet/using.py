"""Evaluation, prediction and single batches. Leans on the loop and intake."""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.callbacks.callback import CallbackList
from steepest.callbacks.progress import display_for
from steepest.core import tree
from steepest.neuralnet import inspection
from steepest.neuralnet.input.accept import combined_weights, intake, is_stream
from steepest.neuralnet.input.feeds import ArrayFeed, Feed
from steepest.neuralnet.loop import Progress, Stopped, run_epoch
from steepest.neuralnet.training import evaluation, metric_logs

PREDICT_BATCH = 1024

__all__ = ["combined_weights", "evaluate", "on_batch", "predict", "unwrapped"]


def evaluate(
    model: Any,
    x: Any,
    y: Any,
    batch_size: int | None,
    verbose: Any,
    sample_weight: Any,
    steps: int | None,
    callbacks: Any,
) -> dict[str, float]:
    """The loss and metrics of a model on data, by name."""
    model.require_compiled("evaluate")
    feed = intake(model, x, y, sample_weight, batch_size, steps=steps)
    inspection.report_use(model, feed, "test")
    watchers = _watchers(model, feed, verbose, callbacks, "evaluate")
    watchers.on_test_begin({})

    def after(progress: Progress) -> None:
        watchers.on_stretch_end(progress.done, feed.batches, metric_logs(model, progress))

    try:
        shown = after if watchers.wants_stretches else None
        told = watchers if watchers.wants_test_batches else None
        logs = evaluation(model, feed, after=shown, told=told)
        watchers.on_test_end(logs)
    finally:
        watchers.close()
    return logs


def _watchers(model: Any, feed: Feed, verbose: Any, callbacks: Any, task: str) -> CallbackList:
    given = callbacks or []
    own = list(given) if isinstance(given, (list, tuple)) else [given]
    params = {"epochs": 1, "steps": feed.batches, "verbose": verbose, "task": task}
    return CallbackList([*display_for(verbose), *own], model, params)


def predict(
    model: Any, x: Any, batch_size: int | None, verbose: Any, steps: int | None, callbacks: Any
) -> Any:
    """The outputs of a model for data, all batches joined."""
    size = PREDICT_BATCH if batch_size is None and not is_stream(x) else batch_size
    feed = intake(model, x, None, None, size, steps=steps)
    if isinstance(feed, ArrayFeed) and feed.prepare is None:
        feed.nest = feed.nest[:1]
    inspection.report_use(model, feed)
    watchers = _watchers(model, feed, verbose, callbacks, "predict")
    form: list[Any] = []

    def step_for(nest: Any) -> Any:
        step = model.step_for("predict", nest, feed.prepare)
        form[:] = [step.recording]
        return step

    single = watchers.wants_predict_batches

    def before(done: int) -> None:
        if single:
            watchers.on_predict_batch_begin(done, {})

    def after(progress: Progress) -> bool:
        if single:
            outputs = _outputs(form[0], [progress.outputs[-1]])
            watchers.on_predict_batch_end(progress.done - 1, {"outputs": outputs})
        watchers.on_stretch_end(progress.done, feed.batches, {})
        return True

    watchers.on_predict_begin({})
    try:
        progress = run_epoch(step_for, feed, 0, before, after, single)
        watchers.on_predict_end({})
    finally:
        watchers.close()
    return _outputs(form[0], progress.outputs)


def _outputs(recording: Any, stretches: list[list[np.ndarray]]) -> Any:
    """What the model gave, in its form, all stretches joined."""
    joined = [np.concatenate(parts) for parts in zip(*stretches, strict=True)]
    return tree.transform(np.asarray, recording.rebuild(joined))


def on_batch(model: Any, kind: str, x: Any, y: Any, weights: Any) -> dict[str, float]:
    """One batch through the step of a kind; its metrics, of this batch alone."""
    model.require_compiled(f"{kind}_on_batch")
    feed = intake(model, x, y, weights, batch_size=2**31 - 1)
    inspection.report_use(model, feed, kind)
    step = model.step_for(kind, feed.nest)
    model.readings.reset()
    try:
        progress = run_epoch(lambda nest: step, feed, 0)
    except Stopped as stop:
        raise inspection.divergence_in(model, stop, 0).exception() from None
    return metric_logs(model, progress)


def unwrapped(logs: dict[str, float]) -> Any:
    """The values of logs as Keras gives them: a list, or the one number."""
    values = list(logs.values())
    return values[0] if len(values) == 1 else values
