"""Losses of logits, each stable for any logit. Leans on ops and softmax."""

from __future__ import annotations

import math

import numpy as np

from steepest.core import ops
from steepest.core.primitives import show
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import DataError, ShapeError
from steepest.functions.creation import one_hot
from steepest.functions.softmax import floating, log_softmax, softplus


def sigmoid_cross_entropy_with_logits(labels: TensorLike, logits: TensorLike) -> Tensor:
    """-z log s(x) - (1-z) log(1-s(x)) = softplus(x) - x z, safe for any x.

    >>> round(sigmoid_cross_entropy_with_logits([1.0], [0.0]).item(), 4)
    0.6931
    """
    z, x = _alike("sigmoid_cross_entropy_with_logits", labels, logits)
    return softplus(x) - x * z


def softmax_cross_entropy_with_logits(labels: TensorLike, logits: TensorLike) -> Tensor:
    """-sum of labels times log_softmax(logits) along the last axis.

    >>> round(softmax_cross_entropy_with_logits([[1.0, 0.0]], [[0.0, 0.0]]).item(), 4)
    0.6931
    """
    z, x = _alike("softmax_cross_entropy_with_logits", labels, logits)
    return -ops.reduce_sum(z * log_softmax(x), axis=-1)


def _alike(name: str, labels: TensorLike, logits: TensorLike) -> tuple[Tensor, Tensor]:
    """Labels and logits of one kind; spreading (n,) against (n, 1) is a common silent mistake."""
    z, x = ops.meet(labels, logits, floating=True)
    if z.shape != x.shape:
        raise ShapeError(
            f"{name}: labels {show(z.shape)} and logits {show(x.shape)} must have one shape"
        )
    return z, x


def sparse_softmax_cross_entropy_with_logits(labels: TensorLike, logits: TensorLike) -> Tensor:
    """-log_softmax(logits) at each label.

    >>> round(sparse_softmax_cross_entropy_with_logits([0], [[0.0, 0.0]]).item(), 4)
    0.6931
    """
    x = floating(logits)
    depth = x.shape[-1]
    assert depth is not None
    check_labels(ops.as_tensor(labels), depth, name="labels")
    return softmax_cross_entropy_with_logits(one_hot(labels, depth, dtype=x.dtype), x)


def check_labels(
    labels: Tensor, classes: int | None, ignored: int | None = None, name: str = "y_true"
) -> None:
    """Raise for a label that is no class, where labels are at hand."""
    if labels.is_symbolic or classes is None:
        return
    found = labels.numpy()
    wrong = (found < 0) | (found >= classes)
    wrong &= True if ignored is None else found != ignored
    if wrong.any():
        place = tuple(int(index) for index in np.argwhere(wrong)[0])
        raise DataError(
            f"{name}{list(place) if place else ''} is {int(found[place])}, outside the classes "
            f"0..{classes - 1} of the last axis of what is predicted; give the output layer one "
            "unit per class"
        )


def weighted_cross_entropy_with_logits(
    labels: TensorLike, logits: TensorLike, pos_weight: TensorLike
) -> Tensor:
    """The sigmoid's cross-entropy with the positive class weighted by q, safe for any x.

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
    """exp(x) - z x for the logarithm x of a rate; with Stirling's term for z > 1 if asked.

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
