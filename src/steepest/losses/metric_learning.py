"""The Circle loss, which separates embeddings of different classes."""

from __future__ import annotations

import math

from steepest.arguments import require_within
from steepest.core import ops
from steepest.core.dtype import DTypeLike
from steepest.core.masks import attach
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ShapeError
from steepest.functions import composed, nn
from steepest.functions.softmax import floating
from steepest.losses.base import LossFunction, loss_of


def circle(
    y_true: TensorLike,
    y_pred: TensorLike,
    ref_labels: TensorLike | None = None,
    ref_embeddings: TensorLike | None = None,
    remove_diagonal: bool = True,
    gamma: float = 80.0,
    margin: float = 0.4,
) -> Tensor:
    """The loss of each embedding among the others of its batch (Sun et al., "Circle loss", 2020).

    With the distances d = 1 - cosine of embeddings of length 1, and m the margin: softplus(log sum
    of exp(gamma (m + d) (d - m)) over those of its class + log sum of exp(gamma (1 + m - d)
    (1 - m - d)) over the others). It is 0 where a batch holds none of its class, or no other.
    `ref_labels` and `ref_embeddings` are the references; by default those of the batch, each
    without itself.

    >>> import steepest as st
    >>> x = st.nn.l2_normalize([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0]], axis=1)
    >>> st.losses.circle([0, 0, 1], x).numpy().round(2).tolist()
    [0.0, 0.0, 0.0]
    """
    p = floating(y_pred)
    if p.ndim != 2:
        raise ShapeError(f"circle: rows of embeddings were expected, got {p.ndim} axes")
    labels = ops.reshape(ops.cast(y_true, "int64"), (-1,))
    others = p if ref_embeddings is None else ops.as_tensor(ref_embeddings, p.dtype)
    other_labels = labels if ref_labels is None else ops.reshape(
        ops.cast(ref_labels, "int64"), (-1,)
    )  # fmt: skip
    distance = ops.maximum(1.0 - ops.matmul(p, others, transpose_b=True), 0.0)
    same = ops.equal(composed.expand_dims(labels, 1), composed.expand_dims(other_labels, 0))
    positive = same
    if remove_diagonal and ref_embeddings is None:
        places = ops.cumsum(composed.ones_like(labels))
        itself = ops.equal(composed.expand_dims(places, 1), composed.expand_dims(places, 0))
        positive = ops.logical_and(same, ops.logical_not(itself))
    near = gamma * (margin + distance) * (distance - margin)
    far = gamma * ops.maximum(1.0 + margin - distance, 0.0) * (1.0 - margin - distance)
    one, one_exists = _log_sum(near, positive)
    other, other_exists = _log_sum(far, ops.logical_not(same))
    both = ops.logical_and(one_exists, other_exists)
    return ops.where(both, nn.softplus(ops.where(both, one + other, 0.0)), 0.0)


def _log_sum(values: Tensor, chosen: Tensor) -> tuple[Tensor, Tensor]:
    """log sum exp over the chosen values of each row, and whether there are any."""
    exists = composed.reduce_any(chosen, axis=1)
    greatest = ops.reduce_max(ops.where(chosen, values, -math.inf), axis=1, keepdims=True)
    greatest = ops.where(composed.is_finite(greatest), greatest, 0.0)
    shifted = ops.where(chosen, values - greatest, -math.inf)
    total = ops.where(exists, ops.reduce_sum(ops.exp(shifted), axis=1), 1.0)
    return ops.log(total) + ops.reshape(greatest, (-1,)), exists


@loss_of(circle)
class Circle(LossFunction):
    """The Circle loss of L2-normalized embeddings with class numbers; see `circle`.

    The mean is over the embeddings whose loss is above 0.

    >>> import steepest as st
    >>> x = st.nn.l2_normalize([[1.0, 0.0], [0.5, 0.6], [0.4, 1.0]], axis=1)
    >>> round(st.losses.Circle(gamma=2.0)([0, 0, 1], x).item(), 3)
    1.142
    """

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str = "circle",
        dtype: DTypeLike = None,
    ) -> None:
        require_within(self, "(0, inf)", gamma=gamma)
        require_within(self, "[0, 1]", margin=margin)
        super().__init__(
            circle, name, reduction, dtype, gamma=gamma, margin=margin,
            remove_diagonal=remove_diagonal,
        )  # fmt: skip

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """The function's values; those that are 0 do not count in the mean."""
        values = self.function(y_true, y_pred, **self.options)
        attach(values, values > 0.0)
        return values
