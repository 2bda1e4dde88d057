"""Checks compressed sparse rows and converts them to the dtypes and the order that engines read.

Depends on engines/.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest.engines.engine import column_numbers
from steepest.errors import DataError


def in_order(
    starts: np.ndarray, places: np.ndarray, values: np.ndarray | None, width: int
) -> tuple[np.ndarray, np.ndarray | None]:
    """The column numbers and values of sparse rows, column numbers sorted in each row.

    >>> in_order(np.array([0, 2, 3]), np.array([4, 1, 0]), np.float32([5, 6, 7]), 5)
    (array([1, 4, 0], dtype=uint16), array([6., 5., 7.], dtype=float32))
    """
    _check(starts, places, values, width)
    places = own(places, column_numbers(width))
    if _ascend(starts, places):
        return places, values
    rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    order = np.lexsort((places[: len(rows)], rows))
    return locked(places[order]), None if values is None else values[order]


def own(array: np.ndarray, dtype: Any) -> np.ndarray:
    """A read-only copy of the array in a dtype, so that checked numbers cannot change.

    Machine code reads memory at these numbers. An array that is read-only already is not copied.

    >>> given = np.array([0, 2, 3])
    >>> own(given, np.int64) is given, own(locked(given), np.int64) is given
    (False, True)
    """
    made = np.ascontiguousarray(array, dtype)
    if made.flags.writeable and np.may_share_memory(made, array):
        made = made.copy()
    return locked(made)


def locked(array: np.ndarray) -> np.ndarray:
    """Makes an array read-only and returns it."""
    array.flags.writeable = False
    return array


def check_places(matrix: Any, what: str) -> None:
    """Raises if a coordinate of a COO matrix is outside of it: SciPy would write there.

    >>> from types import SimpleNamespace
    >>> entries = SimpleNamespace(row=np.array([0, 2]), col=np.array([1, 1]), shape=(3, 2))
    >>> check_places(entries, "x")
    """
    for name, size in zip(("row", "col"), matrix.shape, strict=True):
        places = getattr(matrix, name, None)
        if isinstance(places, np.ndarray) and places.size:
            low, high = places.min(), places.max()
            if low < 0 or high >= size:
                raise DataError(
                    f"{what}.{name} holds {low if low < 0 else high}, outside 0..{size - 1} of a "
                    f"matrix of shape {tuple(matrix.shape)}"
                )


def _check(starts: np.ndarray, places: np.ndarray, values: np.ndarray | None, width: int) -> None:
    if len(starts) < 1 or starts[0] != 0 or np.any(np.diff(starts) < 0):
        raise DataError("sparse rows: indptr must begin with 0 and never decrease")
    if starts[-1] > len(places):
        raise DataError(
            f"sparse rows: indptr ends at {starts[-1]}, there are {len(places)} indices"
        )
    if len(places) and not (places.min() >= 0 and places.max() < width):
        raise DataError(f"sparse rows: an index is outside 0..{width - 1}")
    if values is not None and len(values) != len(places):
        raise DataError(f"sparse rows: {len(values)} values for {len(places)} indices")


def _ascend(starts: np.ndarray, places: np.ndarray) -> bool:
    """Whether the column numbers of each row are sorted."""
    falls: Any = places[1:] < places[:-1]
    between = starts[(starts > 0) & (starts < len(places))]
    falls[between - 1] = False
    return not falls[: max(int(starts[-1]) - 1, 0)].any()
