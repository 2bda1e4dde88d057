"""Stores dense columns that are mostly zero as sparse rows, where that is faster.

Every entry that is not zero is stored, so no result changes. Depends on columns, and on engines/
for the packing.
"""

from __future__ import annotations

import numpy as np

from steepest.data.columns import DenseColumn, SparseColumn, Stored
from steepest.data.csr import locked
from steepest.engines.to_sparse import to_sparse
from steepest.errors import DataError

# Measured: packing 60,000 rows of 784, a fifth of them nonzero, takes 22 ms, and saves as much in
# one epoch of a small network. Small data are not worth it.
MOST_NONZERO = 0.2
LEAST_WIDTH = 64
LEAST_NUMBERS, LEAST_NUMBERS_ONCE = 1 << 18, 1 << 23
SAMPLED_NUMBERS, LEAST_ROWS = 1 << 20, 64


def nonzero_share(array: np.ndarray) -> float:
    """Estimates the share of nonzero entries of a table from evenly spaced rows.

    >>> nonzero_share(np.eye(10))
    0.1
    """
    count = min(len(array), max(LEAST_ROWS, SAMPLED_NUMBERS // max(array[0].size, 1)))
    some = array[np.linspace(0, len(array) - 1, count).astype(np.int64)]
    return float(np.count_nonzero(some) / max(some.size, 1))


def pays(column: Stored, once: bool = False) -> bool:
    """Whether packing pays: for a large table of float32, or of bytes, that is mostly zero.

    A table that is read only `once` must be larger.

    >>> table = np.zeros((1000, 1000), np.float32)
    >>> pays(DenseColumn(table)), pays(DenseColumn(table + 1)), pays(DenseColumn(table[:9]))
    (True, False, False)
    >>> pays(DenseColumn(table), once=True)
    False
    """
    if not isinstance(column, DenseColumn):
        return False
    array = column.array
    return (
        array.dtype == column.dtype
        and array.dtype in (np.float32, np.uint8)
        and array.flags.c_contiguous
        and array.ndim == 2
        and array.shape[1] >= LEAST_WIDTH
        and array.size >= (LEAST_NUMBERS_ONCE if once else LEAST_NUMBERS)
        and nonzero_share(array) <= MOST_NONZERO
    )


def packed(column: DenseColumn) -> SparseColumn:
    """A table as sparse rows; without values where all stored entries are 1.

    >>> rows = packed(DenseColumn(np.float32([[0, 1, 0], [1, 0, 1]])))
    >>> rows.indptr.tolist(), rows.indices.tolist(), rows.values
    ([0, 1, 3], [1, 0, 2], None)
    """
    rows = to_sparse(column.array)
    if rows is None:
        given = f"{column.array.dtype}{column.array.shape}"
        raise DataError(f"sparse rows are made of a table of floats or bytes; this is {given}")
    starts, places = locked(rows.indptr), locked(rows.indices)
    found = SparseColumn(starts, places, rows.values, rows.width, column.dtype)
    found.is_own = True
    return found
