"""Rules on a loss that does not fall, swings, or still falls at the end.

Depends on course_facts, objective, rule and changes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from steepest.doctor.budget import steps_per_epoch
from steepest.doctor.changes import fitted_with
from steepest.doctor.course_facts import (
    FEWEST_EPOCHS,
    HIGHER,
    LOWER,
    adam_instead,
    kernel_paths,
    later_records,
    losses,
    metric,
    predictions,
    rates,
)
from steepest.doctor.facts import Facts
from steepest.doctor.objective import loss_of_prior
from steepest.doctor.rule import Change, Looks, Suspected, rule
from steepest.finding import Severity, Where

LITTLE = 0.05  # of the first loss
NEAR_PRIOR = 0.02
SWING = 0.1
STILL = 0.1  # of all that the loss fell, in the last fifth of the epochs
MOVED = 0.01
REPLACED = 0.3
NOISY = 30.0
IMPROVES = 0.1  # of its value, between the last two fifths of the epochs


def _other_steps(facts: Facts) -> tuple[Change, ...]:
    """Other rates, higher and lower ones, and another optimizer."""
    return (*rates(facts, HIGHER), *rates(facts, LOWER[:1]), *adam_instead(facts))


@rule(
    "T3",
    "loss-not-decreasing",
    Looks.COURSE,
    meaning="The loss hardly fell during the whole training, and is not low.",
    sentence="the loss fell from {first:.4g} to {lowest:.4g} in {epochs} epochs, by {gain:.1%}",
    remedy="try another learning rate, and look at the findings on inputs, activations and loss",
    threshold="less than 5 % of the first epoch's loss, and a loss not below half of that of the "
    "best constant prediction",
    source="relative to the run's own start and to the prior (TheDeepChecker uses 5 % too)",
)
def not_decreasing(facts: Facts) -> Iterator[Suspected]:
    """A loss that stands still above what is low."""
    course = losses(facts)
    if len(course) < FEWEST_EPOCHS or not np.isfinite(course).all():
        return
    first, lowest, prior = course[0], course.min(), loss_of_prior(facts)
    if first - lowest < LITTLE * abs(first) and not lowest < 0.5 * prior:
        gain = (first - lowest) / abs(first) if first else 0.0
        evidence = {"first": first, "lowest": lowest, "epochs": len(course), "gain": gain}
        yield Suspected(Where("loss"), evidence, _other_steps(facts))


@rule(
    "T4",
    "loss-swings",
    Looks.COURSE,
    meaning="The loss swings from epoch to epoch by more than it falls.",
    sentence="the loss rose in {rises} of {changes} epochs, by {share:.0%} at the median",
    remedy="lower the learning rate, or take larger batches",
    threshold="rises in 3 of 10 epochs or more of the last three quarters, at the median by 10 % "
    "of the loss; and a lowest loss above 1 % of the first",
    source="relative to the run's own loss; noise of batches makes smaller rises",
)
def swings(facts: Facts) -> Iterator[Suspected]:
    """A loss with many large rises."""
    course = losses(facts)
    if len(course) < 2 * FEWEST_EPOCHS or not np.isfinite(course).all() or (course <= 0).any():
        return
    later = course[len(course) // 4 :]
    rises = np.diff(later) / later[:-1]
    rises = rises[rises > 0]
    if len(rises) < 0.3 * (len(later) - 1) or course.min() < 0.01 * course[0]:
        return
    share = float(np.median(rises))
    if share > SWING:
        evidence = {"rises": len(rises), "changes": len(later) - 1, "share": share}
        most = len(facts.setup.rows) or np.inf  # not known of a history alone
        larger = fitted_with(batch_size=int(min(4 * facts.batch_size, most)))
        yield Suspected(Where("loss"), evidence, (*rates(facts), larger))


@rule(
    "T5",
    "stuck-at-prior",
    Looks.COURSE,
    meaning="The network predicts no better than the best constant.",
    sentence="the loss ends at {last:.4g}, that of the best constant prediction is {prior:.4g}",
    remedy="look at the findings on inputs, activations and the last layer; try another rate",
    threshold="within 2 % of the loss of the best constant prediction in the last third of epochs",
    source="a constant needs no inputs: the loss of class shares, or of the mean",
)
def stuck(facts: Facts) -> Iterator[Suspected]:
    """A loss that stays at that of a constant."""
    course, prior = losses(facts), loss_of_prior(facts)
    if not len(course) or not np.isfinite(course).all() or not np.isfinite(prior) or prior <= 0:
        return
    last = course[-max(len(course) // 3, 1) :]
    if (np.abs(last / prior - 1.0) < NEAR_PRIOR).all():
        yield Suspected(Where("loss"), {"last": course[-1], "prior": prior}, _other_steps(facts))


@rule(
    "T6",
    "steps-too-small",
    Looks.COURSE,
    meaning="The weights hardly moved in the whole training.",
    sentence="the kernels moved by {moved:.2%} of their size in {steps} steps at most",
    remedy="raise the learning rate",
    threshold="steps whose sizes add up to less than 1 % of the kernels' size, for all kernels",
    source="a weight must move by about its own size to be learned rather than drawn",
)
def too_small(facts: Facts) -> Iterator[Suspected]:
    """Kernels whose steps add up to little."""
    records = facts.records
    if len(records) < 2:
        return
    moved = []
    for path in kernel_paths(facts):
        total, before = 0.0, records[0].step
        for record in records[1:]:
            total += (record.weight(path).change or 0.0) * (record.step - before)
            before = record.step
        moved.append(total)
    if moved and max(moved) < MOVED:
        evidence = {"moved": max(moved), "steps": records[-1].step}
        yield Suspected(Where("learning_rate"), evidence, rates(facts, HIGHER))


@rule(
    "T23",
    "steps-too-large",
    Looks.COURSE,
    meaning="Single steps replace a large part of the weights.",
    sentence="a step changes {path} by {change:.0%} of its size at the median of {records} records",
    remedy="lower the learning rate",
    threshold="30 % of a kernel's root mean square by one step, at the median of the records, and "
    "a loss above half of the first",
    source="healthy steps change weights by 0.01 to 1 % (measured by several tools); at 30 % "
    "nothing of a weight is left after a few steps",
)
def too_large(facts: Facts) -> Iterator[Suspected]:
    """Kernels that single steps replace."""
    course = losses(facts)
    if len(facts.records) < 3 or not len(course) or course.min() < course[0] / 2:
        return
    for path in kernel_paths(facts):
        known = [record.weight(path).change for record in facts.records[1:]]
        changes = [change for change in known if change is not None]
        if changes and np.median(changes) > REPLACED:
            evidence = {"path": path, "change": np.median(changes), "records": len(changes)}
            yield Suspected(Where(layer=path.partition("/")[0]), evidence, rates(facts))
            return


@rule(
    "T15",
    "batch-by-noise",
    Looks.COURSE,
    meaning="The batch is far from the size at which the noise of the gradient equals its size.",
    sentence="the gradient's noise suggests batches of about {noise:.0f} rows, not of {batch}",
    remedy="try batch_size={suggested}",
    threshold="a noise scale below a thirtieth of the batch (the median of the records), with "
    "fewer than 1,000 steps in all",
    source="the gradient noise scale of McCandlish and others (2018), which is the batch from "
    "which on a larger one hardly helps; many more rows are computed for nothing",
    severity=Severity.ADVICE,
)
def noise_of_batches(facts: Facts) -> Iterator[Suspected]:
    """Batches far larger than the noise scale, in a training of few steps."""
    later = later_records(facts)
    scales = [one.noise for record in later for one in record.weights if one.noise is not None]
    steps = steps_per_epoch(facts.setup) * facts.epochs
    if not scales or steps >= 1_000:
        return
    noise, batch = float(np.median(scales)), facts.batch_size
    if np.isfinite(noise) and noise * NOISY < batch:
        suggested = int(2 ** np.round(np.log2(max(noise * 4, 8))))
        evidence = {"noise": max(noise, 1.0), "batch": batch, "suggested": suggested}
        yield Suspected(Where("batch_size"), evidence, (fitted_with(batch_size=suggested),))


@rule(
    "T20",
    "loss-against-metric",
    Looks.COURSE,
    meaning="The loss falls while the metric gets worse.",
    sentence="the loss fell by {gain:.0%}, and {name} went from {before:.4g} to {after:.4g}",
    remedy="take a loss that fits the metric",
    threshold="a rank correlation above 0.5 where below 0 is expected, over 10 epochs or more, and "
    "a loss that fell by 10 %",
    source="relative to the run's own course (TheDeepChecker correlates the two as well)",
)
def against_metric(facts: Facts) -> Iterator[Suspected]:
    """An accuracy that falls with the loss."""
    course = losses(facts)
    if len(course) < 2 * FEWEST_EPOCHS or not np.isfinite(course).all() or course[0] <= 0:
        return
    gain = 1.0 - course[-1] / course[0]
    for name in ("accuracy", "acc", "binary_accuracy", "categorical_accuracy", "r2_score"):
        values = metric(facts, name)
        if len(values) != len(course) or gain < 0.1 or values[-1] >= values[0]:
            continue
        ranks = np.stack([np.argsort(np.argsort(part)) for part in (course, values)])
        ranks = ranks - ranks.mean(axis=1, keepdims=True)
        if np.dot(*ranks) > 0.5 * np.prod(np.sqrt(np.sum(ranks**2, axis=1))):
            evidence = {"gain": gain, "name": name, "before": values[0], "after": values[-1]}
            yield Suspected(Where("metrics"), evidence, next_action="take another loss")


@rule(
    "T21",
    "stopped-early",
    Looks.COURSE,
    meaning="The loss still falls at the end of the training.",
    sentence="the loss fell by {share:.0%} of its whole fall in the last fifth of {epochs} epochs",
    remedy="train for epochs={longer}",
    threshold="10 % of the whole fall in the last fifth of the epochs, which are lower than all "
    "before, and validation losses that do not rise",
    source="relative to the run's own course: a loss that falls evenly falls by 20 % of its fall "
    "there",
    severity=Severity.ADVICE,
)
def stopped_early(facts: Facts) -> Iterator[Suspected]:
    """A loss that has not arrived."""
    course, watched = losses(facts), metric(facts, "val_loss")
    if len(course) < 2 or not np.isfinite(course).all():
        return
    part = max(len(course) // 5, 1)
    fallen, last = course[0] - course[-1], course[-part - 1] - course[-1]
    is_lowest = course[-part:].max() <= course[:-part].min() if part < len(course) else False
    rises = len(watched) > part and watched[-1] > watched[:-part].min()
    if fallen > 0 and last > STILL * fallen and is_lowest and not rises:
        longer = 4 * len(course)
        evidence = {"share": last / fallen, "epochs": len(course), "longer": longer}
        yield Suspected(Where("epochs"), evidence, (fitted_with(epochs=longer),))


@rule(
    "T25",
    "still-improving",
    Looks.COURSE,
    meaning="The repaired program still improves at the end of its training.",
    sentence="with the changes that help the loss fell by {share:.0%} of its value in the last "
    "fifth of {epochs} epochs",
    remedy="train for epochs={longer}",
    threshold="of a setup with changes that help: a tenth of the loss between the last two fifths "
    "of the epochs, and validation losses that do not rise",
    source="how many epochs a repaired program needs is measured: four times as many, as long as "
    "that helps",
    severity=Severity.ADVICE,
    of_repairs=True,
)
def still_improves(facts: Facts) -> Iterator[Suspected]:
    """A loss that falls by a share of its value, however little that is of its whole fall."""
    course, watched = losses(facts), metric(facts, "val_loss")
    is_whole = len(course) == facts.epochs and np.isfinite(course).all()
    if len(course) < 2 or not is_whole or (course <= 0.0).any():
        return
    part = max(len(course) // 5, 1)
    rises = len(watched) > part and watched[-part:].min() > watched[:-part].min()
    before, last = course[-2 * part : -part], course[-part:]
    share = 1.0 - last.mean() / before.mean()
    if share >= IMPROVES and not rises:
        longer = 4 * len(course)
        evidence = {"share": share, "epochs": len(course), "longer": longer}
        yield Suspected(Where("epochs"), evidence, (fitted_with(epochs=longer),))


@rule(
    "T22",
    "predictions-collapsed",
    Looks.TRAINED,
    meaning="The trained network gives the same output for every row.",
    sentence="the outputs differ by {spread:.2g} between {rows} rows, the targets by {targets:.2g}",
    remedy="look at the findings on inputs, activations and the learning rate",
    threshold="a deviation of the outputs below 1 % of that of the targets",
    source="relative to the targets: such outputs depend on no input",
)
def collapsed(facts: Facts) -> Iterator[Suspected]:
    """Outputs without spread."""
    outputs = predictions(facts)
    if outputs is None or len(outputs) < 2 or not np.isfinite(outputs).all():
        return
    y = facts.rows.y
    targets = np.asarray(y, np.float64) if y.dtype.kind in "fiub" else np.zeros(0)
    if facts.task == "classes":
        counts = np.unique(facts.labels, return_counts=True)[1] / len(y)
        wanted = float(np.sqrt(np.mean(counts * (1 - counts))))
    else:
        wanted = float(targets.std()) if targets.size else 0.0
    spread = float(outputs.reshape(len(outputs), -1).std(axis=0).max())
    if wanted > 0 and spread < 0.01 * wanted:
        evidence = {"spread": spread, "rows": len(outputs), "targets": wanted}
        yield Suspected(Where("y"), evidence, _other_steps(facts))
