"""Dense columns that are mostly zero, stored as sparse rows: measured once, packed where it pays.

Leans on columns and on engines/, which makes the rows and reads them. What the numbers mean
stays the same: every entry that is not zero is kept.
"""

from __future__ import annotations

import numpy as np

from steepest.data.columns import DenseColumn, SparseColumn, Stored
from steepest.data.csr import locked
from steepest.engines.to_sparse import to_sparse
from steepest.errors import DataError

# By measurement: packing 60,000 rows of 784 of which a fifth is kept takes 22 ms, and saves as much
# in one epoch of a small network. Small data are not worth it.
MOST_CACHED = 0.2
LEAST_WIDTH = 64
LEAST_NUMBERS, LEAST_NUMBERS_ONCE = 1 << 18, 1 << 23
SAMPLED_NUMBERS, LEAST_ROWS = 1 << 20, 64


def keep_probability(array: np.ndarray) -> float:
    """About how much of a table is not zero, from rows spread over the whole of it.

    >>> keep_probability(np.eye(10))
    0.1
    """
    count = min(len(array), max(LEAST_ROWS, SAMPLED_NUMBERS // max(array[0].size, 1)))
    some = array[np.linspace(0, len(array) - 1, count).astype(np.int64)]
    return float(np.count_nonzero(some) / max(some.size, 1))


def pays(column: Stored, once: bool = False) -> bool:
    """Whether a column is a large table of float32, or of bytes, that is mostly zero.

    One that is read `once` only must be larger.

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
        and keep_probability(array) <= MOST_CACHED
    )


def packed(column: DenseColumn) -> SparseColumn:
    """The rows of a table without their zeros; the values too are left out where all are 1.

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
