"""Activation functions, dropout and normalization. Depends on composed and crossentropies.

Docstrings say how a function avoids overflow for extreme inputs.
"""

from __future__ import annotations

import math
from typing import Any

from steepest.core import ops
from steepest.core.ops import tanh
from steepest.core.primitives import show
from steepest.core.tensor import Axis, Tensor, TensorLike
from steepest.errors import ShapeError, suggest_names
from steepest.functions import composed, random
from steepest.functions.composed import in_top_k, top_k, zero_fraction
from steepest.functions.crossentropies import (
    l2_loss,
    log_poisson_loss,
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits,
    sparse_softmax_cross_entropy_with_logits,
    weighted_cross_entropy_with_logits,
)
from steepest.functions.generators import Seed
from steepest.functions.softmax import floating, log_sigmoid, log_softmax, softmax, softplus

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
    "weighted_moments",
    "dropout",
    "crelu",
    "bias_add",
    "batch_normalization",
    "embedding_lookup",
    "tanh",
    "in_top_k",
    "top_k",
    "zero_fraction",
    "l2_loss",
    "log_poisson_loss",
    "weighted_cross_entropy_with_logits",
    "sigmoid_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits",
    "sparse_softmax_cross_entropy_with_logits",
]

SELU_SCALE = 1.0507009873554805
SELU_ALPHA = 1.6732632423543772


def linear(x: TensorLike) -> Tensor:
    """x, unchanged.

    >>> linear([1.0]).tolist()
    [1.0]
    """
    return ops.as_tensor(x)


def sigmoid(x: TensorLike) -> Tensor:
    """1 / (1 + e^-x), by e^-|x|, which cannot overflow.

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
    below = tensor * negative_slope if negative_slope else composed.zeros((), tensor.dtype)
    value = ops.where(tensor <= 0, below, tensor)
    return value if max_value is None else ops.minimum(value, max_value)


def relu6(x: TensorLike) -> Tensor:
    """min(max(x, 0), 6).

    >>> relu6([-1.0, 3.0, 9.0]).tolist()
    [0.0, 3.0, 6.0]
    """
    return relu(x, max_value=6.0)


def leaky_relu(x: TensorLike, negative_slope: float = 0.2) -> Tensor:
    """x above 0, `negative_slope` times x below.

    >>> leaky_relu([-1.0, 2.0]).numpy().round(3).tolist()
    [-0.2, 2.0]
    """
    return relu(floating(x), negative_slope)


def elu(x: TensorLike, alpha: float = 1.0) -> Tensor:
    """x above 0, alpha (e^x - 1) below; the exponential is taken of negative inputs only.

    >>> elu([0.0, 2.0]).tolist()
    [0.0, 2.0]
    """
    tensor = floating(x)
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
    return elu(floating(x) / alpha, 1.0) * alpha


def gelu(x: TensorLike, approximate: bool = False) -> Tensor:
    """x times the normal distribution function at x (Hendrycks and Gimpel, 2016).

    `approximate` takes the tanh formula in place of the error function.

    >>> round(gelu(1.0).item(), 4)
    0.8413
    """
    tensor = floating(x)
    if approximate:
        inner = math.sqrt(2.0 / math.pi) * (tensor + 0.044715 * tensor * tensor * tensor)
        return 0.5 * tensor * (1.0 + ops.tanh(inner))
    return 0.5 * tensor * (1.0 + ops.erf(tensor * math.sqrt(0.5)))


def silu(x: TensorLike) -> Tensor:
    """x times sigmoid(x), also called swish.

    >>> silu([0.0]).tolist()
    [0.0]
    """
    tensor = floating(x)
    return tensor * sigmoid(tensor)


swish = silu


def softsign(x: TensorLike) -> Tensor:
    """x / (1 + |x|).

    >>> softsign([1.0]).tolist()
    [0.5]
    """
    tensor = floating(x)
    return tensor / (1.0 + ops.absolute(tensor))


def hard_sigmoid(x: TensorLike) -> Tensor:
    """A piecewise linear sigmoid: x/6 + 1/2 between -3 and 3.

    >>> hard_sigmoid([-4.0, 0.0, 4.0]).tolist()
    [0.0, 0.5, 1.0]
    """
    return composed.clip_by_value(floating(x) / 6.0 + 0.5, 0.0, 1.0)


def hard_silu(x: TensorLike) -> Tensor:
    """x times hard_sigmoid(x).

    >>> hard_silu([0.0]).tolist()
    [0.0]
    """
    tensor = floating(x)
    return tensor * hard_sigmoid(tensor)


def mish(x: TensorLike) -> Tensor:
    """x tanh(softplus(x)) (Misra, 2019).

    >>> mish([0.0]).tolist()
    [0.0]
    """
    tensor = floating(x)
    return tensor * ops.tanh(softplus(tensor))


def tanh_shrink(x: TensorLike) -> Tensor:
    """x - tanh(x).

    >>> tanh_shrink([0.0]).tolist()
    [0.0]
    """
    tensor = floating(x)
    return tensor - ops.tanh(tensor)


def l2_normalize(x: TensorLike, axis: Axis = None, epsilon: float = 1e-12) -> Tensor:
    """The tensor divided by its Euclidean norm along axes.

    >>> l2_normalize([3.0, 4.0]).numpy().round(3).tolist()
    [0.6, 0.8]
    """
    tensor = floating(x)
    total = ops.reduce_sum(tensor * tensor, axis, keepdims=True)
    return tensor * ops.rsqrt(ops.maximum(total, epsilon))


def moments(x: TensorLike, axes: Axis, keepdims: bool = False) -> tuple[Tensor, Tensor]:
    """The mean and the variance along axes.

    >>> mean, variance = moments([1.0, 3.0], 0)
    >>> mean.item(), variance.item()
    (2.0, 1.0)
    """
    return ops.reduce_mean(x, axes, keepdims), composed.reduce_variance(x, axes, keepdims)


def weighted_moments(
    x: TensorLike, axes: Axis, frequency_weights: TensorLike, keepdims: bool = False
) -> tuple[Tensor, Tensor]:
    """The mean and the variance along axes of values that count as often as their weights say.

    >>> mean, variance = weighted_moments([1.0, 3.0, 9.0], 0, [1.0, 1.0, 0.0])
    >>> mean.item(), variance.item()
    (2.0, 1.0)
    """
    values = floating(x)
    weights = ops.broadcast_to(ops.as_tensor(frequency_weights, values.dtype), values.shape)
    total = ops.reduce_sum(weights, axes, keepdims=True)
    mean = composed.divide_no_nan(ops.reduce_sum(values * weights, axes, keepdims=True), total)
    squares = ops.reduce_sum((values - mean) ** 2 * weights, axes, keepdims=True)
    variance = composed.divide_no_nan(squares, total)
    if keepdims:
        return mean, variance
    return composed.squeeze(mean, axes), composed.squeeze(variance, axes)


def dropout(x: TensorLike, rate: float, seed: Seed = None, noise_shape: Any = None) -> Tensor:
    """Each value divided by 1 - rate, or made 0 with probability `rate`.

    `noise_shape` has 1 for the axes whose values are dropped together.

    >>> dropout([1.0, 2.0], 0.0).tolist()
    [1.0, 2.0]
    """
    return random.dropout(x, rate, noise_shape, seed)


def crelu(x: TensorLike, axis: int = -1) -> Tensor:
    """relu(x) and relu(-x) concatenated (Shang et al., 2016).

    >>> crelu([1.0, -2.0]).tolist()
    [1.0, 0.0, 0.0, 2.0]
    """
    tensor = ops.as_tensor(x)
    return relu(ops.concat([tensor, -tensor], axis))


def bias_add(x: TensorLike, bias: TensorLike) -> Tensor:
    """x + bias, the bias having one value for each entry of the last axis.

    >>> bias_add([[1.0, 2.0]], [10.0, 20.0]).tolist()
    [[11.0, 22.0]]
    """
    value, shift = ops.meet(x, bias)
    if shift.shape != value.shape[-1:]:
        raise ShapeError(
            f"bias_add: a bias of shape {show(value.shape[-1:])} fits {show(value.shape)}, "
            f"got {show(shift.shape)}"
        )
    return value + shift


def batch_normalization(
    x: TensorLike,
    mean: TensorLike,
    variance: TensorLike,
    offset: TensorLike | None,
    scale: TensorLike | None,
    variance_epsilon: float,
) -> Tensor:
    """scale (x - mean) / sqrt(variance + epsilon) + offset.

    >>> batch_normalization([3.0], 1.0, 4.0, None, None, 0.0).tolist()
    [1.0]
    """
    factor = ops.rsqrt(ops.add(variance, variance_epsilon))
    factor = factor if scale is None else factor * scale
    centred = ops.subtract(x, mean) * factor
    return centred if offset is None else centred + offset


def embedding_lookup(params: TensorLike, ids: TensorLike) -> Tensor:
    """The rows of a table at the indices.

    >>> embedding_lookup([[1.0], [2.0]], [1, 1]).tolist()
    [[2.0], [2.0]]
    """
    return ops.gather(params, ids)


suggest_names(__name__)
