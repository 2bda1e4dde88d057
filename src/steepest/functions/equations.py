"""Systems of linear equations: solve, inverses, determinants, Cholesky factors.

They are computed eagerly by NumPy's LAPACK, and inside a recorded program by elimination in
primitives, with derivatives of any order. Depends on custom_gradient, matmul and elimination.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from steepest.core import ops
from steepest.core.custom_gradient import custom_gradient
from steepest.core.dtype import computing
from steepest.core.matmul import matmul, swap_last
from steepest.core.movement import broadcast_to
from steepest.core.primitives import broadcast_shapes, show
from steepest.core.tensor import Tensor, TensorLike
from steepest.errors import NumericalError, ShapeError
from steepest.functions.creation import eye
from steepest.functions.elimination import cholesky_factor, eliminated
from steepest.functions.shapes import expand_dims

Pullback = Callable[..., Any]


def inv(x: TensorLike, adjoint: bool = False) -> Tensor:
    """The inverses of square matrices, with `adjoint` those of their transposes.

    To multiply by an inverse, `solve` is faster and more accurate.

    >>> inv([[2.0, 0.0], [0.0, 4.0]]).tolist()
    [[0.5, 0.0], [0.0, 0.25]]
    """
    matrix = square_matrices("inv", x)
    return _inv(swap_last(matrix) if adjoint else matrix)


@custom_gradient
def _inv(x: Tensor) -> tuple[Tensor, Pullback]:
    def pullback(g: Tensor) -> Tensor:
        turned = swap_last(_inv(x))
        return -matmul(matmul(turned, g), turned)

    if x.is_symbolic:
        one = eye(x.shape[-1] or 0, dtype=x.dtype)
        unit = ops.where(ops.equal(x, x), one, one)  # one for each matrix of an unknown batch
        return eliminated("inv", x, unit).solution, pullback
    return by_numpy("inv", np.linalg.inv, x), pullback


def solve(matrix: TensorLike, rhs: TensorLike, adjoint: bool = False) -> Tensor:
    """The x of `matrix @ x = rhs`; each column of `rhs` is a system.

    >>> solve([[2.0, 1.0], [1.0, 3.0]], [[3.0], [4.0]]).numpy().round(4).tolist()
    [[1.0], [1.0]]
    """
    left, right = ops.meet(square_matrices("solve", matrix), rhs, floating=True)
    if right.ndim < 2 or right.shape[-2] != left.shape[-1]:
        one = right.ndim == 1 and right.shape == left.shape[-1:]
        raise ShapeError(
            f"solve: rhs must hold {left.shape[-1]} rows for matrices of shape {show(left.shape)}, "
            f"got shape {show(right.shape)}"
            + ("; make a vector a column by st.expand_dims(rhs, -1)" if one else "")
        )
    lead = broadcast_shapes("solve", left.shape[:-2], right.shape[:-2])
    left = broadcast_to(left, (*lead, *left.shape[-2:]))
    right = broadcast_to(right, (*lead, *right.shape[-2:]))
    return _solve(swap_last(left) if adjoint else left, right)


@custom_gradient
def _solve(matrix: Tensor, rhs: Tensor) -> tuple[Tensor, Pullback]:
    def pullback(g: Tensor) -> tuple[Tensor, Tensor]:
        back = _solve(swap_last(matrix), g)
        return -matmul(back, swap_last(_solve(matrix, rhs))), back

    if matrix.is_symbolic or rhs.is_symbolic:
        return eliminated("solve", matrix, rhs).solution, pullback
    return by_numpy("solve", np.linalg.solve, matrix, rhs), pullback


def det(x: TensorLike) -> Tensor:
    """The determinants of square matrices.

    >>> round(det([[1.0, 2.0], [3.0, 4.0]]).item(), 4)
    -2.0
    """
    return _det(square_matrices("det", x))


@custom_gradient
def _det(x: Tensor) -> tuple[Tensor, Pullback]:
    def pullback(g: Tensor) -> Tensor:
        return _on_matrices(g * _det(x)) * swap_last(_inv(x))

    if x.is_symbolic:
        found = eliminated("det", x, x[..., :0])
        return functools.reduce(ops.multiply, found.pivots, found.sign), pullback
    return by_numpy("det", np.linalg.det, x), pullback


def slogdet(x: TensorLike) -> tuple[Tensor, Tensor]:
    """The signs of determinants, and the logarithms of their absolute values.

    >>> sign, size = slogdet([[1.0, 2.0], [3.0, 4.0]])
    >>> sign.item(), round(size.item(), 4)
    (-1.0, 0.6931)
    """
    return _slogdet(square_matrices("slogdet", x))


@custom_gradient
def _slogdet(x: Tensor) -> tuple[tuple[Tensor, Tensor], Pullback]:
    def pullback(of_sign: Tensor, of_size: Tensor) -> Tensor:
        return _on_matrices(of_size) * swap_last(_inv(x))

    if x.is_symbolic:
        return _log_of_pivots(x), pullback
    _refuse_nan("slogdet", x)
    sign, size = np.linalg.slogdet(x.data)
    return (Tensor(np.asarray(sign)), Tensor(np.asarray(size))), pullback


def _log_of_pivots(x: Tensor) -> tuple[Tensor, Tensor]:
    found = eliminated("slogdet", x, x[..., :0])
    sign = functools.reduce(ops.multiply, map(ops.sign, found.pivots), found.sign)
    logs = [ops.log(ops.absolute(pivot)) for pivot in found.pivots]
    return sign, functools.reduce(ops.add, logs, ops.constant(0.0, x.dtype))


def cholesky(x: TensorLike) -> Tensor:
    """The lower triangular L of symmetric positive definite matrices L @ L^T.

    Only the lower triangle is read; the derivative is symmetric.

    >>> cholesky([[4.0, 2.0], [2.0, 5.0]]).tolist()
    [[2.0, 0.0], [1.0, 2.0]]
    """
    return _cholesky(square_matrices("cholesky", x))


@custom_gradient
def _cholesky(x: Tensor) -> tuple[Tensor, Pullback]:
    """I. Murray, "Differentiation of the Cholesky decomposition" (2016), equation 10."""

    def pullback(g: Tensor) -> Tensor:
        factor = _cholesky(x)
        size = x.shape[-1] or 0
        halved = np.tri(size) - 0.5 * np.eye(size)  # the lower triangle, halves on the diagonal
        middle = matmul(swap_last(factor), g) * Tensor(halved.astype(x.dtype))
        turned = swap_last(factor)
        inner = _solve(turned, swap_last(_solve(turned, swap_last(middle))))
        return 0.5 * (inner + swap_last(inner))

    if x.is_symbolic:
        return cholesky_factor(x), pullback
    return by_numpy("cholesky", np.linalg.cholesky, x), pullback


def cholesky_solve(chol: TensorLike, rhs: TensorLike) -> Tensor:
    """The x of `A @ x = rhs`, given the Cholesky factor of A.

    >>> cholesky_solve([[2.0, 0.0], [0.0, 1.0]], [[4.0], [3.0]]).tolist()
    [[1.0], [3.0]]
    """
    return solve(chol, solve(chol, rhs), adjoint=True)


# ---------------------------------------------------------------- checks, calls of LAPACK


def square_matrices(name: str, x: TensorLike) -> Tensor:
    """Square matrices in a dtype to compute in; raises for other shapes.

    >>> square_matrices("inv", [[2]]).tolist()
    [[2.0]]
    """
    (matrix,) = ops.meet(x, floating=True)
    if matrix.ndim < 2 or matrix.shape[-1] != matrix.shape[-2]:
        raise ShapeError(f"{name}: square matrices were expected, got shape {show(matrix.shape)}")
    return ops.cast(matrix, computing(matrix.dtype))


def _on_matrices(x: Tensor) -> Tensor:
    """One number per matrix, shaped to multiply all its entries."""
    return expand_dims(expand_dims(x, -1), -1)


def by_numpy(name: str, function: Callable[..., Any], *inputs: Tensor) -> Any:
    """What a function of NumPy returns for the arrays of tensors: a tensor, or a tuple of them.

    >>> by_numpy("inv", np.linalg.inv, st.constant([[2.0]])).tolist()
    [[0.5]]
    """
    _refuse_nan(name, inputs[0])
    try:
        found = function(*(tensor.data for tensor in inputs))
    except np.linalg.LinAlgError as error:
        raise NumericalError(f"{name}: {_REASONS.get(name, str(error))}") from None
    if isinstance(found, tuple):
        return tuple(Tensor(np.asarray(part)) for part in found)
    return Tensor(np.asarray(found))


_SINGULAR = "a matrix is singular: its rows depend on each other"
_REASONS = {
    "cholesky": (
        "a matrix is not positive definite; add a little to its diagonal, as in "
        "x + 1e-6 * st.eye(n)"
    ),
    "inv": _SINGULAR,
    "solve": _SINGULAR,
}


def _refuse_nan(name: str, x: Tensor) -> None:
    """LAPACK reports NaN and infinity as singular, or returns finite results."""
    array = np.asarray(x.data)
    if not np.isfinite(array).all():
        where = tuple(np.argwhere(~np.isfinite(array))[0].tolist())
        raise NumericalError(
            f"{name}: {array[where]} is at index {where}; finite numbers were expected: find where "
            "it comes from, or replace it by st.where(st.math.is_finite(x), x, 0.0)"
        )
