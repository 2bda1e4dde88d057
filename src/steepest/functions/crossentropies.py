"""Losses of logits, stable for any logit. Depends on ops, softmax and custom_gradient.

The three cross-entropies have custom derivatives: those of their parts do not exist at a logit of
0, nor where a logit is -inf. `steepest.losses` computes its losses by the same functions.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from steepest.core import ops
from steepest.core.custom_gradient import custom_gradient, stop_gradient
from steepest.core.primitives import show
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import DataError, ShapeError
from steepest.functions.elementary import multiply_no_nan
from steepest.functions.shapes import expand_dims
from steepest.functions.softmax import floating, log_softmax, softmax, softplus


def sigmoid_cross_entropy_with_logits(labels: TensorLike, logits: TensorLike) -> Tensor:
    """-z log s(x) - (1-z) log(1-s(x)) for labels z and logits x; the derivative by x is s(x) - z.

    Computed as max(x, 0) - x z + log(1 + e^-|x|), which is safe for any x.

    >>> sigmoid_cross_entropy_with_logits([1.0, 0.0], [0.0, -100.0]).numpy().round(4).tolist()
    [0.6931, 0.0]
    """
    return _sigmoid(*_alike("sigmoid_cross_entropy_with_logits", labels, logits))


@custom_gradient
def _sigmoid(z: Tensor, x: Tensor) -> Any:
    value = ops.where(x <= 0, 0.0, x) - x * z + ops.log1p(ops.exp(-ops.absolute(x)))
    return value, lambda g: (-g * x, g * (ops.logistic(x) - z))


def softmax_cross_entropy_with_logits(labels: TensorLike, logits: TensorLike) -> Tensor:
    """-sum_j z_j log softmax(x)_j along the last axis, for labels z and logits x.

    The derivative by x is softmax(x) sum(z) - z. A class whose logit is -inf has probability 0
    and adds nothing where its label is 0.

    >>> softmax_cross_entropy_with_logits([[1.0, 0.0]], [[0.0, 0.0]]).numpy().round(4).tolist()
    [0.6931]
    """
    return _softmax(*_alike("softmax_cross_entropy_with_logits", labels, logits))


@custom_gradient
def _softmax(z: Tensor, x: Tensor) -> Any:
    shifted, normaliser = _log_sum(x)
    chosen = ops.reduce_sum(multiply_no_nan(shifted, z), axis=-1)
    value = ops.reduce_sum(z, axis=-1) * normaliser - chosen

    def pullback(g: Tensor) -> tuple[Tensor, Tensor]:
        wide = expand_dims(g, -1)
        total = ops.reduce_sum(z, axis=-1)  # computed again, so that second derivatives see it
        back = softmax(x) * expand_dims(total, -1) - z
        return -wide * log_softmax(x), wide * back

    return value, pullback


def _log_sum(x: Tensor) -> tuple[Tensor, Tensor]:
    """x - max(x), and the logarithm of the sum of its exponentials."""
    shifted = x - stop_gradient(ops.reduce_max(x, axis=-1, keepdims=True))
    return shifted, ops.log(ops.reduce_sum(ops.exp(shifted), axis=-1))


def _alike(name: str, labels: TensorLike, logits: TensorLike) -> tuple[Tensor, Tensor]:
    """Labels and logits of one dtype and shape: to broadcast (n,) with (n, 1) is a mistake."""
    z, x = ops.meet(labels, logits, floating=True)
    if z.shape != x.shape:
        raise ShapeError(
            f"{name}: labels {show(z.shape)} and logits {show(x.shape)} must have the same shape"
        )
    return z, x


def sparse_softmax_cross_entropy_with_logits(labels: TensorLike, logits: TensorLike) -> Tensor:
    """-log softmax(x) at each label; the derivative by the logits x is softmax(x) - one-hot.

    >>> round(sparse_softmax_cross_entropy_with_logits([0], [[0.0, 0.0]]).item(), 4)
    0.6931
    """
    x = floating(logits)
    classes = ops.as_tensor(labels)
    if not x.ndim or classes.shape != x.shape[:-1]:
        raise ShapeError(
            f"sparse_softmax_cross_entropy_with_logits: labels {show(classes.shape)} and logits "
            f"{show(x.shape)} do not fit; expected one class number for each row of logits"
        )
    check_labels(classes, x.shape[-1], name="labels")
    return at_labels(classes, x)


def at_labels(labels: Tensor, logits: Tensor) -> Tensor:
    """The sparse cross-entropy of checked labels; for any other label log(sum(e^(x - max(x)))).

    >>> at_labels(ops.constant([0]), ops.constant([[0.0, 0.0]])).numpy().round(4).tolist()
    [0.6931]
    """
    places = expand_dims(ops.cast(labels, "int32"), -1)  # of the logits' width, for engines
    hit = ops.equal(places, ops.iota((logits.shape[-1],), 0, "int32"))

    @custom_gradient
    def from_logits(x: Tensor) -> Any:
        shifted, normaliser = _log_sum(x)
        value = normaliser - ops.reduce_sum(ops.where(hit, shifted, 0.0), axis=-1)
        return value, lambda g: expand_dims(g, -1) * (softmax(x) - ops.cast(hit, x.dtype))

    return from_logits(logits)


def check_labels(
    labels: Tensor, classes: int | None, ignored: int | None = None, name: str = "y_true"
) -> None:
    """Raises for a label that is not a class; labels yet to be computed are not checked."""
    if labels.is_symbolic or classes is None:
        return
    found = labels.numpy()
    wrong = (found < 0) | (found >= classes)
    wrong &= True if ignored is None else found != ignored
    if wrong.any():
        place = tuple(int(index) for index in np.argwhere(wrong)[0])
        raise DataError(
            f"{name}{list(place) if place else ''} is {int(found[place])}, outside the classes "
            f"0..{classes - 1} of the predictions' last axis; give the output layer one "
            "unit per class"
        )


def weighted_cross_entropy_with_logits(
    labels: TensorLike, logits: TensorLike, pos_weight: TensorLike
) -> Tensor:
    """The sigmoid cross-entropy with the positive class weighted by q, stable for any x.

    -q z log s(x) - (1-z) log(1-s(x)) = (1-z) x + (1 + (q-1) z) softplus(-x).

    >>> round(weighted_cross_entropy_with_logits([1.0], [0.0], 2.0).item(), 4)
    1.3863
    """
    z, x = _alike("weighted_cross_entropy_with_logits", labels, logits)
    weight = 1.0 + (ops.subtract(pos_weight, 1.0)) * z
    return (1.0 - z) * x + weight * softplus(-x)


def log_poisson_loss(
    targets: TensorLike, log_input: TensorLike, compute_full_loss: bool = False
) -> Tensor:
    """exp(x) - z x for the logarithm x of a rate; optionally with Stirling's term for z > 1.

    >>> log_poisson_loss([2.0], [0.0]).tolist()
    [1.0]
    """
    z, x = _alike("log_poisson_loss", targets, log_input)
    loss = ops.exp(x) - z * x
    if not compute_full_loss:
        return loss
    count = ops.maximum(z, 1.0)
    stirling = count * ops.log(count) - count + 0.5 * ops.log(2.0 * math.pi * count)
    return loss + ops.where(z > 1.0, stirling, 0.0)


def l2_loss(x: TensorLike) -> Tensor:
    """Half the sum of the squares.

    >>> l2_loss([3.0, 4.0]).item()
    12.5
    """
    return 0.5 * ops.reduce_sum(ops.multiply(x, x))
