"""Tables with named columns (pandas, polars, Arrow, any `__dataframe__`) as arrays of numbers.

These libraries are not imported: a frame is recognised by its attributes. Depends on the errors.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import numpy as np

from steepest.errors import DataError, DTypeError


def is_frame(values: Any) -> bool:
    """Whether the values are a table with named columns.

    >>> is_frame(np.zeros((2, 2)))
    False
    """
    named = hasattr(values, "columns") or hasattr(values, "column_names")
    return hasattr(values, "__dataframe__") or (named and hasattr(values, "shape"))


def frame_array(frame: Any, what: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """The numbers of a frame, row by row, and the names of its columns; gaps become NaN.

    >>> class Table:
    ...     shape, column_names, columns = (2, 2), ["a", "b"], [np.array([1, 2]), [0.5, None]]
    >>> frame_array(Table(), "x")
    (array([[1. , 0.5],
           [2. , nan]]), ('a', 'b'))
    """
    if len(set(map(str, getattr(frame, "dtypes", ())))) == 1:
        whole = np.asarray(frame)  # one dtype throughout: no need to read each column
        if whole.dtype.kind in "biuf":
            return whole, tuple(map(str, frame.columns))
    names, columns = [], []
    for name, values in columns_of(frame):
        names.append(str(name))
        columns.append(column_of_numbers(values, f"{what}: column {str(name)!r}"))
    if not columns:
        return np.zeros((int(frame.shape[0]), 0)), ()
    return np.stack(columns, axis=1), tuple(names)


def column_of_numbers(values: Any, what: str) -> np.ndarray:
    """One column as numbers; raises where it holds text, dates or anything else.

    >>> column_of_numbers([1, None, 2.5], "y").tolist()
    [1.0, nan, 2.5]
    """
    array = np.asarray(values)
    if array.dtype.kind in "biuf":
        return array
    if array.dtype.kind != "O":
        raise DTypeError(f"{what} holds {array.dtype} values, for example {array[0]!r}; {_REMEDY}")
    missing = ("NoneType", "NAType", "NaTType")
    gaps = np.array([type(entry).__name__ in missing for entry in array], bool)
    for row, entry in enumerate(array):
        if not gaps[row] and not isinstance(entry, (int, float, np.number, np.bool_)):
            raise DTypeError(f"{what} holds {entry!r} in row {row}, which is no number; {_REMEDY}")
    return np.where(gaps, np.nan, array).astype(np.float64)


_REMEDY = "turn text, dates and categories into numbers first (one-hot, integer codes)"


def columns_of(frame: Any) -> Iterator[tuple[Any, Any]]:
    """The names and columns of a frame in order; names may occur twice."""
    if hasattr(frame, "iloc"):  # pandas and libraries with its interface
        return ((name, frame.iloc[:, place]) for place, name in enumerate(frame.columns))
    if hasattr(frame, "get_columns"):  # polars
        return zip(frame.columns, frame.get_columns(), strict=True)
    if hasattr(frame, "column_names"):  # Arrow
        return zip(frame.column_names, frame.columns, strict=True)
    found = frame.__dataframe__()  # the interchange protocol: the buffers of chunks
    named = ((name, found.get_column_by_name(name)) for name in found.column_names())
    return (
        (name, np.concatenate([_chunk(part, str(name)) for part in column.get_chunks()]))
        for name, column in named
    )


_DTYPES = {0: "int", 1: "uint", 2: "float", 20: "bool"}


def _chunk(column: Any, name: str) -> np.ndarray:
    code, bits = int(column.dtype[0]), int(column.dtype[1])
    if code not in _DTYPES or (code == 20 and bits == 1):
        raise DTypeError(f"column {name!r} holds {column.dtype[2]!r} values; {_REMEDY}")
    if column.null_count:
        raise DataError(
            f"column {name!r} has {column.null_count} gaps; fill them, or drop those rows"
        )
    dtype = np.dtype(f"{_DTYPES[code]}{bits}" if code != 20 else "bool")
    buffer = column.get_buffers()["data"][0]
    raw = (ctypes.c_char * buffer.bufsize).from_address(buffer.ptr)
    return np.frombuffer(raw, dtype)[column.offset :][: column.size()].copy()
