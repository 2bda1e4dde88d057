"""Functions of `keras.ops` for networks and losses, where they differ from `st.nn`.

Depends on activations, nn and losses.
"""

from __future__ import annotations

from steepest import activations
from steepest.core import ops
from steepest.core.dtype import DTypeLike
from steepest.core.tensor import Axis, Tensor, TensorLike
from steepest.errors import ArgumentError
from steepest.functions import composed, nn
from steepest.losses import crossentropy
from steepest.ops.creation import refuse_sparse

hard_swish = nn.hard_silu
sparse_plus, sparse_sigmoid = activations.sparse_plus, activations.sparse_sigmoid
sparsemax = activations.sparsemax


def moments(
    x: TensorLike, axes: Axis, keepdims: bool = False, synchronized: bool = False
) -> tuple[Tensor, Tensor]:
    """The mean and the variance over axes; with one device `synchronized` changes nothing.

    >>> mean, variance = moments([1.0, 3.0], axes=0)
    >>> mean.item(), variance.item()
    (2.0, 1.0)
    """
    return nn.moments(x, axes, keepdims)


def batch_normalization(
    x: TensorLike,
    mean: TensorLike,
    variance: TensorLike,
    axis: int,
    offset: TensorLike | None = None,
    scale: TensorLike | None = None,
    epsilon: float = 1e-3,
) -> Tensor:
    """(x - mean) / sqrt(variance + epsilon) * scale + offset, along an axis.

    >>> batch_normalization([[3.0]], [1.0], [4.0], -1, epsilon=0.0).tolist()
    [[1.0]]
    """
    tensor = ops.as_tensor(x)
    shape = [1] * tensor.ndim
    shape[axis] = -1
    given = (mean, variance, offset, scale)
    parts = [None if part is None else ops.reshape(part, shape) for part in given]
    return nn.batch_normalization(tensor, *parts, variance_epsilon=epsilon)  # type: ignore[arg-type, misc]


def layer_normalization(
    x: TensorLike,
    gamma: TensorLike | None = None,
    beta: TensorLike | None = None,
    axis: Axis = -1,
    epsilon: float | None = None,
) -> Tensor:
    """(x - mean) / deviation along axes, times gamma, plus beta.

    >>> layer_normalization([[1.0, 3.0]], epsilon=0.0).tolist()
    [[-1.0, 1.0]]
    """
    mean, variance = nn.moments(x, axis, keepdims=True)
    small = 1e-7 if epsilon is None else epsilon
    result = (ops.as_tensor(x) - mean) * ops.rsqrt(variance + small)
    result = result if gamma is None else result * gamma
    return result if beta is None else result + beta


def rms_normalization(
    x: TensorLike, scale: TensorLike | None = None, axis: Axis = -1, epsilon: float | None = None
) -> Tensor:
    """x divided by the root of its mean square along axes, times `scale`.

    >>> rms_normalization([[2.0, 2.0]], epsilon=0.0).tolist()
    [[1.0, 1.0]]
    """
    small = 1e-7 if epsilon is None else epsilon
    size = ops.rsqrt(ops.reduce_mean(composed.square(x), axis, keepdims=True) + small)
    result = ops.as_tensor(x) * size
    return result if scale is None else result * scale


def gelu(x: TensorLike, approximate: bool = True) -> Tensor:
    """The Gaussian error linear unit, by tanh unless `approximate=False`.

    >>> gelu(0.0).item()
    0.0
    """
    return nn.gelu(x, approximate)


def glu(x: TensorLike, axis: int = -1) -> Tensor:
    """The first half along an axis times the sigmoid of the second.

    >>> glu([2.0, 0.0]).tolist()
    [1.0]
    """
    first, second = ops.split(x, 2, axis)
    return first * nn.sigmoid(second)


def hard_tanh(x: TensorLike) -> Tensor:
    """x limited to -1 to 1.

    >>> hard_tanh([-3.0, 0.5]).tolist()
    [-1.0, 0.5]
    """
    return composed.clip_by_value(x, -1.0, 1.0)


def hard_shrink(x: TensorLike, threshold: float = 0.5) -> Tensor:
    """x, and 0 where |x| is at most the threshold.

    >>> hard_shrink([0.2, -2.0]).tolist()
    [0.0, -2.0]
    """
    tensor = ops.as_tensor(x)
    return ops.where(ops.less_equal(ops.absolute(tensor), threshold), 0.0, tensor)


def soft_shrink(x: TensorLike, threshold: float = 0.5) -> Tensor:
    """x moved towards 0 by the threshold, and 0 nearer than that.

    >>> soft_shrink([0.2, -2.0]).tolist()
    [0.0, -1.5]
    """
    tensor = ops.as_tensor(x)
    return ops.sign(tensor) * ops.maximum(ops.absolute(tensor) - threshold, 0.0)


def squareplus(x: TensorLike, b: float = 4) -> Tensor:
    """(x + sqrt(x^2 + b)) / 2.

    >>> squareplus(0.0).item()
    1.0
    """
    return (ops.sqrt(composed.square(x) + b) + x) / 2.0


def threshold(x: TensorLike, threshold: float, default_value: float) -> Tensor:
    """x where it is above the threshold, a default value elsewhere.

    >>> threshold([1.0, 3.0], 2.0, 0.0).tolist()
    [0.0, 3.0]
    """
    tensor = ops.as_tensor(x)
    return ops.where(ops.less(threshold, tensor), tensor, default_value)


def one_hot(
    x: TensorLike, num_classes: int, axis: int = -1, dtype: DTypeLike = None, sparse: bool = False
) -> Tensor:
    """One-hot rows along a new axis.

    >>> one_hot([0, 2], 3).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    refuse_sparse("one_hot", sparse)
    return composed.one_hot(x, num_classes, axis=axis, dtype=dtype or "float32")


def multi_hot(
    inputs: TensorLike,
    num_classes: int | None = None,
    axis: int = -1,
    dtype: DTypeLike = None,
    sparse: bool = False,
) -> Tensor:
    """Ones at the classes that occur along the last axis.

    >>> multi_hot([[0, 2]], 3).tolist()
    [[1.0, 0.0, 1.0]]
    """
    refuse_sparse("multi_hot", sparse)
    if num_classes is None:
        raise ArgumentError("multi_hot: give num_classes, the number of classes")
    rows = composed.one_hot(inputs, num_classes, dtype=dtype or "float32")
    return ops.reduce_max(rows, -2) if rows.ndim > 1 else rows


def normalize(
    x: TensorLike, axis: int = -1, order: int = 2, epsilon: float | None = None
) -> Tensor:
    """x divided by its norm along an axis.

    >>> normalize([3.0, 4.0]).tolist()
    [0.6, 0.8]
    """
    size = composed.norm(x, order, axis, keepdims=True)
    return ops.divide(x, ops.maximum(size, 1e-7 if epsilon is None else epsilon))


def binary_crossentropy(
    target: TensorLike, output: TensorLike, from_logits: bool = False
) -> Tensor:
    """The crossentropy of probabilities (or logits) of single labels, element by element.

    >>> binary_crossentropy([1.0], [0.5]).tolist()
    [0.6931]
    """
    truth, given = composed.expand_dims(target, -1), composed.expand_dims(output, -1)
    return crossentropy.binary_crossentropy(truth, given, from_logits=from_logits)


def categorical_crossentropy(
    target: TensorLike, output: TensorLike, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """The crossentropy of probabilities (or logits) of classes with one-hot labels.

    >>> categorical_crossentropy([[0.0, 1.0]], [[0.5, 0.5]]).tolist()
    [0.6931]
    """
    return crossentropy.categorical_crossentropy(target, output, from_logits=from_logits, axis=axis)


def sparse_categorical_crossentropy(
    target: TensorLike, output: TensorLike, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """The crossentropy of probabilities (or logits) of classes with whole numbers as labels.

    >>> sparse_categorical_crossentropy([1], [[0.5, 0.5]]).tolist()
    [0.6931]
    """
    return crossentropy.sparse_categorical_crossentropy(
        target, output, from_logits=from_logits, axis=axis
    )
