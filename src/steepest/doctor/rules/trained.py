"""Rules on a trained network: its probabilities, its classes, the labels it contradicts.

Depends on judged, baselines and rule.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from steepest.callbacks.monitor import Monitor
from steepest.doctor.baselines import baselines
from steepest.doctor.course_facts import metric
from steepest.doctor.facts import Facts
from steepest.doctor.judged import Judged, judged, judged_training
from steepest.doctor.rule import Looks, Suspected, rule
from steepest.doctor.search import holm
from steepest.finding import Severity, Where

BINS = 10
DRAWS = 200
SURE = 3.0
RELEVANT = 0.05
FEWEST = 100
FEWEST_OF_CLASS = 10
LEVEL = 0.01
CONFIDENT = 0.9
SHOWN_ROWS = 10
FAR = 8.0
TAIL = 0.01
MANY_EPOCHS = 10
TRAINED_WELL = 0.5


def calibration_error(confidence: np.ndarray, hits: np.ndarray) -> float:
    """The expected calibration error, over bins of equally many rows.

    >>> calibration_error(np.full(100, 0.9), np.arange(100) < 90) < 1e-9
    True
    >>> round(calibration_error(np.full(100, 0.9), np.arange(100) < 60), 2)
    0.3
    """
    order = np.argsort(confidence, kind="stable")
    if confidence[order[0]] == confidence[order[-1]]:
        return float(abs(confidence.mean() - hits.mean()))
    parts = np.array_split(order, BINS)
    gaps = [abs(confidence[part].mean() - hits[part].mean()) * len(part) for part in parts]
    return float(sum(gaps) / len(order))


@rule(
    "A1",
    "badly-calibrated",
    Looks.TRAINED,
    meaning="The probabilities of the network are not how often it is right.",
    sentence="on validation rows the network is right in {right:.0%} of the cases and says "
    "{confidence:.0%} on average; its expected calibration error is {error:.3f}, where rows alone "
    "make {usual:.3f}",
    remedy="stop earlier, regularise, or divide the logits by a temperature fitted on other rows",
    threshold="3 standard deviations above the error of a calibrated network of the same "
    "confidence on as many rows, and 5 points above its mean; of 100 validation rows or more",
    source="the distribution of the error, drawn 200 times from the network's own probabilities",
    severity=Severity.ADVICE,
)
def calibration(facts: Facts) -> Iterator[Suspected]:
    """Probabilities that are no frequencies."""
    found = judged(facts)
    if found is None or not found.is_held_out or found.task != "classes":
        return
    if len(found.rows) < FEWEST:
        return
    confidence, hits = found.shares.max(axis=1), 1.0 - found.errors
    error = calibration_error(confidence, hits)
    random = np.random.default_rng(0)
    drawn = [
        calibration_error(confidence, random.random(len(hits)) < confidence) for _ in range(DRAWS)
    ]
    usual, spread = float(np.mean(drawn)), float(np.std(drawn))
    if error > usual + SURE * spread and error > usual + RELEVANT:
        evidence = {"right": hits.mean(), "confidence": confidence.mean()}
        evidence |= {"error": error, "usual": usual}
        action = "take its answers as a ranking, and not as probabilities, until it is calibrated"
        yield Suspected(Where("validation_data"), evidence, next_action=action)


@rule(
    "A2",
    "class-fails",
    Looks.TRAINED,
    meaning="A class is recognised far more rarely than the others.",
    sentence="class {label}: {right:.0%} of its {rows} {part} rows are recognised, of all rows "
    "{overall:.0%}; most of the others are taken for class {other}",
    remedy="more rows of this class, class_weight, or inputs that tell it from the other",
    threshold="less than half of the overall share, at the level 0.01 after Holm's correction for "
    "the number of classes; of 10 rows or more",
    source="the normal approximation of the binomial distribution; relative to the other classes",
    severity=Severity.ADVICE,
)
def class_fails(facts: Facts) -> Iterator[Suspected]:
    """Classes that are hardly ever recognised."""
    found = judged(facts)
    if found is None or found.task != "classes":
        return
    hits, guesses = 1.0 - found.errors, found.shares.argmax(axis=1)
    overall = float(hits.mean())
    classes, counts = np.unique(found.labels, return_counts=True)
    tested = classes[counts >= FEWEST_OF_CLASS]
    if len(classes) < 2 or overall in (0.0, 1.0):
        return
    right = [float(hits[found.labels == label].mean()) for label in tested]
    sizes = [int((found.labels == label).sum()) for label in tested]
    deviation = math.sqrt(overall * (1 - overall))
    unlikely = [
        _normal_tail((overall - share) / (deviation / math.sqrt(rows)))
        for share, rows in zip(right, sizes, strict=True)
    ]
    for label, share, rows, fails in zip(tested, right, sizes, holm(unlikely, LEVEL), strict=True):
        if fails and share < overall / 2:
            other = np.bincount(guesses[(found.labels == label) & (guesses != label)]).argmax()
            evidence = {"label": int(label), "right": share, "rows": rows, "part": found.part}
            evidence |= {"overall": overall, "other": int(other)}
            action = f"look at rows of class {int(label)} that are taken for {int(other)}"
            yield Suspected(Where("y"), evidence, next_action=action)


def _normal_tail(z: float) -> float:
    """The probability that a standard normal number is greater."""
    return 0.5 * math.erfc(z / math.sqrt(2.0))


@rule(
    "A4",
    "suspicious-labels",
    Looks.TRAINED,
    meaning="Training rows contradict the network and simple models that have not seen them.",
    sentence="the targets of {count} training rows contradict {by}, where about {expected:.1f} "
    "would; rows {rows}",
    remedy="look at these rows: a target may be wrong, or an input",
    threshold="rows where the network, neighbours and a linear model agree on another class with "
    "90 % or more: 3 deviations more than the simple ones expect; of quantities, residuals of 8 "
    "times their robust deviation, in at most 1 % of the rows",
    source="simple models out of fold, as of Northcutt and others (2021); Poisson deviation",
    severity=Severity.ADVICE,
)
def suspicious_labels(facts: Facts) -> Iterator[Suspected]:
    """Rows whose target is probably wrong."""
    found = judged_training(facts)
    if found is None or len(found.rows) != len(facts.setup.rows):
        return  # numbers of rows would not be those of the user's
    mean = float(found.errors.mean())
    if mean > TRAINED_WELL * found.prior_error:
        return
    rows, expected, by = _wrong_classes(facts, found) if found.task == "classes" else _far(found)
    least = expected + SURE * math.sqrt(max(expected, 1.0)) if found.task == "classes" else 0.0
    if len(rows) > least:
        shown = ", ".join(map(str, rows[:SHOWN_ROWS].tolist()))
        more = ", ..." if len(rows) > SHOWN_ROWS else ""
        evidence = {"count": len(rows), "by": by, "expected": expected, "rows": shown + more}
        yield Suspected(Where("y", row=int(rows[0])), evidence, next_action="look at these rows")


def _wrong_classes(facts: Facts, found: Judged) -> tuple[np.ndarray, float, str]:
    """Rows that all models give another class, those of the smallest probability first."""
    by = "the network, their neighbours and a linear model"
    simple = baselines(found.rows, None, "classes")
    classes = np.unique(found.labels)
    shares = np.full((3, len(found.rows), found.shares.shape[1]), 0.0)
    shares[0] = found.shares
    for place, name in enumerate(("neighbours", "linear"), 1):
        one = simple[name]
        if len(one.rows) != len(found.rows):
            return np.zeros(0, int), 0.0, by
        shares[place][np.ix_(one.rows, classes)] = one.predicted
    guesses = shares.argmax(axis=2)
    surest = shares.max(axis=2)
    agree = (guesses == guesses[1]).all(axis=0) & (surest[1:] >= CONFIDENT).all(axis=0)
    expected = float((1.0 - surest[1:].mean(axis=0))[agree].sum())
    rows = np.flatnonzero(agree & (guesses[1] != found.labels))
    own = np.take_along_axis(shares[0], found.labels[:, None], axis=1)[rows, 0]
    return rows[np.argsort(own, kind="stable")], expected, by


def _far(found: Judged) -> tuple[np.ndarray, float, str]:
    """Rows whose residual is far from all others, the farthest first; none of a heavy tail."""
    size = np.abs(found.residuals - np.median(found.residuals, axis=0))
    scale = 1.4826 * np.median(size, axis=0)
    far = (size / np.where(scale > 0, scale, np.inf)).max(axis=1)
    rows = np.flatnonzero(far > FAR)
    if len(rows) > TAIL * len(far):
        rows = rows[:0]
    return rows[np.argsort(-far[rows], kind="stable")], 0.0, "the network by far"


@rule(
    "A6",
    "chosen-too-often",
    Looks.TRAINED,
    meaning="The best of many epochs is chosen by few validation rows, which makes it look better.",
    sentence="the best of {epochs} epochs is chosen by {rows} validation rows: its {name} of "
    "{best:.3g} is too good by up to {optimism:.2g}, more than its standard error {error:.2g}",
    remedy="more validation rows, cross-validation, or a test set for the final score",
    threshold="the spread of the score between neighbouring epochs times sqrt(2 log n), the "
    "expected greatest of n numbers, above the standard error of the score; 10 epochs or more",
    source="the greatest of n normal numbers; the run's own course",
    severity=Severity.ADVICE,
)
def chosen_too_often(facts: Facts) -> Iterator[Suspected]:
    """Validation scores that are the best of many."""
    watched = facts.validation
    chooses = any(
        isinstance(one, Monitor) and str(one.monitor).startswith("val_")
        for one in facts.setup.callbacks
    )
    if watched is None or not chooses:
        return
    for name in ("val_accuracy", "val_acc", "val_binary_accuracy"):
        course = metric(facts, name)
        if len(course) < MANY_EPOCHS or not np.isfinite(course).all():
            continue
        late = course[len(course) // 2 :]
        noise = float(np.std(np.diff(late))) / math.sqrt(2.0)
        best = float(course.max())
        optimism = noise * math.sqrt(2.0 * math.log(len(late)))
        error = math.sqrt(max(best * (1 - best), 1 / len(watched)) / len(watched))
        if optimism > error:
            evidence = {"epochs": len(course), "rows": len(watched), "name": name, "best": best}
            evidence |= {"optimism": optimism, "error": error}
            yield Suspected(Where("validation_data"), evidence, next_action="score on other rows")
            return
