"""What was made of arrays is used again as long as they live and hold the same numbers.

Leans on the CPU engine's digest. Arrays are known by their places in memory and by a digest of all
their numbers, read anew each time: one reading at the speed of memory, where packing a table or
taking over sparse rows takes several. So of an array that was written to in between it is made
anew, whoever wrote.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from steepest.errors import EngineUnavailable

MOST_KEPT = 4

_Made = TypeVar("_Made")
_Place = tuple[int, tuple[int, ...], str]


@dataclass(frozen=True)
class _Kept:
    digest: bytes
    made: Any


_kept: OrderedDict[tuple[_Place, ...], _Kept] = OrderedDict()


def kept(make: Callable[[], _Made], *arrays: np.ndarray) -> _Made:
    """What `make` makes of arrays: that of an earlier call if they hold the same.

    >>> table = np.eye(70, dtype=np.float32)
    >>> first = kept(lambda: [table.sum()], table)
    >>> kept(lambda: [table.sum()], table) is first
    True
    >>> table[0, 1] = 5
    >>> kept(lambda: [table.sum()], table)
    [np.float32(75.0)]
    """
    try:
        from steepest.engines.cpu.digest import digest

        now = digest(*arrays)
    except EngineUnavailable:
        return make()
    places = tuple(map(_place, arrays))
    found = _kept.get(places)
    if found is None or found.digest != now:
        if found is None:
            for array in arrays:
                weakref.finalize(_owner(array), _kept.pop, places, None)
        found = _kept[places] = _Kept(now, make())
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    made: _Made = found.made
    return made


def is_kept(*arrays: np.ndarray) -> bool:
    """Whether something was made of arrays at these places before and is still there.

    >>> is_kept(np.ones((3, 3), np.float32))
    False
    """
    return tuple(map(_place, arrays)) in _kept


def _place(array: np.ndarray) -> _Place:
    return int(array.__array_interface__["data"][0]), array.shape, array.dtype.str


def _owner(array: np.ndarray) -> Any:
    """The array that holds the memory of a view: as long as it lives, the place is its own."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
