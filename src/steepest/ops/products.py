"""Products of arrays under the names of `keras.ops`. Depends on the functions of tensors."""

from __future__ import annotations

from steepest.core import ops
from steepest.core.tensor import Tensor, TensorLike
from steepest.functions import composed
from steepest.ops.arrays import ravel


def dot(x1: TensorLike, x2: TensorLike) -> Tensor:
    """NumPy's dot: numbers multiply, otherwise the last axis meets the second to last.

    >>> dot([1.0, 2.0], [3.0, 4.0]).item()
    11.0
    """
    a, b = ops.meet(x1, x2)
    if not a.ndim or not b.ndim:
        return a * b
    return composed.tensordot(a, b, [[a.ndim - 1], [max(b.ndim - 2, 0)]])


def vdot(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The sum of products of all entries.

    >>> vdot([[1.0], [2.0]], [[3.0], [4.0]]).item()
    11.0
    """
    return ops.reduce_sum(ops.multiply(ravel(x1), ravel(x2)))


def inner(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The sums of products over the last axes.

    >>> inner([1.0, 2.0], [3.0, 4.0]).item()
    11.0
    """
    a, b = ops.meet(x1, x2)
    return composed.tensordot(a, b, [[a.ndim - 1], [b.ndim - 1]]) if a.ndim and b.ndim else a * b


def outer(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The products of each entry with each.

    >>> outer([1, 2], [3, 4]).tolist()
    [[3, 4], [6, 8]]
    """
    return ops.multiply(composed.expand_dims(ravel(x1), 1), ravel(x2))


def kron(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The Kronecker product of two matrices.

    >>> kron([[1, 2]], [[1, 1]]).tolist()
    [[1, 1, 2, 2]]
    """
    a, b = ops.meet(x1, x2)
    columns, inner_columns = a.shape[1], b.shape[1]
    spread = a[:, None, :, None] * b[None, :, None, :]
    return ops.reshape(spread, (-1, (columns or 0) * (inner_columns or 0)))


def cross(x1: TensorLike, x2: TensorLike, axis: int = -1) -> Tensor:
    """The vector product of vectors of three numbers.

    >>> cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]).tolist()
    [0.0, 0.0, 1.0]
    """
    a, b = (composed.unstack(part, axis) for part in ops.meet(x1, x2))
    turned = [(1, 2), (2, 0), (0, 1)]
    return composed.stack([a[i] * b[j] - a[j] * b[i] for i, j in turned], axis)
