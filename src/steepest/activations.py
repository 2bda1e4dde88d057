"""Activation functions by name. Depends on functions/nn.py, which has the formulas.

Outputs of softmax and sigmoid store their logits, from which a loss computes log(softmax(x)) by one
stable formula, with the derivative p - y.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from steepest.core import ops
from steepest.core.custom_gradient import stop_gradient
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import suggest_names
from steepest.functions import composed, nn
from steepest.registry import Registry
from steepest.user_objects import custom_objects as _custom_objects

ACTIVATIONS = Registry("activation")


class Logits(NamedTuple):
    """The name of an activation, its input and the axis of the classes."""

    activation: str
    tensor: Tensor
    axis: int = -1


def logits_of(output: Any) -> Logits | None:
    """The logits from which `softmax` or `sigmoid` computed this tensor, or None.

    A derivative by the output itself does not pass through the logits: a loss that uses them must
    not be differentiated by its y_pred.

    >>> x = ops.constant([[0.0, 1.0]])
    >>> logits_of(softmax(x)).tensor is x, logits_of(x)
    (True, None)
    """
    origin = getattr(output, "origin", None)
    return origin if isinstance(origin, Logits) else None


def _with_origin(output: Tensor, logits: Logits) -> Tensor:
    output.origin = logits
    return output


@ACTIVATIONS.register
def sigmoid(x: TensorLike) -> Tensor:
    """1 / (1 + e^-x); its derivative is s (1 - s).

    >>> round(sigmoid(2.0).item(), 6)
    0.880797
    """
    tensor = ops.as_tensor(x)
    return _with_origin(nn.sigmoid(tensor), Logits("sigmoid", tensor))


@ACTIVATIONS.register
def softmax(x: TensorLike, axis: int = -1) -> Tensor:
    """e^x over its sum along an axis; its Jacobian is s_i (d_ij - s_j).

    >>> softmax([1000.0, 1000.0]).tolist()
    [0.5, 0.5]
    """
    tensor = ops.as_tensor(x)
    return _with_origin(nn.softmax(tensor, axis), Logits("softmax", tensor, axis))


@ACTIVATIONS.register
def tanh(x: TensorLike) -> Tensor:
    """(e^x - e^-x) / (e^x + e^-x); its derivative is 1 - tanh^2 = 4 / (e^x + e^-x)^2.

    >>> tanh([0.0]).tolist()
    [0.0]
    """
    return ops.tanh(x)


@ACTIVATIONS.register
def exponential(x: TensorLike) -> Tensor:
    """e^x.

    >>> exponential([0.0]).tolist()
    [1.0]
    """
    return ops.exp(x)


@ACTIVATIONS.register
def relu(
    x: TensorLike,
    negative_slope: float = 0.0,
    max_value: float | None = None,
    threshold: float = 0.0,
) -> Tensor:
    """x above the threshold, negative_slope (x - threshold) below, limited to max_value.

    >>> relu([-1.0, 2.0, 9.0], max_value=6.0).tolist()
    [0.0, 2.0, 6.0]
    """
    if threshold == 0.0:
        return nn.relu(x, negative_slope, max_value)
    tensor = ops.as_tensor(x)
    below = negative_slope * (tensor - threshold) if negative_slope else 0.0
    value = ops.where(tensor <= threshold, below, tensor)
    return value if max_value is None else ops.minimum(value, max_value)


@ACTIVATIONS.register
def soft_shrink(x: TensorLike, threshold: float = 0.5) -> Tensor:
    """x moved towards 0 by the threshold, and 0 within it.

    >>> soft_shrink([-1.0, 0.2, 1.0]).tolist()
    [-0.5, 0.0, 0.5]
    """
    tensor = ops.as_tensor(x)
    return ops.sign(tensor) * nn.relu(ops.absolute(tensor) - threshold)


@ACTIVATIONS.register
def hard_shrink(x: TensorLike, threshold: float = 0.5) -> Tensor:
    """x outside the threshold, 0 within it.

    >>> hard_shrink([-1.0, 0.2, 0.5, 1.0]).tolist()
    [-1.0, 0.0, 0.0, 1.0]
    """
    tensor = ops.as_tensor(x)
    return ops.where(ops.absolute(tensor) <= threshold, 0.0, tensor)


@ACTIVATIONS.register
def hard_tanh(x: TensorLike) -> Tensor:
    """x between -1 and 1, and these bounds outside.

    >>> hard_tanh([-3.0, 0.5, 3.0]).tolist()
    [-1.0, 0.5, 1.0]
    """
    tensor = ops.as_tensor(x)
    return ops.where(ops.absolute(tensor) <= 1.0, tensor, ops.sign(tensor))


@ACTIVATIONS.register
def threshold(x: TensorLike, threshold: float = 0.0, default_value: float = 0.0) -> Tensor:
    """x above the threshold, `default_value` below.

    >>> threshold([-1.0, 2.0], 1.0, 7.0).tolist()
    [7.0, 2.0]
    """
    tensor = ops.as_tensor(x)
    return ops.where(tensor <= threshold, default_value, tensor)


@ACTIVATIONS.register
def squareplus(x: TensorLike, b: float = 4.0) -> Tensor:
    """(x + sqrt(x^2 + b)) / 2 (Barron, 2021).

    >>> squareplus([0.0]).tolist()
    [1.0]
    """
    tensor = ops.as_tensor(x)
    return 0.5 * (tensor + ops.sqrt(tensor * tensor + b))


@ACTIVATIONS.register
def glu(x: TensorLike, axis: int = -1) -> Tensor:
    """The first half along an axis times the sigmoid of the second (Dauphin et al., 2017).

    >>> glu([4.0, 0.0]).tolist()
    [2.0]
    """
    value, gate = ops.split(x, 2, axis)
    return value * nn.sigmoid(gate)


@ACTIVATIONS.register
def sparse_plus(x: TensorLike) -> Tensor:
    """0 up to -1, (x + 1)^2 / 4 up to 1, x beyond.

    >>> sparse_plus([-2.0, 0.0, 3.0]).tolist()
    [0.0, 0.25, 3.0]
    """
    tensor = ops.as_tensor(x)
    curve = 0.25 * (tensor + 1.0) * (tensor + 1.0)
    return ops.where(tensor <= -1.0, 0.0, ops.where(tensor < 1.0, curve, tensor))


@ACTIVATIONS.register
def sparsemax(x: TensorLike, axis: int = -1) -> Tensor:
    """The projection of x onto probabilities, many of them 0: max(x - t, 0), adding up to 1.

    x_j is in the support if sum_i max(x_i - x_j, 0) < 1, and t is (sum of the support's x_j - 1) /
    (size of the support) (Martins and Astudillo, 2016).

    >>> sparsemax([3.0, 1.0, 2.75]).tolist()
    [0.625, 0.0, 0.375]
    """
    tensor = composed.move_axis(ops.as_tensor(x), axis, -1)
    tensor = tensor - stop_gradient(ops.reduce_max(tensor, -1, keepdims=True))
    given = stop_gradient(tensor)
    ahead = nn.relu(composed.expand_dims(given, -2) - composed.expand_dims(given, -1))
    inside = ops.reduce_sum(ahead, -1) < 1.0
    count = ops.reduce_sum(ops.cast(inside, tensor.dtype), -1, keepdims=True)
    level = (ops.reduce_sum(ops.where(inside, tensor, 0.0), -1, keepdims=True) - 1.0) / count
    return composed.move_axis(nn.relu(tensor - level), -1, axis)


@ACTIVATIONS.register
def sparse_sigmoid(x: TensorLike) -> Tensor:
    """(x + 1) / 2 between -1 and 1, and 0 or 1 outside.

    >>> sparse_sigmoid([-2.0, 0.0, 3.0]).tolist()
    [0.0, 0.5, 1.0]
    """
    return 0.5 * (hard_tanh(x) + 1.0)


linear = ACTIVATIONS.register("identity")(nn.linear)
relu6 = ACTIVATIONS.register(nn.relu6)
leaky_relu = ACTIVATIONS.register(nn.leaky_relu)
elu = ACTIVATIONS.register(nn.elu)
selu = ACTIVATIONS.register(nn.selu)
celu = ACTIVATIONS.register(nn.celu)
gelu = ACTIVATIONS.register(nn.gelu)
silu = ACTIVATIONS.register("swish")(nn.silu)
swish = silu
softplus = ACTIVATIONS.register(nn.softplus)
softsign = ACTIVATIONS.register(nn.softsign)
hard_sigmoid = ACTIVATIONS.register(nn.hard_sigmoid)
hard_silu = ACTIVATIONS.register("hard_swish")(nn.hard_silu)
hard_swish = hard_silu
mish = ACTIVATIONS.register(nn.mish)
tanh_shrink = ACTIVATIONS.register(nn.tanh_shrink)
log_sigmoid = ACTIVATIONS.register(nn.log_sigmoid)
log_softmax = ACTIVATIONS.register(nn.log_softmax)

# In a layer these functions are replaced by those above, which store the logits or are registered.
_REPLACED: dict[Any, Callable[..., Tensor]] = {
    nn.sigmoid: sigmoid, ops.logistic: sigmoid, nn.softmax: softmax,
    nn.relu: relu, ops.tanh: tanh, ops.exp: exponential,
}  # fmt: skip


def get(identifier: Any) -> Callable[..., Tensor]:
    """The activation of a name, or the function itself; `linear` for None.

    >>> get("relu")([-1.0, 1.0]).tolist()
    [0.0, 1.0]
    """
    if identifier is None:
        return nn.linear
    replaced = _REPLACED.get(identifier) if getattr(identifier, "__hash__", None) else None
    return replaced or ACTIVATIONS.get(identifier)


__all__ = [
    "celu", "deserialize", "elu", "exponential", "gelu", "get", "glu", "hard_shrink",
    "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh", "leaky_relu", "linear",
    "log_sigmoid", "log_softmax", "logits_of", "mish", "relu", "relu6", "selu", "serialize",
    "sigmoid", "silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_plus",
    "sparse_sigmoid", "sparsemax", "squareplus", "swish", "tanh", "tanh_shrink", "threshold",
]  # fmt: skip

serialize = ACTIVATIONS.serialize


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The activation of what `serialize` gave; users' classes are found in `custom_objects` too.

    >>> deserialize(serialize(relu)) is relu
    True
    """
    with _custom_objects(custom_objects or {}):
        return get(config)


suggest_names(__name__)
