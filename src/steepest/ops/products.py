"""Products of arrays under the names of `keras.ops`. Depends on the functions of tensors."""

from __future__ import annotations

from typing import Any

from steepest.core import ops
from steepest.core.primitives import show
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ShapeError
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


def cross(
    x1: TensorLike, x2: TensorLike, axisa: int = -1, axisb: int = -1, axisc: int = -1,
    axis: int | None = None,
) -> Tensor:  # fmt: skip
    """The vector product of vectors of three numbers; of two numbers, its third component.

    `axisa` and `axisb` are the axes of the vectors, `axisc` that of the result, `axis` all three.

    >>> cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]).tolist(), cross([1.0, 0.0], [0.0, 1.0]).item()
    ([0.0, 0.0, 1.0], 1.0)
    """
    first, second, place = (axisa, axisb, axisc) if axis is None else (axis, axis, axis)
    tensors = ops.meet(x1, x2)
    a, b = composed.unstack(tensors[0], first), composed.unstack(tensors[1], second)
    if {len(a), len(b)} - {2, 3}:
        raise ShapeError(
            f"cross: vectors of 2 or 3 numbers were expected, got shapes {show(tensors[0].shape)} "
            f"and {show(tensors[1].shape)}"
        )
    if len(a) == len(b) == 2:
        return a[0] * b[1] - a[1] * b[0]
    a, b = (v if len(v) == 3 else [*v, ops.multiply(v[0], 0)] for v in (a, b))
    return composed.stack([a[i] * b[j] - a[j] * b[i] for i, j in _TURNED], place)


_TURNED = [(1, 2), (2, 0), (0, 1)]


def tensordot(x1: TensorLike, x2: TensorLike, axes: Any = 2) -> Tensor:
    """The sums of products over some axes of both tensors.

    >>> tensordot([[1.0, 2.0]], [[3.0], [4.0]], 1).tolist()
    [[11.0]]
    """
    return composed.tensordot(x1, x2, axes)


def einsum(subscripts: str, *operands: TensorLike) -> Tensor:
    """The sum of products that Einstein's notation describes.

    >>> einsum("ij,jk->ik", [[1.0, 2.0]], [[3.0], [4.0]]).tolist()
    [[11.0]]
    """
    return composed.einsum(subscripts, *operands)


def cdist(x: TensorLike, y: TensorLike) -> Tensor:
    """The Euclidean distance of each vector of x from each vector of y.

    >>> cdist([[0.0, 0.0]], [[3.0, 4.0], [0.0, 1.0]]).tolist()
    [[5.0, 1.0]]
    """
    a, b = ops.meet(x, y, floating=True)
    return composed.norm(composed.expand_dims(a, -2) - composed.expand_dims(b, -3), axis=-1)
