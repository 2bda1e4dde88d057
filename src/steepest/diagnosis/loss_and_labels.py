"""Rules on labels that do not fit the loss: errors where they cannot be right, else warnings.

Which labels a loss takes is declared by the loss (`Loss.labels`). Depends on losses, graphs and
finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from steepest.diagnosis.last_activation import ending_of
from steepest.errors import ArgumentError, DataError
from steepest.finding import Finding, Rule, Severity, Where
from steepest.labels import class_count
from steepest.losses import Loss
from steepest.losses.facts import Labels
from steepest.program.graph import Node

SAMPLE = 2000
SHARES_ERROR = 0.01

SINGLE_CLASS = Rule(
    "single-class",
    Severity.ERROR,
    "Class numbers are compared with an output of one unit.",
    "{loss} over one unit has one class, and nothing to learn",
    "use Dense(1, 'sigmoid') with binary_crossentropy, or one unit a class",
    ArgumentError,
)
NOT_WHOLE = Rule(
    "label-not-whole",
    Severity.ERROR,
    "A class number has a fraction.",
    "{where.labels}: class numbers must be whole, row {where.row} holds {label}",
    "for numbers to predict use loss='mse'",
    DataError,
)
OUTSIDE_CLASSES = Rule(
    "label-outside-classes",
    Severity.ERROR,
    "A class number is below 0, or the output has no unit for it.",
    "{where.labels}: label {label} in row {where.row} is outside the {classes} classes of the "
    "output, 0 to {greatest}",
    "give the last layer more units, or number classes from 0",
    DataError,
)
OUT_OF_RANGE = Rule(
    "label-out-of-range",
    Severity.ERROR,
    "A label lies outside of the range that the loss takes.",
    "{where.labels}: the loss takes {wanted}, {where.cell} holds {label}",
    exception=DataError,
)
SHARES_DO_NOT_ADD_UP = Rule(
    "shares-not-adding-up",
    Severity.WARNING,
    "The shares of classes in a row of labels do not add up to 1.",
    "{where.labels}: row {where.row} adds up to {total:.4g}, where {loss} takes shares that add "
    "up to 1",
    "for several labels at once use sigmoid with binary_crossentropy",
)
REGRESSION_ON_CLASSES = Rule(
    "regression-on-classes",
    Severity.WARNING,
    "A loss for quantities is used on class numbers, or on a softmax.",
    "{loss} is a loss for quantities, used here on {used_on}",
    "for classes use softmax with sparse_categorical_crossentropy, or categorical_crossentropy "
    "for one-hot labels; labels that are counts say so as floats, y.astype('float32')",
)
ACCURACY_OF_QUANTITIES = Rule(
    "accuracy-of-quantities",
    Severity.WARNING,
    "Accuracy is watched, which counts equal class numbers, where the labels are quantities.",
    "{metric} compares class numbers, but {where.labels} holds quantities",
    "watch metrics=['mae'] or ['r2_score'] instead",
)
BELOW_ZERO = Rule(
    "label-below-zero",
    Severity.WARNING,
    "A quantity is negative, and the loss takes it for 0.",
    "{where.labels}: {loss} takes {wanted}, and counts {label} in row {where.row} as 0",
)
Y = Where("y")


def labels_of(loss: Loss) -> Labels | None:
    """The labels that a loss declares; an attribute `labels` of another type is ignored.

    >>> import steepest as st
    >>> labels_of(st.losses.MeanSquaredError()).kind
    'quantities'
    """
    return loss.labels if isinstance(loss.labels, Labels) else None


def label_findings(
    loss: Loss, output: Node, values: np.ndarray, where: Where = Y
) -> Iterator[Finding]:
    """Labels that a loss does not take, and shares of classes that do not add up to 1.

    >>> import steepest as st
    >>> output = st.trace(st.nn.softmax, [st.TensorSpec((None, 3))]).outputs[0]
    >>> loss = st.losses.get("sparse_categorical_crossentropy")
    >>> [found.rule for found in label_findings(loss, output, np.array([0, 3]))]
    ['label-outside-classes']
    """
    yield from bound_findings(loss, output, values, where)
    labels = labels_of(loss)
    if labels is not None and labels.adds_up:
        sums = values.reshape(-1, values.shape[-1]).sum(axis=1, dtype=np.float64)
        wrong = np.flatnonzero(np.abs(sums - 1.0) > SHARES_ERROR)
        if len(wrong):
            at, total = where._replace(row=int(wrong[0])), sums[wrong[0]]
            yield SHARES_DO_NOT_ADD_UP.finding(at, loss=loss.name, total=total)


def bound_findings(
    loss: Loss, output: Node, values: np.ndarray, where: Where = Y
) -> Iterator[Finding]:
    """The errors among the findings on labels: labels that the loss does not take."""
    labels = labels_of(loss)
    if labels is None or labels.kind == "quantities":
        return
    if labels.kind == "classes":
        yield from _class_numbers(loss, values, int(output.shape[-1] or 1), where)
    elif values.min() < labels.low or values.max() > labels.high:
        at, label = first_wrong(where, (values < labels.low) | (values > labels.high), values)
        yield OUT_OF_RANGE.finding(at, remedy=labels.remedy, wanted=labels.words, label=label)


def _class_numbers(loss: Loss, values: np.ndarray, units: int, where: Where) -> Iterator[Finding]:
    if units == 1:
        yield SINGLE_CLASS.finding(where, loss=loss.name)
    whole = values if values.dtype.kind in "iu" else np.round(values)
    if not np.array_equal(whole, values):
        at, label = first_wrong(where, whole != values, values)
        yield NOT_WHOLE.finding(at, label=label)
    wrong = (whole < 0) | (whole >= units)
    if loss.ignore_class is not None:
        wrong &= whole != loss.ignore_class
    if wrong.any():
        at, label = first_wrong(where, wrong, values)
        yield OUTSIDE_CLASSES.finding(at, label=label, classes=units, greatest=units - 1)


def first_wrong(where: Where, wrong: np.ndarray, values: np.ndarray) -> tuple[Where, Any]:
    """The row and column of the first wrong label, and the label.

    >>> first_wrong(Y, np.array([False, True]), np.array([1.0, 7.0]))[0].row
    1
    """
    row, *rest = np.argwhere(wrong)[0].tolist()
    one_a_row = values.size == len(values)
    column = None if one_a_row else rest[0] if len(rest) == 1 else tuple(rest)
    return where._replace(row=row, column=column), values[(row, *rest)]


def quantity_findings(
    loss: Loss, output: Node, values: np.ndarray, metrics: Sequence[Any] = (), where: Where = Y
) -> Iterator[Finding]:
    """Losses for quantities that are used on classes, and accuracy as a metric of quantities.

    >>> import steepest as st
    >>> output = st.trace(st.nn.softmax, [st.TensorSpec((None, 3))]).outputs[0]
    >>> [found.rule for found in quantity_findings(st.losses.get("mse"), output, np.eye(3))]
    ['regression-on-classes']
    """
    labels = labels_of(loss)
    if labels is None or labels.kind != "quantities":
        return
    if values.min() < labels.low:
        at, label = first_wrong(where, values < labels.low, values)
        yield BELOW_ZERO.finding(
            at, remedy=labels.remedy, loss=loss.name, wanted=labels.words, label=label
        )
    ending = ending_of(output)
    classes = 0 if ending in ("sigmoid", "softmax") else class_count(values)
    if ending == "softmax" or classes > 2:
        used_on = "a softmax" if ending == "softmax" else f"labels 0 to {classes - 1}"
        yield REGRESSION_ON_CLASSES.finding(where, loss=type(loss).__name__, used_on=used_on)
    watched = [metric.name for metric in metrics if "accuracy" in metric.name]
    if watched and values.dtype.kind == "f" and (values[:SAMPLE] % 1.0 != 0.0).any():
        yield ACCURACY_OF_QUANTITIES.finding(where, metric=watched[0])
