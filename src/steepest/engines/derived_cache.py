"""A cache of values derived from arrays, keyed by memory address and content digest.

The digest of all numbers is computed on each call: one pass over memory, where packing a table or
converting sparse rows takes several. So any write to an array is noticed.
Depends on the digest.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from steepest.engines.digest import digest

MOST_ENTRIES = 4

_Value = TypeVar("_Value")
_Address = tuple[int, tuple[int, ...], str]
_Key = tuple[tuple[_Address, ...], Hashable]


@dataclass(frozen=True)
class _Entry:
    digest: bytes
    value: Any
    owners: tuple[weakref.ref[Any], ...]  # each removes this entry when its array is freed


_entries: OrderedDict[_Key, _Entry] = OrderedDict()
_lock = threading.RLock()  # threads that ask for the same value at once wait for the first of them


def cached(make: Callable[[], _Value], *arrays: np.ndarray, extra_key: Hashable = None) -> _Value:
    """Returns `make()`, a value derived from arrays, or the cached one if they are unchanged.

    `extra_key` is for other things that the value depends on.

    >>> table = np.eye(70, dtype=np.float32)
    >>> first = cached(lambda: [table.sum()], table)
    >>> cached(lambda: [table.sum()], table) is first
    True
    >>> table[0, 1] = 5
    >>> cached(lambda: [table.sum()], table)
    [np.float32(75.0)]
    """
    with _lock:
        now, key = digest(*arrays), _key(arrays, extra_key)
        found = _entries.get(key)
        if found is None or found.digest != now:

            def remove(_: Any, entries: OrderedDict[_Key, _Entry] = _entries) -> None:
                entries.pop(key, None)  # at the end of the process the module has no names

            owners = tuple(weakref.ref(_owner(array), remove) for array in arrays)
            found = _entries[key] = _Entry(now, make(), owners)
            while len(_entries) > MOST_ENTRIES:
                _entries.popitem(last=False)
    value: _Value = found.value
    return value


if hasattr(os, "register_at_fork"):  # another thread of the parent may have held the lock
    os.register_at_fork(after_in_child=lambda: globals().update(_lock=threading.RLock()))


def forget(extra_key: Hashable) -> None:
    """Removes the values that were made with a key.

    >>> forget("no such key")
    """
    with _lock:
        for key in [key for key in _entries if key[1] == extra_key]:
            _entries.pop(key, None)


def is_cached(*arrays: np.ndarray) -> bool:
    """Whether a value derived from arrays at these addresses is cached.

    >>> is_cached(np.ones((3, 3), np.float32))
    False
    """
    return _key(arrays, None) in _entries


def _key(arrays: Sequence[np.ndarray], extra_key: Hashable) -> _Key:
    addresses = (
        (int(array.__array_interface__["data"][0]), array.shape, array.dtype.str)
        for array in arrays
    )
    return tuple(addresses), extra_key


def _owner(array: np.ndarray) -> Any:
    """The array that owns the memory of a view: while it exists, the address is not reused."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array
