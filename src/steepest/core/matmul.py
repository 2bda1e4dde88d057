"""The matrix product and the matrix transpose. Depends on conversion and movement."""

from __future__ import annotations

from steepest.core.conversion import as_tensor, in_dtype, meet
from steepest.core.dispatch import bind
from steepest.core.dtype import bool_, int32
from steepest.core.movement import reshape, transpose, without_axes
from steepest.core.primitives import PRIMITIVES, show
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import ShapeError

__all__ = ["matmul"]

_P = PRIMITIVES


def matmul(
    a: TensorLike, b: TensorLike, transpose_a: bool = False, transpose_b: bool = False
) -> Tensor:
    """The matrix product as NumPy's `@`, also of stacks of matrices and of vectors.

    >>> matmul([[1.0, 2.0]], [[3.0], [4.0]]).tolist()
    [[11.0]]
    """
    left, right = meet(a, b)
    if left.dtype == bool_:
        left, right = in_dtype(left, int32), in_dtype(right, int32)
    left = swap_last(left) if transpose_a else left
    right = swap_last(right) if transpose_b else right
    if not left.ndim or not right.ndim:
        raise ShapeError("matmul: a single number is not a matrix; use * to scale")
    row, column = left.ndim == 1, right.ndim == 1
    left = reshape(left, (1, *left.shape)) if row else left
    right = reshape(right, (*right.shape, 1)) if column else right
    product = bind(_P["matmul"], left, right)
    added = [product.ndim - 2] * row + [product.ndim - 1] * column
    return without_axes(product, added)


def swap_last(x: TensorLike) -> Tensor:
    """The matrix transpose: the last two axes swapped.

    >>> swap_last([[1, 2, 3]]).shape
    (3, 1)
    """
    tensor = as_tensor(x)
    if tensor.ndim < 2:
        raise ShapeError(f"a matrix has at least two axes, got shape {show(tensor.shape)}")
    order = list(range(tensor.ndim))
    order[-2:] = order[-1], order[-2]
    return transpose(tensor, order)
