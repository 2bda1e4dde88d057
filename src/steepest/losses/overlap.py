"""Dice and Tversky losses: the overlap of targets and predictions, read as two sets.

Without an axis the whole batch is one pair of sets; with one, each line along it is a pair.
"""

from __future__ import annotations

from collections.abc import Sequence

from steepest.arguments import one_or_tuple, require_within
from steepest.core import ops
from steepest.core.dtype import DTypeLike
from steepest.core.tensor import Axis, Tensor, TensorLike
from steepest.losses.base import SMALLEST, LossFunction, loss_of, matched


def dice(y_true: TensorLike, y_pred: TensorLike, axis: Axis = None) -> Tensor:
    """1 - 2 sum(y p) / (sum y + sum p): 0 for equal sets, 1 for disjoint ones.

    >>> import steepest as st
    >>> st.losses.dice([[1.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]], axis=-1).numpy().round(4).tolist()
    [0.3333]
    """
    y, p = matched("dice", y_true, y_pred)
    both, whole = (ops.reduce_sum(value, axis) for value in (y * p, y + p))
    return 1.0 - 2.0 * both / (whole + SMALLEST)


def tversky(
    y_true: TensorLike,
    y_pred: TensorLike,
    alpha: float = 0.5,
    beta: float = 0.5,
    axis: Axis = None,
) -> Tensor:
    """1 - sum(y p) / (sum(y p) + alpha sum((1-y) p) + beta sum(y (1-p))) (Salehi et al., 2017).

    `alpha` weighs false positives and `beta` false negatives, as in the paper; Keras's code has
    them the other way round.

    >>> import steepest as st
    >>> st.losses.tversky([[1.0, 1.0]], [[1.0, 0.0]], beta=1.0, axis=-1).numpy().round(4).tolist()
    [0.5]
    """
    y, p = matched("tversky", y_true, y_pred)
    both = ops.reduce_sum(y * p, axis)
    false, missed = ops.reduce_sum((1.0 - y) * p, axis), ops.reduce_sum(y * (1.0 - p), axis)
    return 1.0 - both / (both + alpha * false + beta * missed + SMALLEST)


@loss_of(dice)
class Dice(LossFunction):
    """One minus the overlap of two sets; see `dice`.

    >>> import steepest as st
    >>> round(st.losses.Dice()([[1.0, 0.0]], [[0.0, 1.0]]).item(), 4)
    1.0
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str = "dice",
        axis: int | Sequence[int] | None = None,
        dtype: DTypeLike = None,
    ) -> None:
        super().__init__(dice, name, reduction, axis=_as_axis(axis), dtype=dtype)


@loss_of(tversky)
class Tversky(LossFunction):
    """One minus the overlap of two sets, with weights for both kinds of error; see `tversky`.

    >>> import steepest as st
    >>> round(st.losses.Tversky()([[1.0, 0.0]], [[0.0, 1.0]]).item(), 4)
    1.0
    """

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str = "tversky",
        axis: int | Sequence[int] | None = None,
        dtype: DTypeLike = None,
    ) -> None:
        require_within(self, "[0, inf)", alpha=alpha, beta=beta)
        super().__init__(
            tversky, name, reduction, alpha=alpha, beta=beta, axis=_as_axis(axis), dtype=dtype
        )


def _as_axis(axis: int | Sequence[int] | None) -> Axis:
    return None if axis is None else one_or_tuple(axis)
