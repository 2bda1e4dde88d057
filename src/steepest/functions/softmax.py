"""The soft maximum and its kin, stable for extreme inputs. Leans on ops."""

from __future__ import annotations

from steepest.core import ops
from steepest.core.custom_gradient import stop_gradient
from steepest.core.tensor import Tensor, TensorLike


def floating(x: TensorLike) -> Tensor:
    """The value as fractions, whole numbers as float32.

    >>> floating([1, 2]).dtype
    dtype('float32')
    """
    return ops.meet(ops.as_tensor(x), floating=True)[0]


def softplus(x: TensorLike) -> Tensor:
    """log(1 + e^x) = max(x, 0) + log1p(e^-|x|), which cannot overflow.

    >>> round(softplus(0.0).item(), 4), softplus(1000.0).item()
    (0.6931, 1000.0)
    """
    tensor = floating(x)
    # relu and abs have derivatives 0 at 0, where the two halves of softplus' miss 1/2: so by
    # -log(sigmoid(-x)), whose derivative is right everywhere, wherever that is accurate.
    return ops.where(
        ops.absolute(tensor) < 1.0,
        -ops.log(ops.logistic(-ops.where(ops.absolute(tensor) < 1.0, tensor, 0.0))),
        ops.where(tensor <= 0, 0.0, tensor) + ops.log1p(ops.exp(-ops.absolute(tensor))),
    )


def log_sigmoid(x: TensorLike) -> Tensor:
    """log(sigmoid(x)) = -softplus(-x).

    >>> round(log_sigmoid(0.0).item(), 4)
    -0.6931
    """
    return -softplus(-floating(x))


def softmax(x: TensorLike, axis: int = -1) -> Tensor:
    """e^x over its sum; the greatest value is taken out first, so that nothing overflows.

    >>> softmax([1000.0, 1000.0]).tolist()
    [0.5, 0.5]
    """
    weights = ops.exp(_below_greatest(floating(x), axis))
    return weights / ops.reduce_sum(weights, axis, keepdims=True)


def log_softmax(x: TensorLike, axis: int = -1) -> Tensor:
    """log(softmax(x)) without forming the quotient, so that small shares keep their digits.

    >>> log_softmax([0.0, 1000.0]).tolist()
    [-1000.0, 0.0]
    """
    shifted = _below_greatest(floating(x), axis)
    return shifted - ops.log(ops.reduce_sum(ops.exp(shifted), axis, keepdims=True))


def _below_greatest(x: Tensor, axis: int) -> Tensor:
    """The result does not depend on what is taken out, so no derivative need flow through it."""
    return x - stop_gradient(ops.reduce_max(x, axis, keepdims=True))
