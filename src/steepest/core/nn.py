"""The functions of a neural unit, composed of primitives. Leans on ops and math.

Each states how it stays within the numbers for extreme inputs.
"""

from __future__ import annotations

import math as pi_math

from steepest.core import math, ops
from steepest.core.custom_gradient import stop_gradient
from steepest.core.tensor import Axis, Tensor, TensorLike

__all__ = [
    "linear",
    "sigmoid",
    "relu",
    "relu6",
    "leaky_relu",
    "elu",
    "selu",
    "celu",
    "gelu",
    "silu",
    "swish",
    "softplus",
    "log_sigmoid",
    "softsign",
    "hard_sigmoid",
    "hard_silu",
    "mish",
    "tanh_shrink",
    "softmax",
    "log_softmax",
    "l2_normalize",
    "moments",
    "dropout",
    "sigmoid_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits",
    "sparse_softmax_cross_entropy_with_logits",
]

SELU_SCALE = 1.0507009873554805
SELU_ALPHA = 1.6732632423543772


def _floating(x: TensorLike) -> Tensor:
    return ops.meet(ops.as_tensor(x), floating=True)[0]


def linear(x: TensorLike) -> Tensor:
    """The input as it is.

    >>> linear([1.0]).tolist()
    [1.0]
    """
    return ops.as_tensor(x)


def sigmoid(x: TensorLike) -> Tensor:
    """1 / (1 + e^-x), by the exponential that cannot overflow.

    >>> sigmoid(2.0).item()
    0.880797
    """
    return ops.logistic(x)


def relu(x: TensorLike, negative_slope: float = 0.0, max_value: float | None = None) -> Tensor:
    """max(x, 0); the derivative at 0 is 0, and NaN stays NaN.

    >>> relu([-1.0, 0.0, 2.0]).tolist()
    [0.0, 0.0, 2.0]
    """
    tensor = ops.as_tensor(x)
    below = tensor * negative_slope if negative_slope else math.zeros((), tensor.dtype)
    value = ops.where(tensor <= 0, below, tensor)
    return value if max_value is None else ops.minimum(value, max_value)


def relu6(x: TensorLike) -> Tensor:
    """relu with 6 as its ceiling.

    >>> relu6([-1.0, 3.0, 9.0]).tolist()
    [0.0, 3.0, 6.0]
    """
    return relu(x, max_value=6.0)


def leaky_relu(x: TensorLike, negative_slope: float = 0.2) -> Tensor:
    """x above 0, `negative_slope` times x below.

    >>> leaky_relu([-1.0, 2.0]).numpy().round(3).tolist()
    [-0.2, 2.0]
    """
    return relu(_floating(x), negative_slope)


def elu(x: TensorLike, alpha: float = 1.0) -> Tensor:
    """x above 0, alpha (e^x - 1) below; the exponential sees no positive input.

    >>> elu([0.0, 2.0]).tolist()
    [0.0, 2.0]
    """
    tensor = _floating(x)
    below = ops.expm1(ops.where(tensor <= 0, tensor, 0.0))
    return ops.where(tensor <= 0, alpha * below, tensor)


def selu(x: TensorLike) -> Tensor:
    """elu scaled so that layers keep mean 0 and deviation 1 (Klambauer et al., 2017).

    >>> selu([0.0]).tolist()
    [0.0]
    """
    return SELU_SCALE * elu(x, SELU_ALPHA)


def celu(x: TensorLike, alpha: float = 1.0) -> Tensor:
    """x above 0, alpha (e^(x/alpha) - 1) below.

    >>> celu([0.0, 1.0]).tolist()
    [0.0, 1.0]
    """
    return elu(_floating(x) / alpha, 1.0) * alpha


def gelu(x: TensorLike, approximate: bool = False) -> Tensor:
    """x times the normal distribution function at x (Hendrycks and Gimpel, 2016).

    `approximate` takes the tanh formula in place of the error function.

    >>> round(gelu(1.0).item(), 4)
    0.8413
    """
    tensor = _floating(x)
    if approximate:
        inner = pi_math.sqrt(2.0 / pi_math.pi) * (tensor + 0.044715 * tensor * tensor * tensor)
        return 0.5 * tensor * (1.0 + ops.tanh(inner))
    return 0.5 * tensor * (1.0 + ops.erf(tensor * pi_math.sqrt(0.5)))


def silu(x: TensorLike) -> Tensor:
    """x times sigmoid(x), also called swish.

    >>> silu([0.0]).tolist()
    [0.0]
    """
    tensor = _floating(x)
    return tensor * sigmoid(tensor)


swish = silu


def softplus(x: TensorLike) -> Tensor:
    """log(1 + e^x) = max(x, 0) + log1p(e^-|x|), which cannot overflow.

    >>> round(softplus(0.0).item(), 4), softplus(1000.0).item()
    (0.6931, 1000.0)
    """
    tensor = _floating(x)
    # relu and abs have derivatives 0 at 0, where the two halves of softplus' miss 1/2: so by
    # -log(sigmoid(-x)), whose derivative is right everywhere, wherever that is accurate.
    return ops.where(
        ops.absolute(tensor) < 1.0,
        -ops.log(ops.logistic(-ops.where(ops.absolute(tensor) < 1.0, tensor, 0.0))),
        relu(tensor) + ops.log1p(ops.exp(-ops.absolute(tensor))),
    )


def log_sigmoid(x: TensorLike) -> Tensor:
    """log(sigmoid(x)) = -softplus(-x).

    >>> round(log_sigmoid(0.0).item(), 4)
    -0.6931
    """
    return -softplus(-_floating(x))


def softsign(x: TensorLike) -> Tensor:
    """x / (1 + |x|).

    >>> softsign([1.0]).tolist()
    [0.5]
    """
    tensor = _floating(x)
    return tensor / (1.0 + ops.absolute(tensor))


def hard_sigmoid(x: TensorLike) -> Tensor:
    """A sigmoid of three straight lines: x/6 + 1/2 between -3 and 3.

    >>> hard_sigmoid([-4.0, 0.0, 4.0]).tolist()
    [0.0, 0.5, 1.0]
    """
    return math.clip_by_value(_floating(x) / 6.0 + 0.5, 0.0, 1.0)


def hard_silu(x: TensorLike) -> Tensor:
    """x times hard_sigmoid(x).

    >>> hard_silu([0.0]).tolist()
    [0.0]
    """
    tensor = _floating(x)
    return tensor * hard_sigmoid(tensor)


def mish(x: TensorLike) -> Tensor:
    """x tanh(softplus(x)) (Misra, 2019).

    >>> mish([0.0]).tolist()
    [0.0]
    """
    tensor = _floating(x)
    return tensor * ops.tanh(softplus(tensor))


def tanh_shrink(x: TensorLike) -> Tensor:
    """x - tanh(x).

    >>> tanh_shrink([0.0]).tolist()
    [0.0]
    """
    tensor = _floating(x)
    return tensor - ops.tanh(tensor)


def softmax(x: TensorLike, axis: int = -1) -> Tensor:
    """e^x over its sum; the greatest value is taken out first, so that nothing overflows.

    >>> softmax([1000.0, 1000.0]).tolist()
    [0.5, 0.5]
    """
    weights = ops.exp(_below_greatest(_floating(x), axis))
    return weights / ops.reduce_sum(weights, axis, keepdims=True)


def log_softmax(x: TensorLike, axis: int = -1) -> Tensor:
    """log(softmax(x)) without forming the quotient, so that small shares keep their digits.

    >>> log_softmax([0.0, 1000.0]).tolist()
    [-1000.0, 0.0]
    """
    shifted = _below_greatest(_floating(x), axis)
    return shifted - ops.log(ops.reduce_sum(ops.exp(shifted), axis, keepdims=True))


def _below_greatest(x: Tensor, axis: int) -> Tensor:
    """The result does not depend on what is taken out, so no derivative need flow through it."""
    return x - stop_gradient(ops.reduce_max(x, axis, keepdims=True))


def l2_normalize(x: TensorLike, axis: Axis = None, epsilon: float = 1e-12) -> Tensor:
    """The tensor over its Euclidean length along axes.

    >>> l2_normalize([3.0, 4.0]).numpy().round(3).tolist()
    [0.6, 0.8]
    """
    tensor = _floating(x)
    total = ops.reduce_sum(tensor * tensor, axis, keepdims=True)
    return tensor * ops.rsqrt(ops.maximum(total, epsilon))


def moments(x: TensorLike, axes: Axis, keepdims: bool = False) -> tuple[Tensor, Tensor]:
    """The mean and the variance along axes.

    >>> mean, variance = moments([1.0, 3.0], 0)
    >>> mean.item(), variance.item()
    (2.0, 1.0)
    """
    return ops.reduce_mean(x, axes, keepdims), math.reduce_variance(x, axes, keepdims)


def dropout(x: TensorLike, rate: float, seed: int | None = None) -> Tensor:
    """Each value kept with probability 1 - rate and then divided by it, or else made 0.

    >>> dropout([1.0, 2.0], 0.0).tolist()
    [1.0, 2.0]
    """
    from steepest.core import random

    tensor = _floating(x)
    if rate == 0.0:
        return tensor
    kept = random.uniform(tensor.shape, seed=seed) >= rate
    return ops.where(kept, tensor / (1.0 - rate), 0.0)


def sigmoid_cross_entropy_with_logits(labels: TensorLike, logits: TensorLike) -> Tensor:
    """-z log s(x) - (1-z) log(1-s(x)) = softplus(x) - x z, safe for any x.

    >>> round(sigmoid_cross_entropy_with_logits([1.0], [0.0]).item(), 4)
    0.6931
    """
    z, x = ops.meet(labels, logits, floating=True)
    return softplus(x) - x * z


def softmax_cross_entropy_with_logits(labels: TensorLike, logits: TensorLike) -> Tensor:
    """-sum of labels times log_softmax(logits) along the last axis.

    >>> round(softmax_cross_entropy_with_logits([[1.0, 0.0]], [[0.0, 0.0]]).item(), 4)
    0.6931
    """
    z, x = ops.meet(labels, logits, floating=True)
    return -ops.reduce_sum(z * log_softmax(x), axis=-1)


def sparse_softmax_cross_entropy_with_logits(labels: TensorLike, logits: TensorLike) -> Tensor:
    """-log_softmax(logits) at each label.

    >>> round(sparse_softmax_cross_entropy_with_logits([0], [[0.0, 0.0]]).item(), 4)
    0.6931
    """
    x = _floating(logits)
    depth = x.shape[-1]
    assert depth is not None
    return softmax_cross_entropy_with_logits(math.one_hot(labels, depth, dtype=x.dtype), x)
