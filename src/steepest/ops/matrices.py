"""Functions of `keras.ops` and `keras.ops.linalg` about matrices. Depends on linalg."""

from __future__ import annotations

from typing import Any

from steepest.core import ops
from steepest.core.matmul import matmul
from steepest.core.tensor import Axis, Tensor, TensorLike
from steepest.errors import ArgumentError
from steepest.functions import composed, linalg
from steepest.ops.arrays import tril, triu


def norm(x: TensorLike, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The norm of vectors: Euclidean (2), 1, inf or any p > 0.

    >>> norm([3.0, 4.0]).item()
    5.0
    """
    return composed.norm(x, "euclidean" if ord is None else ord, axis, keepdims)


def logdet(x: TensorLike) -> Tensor:
    """The logarithms of determinants of positive definite matrices.

    >>> logdet([[2.0, 0.0], [0.0, 0.5]]).item()
    0.0
    """
    return linalg.slogdet(x)[1]


def solve(a: TensorLike, b: TensorLike) -> Tensor:
    """The x of `a @ x = b`, where b is a vector or holds a system in each column.

    >>> solve([[2.0, 0.0], [0.0, 4.0]], [2.0, 4.0]).tolist()
    [1.0, 1.0]
    """
    left, right = ops.as_tensor(a), ops.as_tensor(b)
    if right.ndim == left.ndim - 1:
        return composed.squeeze(linalg.solve(left, composed.expand_dims(right, -1)), -1)
    return linalg.solve(left, right)


def cholesky(x: TensorLike, upper: bool = False) -> Tensor:
    """The lower (or upper) triangular factors of positive definite matrices.

    >>> cholesky([[4.0, 2.0], [2.0, 5.0]], upper=True).tolist()
    [[2.0, 1.0], [0.0, 2.0]]
    """
    lower = linalg.cholesky(x)
    return linalg.matrix_transpose(lower) if upper else lower


def cholesky_inverse(x: TensorLike, upper: bool = False) -> Tensor:
    """The inverses of positive definite matrices, of which the triangular factors are given.

    >>> cholesky_inverse([[2.0, 0.0], [0.0, 1.0]]).tolist()
    [[0.25, 0.0], [0.0, 1.0]]
    """
    factor = linalg.matrix_transpose(x) if upper else ops.as_tensor(x)
    one = composed.eye(factor.shape[-1] or 0, dtype=factor.dtype)
    return linalg.cholesky_solve(factor, ops.broadcast_to(one, factor.shape))


def solve_triangular(a: TensorLike, b: TensorLike, lower: bool = False) -> Tensor:
    """The x of `a @ x = b`, of which the lower, or upper, triangle of `a` alone is used.

    >>> solve_triangular([[2.0, 9.0], [1.0, 3.0]], [2.0, 4.0], lower=True).tolist()
    [1.0, 1.0]
    """
    return solve(tril(a) if lower else triu(a), b)


def pinv(x: TensorLike, rcond: float | None = None) -> Tensor:
    """The pseudo-inverses of matrices; singular values below `rcond` of the greatest count as 0.

    >>> pinv([[2.0, 0.0], [0.0, 0.0]]).tolist()
    [[0.5, 0.0], [0.0, 0.0]]
    """
    return linalg.pinv(x, rcond)


def matrix_rank(x: TensorLike, tol: float | None = None) -> Tensor:
    """How many singular values of a matrix are above `tol`.

    >>> matrix_rank([[1.0, 1.0], [1.0, 1.0]]).item()
    1
    """
    return linalg.matrix_rank(x, tol)


def lstsq(a: TensorLike, b: TensorLike, rcond: float | None = None) -> Tensor:
    """The x of least squares |a @ x - b|, and of these the smallest x.

    Singular values below `rcond` times the greatest one count as 0.

    >>> lstsq([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]], [1.0, 2.0, 2.0]).tolist()
    [0.6667, 0.5]
    """
    right = ops.as_tensor(b)
    column = composed.expand_dims(right, -1) if right.ndim == 1 else right
    found = matmul(pinv(a, rcond), column)
    return composed.squeeze(found, -1) if right.ndim == 1 else found


def eigh(x: TensorLike) -> Any:
    """The eigenvalues of symmetric matrices in ascending order, and the eigenvectors in columns.

    >>> eigh([[2.0, 0.0], [0.0, 1.0]])[0].tolist()
    [1.0, 2.0]
    """
    return linalg.eigh(x)


def svd(x: TensorLike, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """u, s and the transpose of v with `x = u @ diag(s) @ vh`; s alone if `compute_uv=False`.

    >>> u, s, vh = svd([[0.0, 2.0], [3.0, 0.0]])
    >>> s.tolist()
    [3.0, 2.0]
    """
    if not compute_uv:
        return linalg.svd(x, compute_uv=False)
    s, u, v = linalg.svd(x, full_matrices)
    return u, s, linalg.matrix_transpose(v)


def qr(x: TensorLike, mode: str = "reduced") -> Any:
    """An orthogonal matrix q and an upper triangular r with `x = q @ r`; "complete" ones or not.

    >>> [part.shape for part in qr(st.ones((3, 2)), "complete")]
    [(3, 3), (3, 2)]
    """
    if mode not in ("reduced", "complete"):
        raise ArgumentError(f"qr: mode is 'reduced' or 'complete', got {mode!r}")
    return linalg.qr(x, full_matrices=mode == "complete")
