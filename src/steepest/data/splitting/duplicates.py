"""Finds equal rows: of arrays, frames, dictionaries, sparse rows, texts and lists.

Each row gets a 64-bit key, equal for equal rows; rows with equal keys are then compared.
Depends on NumPy only.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Keys = NDArray[np.uint64]
Content = Callable[[int], Hashable]
BLOCK_WORDS = 1 << 22


class KeyedRows:
    """The rows of a set with their keys.

    >>> KeyedRows(["a", "b", "a"]).shared(np.array([0, 1]), np.array([2]))
    [(2, 0)]
    """

    def __init__(self, x: Any) -> None:
        self.keys, self.content = _keyed(x)

    def shared(self, first: Rows, second: Rows) -> list[tuple[int, int]]:
        """(row of `second`, row of `first`) for each row of `second` that is in `first` too."""
        keys, content = self.keys, self.content
        # By sorting, as the tables of NumPy 2.0 fail for keys beyond int64.
        candidates = second[np.isin(keys[second], keys[first], kind="sort")]
        others = first[np.isin(keys[first], keys[candidates], kind="sort")]
        known = {content(row): row for row in others.tolist()}
        pairs = ((row, known.get(content(row))) for row in candidates.tolist())
        return [(row, other) for row, other in pairs if other is not None]


def _keyed(x: Any) -> tuple[Keys, Content]:
    """The key of each row, and a function that returns the content of a row by number."""
    if hasattr(x, "tocsr") or hasattr(x, "indptr"):
        return _of_sparse(x.tocsr() if hasattr(x, "tocsr") else x)
    array = _table(x)
    if array.dtype.hasobject:
        return _of_objects(array)
    return _of_bytes(array), lambda row: array[row].tobytes()


def _table(x: Any) -> NDArray[Any]:
    """The rows as one array; the entries of several columns are replaced by integer codes."""
    columns = columns_of(x)
    if columns is not None:
        return np.stack([np.unique(_entries(c), return_inverse=True)[1] for c in columns], axis=1)
    if isinstance(x, (list, tuple)):
        made = np.empty(len(x), object)
        for place, entry in enumerate(x):
            made[place] = entry
        return made
    return np.asarray(x)


def columns_of(x: Any) -> list[Any] | None:
    """The columns of a dictionary or frame, or several inputs; None where there are none.

    >>> columns_of({"a": [1], "b": [2]})
    [[1], [2]]
    """
    if isinstance(x, dict) or are_several(x):
        return list(x.values() if isinstance(x, dict) else x)
    if hasattr(x, "iloc") and hasattr(x, "columns"):  # pandas
        return [x.iloc[:, place] for place in range(x.shape[1])]
    if hasattr(x, "get_columns"):  # polars
        return list(x.get_columns())
    return list(x.columns) if hasattr(x, "column_names") else None  # Arrow


def are_several(x: Any) -> bool:
    """Whether a list or tuple is one of arrays, one for each of several inputs of `fit`.

    >>> are_several([np.zeros(3), np.zeros(3)]), are_several([[1, 2], [3, 4]]), are_several([])
    (True, False, False)
    """
    return isinstance(x, (list, tuple)) and bool(x) and all(getattr(e, "shape", ()) for e in x)


def _entries(column: Any) -> NDArray[Any]:
    array = np.asarray(column)
    if array.ndim > 1:
        array = _of_bytes(array)
    return array.astype(str) if array.dtype.hasobject else array


def _of_objects(array: NDArray[Any]) -> tuple[Keys, Content]:
    def content(row: int) -> Hashable:
        entry = array[row]
        if isinstance(entry, np.ndarray):
            entry = entry.tolist()
        return repr(entry) if isinstance(entry, (list, dict, set)) else entry

    keys = [hash(content(row)) & 0xFFFF_FFFF_FFFF_FFFF for row in range(len(array))]
    return np.array(keys, np.uint64), content


def _of_sparse(x: Any) -> tuple[Keys, Content]:
    """Keys are sums over the entries, so that their order within a row does not matter."""
    stored = getattr(x, "data", None) if hasattr(x, "data") else x.values
    indptr, places = np.asarray(x.indptr), np.asarray(x.indices)
    values = np.ones(len(places)) if stored is None else np.asarray(stored, np.float64)
    words = _factors(int(x.shape[1]))[places] * values.view(np.uint64)
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(words, dtype=np.uint64)])

    def content(row: int) -> Hashable:
        inside = slice(indptr[row], indptr[row + 1])
        return tuple(sorted(zip(places[inside].tolist(), values[inside].tolist(), strict=True)))

    return sums[indptr[1:]] - sums[indptr[:-1]], content


def _of_bytes(x: NDArray[Any]) -> Keys:
    """The sum of a row's 32-bit words, each times a random odd factor of its position.

    Unequal rows can have equal keys; keys avoid sorting whole rows.
    """
    words = max(1, -(-x[:1].nbytes // 4))
    factors = _factors(words)
    keys = np.empty(len(x), np.uint64)
    step = max(1, BLOCK_WORDS // words)
    for start in range(0, len(x), step):
        rows = np.ascontiguousarray(x[start : start + step])
        block = rows.reshape(len(rows), -1)
        padded = np.zeros((len(rows), 4 * words), np.uint8)
        padded[:, : block[:1].nbytes] = block.view(np.uint8)
        keys[start : start + step] = padded.view(np.uint32).astype(np.uint64) @ factors
    return keys


def _factors(count: int) -> Keys:
    return np.random.default_rng(0).integers(0, 1 << 63, count, np.uint64) | np.uint64(1)
