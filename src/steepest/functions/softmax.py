"""softmax, softplus and their logarithms, stable for extreme inputs. Depends on ops."""

from __future__ import annotations

from steepest.core import ops
from steepest.core.custom_gradient import stop_gradient
from steepest.core.tensor import Tensor, TensorLike


def floating(x: TensorLike) -> Tensor:
    """The value with a floating dtype: integers become float32.

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
    # max(x, 0) and |x| have derivative 0 at 0 here, where softplus has 1/2. So -log(sigmoid(-x)),
    # whose derivative is right everywhere, is used where it is accurate.
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
    """e^x / sum(e^x); the maximum is subtracted first, so that nothing overflows.

    >>> softmax([1000.0, 1000.0]).tolist()
    [0.5, 0.5]
    """
    weights = ops.exp(_minus_maximum(floating(x), axis))
    return weights / ops.reduce_sum(weights, axis, keepdims=True)


def log_softmax(x: TensorLike, axis: int = -1) -> Tensor:
    """log(softmax(x)) without the quotient, accurate for small probabilities too.

    >>> log_softmax([0.0, 1000.0]).tolist()
    [-1000.0, 0.0]
    """
    shifted = _minus_maximum(floating(x), axis)
    return shifted - ops.log(ops.reduce_sum(ops.exp(shifted), axis, keepdims=True))


def _minus_maximum(x: Tensor, axis: int) -> Tensor:
    """softmax(x) does not depend on what is subtracted, so no derivative flows through it."""
    return x - stop_gradient(ops.reduce_max(x, axis, keepdims=True))
