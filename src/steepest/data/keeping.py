"""Packed tables outlive a fit, as long as the table does, and are used again if it is unchanged.

Leans on packing and on the CPU engine's digest. A table is known by its place in memory and by a
digest of all its numbers, read anew each time: one reading at the speed of memory, where packing
takes several. So a table that was written to in between is packed anew, whoever wrote.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.data.columns import DenseColumn, SparseColumn
from steepest.data.packing import packed

MOST_TABLES = 4

_Place = tuple[int, tuple[int, ...], str]


@dataclass(frozen=True)
class _Kept:
    digest: bytes
    column: SparseColumn


_kept: OrderedDict[_Place, _Kept] = OrderedDict()


def packed_or_kept(column: DenseColumn) -> SparseColumn:
    """The rows of a table without their zeros: those of an earlier call if they are the same.

    >>> table = np.eye(70, dtype=np.float32)
    >>> first = packed_or_kept(DenseColumn(table))
    >>> packed_or_kept(DenseColumn(table)) is first
    True
    >>> table[0, 1] = 5
    >>> packed_or_kept(DenseColumn(table)) is first
    False
    """
    from steepest.engines.cpu.digest import digest

    place, now = _place(column.array), digest(column.array)
    found = _kept.get(place)
    if found is None or found.digest != now:
        if found is None:
            weakref.finalize(_owner(column.array), _kept.pop, place, None)
        found = _kept[place] = _Kept(now, packed(column))
        while len(_kept) > MOST_TABLES:
            _kept.popitem(last=False)
    return found.column


def is_kept(column: DenseColumn) -> bool:
    """Whether a table at this place was packed before and is still there.

    >>> is_kept(DenseColumn(np.ones((3, 3), np.float32)))
    False
    """
    return _place(column.array) in _kept


def _place(array: np.ndarray) -> _Place:
    return int(array.__array_interface__["data"][0]), array.shape, array.dtype.str


def _owner(array: np.ndarray) -> Any:
    """The array that holds the memory of a view: as long as it lives, the place is its own."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
