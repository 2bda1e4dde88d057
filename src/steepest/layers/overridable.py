"""Overridable, a property that assignment to the attribute replaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

Value = TypeVar("Value")


class Overridable(Generic[Value]):
    """A property that assignment replaces: users may name parts of their layers `input`, say.

    Python finds an object's own attributes before it calls a descriptor without `__set__`.

    >>> class Ball:
    ...     @Overridable
    ...     def colour(self):
    ...         return "red"
    >>> ball = Ball()
    >>> ball.colour
    'red'
    >>> ball.colour = "blue"
    >>> ball.colour
    'blue'
    """

    def __init__(self, function: Callable[[Any], Value]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, owner: None, kind: type) -> Self: ...

    @overload
    def __get__(self, owner: object, kind: type) -> Value: ...

    def __get__(self, owner: object | None, kind: type) -> Self | Value:
        return self if owner is None else self._function(owner)
