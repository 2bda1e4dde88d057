"""Applies the rules of `diagnosis` to a model's data, losses and layers.

Data in columns are checked before the first step, streams batch by batch. Depends on diagnosis,
feeds and the learner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from steepest.callbacks.rates import rate_of
from steepest.core import ops, tree
from steepest.core.tape import GradientTape
from steepest.core.variable import Variable
from steepest.data.columns import DenseColumn, as_column
from steepest.diagnosis.data import SAMPLE, finite_findings, scale_findings, weight_findings
from steepest.diagnosis.diverged import FailedInputs, divergence
from steepest.diagnosis.first_layers import reader_findings, scale, take_gaps
from steepest.diagnosis.loss_and_labels import bound_findings, label_findings, quantity_findings
from steepest.diagnosis.loss_and_output import output_findings
from steepest.diagnosis.nothing_to_train import frozen_findings
from steepest.diagnosis.rate import OUT_OF_RANGE, lower_rate, rate_findings
from steepest.diagnosis.settings import STATISTICS_OF_ONE, class_weight_findings
from steepest.diagnosis.standstill import equal_units, zero_gradient
from steepest.errors import concerning
from steepest.finding import Finding, Where, report
from steepest.layers.normalization import BatchNormalization
from steepest.losses import Loss
from steepest.neuralnet.input.feeds import ArrayFeed, Feed, OrderedRows, StreamFeed
from steepest.neuralnet.learner import Learner, Trained
from steepest.neuralnet.objectives import per_output
from steepest.neuralnet.readers import any_inspects, readers_of
from steepest.neuralnet.step import Step, unpack
from steepest.program.graph import Node

FEW_ROWS = 256
"""Rows of which the gradient is computed where a loss stands still."""


class FailedBatch(NamedTuple):
    """A batch whose update was not applied, as its loss was not finite."""

    step: Step
    data: OrderedRows
    rows: np.ndarray
    done: int


class Pair(NamedTuple):
    """An output with its loss, the labels that it is compared with, and its metrics."""

    loss: Loss
    output: Node
    labels: np.ndarray
    metrics: Sequence[Any]
    where: Where


# ---------------------------------------------------------------- the data


def data_findings(model: Learner, feed: Feed | None, what: str = "") -> Iterator[Finding]:
    """Values that no training can use: NaN, infinity, negative weights."""
    if not isinstance(feed, ArrayFeed):
        return
    for name, part in zip(("x", "y", "sample_weight"), feed.nest, strict=False):
        columns = tree.leaves(part)
        yield from finite_findings(columns, what + name, partial(_are_filled, model, name, part))
        if name == "sample_weight":
            yield from weight_findings(columns, what + name)


def _are_filled(model: Learner, name: str, part: Any) -> list[bool]:
    return take_gaps(readers_of(model, part)) if name == "x" else [False] * len(tree.leaves(part))


def input_findings(model: Learner, feed: Feed | None) -> Iterator[Finding]:
    """The findings of the layers that read the inputs first, in columns."""
    if isinstance(feed, ArrayFeed) and any_inspects(model):
        x = feed.nest[0] if feed.prepare is None else _prepared(feed, feed.rows)[0]
        yield from reader_findings(tree.leaves(x), readers_of(model, x), feed.rows)


# ---------------------------------------------------------------- losses, outputs, labels


def fit_findings(
    model: Learner, feed: Feed, validation: Feed | None, trained: Trained
) -> Iterator[Finding]:
    """Where loss, output, labels, scales and learning rate do not fit each other."""
    if isinstance(feed, ArrayFeed):
        nest = _prepared(feed)
        for loss, output, values, metrics, where in _pairs(model, nest, trained):
            yield from label_findings(loss, output, values, where)
            yield from output_findings(loss, output, values, where)
            yield from quantity_findings(loss, output, values, metrics, where)
        yield from _scales(model, nest[0])
    if isinstance(validation, ArrayFeed) and validation.nest is not feed.nest:
        with concerning("validation data"):
            pairs = _pairs(model, _prepared(validation), trained, "validation y")
            for loss, output, values, _, where in pairs:
                yield from label_findings(loss, output, values, where)
    yield from rate_findings(model.optimizer)
    if not trained.weights:
        yield from frozen_findings(model.name, len(model.weights))


def setting_findings(
    model: Learner, feed: Feed, trained: Trained, class_weight: Any
) -> Iterator[Finding]:
    """Batches of one example before a batch normalization, and weights of unknown classes."""
    if not isinstance(feed, ArrayFeed):
        return
    if min(feed.batch, feed.count) == 1:
        for layer in model.flatten_layers():
            if not isinstance(layer, BatchNormalization) or not layer.trainable:
                continue
            if len(layer.input_shape or ()) == 2:
                yield STATISTICS_OF_ONE.finding(Where(layer=layer.name))
                break
    if class_weight is not None and feed.prepare is None and not model.run_eagerly:
        outputs = _outputs(model, feed.nest, trained)
        if len(outputs) == 1:
            yield from class_weight_findings(class_weight, int(outputs[0].shape[-1] or 1))


def _scales(model: Learner, x: Any) -> Iterator[Finding]:
    def are_prepared() -> list[bool]:
        readers = readers_of(model, x)
        return [a or b for a, b in zip(scale(readers), take_gaps(readers), strict=True)]

    return scale_findings(tree.leaves(x), are_prepared)


def use_findings(model: Learner, feed: Feed, kind: str) -> Iterator[Finding]:
    """Labels of an evaluation ("test") or of one batch that the loss does not take."""
    if isinstance(feed, ArrayFeed) and _has_labels(model, feed, kind):
        model.recorded_step(kind, feed.nest)  # makes the losses
        for loss, output, values, _, where in _pairs(model, tuple(feed.nest), None):
            yield from bound_findings(loss, output, values, where)


def _has_labels(model: Learner, feed: Feed, kind: str) -> bool:
    """Whether a step is not overridden, so that it compares the outputs of `call` with labels."""
    inherited = not model.has_own_step(kind) and not model.run_eagerly
    return inherited and feed.prepare is None and len(feed.nest) > 1


def _pairs(
    model: Learner, nest: tuple[Any, ...], trained: Trained | None, argument: str = "y"
) -> Iterator[Pair]:
    assert model.objectives is not None
    if len(nest) > 1 and any(model.objectives.losses) and not model.run_eagerly:
        yield from _pairs_of(model, _outputs(model, nest, trained), nest[1], argument)


def _outputs(model: Learner, nest: tuple[Any, ...], trained: Trained | None) -> Sequence[Node]:
    return model.recorded_step("predict", nest[:1], trained=trained).graph.outputs


def _pairs_of(model: Learner, outputs: Sequence[Node], given: Any, argument: str) -> Iterator[Pair]:
    aims = model.objectives
    assert aims is not None
    names = aims.output_names
    labels = per_output(given, names, "y")
    for name, loss, output, label, metrics in zip(
        names, aims.losses, outputs, labels, aims.plain, strict=False
    ):
        if loss is not None and isinstance(label, DenseColumn):
            where = Where(argument, output=name if len(names) > 1 else None)
            yield Pair(loss, output, label.array, metrics, where)


def _prepared(feed: ArrayFeed, rows: np.ndarray | None = None) -> tuple[Any, ...]:
    """The data as the model is given them; of those that the step prepares, the first rows."""
    if feed.prepare is None:
        return tuple(feed.nest)
    chosen = np.arange(feed.count)[:SAMPLE] if rows is None else rows[:SAMPLE]
    first = tree.transform(lambda column: ops.constant(column.take(chosen)), feed.nest)
    return tuple(tree.transform(as_column, feed.prepare(first)))


# ---------------------------------------------------------------- streams, batch by batch


def watch_inputs(model: Learner, feed: Feed | None, found: list[Finding]) -> None:
    """Lets the layers that read the inputs first inspect each batch of a stream."""
    if isinstance(feed, StreamFeed) and any_inspects(model):

        def check(nest: Any) -> Iterator[Finding]:
            return reader_findings(tree.leaves(nest[0]), readers_of(model, nest[0]))

        feed.watch(partial(_report_batch, check, found))


def watch_labels(
    model: Learner,
    feed: Feed | None,
    kind: str,
    trained: Trained | None,
    found: list[Finding],
    argument: str = "y",
) -> None:
    """Checks the labels of each batch of a stream, as those of an array."""
    if not isinstance(feed, StreamFeed) or not _has_labels(model, feed, kind):
        return
    if trained is None:
        model.recorded_step(kind, feed.nest)  # makes the losses
    assert model.objectives is not None
    if any(model.objectives.losses):
        outputs = _outputs(model, feed.nest, trained)

        def check(nest: Any) -> Iterator[Finding]:
            for pair in _pairs_of(model, outputs, nest[1], f"{argument} of a batch"):
                yield from bound_findings(pair.loss, pair.output, pair.labels, pair.where)

        feed.watch(partial(_report_batch, check, found))


def _report_batch(
    check: Callable[[Any], Iterator[Finding]], found: list[Finding], nest: Any
) -> None:
    report(check(nest), found)


# ---------------------------------------------------------------- errors and warnings


def report_data(
    model: Learner,
    stored: tuple[Feed, Feed | None],
    given: tuple[Feed, Feed | None],
    found: list[Finding],
) -> None:
    """Checks the stored data of a fit, and lets layers inspect the data as given."""
    for stored_feed, feed, what in zip(stored, given, ("", "validation "), strict=True):
        report(data_findings(model, stored_feed, what), found)
        report(input_findings(model, feed), found)
        watch_inputs(model, feed, found)


def report_fit(
    model: Learner, feed: Feed, validation: Feed | None, trained: Trained, found: list[Finding]
) -> None:
    """Reports where loss, output, labels and settings of a fit do not fit each other."""
    report(fit_findings(model, feed, validation, trained), found)
    watch_labels(model, feed, "train", trained, found)
    watch_labels(model, validation, "test", trained, found, "validation y")


def report_use(model: Learner, feed: Feed, kind: str | None = None) -> None:
    """Checks the inputs of a prediction, and the labels of a step of a kind."""
    found: list[Finding] = []
    report(input_findings(model, feed), found)
    watch_inputs(model, feed, found)
    if kind is not None:
        if isinstance(feed, ArrayFeed) and len(feed.nest) > 2:
            report(weight_findings(tree.leaves(feed.nest[2])), found)
        report(use_findings(model, feed, kind), found)
        watch_labels(model, feed, kind, None, found)


# ---------------------------------------------------------------- divergence


def divergence_in(model: Learner, failed: FailedBatch, epoch: int) -> Finding:
    """Where and why the loss of the batch that stopped an epoch, counted from 0, is not finite."""
    recording = failed.step.recording
    where = Where(epoch=epoch + 1, step=failed.done + 1)
    fault = recording.fault()
    if fault is not None:
        return OUT_OF_RANGE.finding(where, fault=fault)
    readers = readers_of(model, [0])
    batch = FailedInputs(
        [column.take(failed.rows) for column in failed.data.columns],
        is_scaled=any(scale(readers)),
        is_filled=any(take_gaps(readers)),
    )
    rate = rate_of(model.optimizer)
    lower = lower_rate(model.optimizer, rate)
    return divergence(recording.graph, recording.values(), batch, rate, where, lower)


# ---------------------------------------------------------------- a loss that stands still


def standstill_findings(model: Learner, feed: Feed) -> Iterator[Finding]:
    """Why a loss stands still, by the weights and by the gradient on some rows."""
    kernels = [
        (layer.name, np.asarray(vars(layer)["kernel"]))
        for layer in model.flatten_layers()
        if isinstance(vars(layer).get("kernel"), Variable) and layer.trainable
    ]
    found = list(equal_units(kernels))
    if not found and isinstance(feed, ArrayFeed) and _has_labels(model, feed, "train"):
        found = list(zero_gradient(_gradients(model, feed)))
    yield from found


def _gradients(model: Learner, feed: ArrayFeed) -> list[np.ndarray | None]:
    """The gradient of the loss on the first rows by each trained weight with two axes and more."""
    assert feed.rows is not None
    rows = feed.rows[:FEW_ROWS]
    data = tree.transform(lambda column: ops.constant(column.take(rows)), tuple(feed.nest))
    x, y, weights = unpack(data)
    kernels = [weight for weight in model.trainable_weights if len(weight.shape) > 1]
    with GradientTape() as tape:
        loss = model.compute_loss(x, y, model(x, training=False), weights, training=False)
    gradients = tape.gradient(loss, kernels)
    return [None if part is None else np.asarray(part) for part in gradients]
