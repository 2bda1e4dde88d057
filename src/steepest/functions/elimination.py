"""Systems of equations and factors of matrices inside recorded programs, composed of primitives.

A program has no loops: one step of elimination is recorded for each column, so the
size of matrices is limited. What NumPy refuses (singular matrices, negative pivots) gives infinity
or NaN here, as other operations do in a program. Depends on ops and shapes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from steepest.core import ops
from steepest.core.matmul import swap_last
from steepest.core.primitives import show
from steepest.core.tensor import Tensor
from steepest.core.user_line import user_place
from steepest.errors import TraceError
from steepest.functions.shapes import expand_dims

MOST_ROWS = 32  # which compile in some seconds


class Eliminated(NamedTuple):
    """The solution of a system, the pivots in order, and the sign of the exchanges of rows."""

    solution: Tensor
    pivots: list[Tensor]
    sign: Tensor


def eliminated(name: str, matrix: Tensor, rhs: Tensor) -> Eliminated:
    """Gauss-Jordan elimination with partial pivoting, of (..., n, n) and (..., n, m).

    >>> matrix, rhs = st.constant([[0.0, 2.0], [1.0, 0.0]]), st.constant([[4.0], [3.0]])
    >>> found = eliminated("solve", matrix, rhs)
    >>> found.solution.tolist(), found.sign.item(), [pivot.item() for pivot in found.pivots]
    ([[3.0], [2.0]], -1.0, [1.0, 2.0])
    """
    size = _size(name, matrix)
    rows = np.arange(size)
    work = ops.concat([matrix, rhs], -1)
    sign, pivots = None, []
    for step in rows.tolist():
        column = ops.absolute(work[..., :, step])
        place = ops.argmax(ops.where(rows >= step, column, -1.0), -1, keepdims=True)
        chosen = ops.equal(place, rows)
        best = ops.reduce_sum(ops.where(expand_dims(chosen, -1), work, 0.0), -2, keepdims=True)
        lowered = ops.where(expand_dims(chosen, -1), work[..., step : step + 1, :], work)
        turn = ops.where(ops.equal(place, step), 1.0, -1.0)
        sign = turn if sign is None else sign * turn
        pivot = best[..., step : step + 1]
        pivots.append(pivot[..., 0, 0])
        row = best / pivot
        cleared = lowered - lowered[..., :, step : step + 1] * row
        work = ops.where(np.equal(rows, step)[:, None], row, cleared)
    one = ops.constant(1.0, matrix.dtype)
    turned = one if sign is None else ops.cast(sign[..., 0], matrix.dtype)
    return Eliminated(work[..., :, size:], pivots, turned)


def cholesky_factor(matrix: Tensor) -> Tensor:
    """The lower triangular factor, column by column.

    >>> cholesky_factor(st.constant([[4.0, 2.0], [2.0, 5.0]])).tolist()
    [[2.0, 0.0], [1.0, 2.0]]
    """
    size = _size("cholesky", matrix)
    rows = np.arange(size)
    rest, columns = matrix, []
    for step in rows.tolist():
        pivot = ops.sqrt(rest[..., step : step + 1, step : step + 1])
        column = ops.where((rows >= step)[:, None], rest[..., :, step : step + 1] / pivot, 0.0)
        columns.append(column)
        rest = rest - column * swap_last(column)
    return ops.concat(columns, -1) if columns else matrix


def _size(name: str, matrix: Tensor) -> int:
    size = matrix.shape[-1]
    if size is None or size > MOST_ROWS:
        raise TraceError(
            f"{user_place()}: st.linalg.{name} of matrices of shape {show(matrix.shape)} cannot be "
            "part of a recorded program (st.function, the steps of fit, functional models), which "
            f"takes at most {MOST_ROWS} rows; call it outside, where GradientTape records it, and "
            "pass the result in"
        )
    return size
