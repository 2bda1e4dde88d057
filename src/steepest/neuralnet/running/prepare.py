"""Prepares a training: accepts and checks its data, and builds the model.

Depends on input, inspection and diagnosis.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from steepest.diagnosis.nothing_to_train import epoch_findings
from steepest.diagnosis.settings import TWO_WEIGHTS, steps_findings, uneven_findings
from steepest.distribution.current import distribution
from steepest.engines.cores import is_one_of_several, note_working_set
from steepest.errors import ArgumentError, concerning
from steepest.finding import Finding, Where, report
from steepest.functions import generators
from steepest.neuralnet import inspection
from steepest.neuralnet.input.accept import combined_weights, intake, is_stream, split_off
from steepest.neuralnet.input.class_weights import weighing
from steepest.neuralnet.input.column_names import trained_names
from steepest.neuralnet.input.feeds import ArrayFeed, Feed, limited
from steepest.neuralnet.input.storage_choice import SparseStorage
from steepest.neuralnet.learner import Trained
from steepest.neuralnet.running.plan import Every, TrainingPlan
from steepest.neuralnet.running.training_loop import Training
from steepest.neuralnet.shared_recordings import resolve_objectives, shared_recordings
from steepest.neuralnet.step_cache import build

if TYPE_CHECKING:
    from steepest.neuralnet.trainer import Trainer


def training(
    model: Trainer, x: Any, y: Any, plan: TrainingPlan, every: Every = "epoch"
) -> Training:
    """A training by a plan, ready for its first batch."""
    model.require_compiled("fit")
    if model.optimizer is None:
        raise ArgumentError("fit: compile was given optimizer=None; give it one, such as 'adam'")
    seed = plan.seed if plan.seed is not None else generators.fresh_seed()
    feed, validation = _feeds(model, x, y, plan, seed)
    feed, validation = limited(feed), None if validation is None else limited(validation)
    model.optimizer.plan(feed.batches, plan.epochs, plan.initial_epoch)
    found: list[Finding] = []
    if plan.check:
        report(_plan_findings(plan, feed, x), found)
        if validation is not None:
            data = plan.validation_data
            report(beyond_findings(validation, data, "validation_steps"), found)
    with contextlib.nullcontext() if plan.seed is None else generators.seeded(plan.seed):
        stored = _stored(model, plan, feed, validation)
        if plan.check:
            inspection.report_data(model, stored, (feed, validation), found)
        trained = _prepare(model, stored[0])
    if is_one_of_several():
        # Each weight is read and written with its gradient and its slots.
        states = chain(trained.weights, trained.weights, model.optimizer.variables)
        note_working_set(sum(each.size * each.dtype.itemsize for each in states))
    if plan.seed is not None:
        model.restart_generators(plan.seed)
    if plan.check:
        inspection.report_fit(model, *stored, trained, found)
        report(inspection.setting_findings(model, stored[0], trained, plan.class_weight), found)
    return Training(model, plan, *stored, trained, every, found)


def _plan_findings(plan: TrainingPlan, feed: Feed, x: Any) -> Iterator[Finding]:
    """Epochs, steps and weights of rows that cannot be meant as they are given."""
    yield from epoch_findings(plan.epochs, plan.initial_epoch)
    yield from beyond_findings(feed, x, "steps_per_epoch")
    devices = distribution()
    if devices is not None and isinstance(feed, ArrayFeed):
        yield from uneven_findings(min(feed.batch, feed.count), devices.num_model_replicas)
    if plan.class_weight is not None and plan.sample_weight is not None:
        yield TWO_WEIGHTS.finding(Where("sample_weight"))


def beyond_findings(feed: Feed, data: Any, argument: str) -> Iterator[Finding]:
    """More steps than the data have batches, where they are known; a repeated data set means it."""
    is_endless = hasattr(data, "cardinality") and data.cardinality() < 0
    if isinstance(feed, ArrayFeed) and not is_endless:
        yield from steps_findings(feed.steps, -(-feed.count // feed.batch), argument)


def _stored(
    model: Trainer, plan: TrainingPlan, feed: Feed, validation: Feed | None
) -> tuple[Feed, Feed | None]:
    """The feeds, with columns that are mostly zero as sparse rows where that is quicker."""
    if model.optimizer.full_batch or model.run_eagerly:
        return feed, validation
    storage = SparseStorage(model, once=plan.epochs < 2)
    return storage.feed(feed), None if validation is None else storage.feed(validation)


def _prepare(model: Trainer, feed: Feed) -> Trained:
    """Builds the model and its metrics by recording the step, and makes the optimizer's slots."""
    assert model.objectives is not None
    if model.run_eagerly:
        build(model, "train", feed.nest, feed.prepare)
    elif not (model.built and model.objectives.resolved):
        kind = "test" if model.optimizer.full_batch else "train"
        is_shared = feed.prepare is None and shared_recordings() is not None
        if is_shared and not model.built:
            build(model, kind, feed.nest, None)
        if not (is_shared and resolve_objectives(model, feed.nest)):
            model.recorded_step(kind, feed.nest, feed.prepare)
    trained = model.trained()
    model.optimizer.ensure_built(trained.weights)
    return trained


def _feeds(
    model: Trainer, x: Any, y: Any, plan: TrainingPlan, seed: int
) -> tuple[Feed, Feed | None]:
    by_batch = plan.class_weight is not None and is_stream(x)
    by_row = None if by_batch else plan.class_weight
    weights = combined_weights(y, plan.sample_weight, by_row)
    feed = intake(model, x, y, weights, plan.batch_size, plan.shuffle, plan.steps_per_epoch, seed)
    if isinstance(feed, ArrayFeed) and model.column_names is None:
        model.column_names = trained_names(feed.nest[0])
    if by_batch:
        feed.prepare = weighing(plan.class_weight, feed.prepare)
    if plan.validation_split:
        if type(feed) is not ArrayFeed:
            raise ArgumentError(
                "validation_split: a data set or stream is not split; give validation_data "
                "(of a Dataset: take and skip, or split)"
            )
        return split_off(feed, plan.validation_split, seed)
    with concerning("validation data"):
        return feed, _validation_feed(model, plan, feed)


def _validation_feed(model: Trainer, plan: TrainingPlan, feed: Feed) -> Feed | None:
    data = plan.validation_data
    if data is None:
        return None
    batch_size = plan.validation_batch_size or (
        feed.batch if isinstance(feed, ArrayFeed) and plan.batch_size else plan.batch_size
    )
    if isinstance(data, (tuple, list)):
        if len(data) not in (2, 3):
            raise ArgumentError(
                f"validation_data: (x, y) or (x, y, sample_weight) expected, got {len(data)} parts"
            )
        return intake(model, *data, batch_size=batch_size, steps=plan.validation_steps)  # type: ignore[misc] # two or three parts
    return intake(model, data, steps=plan.validation_steps)
