"""Singular values, eigenvalues, QR, pseudo-inverses and least squares, by NumPy's LAPACK.

They run eagerly, with derivatives of any order, and not inside a recorded program.
Depends on custom_gradient and equations.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from steepest.core import ops
from steepest.core.custom_gradient import custom_gradient
from steepest.core.dtype import computing
from steepest.core.matmul import matmul, swap_last
from steepest.core.primitives import show
from steepest.core.tensor import Tensor, TensorLike
from steepest.core.user_line import user_place
from steepest.errors import ShapeError, TraceError
from steepest.functions.creation import eye
from steepest.functions.equations import Pullback, by_numpy, solve, square_matrices
from steepest.functions.shapes import expand_dims

__all__ = ["eigh", "eigvalsh", "expm", "lstsq", "matrix_rank", "pinv", "qr", "svd"]


class Svd(NamedTuple):
    """Singular values, the left singular vectors and the right ones, in columns."""

    s: Tensor
    u: Tensor
    v: Tensor


class Eigh(NamedTuple):
    """Eigenvalues in ascending order, and the eigenvectors in columns."""

    e: Tensor
    v: Tensor


class Qr(NamedTuple):
    """An orthogonal matrix, and an upper triangular one."""

    q: Tensor
    r: Tensor


def svd(tensor: TensorLike, full_matrices: bool = False, compute_uv: bool = True) -> Any:
    """The singular values s, and u and v with x = u @ diag(s) @ transpose(v), as TensorFlow.

    NumPy and `st.ops.svd` return u, s and the transpose of v. `compute_uv=False` gives s alone.

    >>> s, u, v = svd([[0.0, 2.0], [3.0, 0.0]])
    >>> s.tolist(), matmul(u * s, v, transpose_b=True).numpy().round(4).tolist()
    ([3.0, 2.0], [[0.0, 2.0], [3.0, 0.0]])
    """
    matrix = _matrices("svd", tensor)
    if full_matrices and compute_uv:
        u, s, v = np.linalg.svd(by_numpy("svd", np.asarray, matrix).data, full_matrices=True)
        return Svd(*(Tensor(np.ascontiguousarray(part)) for part in (s, u, np.swapaxes(v, -1, -2))))
    found = Svd(*_svd(matrix))
    return found if compute_uv else found.s


@custom_gradient
def _svd(x: Tensor) -> tuple[tuple[Tensor, ...], Pullback]:
    """J. Townsend, "Differentiating the singular value decomposition" (2016)."""

    def pullback(of_s: Tensor, of_u: Tensor, of_v: Tensor) -> Tensor:
        s, u, v = _svd(x)
        across, turned = 1.0 / expand_dims(s, -2), swap_last(v)
        gaps = _inverse_gaps(s * s)
        of_left = gaps * _antisymmetric(matmul(u, of_u, transpose_a=True)) * expand_dims(s, -2)
        of_right = gaps * _antisymmetric(matmul(v, of_v, transpose_a=True)) * expand_dims(s, -1)
        inner = matmul(matmul(u, of_left + of_right + _diagonal(of_s)), turned)
        above = matmul(_outside(u, of_u) * across, turned)
        return inner + above + matmul(u, swap_last(_outside(v, of_v) * across))

    left, sizes, right = by_numpy("svd", lambda array: np.linalg.svd(array, False), x)
    return (sizes, left, swap_last(right)), pullback


def _outside(vectors: Tensor, g: Tensor) -> Tensor:
    """The part of g that is orthogonal to all the vectors."""
    return g - matmul(vectors, matmul(vectors, g, transpose_a=True))


def _antisymmetric(x: Tensor) -> Tensor:
    return x - swap_last(x)


def _diagonal(values: Tensor) -> Tensor:
    return expand_dims(values, -1) * eye(values.shape[-1] or 0, dtype=values.dtype)


def _inverse_gaps(values: Tensor) -> Tensor:
    """1 / (value of the column - value of the row); 0 where they are equal."""
    gaps = expand_dims(values, -2) - expand_dims(values, -1)
    equal = ops.equal(gaps, 0.0)
    return ops.where(equal, 0.0, 1.0 / ops.where(equal, 1.0, gaps))


def eigh(tensor: TensorLike) -> Eigh:
    """The eigenvalues and eigenvectors of symmetric matrices, of which the lower triangle is read.

    >>> values, vectors = eigh([[2.0, 1.0], [1.0, 2.0]])
    >>> values.numpy().round(4).tolist()
    [1.0, 3.0]
    """
    return Eigh(*_eigh(_known("eigh", square_matrices("eigh", tensor))))


def eigvalsh(tensor: TensorLike) -> Tensor:
    """The eigenvalues of symmetric matrices, in ascending order.

    >>> eigvalsh([[2.0, 1.0], [1.0, 2.0]]).numpy().round(4).tolist()
    [1.0, 3.0]
    """
    return eigh(tensor).e


@custom_gradient
def _eigh(x: Tensor) -> tuple[tuple[Tensor, ...], Pullback]:
    def pullback(of_values: Tensor, of_vectors: Tensor) -> Tensor:
        values, vectors = _eigh(x)
        inner = _inverse_gaps(values) * matmul(vectors, of_vectors, transpose_a=True)
        whole = matmul(matmul(vectors, inner + _diagonal(of_values)), swap_last(vectors))
        return 0.5 * (whole + swap_last(whole))

    return by_numpy("eigh", np.linalg.eigh, x), pullback


def qr(tensor: TensorLike, full_matrices: bool = False) -> Qr:
    """An orthogonal q and an upper triangular r with x = q @ r.

    >>> q, r = qr([[3.0, 1.0], [4.0, 2.0]])
    >>> matmul(q, r).numpy().round(4).tolist()
    [[3.0, 1.0], [4.0, 2.0]]
    """
    matrix = _matrices("qr", tensor)
    if full_matrices:
        return Qr(*by_numpy("qr", lambda array: np.linalg.qr(array, mode="complete"), matrix))
    return Qr(*_qr(matrix))


@custom_gradient
def _qr(x: Tensor) -> tuple[tuple[Tensor, ...], Pullback]:
    def pullback(of_q: Tensor, of_r: Tensor) -> Tensor:
        rows, columns = x.shape[-2:]
        if (rows or 0) < (columns or 0):
            raise ShapeError(
                f"qr: matrices of shape {show(x.shape)} have no derivative here, as they have more "
                "columns than rows"
            )
        q, r = _qr(x)
        middle = matmul(r, of_r, transpose_b=True) - matmul(of_q, q, transpose_a=True)
        lower = np.tri(columns or 0, dtype=x.dtype)
        mirrored = middle * lower + swap_last(middle * np.tri(columns or 0, k=-1, dtype=x.dtype))
        return swap_last(solve(r, swap_last(of_q + matmul(q, mirrored))))

    return by_numpy("qr", np.linalg.qr, x), pullback


def pinv(a: TensorLike, rcond: float | None = None) -> Tensor:
    """The pseudo-inverses; singular values up to `rcond` times the greatest count as 0.

    >>> pinv([[2.0, 0.0], [0.0, 0.0]]).tolist()
    [[0.5, 0.0], [0.0, 0.0]]
    """
    matrix = _matrices("pinv", a)
    size = max(1, *(size or 0 for size in matrix.shape[-2:]))
    least = 10.0 * size * float(np.finfo(matrix.dtype).eps) if rcond is None else rcond

    @custom_gradient
    def of(x: Tensor) -> tuple[Tensor, Pullback]:
        """G. H. Golub and V. Pereyra (1973), for matrices of constant rank."""

        def pullback(g: Tensor) -> Tensor:
            found = of(x)
            turned, g_turned = swap_last(found), swap_last(g)
            rest = g_turned - matmul(x, matmul(found, g_turned))
            other = g_turned - matmul(matmul(g_turned, found), x)
            back = matmul(matmul(rest, found), turned) + matmul(matmul(turned, found), other)
            return back - matmul(matmul(turned, g), turned)

        return by_numpy("pinv", lambda array: np.linalg.pinv(array, least), x), pullback

    return of(matrix)


def lstsq(
    matrix: TensorLike, rhs: TensorLike, l2_regularizer: float = 0.0, fast: bool = True
) -> Tensor:
    """The x of the least |matrix @ x - rhs|^2 + l2_regularizer |x|^2; of several, the shortest.

    `fast` is TensorFlow's choice of a method; this one always bears matrices of any rank.

    >>> lstsq([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]], [[1.0], [3.0], [5.0]]).numpy().round(4).tolist()
    [[1.0], [2.0]]
    """
    left, right = ops.meet(_matrices("lstsq", matrix), rhs, floating=True)
    if right.ndim < 2 or right.shape[-2] != left.shape[-2]:
        raise ShapeError(
            f"lstsq: rhs must hold {left.shape[-2]} rows for matrices of shape {show(left.shape)}, "
            f"got shape {show(right.shape)}; make a vector a column by st.expand_dims(rhs, -1)"
        )
    if not l2_regularizer:
        return matmul(pinv(left), right)
    gram = matmul(left, left, transpose_a=True)
    penalty = l2_regularizer * eye(left.shape[-1] or 0, dtype=left.dtype)
    return solve(gram + penalty, matmul(left, right, transpose_a=True))


def matrix_rank(a: TensorLike, tol: float | None = None) -> Tensor:
    """The ranks of matrices: how many singular values exceed `tol`.

    >>> matrix_rank([[1.0, 2.0], [2.0, 4.0]]).item()
    1
    """
    x = _matrices("matrix_rank", a)
    return ops.cast(
        by_numpy("matrix_rank", lambda array: np.linalg.matrix_rank(array, tol), x), "int32"
    )


TERMS = 12  # of the exponential series, enough for float64 at norms of at most 1/4


def expm(x: TensorLike) -> Tensor:
    """The exponentials of square matrices, by the series of a halved matrix, squared again.

    >>> expm([[0.0, 1.0], [0.0, 0.0]]).tolist()
    [[1.0, 1.0], [0.0, 1.0]]
    """
    matrix = _known("expm", square_matrices("expm", x))
    largest = float(np.max(np.abs(matrix.numpy()).sum(-1), initial=0.0))
    halvings = max(0, math.ceil(math.log2(largest)) + 2) if largest > 0 else 0
    scaled = matrix * 0.5**halvings
    one = eye(matrix.shape[-1] or 0, dtype=matrix.dtype)
    total = one + scaled * (1.0 / TERMS)
    for term in range(TERMS - 1, 0, -1):
        total = one + matmul(scaled, total) * (1.0 / term)
    for _ in range(halvings):
        total = matmul(total, total)
    return total


def _matrices(name: str, x: TensorLike) -> Tensor:
    (matrix,) = ops.meet(x, floating=True)
    if matrix.ndim < 2:
        raise ShapeError(f"{name}: a matrix has at least two axes, got shape {show(matrix.shape)}")
    return _known(name, ops.cast(matrix, computing(matrix.dtype)))


def _known(name: str, matrix: Tensor) -> Tensor:
    if matrix.is_symbolic:
        raise TraceError(
            f"{user_place()}: st.linalg.{name} cannot be part of a recorded program (st.function, "
            "the steps of fit, functional models); call it outside, where GradientTape records it, "
            "and pass the result in"
        )
    return matrix
