"""Rules on a training whose loss or weights grow: NaN, divergence, explosion.

Depends on course_facts, rule and changes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from steepest.doctor.changes import optimizer_option
from steepest.doctor.course_facts import (
    FEWEST_EPOCHS,
    first_scaled,
    kernel_paths,
    later_records,
    losses,
    rates,
)
from steepest.doctor.facts import Facts
from steepest.doctor.rule import Change, Looks, Suspected, rule
from steepest.finding import Severity, Where

TWICE = 2.0
GROWTH = 100.0
HEAVY = 10.0


def _calmer(facts: Facts) -> tuple[Change, ...]:
    """Changes that make steps smaller: lower rates, clipped gradients, scaled inputs."""
    clipped = () if facts.setup.compile["optimizer"]["config"].get("clipnorm") else (1.0,)
    clipping = (optimizer_option(clipnorm=norm) for norm in clipped)
    return (*rates(facts), *clipping, *first_scaled(facts))


@rule(
    "T1",
    "loss-not-finite",
    Looks.COURSE,
    meaning="The loss became NaN or infinite, first in one layer and operation.",
    sentence="the loss became NaN or infinite in {where.moment}, first in {first}",
    remedy="{cause}",
    threshold="a loss that is not finite",
    source="no step can be computed from it",
    severity=Severity.ERROR,
)
def not_finite(facts: Facts) -> Iterator[Suspected]:
    """The finding with which the training ended."""
    for found in [] if facts.history is None else facts.history.findings:
        if found.rule.startswith("diverged-"):
            first = found.where.part or "the loss"
            yield Suspected(found.where, {"first": first, "cause": found.remedy}, _calmer(facts))


@rule(
    "T2",
    "loss-diverges",
    Looks.COURSE,
    meaning="The loss grew to more than twice its best value and stayed there.",
    sentence="the loss grew from {best:.4g} in epoch {at} to {last:.4g} in epoch {epochs}",
    remedy="lower the learning rate, or clip the gradients",
    threshold="a third of the epochs or more at the end, each above twice the lowest loss, and "
    "their median above the loss of the first epoch's half",
    source="relative to the run's own lowest loss; gradient descent below 2 / lambda_max falls",
)
def diverges(facts: Facts) -> Iterator[Suspected]:
    """A loss that ends far above its lowest value."""
    course = losses(facts)
    if len(course) < FEWEST_EPOCHS or not np.isfinite(course).all() or (course <= 0).any():
        return
    at, last = int(course.argmin()), course[-max(len(course) // 3, 1) :]
    if (last > TWICE * course[at]).all() and np.median(last) > course[0] / 2:
        evidence = {"best": course[at], "at": at + 1, "last": course[-1], "epochs": len(course)}
        yield Suspected(Where("loss"), evidence, _calmer(facts))


@rule(
    "T8",
    "gradients-explode",
    Looks.COURSE,
    meaning="The gradient of a kernel grew to many times its first size and stayed large.",
    sentence="the gradient of {path} is {growth:.3g} times as large as at the start",
    remedy="lower the learning rate, or clip the gradients by clipnorm=1.0",
    threshold="100 times its size in the first record, in three records or more after the first "
    "quarter, and a loss above that of the first epoch",
    source="relative to the run's own start: gradients of a training that goes well shrink",
)
def explodes(facts: Facts) -> Iterator[Suspected]:
    """Gradients that grow and stay large."""
    later, course = later_records(facts), losses(facts)
    if not later or not len(course) or course[-1] <= course[0]:
        return
    for path in kernel_paths(facts):
        first = facts.records[0].weight(path).gradient
        sizes = [record.weight(path).gradient or 0.0 for record in later]
        if first and min(sizes) > GROWTH * first:
            evidence = {"path": path, "growth": min(sizes) / first}
            yield Suspected(Where(layer=path.partition("/")[0]), evidence, _calmer(facts))
            return


@rule(
    "T13",
    "weights-diverge",
    Looks.COURSE,
    meaning="The weights of a layer grew to many times their initial size without an end.",
    sentence="the weights of {path} grew to {growth:.3g} times their initial size, and still grow",
    remedy="lower the learning rate, or add kernel_regularizer=st.regularizers.L2(1e-4)",
    threshold="10 times the root mean square of the first record, rising in every record of the "
    "last three quarters, and a loss that is not the lowest one at the end",
    source="relative to the run's own start",
)
def heavy(facts: Facts) -> Iterator[Suspected]:
    """Weights that grow from record to record."""
    later, course = later_records(facts), losses(facts)
    if not later or len(course) < 2 or course[-1] <= course.min() * 1.05:
        return
    for path in kernel_paths(facts):
        first = facts.records[0].weight(path).size
        sizes = np.array([record.weight(path).size for record in later])
        if first and sizes[-1] > HEAVY * first and (np.diff(sizes) > 0).all():
            evidence = {"path": path, "growth": sizes[-1] / first}
            yield Suspected(Where(layer=path.partition("/")[0]), evidence, _calmer(facts))
            return
