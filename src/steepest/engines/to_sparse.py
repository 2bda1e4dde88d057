"""Converts dense matrices to compressed sparse rows, by NumPy or by the CPU engine's kernel.

Depends on the engine's contract, and on the CPU engine where it can run.
"""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from steepest.config import config
from steepest.engines.engine import SparseArrays, column_numbers
from steepest.errors import EngineUnavailable

KINDS = ("float32", "float64", "uint8")


def to_sparse(array: np.ndarray) -> SparseArrays | None:
    """The rows of a matrix without their zeros; None if it is empty or its dtype not in KINDS.

    >>> rows = to_sparse(np.array([[0, 0, 1, 0], [0, 0, 0, 0], [1, 0, 0, 0]], np.float32))
    >>> rows.indptr, rows.indices, rows.values
    (array([0, 1, 1, 2]), array([2, 0], dtype=uint16), None)
    """
    if config.engine != "numpy":
        with suppress(EngineUnavailable):
            from steepest.engines.cpu.kernels.to_sparse import to_sparse_rows

            return to_sparse_rows(np.ascontiguousarray(array), densest=1.0)
    return defined_rows(array)


def defined_rows(array: np.ndarray) -> SparseArrays | None:
    """The same result by NumPy, in several passes over the matrix.

    >>> defined_rows(np.float32([[0, 2], [0, 0]])).values
    array([2.], dtype=float32)
    """
    if array.ndim != 2 or array.dtype.name not in KINDS or not array.size:
        return None
    rows, columns = np.nonzero(array)
    counts, values = np.bincount(rows, minlength=len(array)), array[rows, columns]
    indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    ones, width = bool((values == 1).all()), array.shape[1]
    return SparseArrays(
        indptr, columns.astype(column_numbers(width)), None if ones else values, width
    )
