"""Columns: stored data by row, dense or sparse, as `fit`, `predict`, `Dataset` and engines read it.

Depends on csr, derived_cache and frames, and on the HDF5 reader for an HDF5 data set.
"""

from __future__ import annotations

import math
import mmap
import sys
from typing import Any

import numpy as np

from steepest.core.dtype import adopted
from steepest.data.csr import check_places, in_order, own
from steepest.data.frames import frame_array, is_frame
from steepest.engines.derived_cache import cached
from steepest.errors import DataError, DTypeError, ShapeError

WORTH_CACHING = 1 << 18  # entries of a sparse matrix


class DenseColumn:
    """Rows of an array of numbers (bytes among them), read in place; its columns may have names.

    The array may have any layout, be read-only, or be mapped from a file. `dtype` is the dtype to
    read, where the array has another: rows are converted when they are taken.

    >>> DenseColumn(np.arange(6.0).reshape(3, 2)).take(np.array([2, 0])).tolist()
    [[4.0, 5.0], [0.0, 1.0]]
    """

    storage = "dense"

    def __init__(self, array: np.ndarray, names: tuple[str, ...] = (), dtype: Any = None) -> None:
        self.array = array
        self.names = names  # of the columns, where a frame was given
        self.dtype = array.dtype if dtype is None else np.dtype(dtype)
        self.storage = "bytes" if array.dtype == self.dtype == np.uint8 else "dense"
        self.is_shared = False  # by trainings side by side, which do not look for changes
        self.packed: SparseColumn | None = None  # its sparse rows, if it is shared

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of rows, and the shape of one row."""
        return self.array.shape

    @property
    def row_shape(self) -> tuple[int, ...]:
        """The shape of one row."""
        return self.array.shape[1:]

    def __len__(self) -> int:
        return len(self.array)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.array, dtype or self.dtype)

    def __repr__(self) -> str:
        return f"DenseColumn({self.dtype.name}{list(self.array.shape)})"

    @property
    def in_place(self) -> bool:
        """Whether programs can read the array without a copy."""
        return self.array.dtype == self.dtype and bool(self.array.flags.c_contiguous)

    @property
    def is_mapped(self) -> bool:
        """Whether the array is a view of a file, of which rows are read when they are taken."""
        return is_mapped(self.array)

    def take(self, rows: Any) -> np.ndarray:
        """The given rows, in that order: row numbers, or a slice."""
        return np.ascontiguousarray(self.array[rows], self.dtype)

    def ready(self, dtype: Any) -> DenseColumn:
        """The column prepared for many reads: contiguous rows of a dtype.

        An array in memory is converted once. One that is mapped from a file, which may be larger
        than memory, is not: its rows are converted when they are taken.

        >>> DenseColumn(np.zeros((2, 3)).T).ready("float32").array.flags.c_contiguous
        True
        """
        column = self if self.dtype == dtype else DenseColumn(self.array, self.names, dtype)
        if column.in_place or is_mapped(self.array):
            return column
        return DenseColumn(np.ascontiguousarray(self.array, dtype), self.names)


def is_mapped(array: Any) -> bool:
    """Whether an array is a view of a file mapped into memory.

    >>> is_mapped(np.zeros(3)[1:])
    False
    """
    while array is not None:
        if isinstance(array, mmap.mmap):
            return True
        array = getattr(array, "obj" if isinstance(array, memoryview) else "base", None)
    return False


class SparseColumn:
    """Compressed sparse rows: only the entries that are not zero are stored.

    Row i has the values `values[indptr[i]:indptr[i + 1]]` in the columns `indices[...]` of the same
    range, sorted in each row. Values are float32, or bytes where bytes were given; `values` None
    means that each stored entry is 1. Slices, row numbers and masks choose rows, as in an array; a
    single number gives a dense row.

    >>> rows = SparseColumn(np.array([0, 1, 3]), np.array([2, 0, 1]), None, 3)
    >>> rows[1:], rows[1]
    (SparseColumn(1 rows of 3, 2 entries), array([1., 1., 0.], dtype=float32))
    """

    storage = "sparse"
    dtype: np.dtype[Any] = np.dtype(np.float32)
    """The dtype that a program reads."""

    def __init__(
        self,
        indptr: np.ndarray,
        indices: np.ndarray,
        values: np.ndarray | None,
        width: int,
        packed_from: Any = np.float32,
    ) -> None:
        self.packed_from = np.dtype(packed_from)  # the dtype of the table that was packed
        self.is_own = False  # made by packing: no caller has the arrays, and none is written to
        self.known_finite = False
        # For the rows of one run of batches: the column they are from, which was partitioned.
        self.whole: SparseColumn | None = None
        self.indptr = own(np.asarray(indptr), np.int64)
        if values is not None:
            dtype = np.uint8 if values.dtype == np.uint8 else np.float32
            values = np.ascontiguousarray(values, dtype)
        self.width = int(width)
        self.indices, self.values = in_order(self.indptr, np.asarray(indices), values, self.width)

    def place_of(self, entry: int) -> list[int]:
        """The row and the column of a stored entry.

        >>> SparseColumn(np.array([0, 1, 3]), np.array([2, 0, 1]), None, 3).place_of(2)
        [1, 1]
        """
        row = np.searchsorted(self.indptr, entry, side="right") - 1
        return [int(row), int(self.indices[entry])]

    @property
    def shape(self) -> tuple[int, int]:
        """The number of rows, and their width."""
        return len(self), self.width

    @property
    def row_shape(self) -> tuple[int, ...]:
        """The shape of one row."""
        return (self.width,)

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def __repr__(self) -> str:
        return f"SparseColumn({len(self):,} rows of {self.width:,}, {self.indptr[-1]:,} entries)"

    def __getitem__(self, rows: Any) -> Any:
        chosen = np.arange(len(self))[rows]
        if not chosen.ndim:
            return self.take(chosen[None])[0]
        if isinstance(rows, slice) and rows.step in (None, 1):
            return self._consecutive(*rows.indices(len(self))[:2])
        places = self._places(chosen)
        ends = np.cumsum(self._counts(chosen))
        values = None if self.values is None else self.values[places]
        return SparseColumn(
            np.r_[0, ends], self.indices[places], values, self.width, self.packed_from
        )

    def _consecutive(self, start: int, stop: int) -> SparseColumn:
        """Consecutive rows: their entries are not copied."""
        starts = self.indptr[start : max(start, stop) + 1]
        inside = slice(starts[0], starts[-1])
        values = None if self.values is None else self.values[inside]
        return SparseColumn(
            starts - starts[0], self.indices[inside], values, self.width, self.packed_from
        )

    def _counts(self, rows: np.ndarray) -> np.ndarray:
        return self.indptr[rows + 1] - self.indptr[rows]

    def _places(self, rows: np.ndarray) -> np.ndarray:
        """The positions of the entries of the given rows, row by row."""
        counts = self._counts(rows)
        inside = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.repeat(self.indptr[rows], counts) + inside

    def take(self, rows: Any) -> np.ndarray:
        """The given rows, dense; entries of one column add up."""
        chosen = np.arange(len(self))[rows]
        out = np.zeros((len(chosen), self.width), np.float32)
        places = self._places(chosen)
        owners = np.repeat(np.arange(len(chosen)), self._counts(chosen))
        np.add.at(
            out,
            (owners, self.indices[places]),
            1.0 if self.values is None else self.values[places],
        )
        return out

    def toarray(self) -> np.ndarray:
        """All rows, dense, under SciPy's name.

        >>> SparseColumn(np.array([0, 1]), np.array([1]), None, 2).toarray()
        array([[0., 1.]], dtype=float32)
        """
        return self.take(slice(None))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self.toarray().astype(dtype or np.float32, copy=False)


Stored = DenseColumn | SparseColumn


def as_column(values: Any, what: str = "x") -> Stored:
    """The values as a column, without copying where their layout allows it.

    Takes arrays and anything array-like, frames, SciPy's sparse matrices (and whatever has
    `indptr`, `indices` and `data`), HDF5 data sets, and columns. float64 stays float64: the
    model casts.

    >>> as_column([[1, 2], [3, 4]]).storage
    'dense'
    """
    if type(values) is np.ndarray:
        return _plain(values, what)
    if isinstance(values, (DenseColumn, SparseColumn)):
        return values
    sparse_rows = ("indptr", "indices", "data", "shape")
    if hasattr(values, "tocsr") or all(hasattr(values, name) for name in sparse_rows):
        return _from_sparse(values, what)
    if hasattr(values, "collect_schema") and hasattr(values, "collect"):
        raise DataError(f"{what}: a lazy frame holds no rows yet; pass {what}.collect()")
    if is_frame(values):
        array, names = frame_array(values, what)
        return DenseColumn(array, names, adopted(array.dtype))
    return _plain(values, what)


def _from_sparse(matrix: Any, what: str) -> SparseColumn:
    """A sparse matrix as a column; a large one is converted once and cached."""
    if len(matrix.shape) != 2:
        raise ShapeError(
            f"{what}: a sparse matrix has rows and columns, this one is of shape "
            f"{tuple(matrix.shape)}; pass {what}.toarray()"
        )
    check_places(matrix, what)
    rows = matrix.tocsr() if hasattr(matrix, "tocsr") else matrix
    if rows.data.dtype.kind == "c":
        raise DTypeError(f"{what}: complex values are no numbers; pass {what}.real or abs({what})")
    starts, places, values = map(np.ascontiguousarray, (rows.indptr, rows.indices, rows.data))
    width = rows.shape[1]

    def make() -> SparseColumn:
        ones = bool(values.size) and bool((values == 1).all())
        return SparseColumn(starts, places, None if ones else values, width)

    if len(places) < WORTH_CACHING:
        return make()
    return cached(make, starts, places, values, extra_key=width)


def _plain(values: Any, what: str) -> DenseColumn:
    if getattr(values, "name", None):
        what = f"{what} ({values.name!r})"
    try:
        array = _array(values)
    except DataError:
        raise
    except ValueError:
        raise ShapeError(
            f"{what}: rows of unequal length do not make a table; st.utils.pad_sequences pads them"
        ) from None
    if array.ndim == 0:
        raise ShapeError(f"{what}: rows were expected, got the single value {values!r}")
    dtype = adopted(array.dtype.newbyteorder("="))
    if dtype is None and array.dtype.kind == "O" and all(map(_is_number, array.flat)):
        return DenseColumn(array.astype(np.float64))
    if dtype is None:
        raise DTypeError(_not_numbers(array, what))
    return DenseColumn(array, dtype=dtype)


def _array(values: Any) -> np.ndarray:
    """The values as an array: an HDF5 data set mapped from its file, masked values as NaN."""
    if type(values).__module__.partition(".")[0] == "h5py":
        from steepest.data.files.hdf5 import in_place

        return in_place(values)
    masked = sys.modules.get("numpy.ma")  # loaded, if there is such an array
    if masked and isinstance(values, masked.MaskedArray) and values.mask.any():
        filled: np.ndarray = masked.filled(values.astype(np.float64), np.nan)
        return filled
    return np.asarray(values)


def _is_number(entry: Any) -> bool:
    return isinstance(entry, (int, float, np.number, np.bool_))


CLASS_NUMBERS = "np.unique(labels, return_inverse=True)[1] makes class numbers of them"
TEXT_LAYERS = (
    "begin the model with st.Input((1,), dtype='string') and st.layers.StringLookup, "
    "TextVectorization or Hashing, or apply such a layer to the data"
)


def _not_numbers(array: np.ndarray, what: str) -> str:
    rows = array.reshape(len(array), math.prod(array.shape[1:]))
    for row, entries in enumerate(rows):
        for place, entry in enumerate(entries):
            if not _is_number(entry):
                where = f"row {row}" + (f", column {place}" if rows.shape[1] > 1 else "")
                if isinstance(entry, (str, bytes)):
                    given = f"{what}: texts are no numbers: {entry!s:.40} at {where}"
                    return f"{given}; {CLASS_NUMBERS if what[0] == 'y' else TEXT_LAYERS}"
                return (
                    f"{what}: {array.dtype} values are no numbers: {entry!r} at {where}; turn text "
                    "and categories into numbers first (one-hot, integer codes), and fill gaps"
                )
    return f"{what}: {array.dtype} values are no numbers; convert them with .astype('float32')"
