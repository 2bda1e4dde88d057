"""Whether labels are classes or quantities, and how (n,) labels are matched to (n, 1) outputs.

**Classes or quantities.** Labels can be classes if each row names one: integers or strings in one
column, or one-hot rows. They are treated as classes automatically (validation rows are stratified,
a regression loss gives a warning) if there are also at most `MOST_CLASSES` of them and each has
enough rows; otherwise they are quantities. Fractions are always quantities.

**(n,) against (n, 1).** Broadcasting would make them (n, n), and a network would train on
nonsense. Every function of steepest prevents that:

* a loss called directly refuses the pair and says which of the two to reshape (`refuse_column`);
* a metric takes both as the same column (`in_one_shape`);
* `fit`, `evaluate` and the metrics in them give labels the rank of the output (`in_rank_of`),
  because a data set often has (n,) labels and a network (n, 1) outputs.

Depends on core.
"""

from __future__ import annotations

import numpy as np

from steepest.core import ops
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.errors import ShapeError

MOST_CLASSES = 1000
"""As in ImageNet. More distinct integers are probably counts or identifiers."""


# ---------------------------------------------------------------- classes or quantities


def class_of_each_row(labels: np.ndarray) -> np.ndarray | None:
    """The class of each row (integer, string or index of a 1), or None if some row has none.

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
    return flat if flat.dtype.kind in "biuUSO" else None  # neither dates nor records


def stratification(labels: np.ndarray, rows_each: int = 2) -> np.ndarray | None:
    """The class of each row if labels are classes (see above) with `rows_each` rows or more.

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
    """The number of classes if labels are integers from 0 on, each in two rows or more; else 0.

    >>> class_count(np.array([0, 1, 2, 0, 1, 2])), class_count(np.array([10, 20, 10, 20]))
    (3, 0)
    """
    classes = stratification(labels) if labels.dtype.kind in "iu" else None
    if classes is None or labels.size != len(labels) or not labels.size:
        return 0
    found = np.unique(classes)
    return len(found) if found[0] == 0 and found[-1] == len(found) - 1 else 0


def is_one_hot(labels: np.ndarray) -> bool:
    """Whether every row has one 1 and otherwise zeros.

    >>> is_one_hot(np.eye(3)), is_one_hot(np.ones((2, 2)))
    (True, False)
    """
    if labels.ndim != 2 or labels.dtype.kind not in "biuf":
        return False
    ones = labels == 1
    return bool(((labels == 0) | ones).all() and (ones.sum(axis=1) == 1).all())


# ---------------------------------------------------------------- (n,) against (n, 1)


def refuse_column(name: str, y_true: Tensor, y_pred: Tensor) -> None:
    """Raises for (n,) against (n, 1), which would be broadcast to (n, n)."""
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
    """Targets and predictions in one shape; (n,) and (n, 1) count as the same column.

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
    """Targets with the rank of an output that has one value per row; others unchanged.

    >>> in_rank_of(ops.constant([[0.5], [0.5]]), ops.constant([1.0, 0.0])).shape
    (2, 1)
    """
    if target.ndim == output.ndim - 1 and output.shape[-1] == 1:
        return ops.reshape(target, (*target.shape, 1))
    if target.ndim == output.ndim + 1 and target.shape[-1] == 1:
        return ops.reshape(target, target.shape[:-1])
    return target


def columns(*tensors: Tensor) -> list[Tensor]:
    """Scalars and tensors with one axis as columns, so that the last axis is not the examples'.

    >>> [column.shape for column in columns(ops.constant(1.0), ops.constant([1.0, 2.0]))]
    [(1, 1), (2, 1)]
    """
    return [ops.reshape(t, (*(t.shape or (1,)), 1)) if t.ndim < 2 else t for t in tensors]
