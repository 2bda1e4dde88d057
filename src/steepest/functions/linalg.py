"""Norms and matrix functions under TensorFlow's names. Depends on norms and equations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from steepest.core import ops
from steepest.core.matmul import matmul
from steepest.core.matmul import swap_last as matrix_transpose
from steepest.core.primitives import show
from steepest.core.tensor import Axis, Tensor, TensorLike
from steepest.errors import ShapeError, suggest_names
from steepest.functions.creation import eye
from steepest.functions.einsum import einsum
from steepest.functions.nn import l2_normalize
from steepest.functions.norms import global_norm, norm, tensordot
from steepest.functions.shapes import expand_dims

if TYPE_CHECKING:
    from steepest.functions.decompositions import (
        eigh,
        eigvalsh,
        expm,
        lstsq,
        matrix_rank,
        pinv,
        qr,
        svd,
    )
    from steepest.functions.equations import cholesky, cholesky_solve, det, inv, slogdet, solve

__all__ = [
    "band_part",
    "cholesky",
    "cholesky_solve",
    "det",
    "diag",
    "diag_part",
    "eigh",
    "eigvalsh",
    "einsum",
    "expm",
    "eye",
    "global_norm",
    "inv",
    "l2_normalize",
    "lstsq",
    "matmul",
    "matrix_rank",
    "matrix_transpose",
    "matvec",
    "norm",
    "normalize",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "svd",
    "tensordot",
    "trace",
]


def matvec(a: TensorLike, b: TensorLike, transpose_a: bool = False) -> Tensor:
    """The product of matrices with vectors.

    >>> matvec([[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0]).tolist()
    [3.0, 7.0]
    """
    product = matmul(a, expand_dims(b, -1), transpose_a=transpose_a)
    return ops.without_axes(product, [product.ndim - 1])


def normalize(x: TensorLike, ord: object = "euclidean", axis: Axis = None) -> tuple[Tensor, Tensor]:
    """The tensor divided by its norm along axes, and that norm.

    >>> unit, length = normalize([3.0, 4.0])
    >>> unit.numpy().round(3).tolist(), length.tolist()
    ([0.6, 0.8], [5.0])
    """
    length = norm(x, ord, axis, keepdims=True)
    return ops.divide(x, length), length


def diag(x: TensorLike) -> Tensor:
    """Square matrices with `x` on the diagonal, zeros elsewhere.

    >>> diag([1, 2]).tolist()
    [[1, 0], [0, 2]]
    """
    column = expand_dims(x, -1)
    return ops.where(_on_diagonal(column.shape[-2], column.shape[-2]), column, 0)


def diag_part(x: TensorLike) -> Tensor:
    """The diagonals of matrices.

    >>> diag_part([[1, 2], [3, 4]]).tolist()
    [1, 4]
    """
    matrix = _matrix(x)
    rows, columns = matrix.shape[-2:]
    found = ops.reduce_sum(ops.where(_on_diagonal(rows, columns), matrix, 0), axis=-1)
    longer = rows is not None and columns is not None and rows > columns
    return found[..., :columns] if longer else found


def trace(x: TensorLike) -> Tensor:
    """The sum of the diagonal.

    >>> trace([[1.0, 2.0], [3.0, 4.0]]).item()
    5.0
    """
    return ops.reduce_sum(diag_part(x), axis=-1)


def band_part(x: TensorLike, num_lower: int, num_upper: int) -> Tensor:
    """Matrices with zeros outside a band around the diagonal; -1 leaves a side unlimited.

    >>> band_part([[1, 2], [3, 4]], -1, 0).tolist()
    [[1, 0], [3, 4]]
    """
    matrix = _matrix(x)
    rows, columns = _places(*matrix.shape[-2:])
    low = ops.less_equal(rows - columns, num_lower if num_lower >= 0 else _FAR)
    high = ops.less_equal(columns - rows, num_upper if num_upper >= 0 else _FAR)
    return ops.where(ops.logical_and(low, high), matrix, 0)


_FAR = 2**31 - 1


def _matrix(x: TensorLike) -> Tensor:
    tensor = ops.as_tensor(x)
    if tensor.ndim < 2:
        raise ShapeError(f"a matrix has at least two axes, got shape {show(tensor.shape)}")
    return tensor


def _places(rows: int | None, columns: int | None) -> tuple[Tensor, Tensor]:
    return ops.iota((rows, 1), 0, "int32"), ops.iota((1, columns), 1, "int32")


def _on_diagonal(rows: int | None, columns: int | None) -> Tensor:
    return ops.equal(*_places(rows, columns))


_HOMES = {
    "decompositions": "eigh eigvalsh expm lstsq matrix_rank pinv qr svd",
    "equations": "cholesky cholesky_solve det inv slogdet solve",
}
suggest_names(
    __name__,
    later={
        name: f"steepest.functions.{home}:{name}"
        for home, names in _HOMES.items()
        for name in names.split()
    },
)
