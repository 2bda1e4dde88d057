"""Rules on how often the weights are updated: batch size, epochs, statistics of batches.

Depends on updates, rule and changes.
"""

from __future__ import annotations

from collections.abc import Iterator

from steepest import layers
from steepest.doctor.budget import steps_per_epoch
from steepest.doctor.changes import fitted_with, layer_option
from steepest.doctor.facts import Facts
from steepest.doctor.rule import Looks, Suspected, rule
from steepest.doctor.updates import updates
from steepest.finding import Where

FEW_STEPS = 10
FEW_UPDATES = 100
ENOUGH_UPDATES = 1000
USUAL_BATCH = 32
INITIAL_SHARE = 0.1


@rule(
    "S14",
    "batch-size",
    Looks.MODEL,
    meaning="Batches are so large that an epoch has few updates, or too small for statistics.",
    sentence="batch_size={batch}: {what}",
    remedy="batch_size={better}",
    threshold="fewer than 10 updates an epoch and 500 in all, with more than 100 rows; batches of "
    "fewer than 4 rows with batch normalization",
    source="the number of updates decides how far the weights move; a variance of 2 or 3 rows has "
    "an error as large as itself",
)
def batch_size(facts: Facts) -> Iterator[Suspected]:
    """Few updates by large batches, and batch normalization of a handful of rows."""
    rows, batch, total = len(facts.setup.rows), facts.batch_size, updates(facts)
    steps = steps_per_epoch(facts.setup)
    normalizes = any(issubclass(spec.kind, layers.BatchNormalization) for spec in facts.layers)
    better = USUAL_BATCH
    if normalizes and min(batch, rows) < 4:
        what = f"batch normalization takes means and variances of {min(batch, rows)} rows"
    elif (
        not facts.fresh.optimizer.full_batch
        and batch > USUAL_BATCH
        and rows > FEW_UPDATES
        and steps < FEW_STEPS
        and total is not None
        and total < 5 * FEW_UPDATES
    ):
        what = f"an epoch of {rows} rows has {steps} updates, all {facts.epochs} epochs {total}"
        better = _usual_batch(rows)
    else:
        return
    evidence = {"batch": batch, "what": what, "better": better}
    yield Suspected(Where("batch_size"), evidence, (fitted_with(batch_size=better),))


@rule(
    "S22",
    "few-updates",
    Looks.MODEL,
    meaning="The whole training has few updates of the weights.",
    sentence="{epochs} epochs of {steps} updates are {total} in all",
    remedy="epochs={better}, or smaller batches",
    threshold="fewer than 100 updates",
    source="networks of the healthy runs need some hundred updates",
)
def few_updates(facts: Facts) -> Iterator[Suspected]:
    """Trainings of fewer than 100 updates; more come by epochs or by smaller batches."""
    total, steps = updates(facts), steps_per_epoch(facts.setup)
    if total is None or total >= FEW_UPDATES or facts.fresh.optimizer.full_batch:
        return
    better = -(-ENOUGH_UPDATES // steps)
    evidence = {"epochs": facts.epochs, "steps": steps, "total": total, "better": better}
    changes = [fitted_with(epochs=better)]
    smaller = _usual_batch(len(facts.setup.rows))
    if 2 * smaller <= min(facts.batch_size, len(facts.setup.rows)):
        changes.append(fitted_with(batch_size=smaller))
    yield Suspected(Where("epochs"), evidence, tuple(changes))


def _usual_batch(rows: int) -> int:
    """32 rows, or of few rows a twentieth, and 8 at least."""
    return min(USUAL_BATCH, max(8, rows // 20))


@rule(
    "S27",
    "slow-statistics",
    Looks.MODEL,
    meaning="The training ends before the statistics of batch normalization are the data's.",
    sentence="momentum {momentum:g} of layer {where.layer!r} leaves {share:.0%} of the initial "
    "mean 0 and variance 1 after {total} updates, and evaluation uses them",
    remedy="momentum={better:g}, or more epochs",
    threshold="a tenth of the initial statistics: momentum ** updates > 0.1",
    source="the moving average holds that share of its initial value",
)
def slow_statistics(facts: Facts) -> Iterator[Suspected]:
    """Moving averages that are still initial ones at the end."""
    total = updates(facts)
    for spec in facts.layers:
        if total is None or not issubclass(spec.kind, layers.BatchNormalization):
            continue
        momentum = float(spec["momentum"])
        share = momentum**total
        if share > INITIAL_SHARE and spec["trainable"]:
            better = 0.9 if total > 2 * FEW_STEPS else 0.5
            evidence = {"momentum": momentum, "share": share, "total": total, "better": better}
            change = layer_option(spec.name, momentum=better)
            yield Suspected(Where(layer=spec.name), evidence, (change,))
