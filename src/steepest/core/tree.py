"""Nests of lists, tuples and dictionaries: their leaves, and rebuilding. Depends on nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def leaves(nest: Any) -> list[Any]:
    """The leaves in order; dictionaries by sorted key.

    >>> leaves({"b": [1, 2], "a": 3})
    [3, 1, 2]
    """
    if not isinstance(nest, (dict, list, tuple)):
        return [nest]
    found: list[Any] = []
    _collect(nest, found)
    return found


def _collect(nest: Any, found: list[Any]) -> None:
    """Appends the leaves of a dictionary, a list or a tuple."""
    for part in [nest[key] for key in sorted(nest)] if isinstance(nest, dict) else nest:
        if isinstance(part, (dict, list, tuple)):
            _collect(part, found)
        else:
            found.append(part)


def rebuild(like: Any, values: Iterator[Any]) -> Any:
    """A nest of the same form with other leaves, given in the order of `leaves`.

    >>> rebuild({"b": [1, 2], "a": 3}, iter("xyz"))
    {'b': ['y', 'z'], 'a': 'x'}
    """
    if isinstance(like, dict):
        filled = {key: rebuild(like[key], values) for key in sorted(like)}
        return {key: filled[key] for key in like}
    if isinstance(like, tuple) and hasattr(like, "_fields"):
        return type(like)(*(rebuild(part, values) for part in like))
    if isinstance(like, (list, tuple)):
        return type(like)(rebuild(part, values) for part in like)
    return next(values)


def transform(function: Callable[[Any], Any], nest: Any) -> Any:
    """A nest of the same form with the function applied to each leaf.

    >>> transform(abs, [-1, (2, -3)])
    [1, (2, 3)]
    """
    if not isinstance(nest, (dict, list, tuple)):
        return function(nest)
    if type(nest) is tuple:
        return tuple([transform(function, part) for part in nest])
    return rebuild(nest, iter([function(leaf) for leaf in leaves(nest)]))
