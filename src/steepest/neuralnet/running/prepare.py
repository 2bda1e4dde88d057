"""What precedes a training: its data are accepted and checked, and the model is built.

Depends on input, inspection and diagnosis.
"""

from __future__ import annotations

import contextlib
from typing import Any

from steepest.diagnosis.plan import epoch_findings
from steepest.errors import ArgumentError, noted
from steepest.finding import Finding, report
from steepest.functions import random
from steepest.neuralnet import inspection
from steepest.neuralnet.input.accept import combined_weights, intake, is_stream, split_off
from steepest.neuralnet.input.class_weights import weighing
from steepest.neuralnet.input.feeds import ArrayFeed, Feed
from steepest.neuralnet.input.storage_choice import Store
from steepest.neuralnet.learner import Trained
from steepest.neuralnet.running.plan import Every, Plan
from steepest.neuralnet.running.run import Training


def training(model: Any, x: Any, y: Any, plan: Plan, every: Every = "epoch") -> Training:
    """A training as planned, ready for its first batch."""
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
        model.restart_generators(plan.seed)
    if plan.check:
        inspection.report_fit(model, *stored, trained, found)
    return Training(model, plan, *stored, trained, every, found)


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
        model.recorded_step(kind, feed.nest, feed.prepare)
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
