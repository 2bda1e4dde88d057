"""Rules on the fit of a trained network: too close, too loose, too good, or odd on held-out rows.

Depends on course_facts, baselines, rule and changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from steepest import layers
from steepest.callbacks.early_stopping import EarlyStopping
from steepest.doctor.baselines import baselines
from steepest.doctor.changes import callback_added, fitted_with, layer_added, layer_option
from steepest.doctor.course_facts import (
    FEWEST_EPOCHS,
    HIGHER,
    losses,
    metric,
    rates,
    training_score,
    validation_score,
)
from steepest.doctor.facts import Facts
from steepest.doctor.layer_kinds import dropouts, hidden_positions
from steepest.doctor.rule import Change, Looks, Suspected, rule
from steepest.finding import Severity, Where

RISE = 0.1
DEVIATIONS = 3.0
PERFECT = 0.999
FAST = 3


def _regularised(facts: Facts) -> tuple[Change, ...]:
    """Early stopping, dropout before the last layer, and fewer units."""
    changes: list[Change] = []
    if not any(isinstance(one, EarlyStopping) for one in facts.setup.callbacks):
        changes.append(callback_added(lambda: EarlyStopping("val_loss", patience=3)))
    specs, hidden = facts.layers, hidden_positions(facts.layers)
    if hidden and facts.setup.template is None:
        if not list(dropouts(specs)):
            last = specs[-1].name
            changes.append(layer_added(lambda: layers.Dropout(0.5, name="added_dropout"), last))
        widest = max(hidden, key=lambda at: specs[at]["units"])
        units = max(int(specs[widest]["units"]) // 4, 2)
        changes.append(layer_option(specs[widest].name, units=units))
    return tuple(changes)


@rule(
    "T16",
    "overfits",
    Looks.COURSE,
    meaning="The validation loss rises while the training loss falls.",
    sentence="the validation loss rose from {best:.4g} in epoch {at} to {last:.4g}, while the "
    "training loss fell to {loss:.4g}",
    remedy="stop early (EarlyStopping restores the best weights), add dropout or an L2 penalty, "
    "take fewer units, or more rows",
    threshold="a tenth above its lowest value in the last fifth of the epochs, by more than its "
    "changes from epoch to epoch, while the training loss is at its lowest",
    source="relative to the run's own course (Prechelt 1998)",
)
def overfits(facts: Facts) -> Iterator[Suspected]:
    """Validation losses that rise."""
    course, watched = losses(facts), metric(facts, "val_loss")
    if len(watched) < FEWEST_EPOCHS or len(course) != len(watched):
        return
    if not (np.isfinite(watched).all() and np.isfinite(course).all()) or (watched <= 0).any():
        return
    at = int(watched.argmin())
    last = float(np.median(watched[-max(len(watched) // 5, 1) :]))
    noise = float(np.median(np.abs(np.diff(watched))))
    if (
        last > watched[at] * (1 + RISE)
        and last - watched[at] > 2 * noise
        and course[-1] < course[at]
    ):
        evidence = {"best": watched[at], "at": at + 1, "last": last, "loss": course[-1]}
        yield Suspected(Where("val_loss"), evidence, _regularised(facts))


@rule(
    "T17",
    "underfits",
    Looks.TRAINED,
    meaning="The trained network predicts its own training rows worse than a simple model does.",
    sentence="the network reaches {score:.3g} on its training rows, {name} {simple:.3g} on rows "
    "that it has not seen",
    remedy="train longer, with another rate or more units; look at the other findings",
    threshold="3 standard errors below the best of the prior, a linear model, nearest neighbours "
    "and a tree of depth 3, cross-validated",
    source="a network with a hidden layer can compute what these compute",
)
def underfits(facts: Facts) -> Iterator[Suspected]:
    """Networks that lose against simple models."""
    score = training_score(facts)
    if not np.isfinite(score) or len(facts.rows) < 20:
        return
    found = baselines(facts.rows, None, facts.task)
    best = max(found.values(), key=lambda one: one.score)
    error = (best.high - best.low) / 3.92
    if score < best.score - DEVIATIONS * error and score < best.score - 0.01:
        evidence = {"score": score, "name": f"the baseline {best.name!r}", "simple": best.score}
        wider: tuple[Change, ...] = ()
        hidden = hidden_positions(facts.layers)
        if hidden:
            spec = facts.layers[hidden[0]]
            wider = (layer_option(spec.name, units=4 * int(spec["units"])),)
        longer = fitted_with(epochs=4 * facts.epochs)
        higher = rates(facts, HIGHER)
        yield Suspected(Where("x"), evidence, (*higher[:1], longer, *wider, *higher[1:]))


@rule(
    "T18",
    "validation-better",
    Looks.COURSE,
    meaning="The validation loss is below the training loss during the whole training.",
    sentence="the validation loss is below the training loss in all {epochs} epochs, {last:.4g} "
    "beside {loss:.4g} at the end; {why}",
    remedy="compare both by model.evaluate, and look how the rows were divided",
    threshold="every epoch after the first fifth, by 10 % or more",
    source="the training loss is a mean over an epoch with dropout and earlier weights, which "
    "explains a small difference",
    severity=Severity.ADVICE,
)
def validation_better(facts: Facts) -> Iterator[Suspected]:
    """Validation losses below the training losses."""
    course, watched = losses(facts), metric(facts, "val_loss")
    if len(watched) < FEWEST_EPOCHS or len(course) != len(watched) or (course <= 0).any():
        return
    part = len(course) // 5
    if (watched[part:] < 0.9 * course[part:]).all():
        drops = list(dropouts(facts.layers))
        why = "dropout is off in validation" if drops else "no dropout explains it"
        evidence = {"epochs": len(course), "last": watched[-1], "loss": course[-1], "why": why}
        yield Suspected(Where("val_loss"), evidence, next_action="compare the rows of both sets")


@rule(
    "T19",
    "too-good",
    Looks.COURSE,
    meaning="The validation accuracy is nearly perfect after the first epochs.",
    sentence="the validation accuracy is {value:.4g} in epoch {at}, where the prior reaches "
    "{prior:.3g}",
    remedy="look for a column that holds the answer, and for rows that are in both sets",
    threshold="99.9 % within the first 3 epochs and fewer than 200 steps, of 100 rows or more, "
    "where a linear model does not reach it",
    source="few steps cannot learn more than a nearly linear rule",
    severity=Severity.ADVICE,
)
def too_good(facts: Facts) -> Iterator[Suspected]:
    """Accuracies that come too soon."""
    watched = facts.validation
    if watched is None or len(watched) < 100 or facts.task != "classes":
        return
    for name in ("val_accuracy", "val_acc", "val_binary_accuracy"):
        values = metric(facts, name)[:FAST]
        good = np.flatnonzero(values >= PERFECT)
        steps = math.ceil(len(facts.setup.rows) / facts.batch_size)
        if not len(good) or steps * (int(good[0]) + 1) >= 200:
            continue
        found = baselines(facts.rows, None, facts.task)
        if found["linear"].high >= PERFECT:
            return
        evidence = {"value": values[good[0]], "at": int(good[0]) + 1, "prior": found["prior"].score}
        yield Suspected(Where("x"), evidence, next_action="look at the columns one by one")
        return


@rule(
    "T24",
    "gap-of-scores",
    Looks.TRAINED,
    meaning="The network is much better on its training rows than on the validation rows.",
    sentence="{score} is {training:.3g} on training rows and {held_out:.3g} on validation rows",
    remedy="take more rows, dropout, an L2 penalty, early stopping, or fewer units",
    threshold="3 standard errors of the validation score, and a tenth of what exceeds the prior",
    source="the error of a share of rows; relative to the prior's score",
    severity=Severity.ADVICE,
)
def gap(facts: Facts) -> Iterator[Suspected]:
    """High variance, by the scores of both sets."""
    training, held_out, watched = training_score(facts), validation_score(facts), facts.validation
    if not np.isfinite(training) or not np.isfinite(held_out) or watched is None:
        return
    prior = 0.0
    if facts.task == "classes":
        prior = float(np.unique(facts.labels, return_counts=True)[1].max() / len(facts.labels))
    error = math.sqrt(max(held_out * (1 - held_out), 0.0) / len(watched))
    difference = training - held_out
    if difference > max(DEVIATIONS * error, RISE * (training - prior)) and training > prior:
        name = "the accuracy" if facts.task == "classes" else "the explained variance"
        evidence = {"score": name, "training": training, "held_out": held_out}
        yield Suspected(Where("validation_data"), evidence, _regularised(facts))
