"""Hinge losses, as functions and classes: they require a margin between classes.

Binary targets are -1 and 1; a target of 0 is read as -1.
"""

from __future__ import annotations

from steepest.core import ops
from steepest.core.dtype import DTypeLike
from steepest.core.tensor import Tensor, TensorLike
from steepest.functions import composed, nn
from steepest.losses.base import LossFunction, SeparableLoss, loss_of, matched
from steepest.losses.facts import SIGNS


def _shortfall(name: str, y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    y, p = matched(name, y_true, y_pred)
    return nn.relu(1.0 - ops.where(y == 0.0, -1.0, y) * p)


def hinge(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """mean(max(1 - y p, 0)).

    >>> import steepest as st
    >>> st.losses.hinge([[1.0, -1.0]], [[0.5, -2.0]]).tolist()
    [0.25]
    """
    return ops.reduce_mean(_shortfall("hinge", y_true, y_pred), axis=-1)


def squared_hinge(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """mean(max(1 - y p, 0)^2).

    >>> import steepest as st
    >>> st.losses.squared_hinge([[1.0, -1.0]], [[0.5, -2.0]]).tolist()
    [0.125]
    """
    return ops.reduce_mean(composed.square(_shortfall("squared_hinge", y_true, y_pred)), axis=-1)


def categorical_hinge(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """max(1 + the greatest p of a wrong class - p of the right class, 0), for one-hot y.

    >>> import steepest as st
    >>> st.losses.categorical_hinge([[1.0, 0.0]], [[0.5, 0.25]]).tolist()
    [0.75]
    """
    y, p = matched("categorical_hinge", y_true, y_pred)
    right = ops.reduce_sum(y * p, axis=-1)
    wrong = ops.reduce_max((1.0 - y) * p, axis=-1)
    return nn.relu(1.0 + wrong - right)


@loss_of(hinge)
class Hinge(SeparableLoss):
    """The shortfall from the margin; see `hinge`.

    >>> import steepest as st
    >>> st.losses.Hinge()([[1.0]], [[0.5]]).item()
    0.5
    """

    labels = SIGNS

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "hinge",
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__(hinge, name, reduction, dtype=dtype)


@loss_of(squared_hinge)
class SquaredHinge(SeparableLoss):
    """The squared shortfall from the margin; see `squared_hinge`.

    >>> import steepest as st
    >>> st.losses.SquaredHinge()([[1.0]], [[0.5]]).item()
    0.25
    """

    labels = SIGNS

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "squared_hinge",
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__(squared_hinge, name, reduction, dtype=dtype)


@loss_of(categorical_hinge)
class CategoricalHinge(LossFunction):
    """The shortfall from the margin between classes; see `categorical_hinge`.

    >>> import steepest as st
    >>> st.losses.CategoricalHinge()([[1.0, 0.0]], [[1.0, 0.0]]).item()
    0.0
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "categorical_hinge",
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__(categorical_hinge, name, reduction, dtype=dtype)
