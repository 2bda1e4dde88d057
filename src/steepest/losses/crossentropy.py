"""Functions of the cross-entropy losses, of probabilities or of logits.

Each is computed from logits where they are known: given as such, or the inputs of the softmax or
sigmoid that made the predictions. Otherwise predictions are clipped to 1e-7 from 0 and 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from steepest.activations import logits_of
from steepest.core import ops
from steepest.core.primitives import show
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ShapeError
from steepest.functions import composed, nn
from steepest.functions.crossentropies import (
    at_labels,
    check_labels,
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits,
)
from steepest.functions.softmax import floating
from steepest.losses.base import SMALLEST, matched


def binary_crossentropy(
    y_true: TensorLike,
    y_pred: TensorLike,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """mean(-y log p - (1-y) log(1-p)); smoothing by s makes y (1-s) + s/2 of y.

    >>> import steepest as st
    >>> st.losses.binary_crossentropy([[1.0, 0.0]], [[0.5, 0.5]]).numpy().round(4).tolist()
    [0.6931]
    """
    y, p = matched("binary_crossentropy", y_true, y_pred)
    return ops.reduce_mean(_binary_entries(_smoothed(y, label_smoothing, 2), p, from_logits), axis)


def _binary_entries(y: Tensor, p: Tensor, from_logits: bool) -> Tensor:
    logits = p if from_logits else _logits_behind(p, "sigmoid")
    if logits is not None:
        return sigmoid_cross_entropy_with_logits(y, logits)
    clipped = composed.clip_by_value(p, SMALLEST, 1.0 - SMALLEST)
    return -(y * ops.log(clipped) + (1.0 - y) * ops.log1p(-clipped))


def _logits_behind(p: Tensor, activation: str, axis: int = -1) -> Tensor | None:
    """The input of the activation that made the predictions, if known and along this axis."""
    found = logits_of(p)
    if found is None or found.activation != activation:
        return None
    return found.tensor if (axis - found.axis) % max(p.ndim, 1) == 0 else None


def _smoothed(y: Tensor, amount: float | Tensor, classes: Any) -> Tensor:
    if isinstance(amount, Tensor):
        amount = ops.cast(amount, y.dtype)
    elif not amount:
        return y
    return y * (1.0 - amount) + amount / classes


def categorical_crossentropy(
    y_true: TensorLike,
    y_pred: TensorLike,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """-sum_j y_j log p_j over C classes; smoothing by s makes y (1-s) + s/C of y.

    >>> import steepest as st
    >>> st.losses.categorical_crossentropy([[1.0, 0.0]], [[0.5, 0.5]]).numpy().round(4).tolist()
    [0.6931]
    """
    y, p = matched("categorical_crossentropy", y_true, y_pred)
    require_classes("categorical_crossentropy", p)
    y = _last(_smoothed(y, label_smoothing, p.shape[axis]), axis)
    logits = p if from_logits else _logits_behind(p, "softmax", axis)
    if logits is not None:
        return softmax_cross_entropy_with_logits(y, _last(logits, axis))
    return -ops.reduce_sum(y * ops.log(probabilities(_last(p, axis))), axis=-1)


def probabilities(p: Tensor) -> Tensor:
    """Divides predictions by their sum along the last axis, and clips them away from 0 and 1.

    >>> import steepest as st
    >>> probabilities(st.constant([1.0, 3.0])).tolist()
    [0.25, 0.75]
    """
    whole = composed.divide_no_nan(p, ops.reduce_sum(p, axis=-1, keepdims=True))
    return composed.clip_by_value(whole, SMALLEST, 1.0 - SMALLEST)


def _last(x: Tensor, axis: int) -> Tensor:
    return x if axis in (-1, x.ndim - 1) else composed.move_axis(x, axis, -1)


def sparse_categorical_crossentropy(
    y_true: TensorLike,
    y_pred: TensorLike,
    from_logits: bool = False,
    ignore_class: int | None = None,
    axis: int = -1,
) -> Tensor:
    """-log p_y for the class y of each example; 0 where y is `ignore_class`.

    >>> import steepest as st
    >>> st.losses.sparse_categorical_crossentropy([1], [[0.5, 0.5]]).numpy().round(4).tolist()
    [0.6931]
    """
    given = floating(y_pred)
    logits = given if from_logits else _logits_behind(given, "softmax", axis)
    p = _last(given if logits is None else logits, axis)
    labels = class_labels("sparse_categorical_crossentropy", y_true, p)
    check_labels(labels, p.shape[-1], ignore_class)
    # The logarithms of probabilities are logits too: their exponentials add up to one.
    value = at_labels(labels, ops.log(probabilities(p)) if logits is None else p)
    return value if ignore_class is None else ops.where(labels == ignore_class, 0.0, value)


def categorical_generalized_cross_entropy(
    y_true: TensorLike, y_pred: TensorLike, q: float = 0.5
) -> Tensor:
    """(1 - p_y^q) / q for the class y: between cross-entropy (q near 0) and absolute error (1).

    It is less sensitive to wrong labels than cross-entropy (Zhang and Sabuncu, 2018).

    >>> import steepest as st
    >>> st.losses.categorical_generalized_cross_entropy([1], [[0.75, 0.25]]).tolist()
    [1.0]
    """
    p = floating(y_pred)
    labels = class_labels("categorical_generalized_cross_entropy", y_true, p)
    check_labels(labels, p.shape[-1], None)
    hit = ops.equal(composed.expand_dims(labels, -1), ops.iota((p.shape[-1],), 0, labels.dtype))
    own = ops.reduce_sum(ops.where(hit, p, 0.0), axis=-1)
    return (1.0 - _to_power(own, q)) / q


def class_labels(name: str, y_true: TensorLike, y_pred: Tensor) -> Tensor:
    """Casts class numbers, one per row of predictions, to int64; drops a last axis of size 1.

    >>> import steepest as st
    >>> class_labels("a loss", [[2.0], [0.0]], st.zeros((2, 3))).tolist()
    [2, 0]
    """
    require_classes(name, y_pred)
    labels = ops.as_tensor(y_true)
    if labels.ndim == y_pred.ndim and labels.shape[-1:] == (1,):
        labels = ops.without_axes(labels, [labels.ndim - 1])
    if labels.shape != y_pred.shape[:-1]:
        hint = "; for one-hot targets use the categorical form" * (labels.shape == y_pred.shape)
        raise ShapeError(
            f"{name}: y_true has shape {show(labels.shape)} and y_pred has shape "
            f"{show(y_pred.shape)}; expected class numbers of shape {show(y_pred.shape[:-1])}{hint}"
        )
    return ops.cast(labels, "int64")


def require_classes(name: str, y_pred: Tensor) -> None:
    """Raises for a single number, which has no axis of classes."""
    if not y_pred.ndim:
        raise ShapeError(
            f"{name}: y_pred is a single number; expected rows of one entry a class, as in [[p, q]]"
        )


def binary_focal_crossentropy(
    y_true: TensorLike,
    y_pred: TensorLike,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """mean((1 - p_t)^gamma bce), p_t the probability of the true class (Lin et al., 2017).

    Class balancing weighs the class 1 by `alpha` and the class 0 by 1 - `alpha`.

    >>> import steepest as st
    >>> st.losses.binary_focal_crossentropy([[1.0]], [[0.5]]).numpy().round(4).tolist()
    [0.1733]
    """
    y, p = matched("binary_focal_crossentropy", y_true, y_pred)
    y = _smoothed(y, label_smoothing, 2)
    probability = ops.logistic(p) if from_logits else p
    missed = y * (1.0 - probability) + (1.0 - y) * probability
    entries = _to_power(missed, gamma) * _binary_entries(y, p, from_logits)
    if apply_class_balancing:
        entries = entries * (y * alpha + (1.0 - y) * (1.0 - alpha))
    return ops.reduce_mean(entries, axis)


def categorical_focal_crossentropy(
    y_true: TensorLike,
    y_pred: TensorLike,
    alpha: float | Sequence[float] = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """-sum_j alpha (1 - p_j)^gamma y_j log p_j (Lin et al., 2017); alpha may be one for each class.

    >>> import steepest as st
    >>> st.losses.categorical_focal_crossentropy([[1.0, 0.0]], [[0.5, 0.5]]).numpy().round(4)
    array([0.0433], dtype=float32)
    """
    y, p = matched("categorical_focal_crossentropy", y_true, y_pred)
    require_classes("categorical_focal_crossentropy", p)
    y = _last(_smoothed(y, label_smoothing, p.shape[axis]), axis)
    p = probabilities(_last(nn.softmax(p, axis) if from_logits else p, axis))
    weight = ops.as_tensor(alpha, p.dtype)
    return -ops.reduce_sum(weight * _to_power(1.0 - p, gamma) * y * ops.log(p), axis=-1)


def _to_power(base: Tensor, exponent: float) -> Tensor:
    """The power of a base of at least 1e-7: at 0, powers below 1 have no derivative."""
    return ops.power(ops.maximum(base, SMALLEST), exponent)


def kl_divergence(y_true: TensorLike, y_pred: TensorLike) -> Tensor:
    """sum_j y_j log(y_j / p_j), both clipped to between 1e-7 and 1.

    >>> import steepest as st
    >>> st.losses.kl_divergence([[1.0, 0.0]], [[0.5, 0.5]]).numpy().round(4).tolist()
    [0.6931]
    """
    y, p = (
        composed.clip_by_value(value, SMALLEST, 1.0)
        for value in matched("kl_divergence", y_true, y_pred)
    )
    return ops.reduce_sum(y * (ops.log(y) - ops.log(p)), axis=-1)
