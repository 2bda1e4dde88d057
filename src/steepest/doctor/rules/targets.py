"""Rules on targets: their scale, their numbering as classes, and how often each class occurs.

Depends on facts, rule, changes and data_changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from steepest import losses
from steepest.diagnosis.loss_and_labels import labels_of
from steepest.doctor.changes import compiled_with, fitted_with, outputs_rescaled, several
from steepest.doctor.data_changes import inputs_multiplied, labels_computed, targets_scaled
from steepest.doctor.facts import Facts
from steepest.doctor.rule import Change, Looks, Suspected, rule
from steepest.errors import SteepestError
from steepest.finding import Severity, Where
from steepest.losses.facts import Labels

IMBALANCE = 10
FEWEST_OF_CLASS = 5
LARGE = 5.0
LARGE_INPUT = 10.0
SMALL = 0.01
OFFSET = 10.0
BYTE = 255.0
MOST_CLASSES = 20
NEAR = 1e-3
PLAIN = ("SGD", "Adagrad", "Adadelta", "Ftrl")
"""Optimizers whose steps grow with the gradient."""


def taken_labels(facts: Facts) -> Labels | None:
    """The labels that the loss declares to take; None for a loss that declares none.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> taken_labels(Facts(st.doctor.Setup.of(model, np.ones((2, 2)), np.ones(2)))).kind
    'quantities'
    """
    given: Any = facts.setup.compile.get("loss")
    try:
        return labels_of(losses.get(given))
    except (SteepestError, TypeError, AttributeError):
        return None


def _counts(facts: Facts) -> tuple[np.ndarray, np.ndarray]:
    return np.unique(facts.labels, return_counts=True)


def _is_classes(facts: Facts) -> bool:
    """Whether the targets are classes for the loss, or by their values where it does not say."""
    labels = taken_labels(facts)
    return facts.task == "classes" and (labels is None or labels.kind != "quantities")


@rule(
    "D8",
    "classes-imbalanced",
    Looks.DATA,
    meaning="One class is much more frequent than another.",
    sentence="class {most} has {most_rows} rows, class {least} {least_rows}: a network that "
    "always answers {most} is right in {share:.1%}",
    remedy="give class_weight= to fit, and watch a metric that counts classes alike, such as "
    "st.metrics.F1Score or AUC",
    threshold="the rarest class has less than a tenth of the rows of the most frequent one",
    source="SageMaker Debugger, rule ClassImbalance: 10",
    severity=Severity.ADVICE,
)
def imbalance(facts: Facts) -> Iterator[Suspected]:
    """The rarest class compared with the most frequent one."""
    if not _is_classes(facts):
        return
    classes, counts = _counts(facts)
    most, least = int(counts.argmax()), int(counts.argmin())
    if counts[least] * IMBALANCE >= counts[most]:
        return
    evidence = {
        "most": _plain(classes[most]),
        "most_rows": int(counts[most]),
        "least": _plain(classes[least]),
        "least_rows": int(counts[least]),
        "share": float(counts[most] / counts.sum()),
    }
    changes: tuple[Change, ...] = ()
    if classes.dtype.kind in "iufb" and "class_weight" not in facts.setup.fit:
        balance = counts.sum() / (len(counts) * counts)
        weights = {int(c): float(f"{w:.3g}") for c, w in zip(classes, balance, strict=True)}
        changes = (fitted_with(class_weight=weights),) if len(weights) <= MOST_CLASSES else ()
    action = "" if changes else "weigh the classes, or collect more rows of the rare ones"
    yield Suspected(Where("y"), evidence, changes, action)


def _plain(label: Any) -> Any:
    value = label.item()
    return int(value) if isinstance(value, float) and value.is_integer() else value


@rule(
    "D9",
    "class-with-few-rows",
    Looks.DATA,
    meaning="A class has so few rows that it can be neither learned nor measured.",
    sentence="{where.argument}: {count} of {of} classes have fewer than 5 rows: class {first} has "
    "{rows}, where classes have {typical} on average",
    remedy="collect more rows of it, or join it with another class",
    threshold="fewer than 5 rows, and less than a tenth of the average of the classes",
    source="a class of 5 rows has one for each fold of a five-fold split; the accuracy on 4 rows "
    "has an interval of 60 points",
)
def few_of_a_class(facts: Facts) -> Iterator[Suspected]:
    """Classes with fewer rows than a split can share out."""
    if not _is_classes(facts):
        return
    classes, counts = _counts(facts)
    few = np.flatnonzero((counts < FEWEST_OF_CLASS) & (counts * IMBALANCE < counts.mean()))
    if len(few):
        evidence = {
            "count": len(few),
            "of": len(classes),
            "first": _plain(classes[few[0]]),
            "rows": int(counts[few[0]]),
            "typical": round(float(counts.mean())),
        }
        action = "collect more rows of the rare classes, or join them with others"
        yield Suspected(Where("y"), evidence, next_action=action)


@rule(
    "D10",
    "targets-not-scaled",
    Looks.DATA,
    meaning="The targets are much larger or smaller than what a new network answers.",
    sentence="{where.argument} has mean {mean:.4g} and deviation {spread:.4g}, where a new "
    "network answers numbers of size 1",
    remedy="scale the targets, or end the network with st.layers.Rescaling",
    threshold="a root mean square over 5, a deviation under 0.01, or a mean beyond 10 deviations",
    source="outputs of a new network have a size of about 1; the number of steps to reach the "
    "targets and the gradient of the squared error grow with their ratio",
)
def targets_not_scaled(facts: Facts) -> Iterator[Suspected]:
    """The size of the targets of a regression, compared with 1."""
    labels = taken_labels(facts)
    is_regression = labels.kind == "quantities" if labels else facts.task == "quantities"
    last = facts.layers[-1]
    scales = "offset" in last.config or last.made().scales is True or last["invert"] is True
    if not is_regression or facts.rows.y.dtype.kind not in "fiu" or scales:
        return
    y = np.asarray(facts.rows.y, np.float64)
    y = y[np.isfinite(y)]
    mean, spread = (float(y.mean()), float(y.std())) if len(y) else (0.0, 0.0)
    if spread == 0 or facts.ending not in ("linear", "relu", "other"):
        return
    size = (mean * mean + spread * spread) ** 0.5
    if size <= LARGE and spread >= SMALL and abs(mean) <= OFFSET * spread:
        return
    mean = 0.0 if abs(mean) < NEAR * spread else float(f"{mean:.3g}")
    spread = float(f"{spread:.3g}")
    changes = [targets_scaled(mean, spread)]
    if facts.ending == "linear" and not facts.setup.template and facts.optimizer not in PLAIN:
        changes.insert(0, outputs_rescaled(spread, mean))
    yield Suspected(Where("y"), {"mean": mean, "spread": spread}, tuple(changes))


@rule(
    "D11",
    "target-constant",
    Looks.DATA,
    meaning="All targets are equal, so that there is nothing to learn.",
    sentence="{where.argument} holds {value} in all of {rows} rows",
    remedy="give rows of different targets, and check how the targets were read",
    threshold="one value in all of 2 rows or more",
    source="the best answer is that constant, whatever the inputs are",
)
def constant_target(facts: Facts) -> Iterator[Suspected]:
    """Targets of one value."""
    y = facts.rows.y
    if len(y) >= 2 and y.size and bool((y == y[:1]).all()):
        value = str(y[0].tolist() if y[0].ndim else _plain(y[0]))
        action = "check how the targets were read or computed"
        yield Suspected(Where("y"), {"value": value, "rows": len(y)}, next_action=action)


@rule(
    "D18",
    "labels-do-not-fit-loss",
    Looks.DATA,
    meaning="Labels are numbered or written in another way than the loss takes them.",
    sentence="{where.argument}: {fault}",
    remedy="number classes from 0, or use the loss that takes labels as they are",
    threshold="any label outside of what the loss declares to take",
    source="the definition of the losses",
)
def misfit_labels(facts: Facts) -> Iterator[Suspected]:
    """Class numbers from 1, -1 and 1, one-hot rows or texts, compared with the loss."""
    labels, y = taken_labels(facts), facts.rows.y
    if labels is None or labels.kind == "quantities":
        return
    if y.dtype.kind not in "fiub":
        yield Suspected(Where("y"), {"fault": "labels are texts"}, (_numbered(),))
        return
    found = _misfit(facts, labels)
    if found:
        fault, *changes = found
        action = "" if changes else "give labels from 0, and one unit for each class"
        yield Suspected(Where("y"), {"fault": fault}, tuple(changes), action)


def _misfit(facts: Facts, labels: Labels) -> tuple[Any, ...]:
    """What is wrong with numbers as labels, and the changes; nothing where they fit."""
    y, units = facts.rows.y, facts.output_width
    width = int(np.prod(y.shape[1:])) if y.ndim > 1 else 1
    if labels.kind == "classes":
        if width == units > 1:
            fault = f"rows of {width} numbers, where {facts.loss} takes one class number a row"
            return fault, compiled_with(loss="categorical_crossentropy")
        return _misnumbered(y, units) if width == 1 and units > 1 else ()
    if labels.adds_up and width == 1 and units > 1:
        fault = f"one class number a row, where {facts.loss} takes a row of {units} numbers"
        return fault, compiled_with(loss="sparse_categorical_crossentropy")
    return _misnumbered(y, 2) if width == units == 1 and labels.high == 1 else ()


def _misnumbered(y: np.ndarray, classes: int) -> tuple[Any, ...]:
    """Numbers of classes that are not 0 to classes - 1."""
    values = np.unique(y)
    low, high = float(values[0]), float(values[-1])
    if not (values == np.round(values)).all() or (low >= 0 and high < classes):
        return ()
    fault = f"labels reach from {low:g} to {high:g}, where {classes} classes are 0 to {classes - 1}"
    if classes == len(values) == 2:
        words = f"label 1 for {high:g}, 0 for {low:g}"
        code = "({y} == " + f"{high:g}).astype(int)"
        return fault, labels_computed(words, code, lambda _: lambda y: (y == high) * 1)
    if high - low < classes:
        sign = f"- {low:g}" if low > 0 else f"+ {-low:g}"
        words = "number classes from 0"
        return fault, labels_computed(words, "{y} " + sign, lambda _: lambda y: y - int(low))
    return (fault,)


def _numbered() -> Change:
    return labels_computed(
        "number the classes in the order of their names",
        "np.searchsorted(classes, {y})",
        lambda training: lambda y: np.asarray(np.searchsorted(np.unique(training), y)),
        before="classes = np.unique(y_train)",
    )


@rule(
    "D31",
    "labels-scaled",
    Looks.DATA,
    meaning="Class numbers were divided: labels were scaled, perhaps in place of the inputs.",
    sentence="{where.argument} holds {classes} different numbers, multiples of 1/{factor:.0f}: "
    "class numbers seem to have been divided by {factor:.0f}",
    remedy="leave labels as they are, and scale the inputs",
    threshold="2 to 20 different numbers from 0 on, which times 255, or times the number that "
    "makes the least of them 1, are whole, where the loss takes classes or by 255; two numbers "
    "below 1",
    source="class numbers are whole",
)
def labels_scaled(facts: Facts) -> Iterator[Suspected]:
    """Labels such as 3/255."""
    y, labels = facts.rows.y, taken_labels(facts)
    if y.dtype.kind != "f" or y.size != len(y):
        return
    values = np.unique(np.asarray(y, np.float64))
    if not 1 < len(values) <= MOST_CLASSES or values[0] != 0 or values[-1] > 1:
        return
    if len(values) == 2 and values[-1] == 1:
        return
    takes_classes = labels is not None and labels.kind == "classes"
    factors = [BYTE, 1 / values[1]] if takes_classes else [BYTE]
    factor = 0.0
    for candidate in factors:
        numbers = values * candidate
        is_whole = np.abs(numbers - np.round(numbers)).max() < NEAR
        if is_whole and numbers[-1] < 2 * len(values):  # most numbers up to the last one occur
            factor = candidate
            break
    if not factor or (len(y) < MOST_CLASSES and not takes_classes):
        return
    number = f"{factor:.0f}"
    restored = labels_computed(
        f"multiply the labels by {number}",
        "np.rint({y} * " + number + ").astype(int)",
        lambda training: lambda y: np.rint(y * round(factor)).astype(np.int64),
    )
    changes = [restored]
    if facts.table.size and np.abs(facts.table).max() > LARGE_INPUT and factor == BYTE:
        words = "scale the inputs by 255 in place of the labels"
        changes.insert(0, several(words, [restored, inputs_multiplied(1 / BYTE)]))
    evidence = {"classes": len(values), "factor": float(factor)}
    yield Suspected(Where("y"), evidence, tuple(changes))
