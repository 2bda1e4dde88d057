"""Columns: the data of a training run as they are stored, row by row.

What `fit`, `predict`, `Dataset` and the engines share. Leans on NumPy and the errors alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.core.dtype import adopted
from steepest.data.frames import frame_array, is_frame
from steepest.errors import DataError, DTypeError, ShapeError


class DenseColumn:
    """Rows of an array of numbers (bytes among them), read in place; places may have names.

    >>> DenseColumn(np.arange(6.0).reshape(3, 2)).take(np.array([2, 0])).tolist()
    [[4.0, 5.0], [0.0, 1.0]]
    """

    storage = "dense"

    def __init__(self, array: np.ndarray, names: tuple[str, ...] = ()) -> None:
        self.array = array
        self.names = names  # of the places along a row, where they came from a frame
        self.storage = "bytes" if array.dtype == np.uint8 else "dense"

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one row."""
        return self.array.shape[1:]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The kind of number that a program reads."""
        return self.array.dtype

    def __len__(self) -> int:
        return len(self.array)

    def take(self, rows: np.ndarray) -> np.ndarray:
        """Those rows, in that order."""
        return self.array[rows]


class SparseColumn:
    """Rows of which only the entries that are not zero are kept (compressed sparse rows).

    Row i has the values `values[indptr[i]:indptr[i + 1]]` in the places `indices[...]` likewise;
    `values` None means that each kept entry is 1.

    >>> rows = SparseColumn(np.array([0, 1, 3]), np.array([2, 0, 1]), None, 3)
    >>> rows.take(np.array([1])).tolist()
    [[1.0, 1.0, 0.0]]
    """

    storage = "sparse"

    def __init__(
        self, indptr: np.ndarray, indices: np.ndarray, values: np.ndarray | None, width: int
    ) -> None:
        self.indptr = np.ascontiguousarray(indptr, np.int64)
        self.indices = np.ascontiguousarray(indices, np.int32)
        self.values = None if values is None else np.ascontiguousarray(values, np.float32)
        self.width = int(width)
        self._check()

    def _check(self) -> None:
        starts, places = self.indptr, self.indices
        if len(starts) < 1 or starts[0] != 0 or np.any(np.diff(starts) < 0):
            raise DataError("sparse rows: indptr must begin with 0 and never fall")
        if starts[-1] > len(places):
            raise DataError(
                f"sparse rows: indptr ends at {starts[-1]}, there are {len(places)} indices"
            )
        if len(places) and not (places.min() >= 0 and places.max() < self.width):
            raise DataError(f"sparse rows: an index is outside 0..{self.width - 1}")
        if self.values is not None and len(self.values) != len(places):
            raise DataError(f"sparse rows: {len(self.values)} values for {len(places)} indices")

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one row."""
        return (self.width,)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The kind of number that a program reads."""
        return np.dtype(np.float32)

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def take(self, rows: np.ndarray) -> np.ndarray:
        """Those rows, spelled out with their zeros; entries of one place add up."""
        counts = self.indptr[rows + 1] - self.indptr[rows]
        out = np.zeros((len(rows), self.width), np.float32)
        ends = np.cumsum(counts)
        inside = np.arange(counts.sum()) - np.repeat(ends - counts, counts)
        places = np.repeat(self.indptr[rows], counts) + inside
        values = 1.0 if self.values is None else self.values[places]
        np.add.at(out, (np.repeat(np.arange(len(rows)), counts), self.indices[places]), values)
        return out


Stored = DenseColumn | SparseColumn


def as_column(values: Any, what: str = "x") -> Stored:
    """The values as a column, without copying where their layout allows it.

    Takes arrays and anything array-like, SciPy's sparse matrices (and whatever has `indptr`,
    `indices` and `data`), and columns. float64 stays float64: casting is the model's affair.

    >>> as_column([[1, 2], [3, 4]]).storage
    'dense'
    """
    if isinstance(values, (DenseColumn, SparseColumn)):
        return values
    if _is_sparse(values):
        return _from_sparse(values)
    if is_frame(values):
        array, names = frame_array(values, what)
        return DenseColumn(np.ascontiguousarray(array, adopted(array.dtype)), names)
    return DenseColumn(_plain(values, what))


def _is_sparse(values: Any) -> bool:
    return hasattr(values, "tocsr") or all(
        hasattr(values, name) for name in ("indptr", "indices", "data", "shape")
    )


def _from_sparse(matrix: Any) -> SparseColumn:
    rows = matrix.tocsr() if hasattr(matrix, "tocsr") else matrix
    values = np.asarray(rows.data)
    ones = bool(values.size) and bool((values == 1).all())
    return SparseColumn(rows.indptr, rows.indices, None if ones else values, rows.shape[1])


def _plain(values: Any, what: str) -> np.ndarray:
    if getattr(values, "name", None):
        what = f"{what} ({values.name!r})"
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ShapeError(f"{what}: rows of unequal length do not make a table ({error})") from None
    if array.ndim == 0:
        raise ShapeError(f"{what}: rows were expected, got the single value {values!r}")
    kind = adopted(array.dtype)
    if kind is None and array.dtype.kind == "O" and all(map(_is_number, array.flat)):
        return array.astype(np.float64)
    if kind is None:
        raise DTypeError(_not_numbers(array, what))
    return np.ascontiguousarray(array, kind)


def _is_number(entry: Any) -> bool:
    return isinstance(entry, (int, float, np.number, np.bool_))


def _not_numbers(array: np.ndarray, what: str) -> str:
    rows = array.reshape(len(array), -1)
    for row, entries in enumerate(rows):
        for place, entry in enumerate(entries):
            if not _is_number(entry):
                where = f"row {row}" + (f", column {place}" if rows.shape[1] > 1 else "")
                return (
                    f"{what}: {array.dtype} values are no numbers: {entry!r} at {where}; turn text "
                    "and categories into numbers first (one-hot, integer codes), and fill gaps"
                )
    return f"{what}: {array.dtype} values are no numbers; convert them with .astype('float32')"
