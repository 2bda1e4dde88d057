"""What labels are: classes or quantities, and how (n,) meets (n, 1).

**Classes or quantities.** Labels can be classes if each row names one: whole numbers or texts in
one column, or one-hot rows. They are treated as classes without a word from the user (validation
rows are stratified, a regression loss is warned of) if there are also at most `MOST_CLASSES` of
them and each has rows enough; otherwise they are quantities. Fractions are quantities always.

**(n,) against (n, 1).** Broadcasting would make them (n, n), and a network would train on
nonsense. No function of steepest lets that happen, each in the way that its caller can act on:

* a loss called by hand refuses the pair and says which of the two to reshape (`refuse_column`);
* a metric takes both as the same column (`in_one_shape`);
* `fit`, `evaluate` and the metrics in them give labels the rank of the output (`in_rank_of`),
  because a data set often has (n,) labels and a network (n, 1) outputs.

Leans on core.
"""

from __future__ import annotations

import numpy as np

from steepest.core import ops
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.errors import ShapeError

MOST_CLASSES = 1000
"""ImageNet has as many. More different whole numbers are counts or identifiers, for all we know."""


# ---------------------------------------------------------------- classes or quantities


def class_of_each_row(labels: np.ndarray) -> np.ndarray | None:
    """The class of each row, if each names one: as a whole number, a text, or the place of a 1.

    >>> class_of_each_row(np.array([[0.0, 1.0], [1.0, 0.0]])).tolist()
    [1, 0]
    >>> class_of_each_row(np.array([0.5, 1.0])) is None
    True
    """
    if labels.ndim == 2 and labels.shape[1] > 1:
        return labels.argmax(axis=1) if is_one_hot(labels) else None
    if not labels.ndim or labels.size != len(labels):
        return None
    flat = labels.reshape(-1)
    if flat.dtype.kind == "f":
        return flat if np.all(flat == np.round(flat)) else None
    return flat if flat.dtype.kind in "biuUSO" else None  # no dates, no records


def stratification(labels: np.ndarray, rows_each: int = 2) -> np.ndarray | None:
    """The class of each row, if labels are classes (see above) with so many rows of each.

    >>> stratification(np.array([3, 7, 3, 7])).tolist(), stratification(np.array([1, 2, 3]))
    ([3, 7, 3, 7], None)
    """
    classes = class_of_each_row(labels)
    if classes is None:
        return None
    _, counts = np.unique(classes, return_counts=True)
    enough = counts.min(initial=rows_each) >= rows_each
    return classes if enough and len(counts) <= MOST_CLASSES else None


def class_count(labels: np.ndarray) -> int:
    """How many classes integers from 0 on name, each in two rows or more; 0 if they name none.

    >>> class_count(np.array([0, 1, 2, 0, 1, 2])), class_count(np.array([10, 20, 10, 20]))
    (3, 0)
    """
    classes = stratification(labels) if labels.dtype.kind in "iu" else None
    if classes is None or labels.size != len(labels) or not labels.size:
        return 0
    found = np.unique(classes)
    return len(found) if found[0] == 0 and found[-1] == len(found) - 1 else 0


def is_one_hot(labels: np.ndarray) -> bool:
    """Whether every row has one 1 and zeros besides.

    >>> is_one_hot(np.eye(3)), is_one_hot(np.ones((2, 2)))
    (True, False)
    """
    if labels.ndim != 2 or labels.dtype.kind not in "biuf":
        return False
    ones = labels == 1
    return bool(((labels == 0) | ones).all() and (ones.sum(axis=1) == 1).all())


# ---------------------------------------------------------------- (n,) against (n, 1)


def refuse_column(name: str, y_true: Tensor, y_pred: Tensor) -> None:
    """Raise for (n,) against (n, 1), which would silently spread to (n, n)."""
    for ours, mine, theirs, other in (
        (y_true, "y_true", y_pred, "y_pred"),
        (y_pred, "y_pred", y_true, "y_true"),
    ):
        if (*ours.shape, 1) == theirs.shape and ours.shape:
            raise ShapeError(
                f"{name}: {mine} has shape {show(ours.shape)} and {other} has shape "
                f"{show(theirs.shape)}; give {mine} a second axis, {mine}.reshape(-1, 1), or take "
                f"{other}[:, 0]"
            )


def in_one_shape(name: str, y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
    """Targets and predictions in one shape; (n,) and (n, 1) are the same column here.

    >>> y, p = in_one_shape("accuracy", ops.constant([1, 0]), ops.constant([[0.5], [0.5]]))
    >>> y.shape, p.shape
    ((2, 1), (2, 1))
    """
    if (*y_true.shape, 1) == y_pred.shape:
        y_true = ops.reshape(y_true, (*y_true.shape, 1))
    elif (*y_pred.shape, 1) == y_true.shape:
        y_pred = ops.reshape(y_pred, (*y_pred.shape, 1))
    if y_true.shape != y_pred.shape:
        raise ShapeError(
            f"{name}: y_true has shape {show(y_true.shape)} and y_pred has shape "
            f"{show(y_pred.shape)}; they must be equal"
        )
    wide_true, wide_pred = columns(y_true, y_pred)
    return wide_true, wide_pred


def in_rank_of(output: Tensor, target: Tensor) -> Tensor:
    """Targets in the rank of an output with one value a row, or as they are.

    >>> in_rank_of(ops.constant([[0.5], [0.5]]), ops.constant([1.0, 0.0])).shape
    (2, 1)
    """
    if target.ndim == output.ndim - 1 and output.shape[-1] == 1:
        return ops.reshape(target, (*target.shape, 1))
    if target.ndim == output.ndim + 1 and target.shape[-1] == 1:
        return ops.reshape(target, target.shape[:-1])
    return target


def columns(*tensors: Tensor) -> list[Tensor]:
    """Single numbers and tensors with one axis as columns: the last axis counts no examples.

    >>> [column.shape for column in columns(ops.constant(1.0), ops.constant([1.0, 2.0]))]
    [(1, 1), (2, 1)]
    """
    return [ops.reshape(t, (*(t.shape or (1,)), 1)) if t.ndim < 2 else t for t in tensors]
