"""The classes and functions of users by name: those of a `with` block, and those registered.

Depends on errors only.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from steepest.errors import ArgumentError

OF_USERS = "Custom>"  # precedes the name of a user's class in files if steepest has that name too

_registered: dict[str, Any] = {}


class _Scopes(threading.local):
    def __init__(self) -> None:
        self.stack: list[dict[str, Any]] = []


_scopes = _Scopes()


def name_spaces() -> list[dict[str, Any]]:
    """The dictionaries in which a name is looked up: the innermost `with` block's first.

    >>> with custom_objects({"double": float}):
    ...     list(name_spaces()[0])
    ['double']
    """
    return [*reversed(_scopes.stack), _registered]


def registered_object(name: str) -> Any:
    """The user's class or function of a name, in `custom_objects` or registered; None without one.

    >>> registered_object("Unheard") is None
    True
    """
    for scope in name_spaces():
        if name in scope:
            return scope[name]
    return registered_object(name.removeprefix(OF_USERS)) if name.startswith(OF_USERS) else None


def registered_objects() -> dict[str, Any]:
    """The classes and functions that users have registered, by name; entries can be added.

    >>> registered_objects() is registered_objects()
    True
    """
    return _registered


@contextlib.contextmanager
def custom_objects(objects: dict[str, Any]) -> Iterator[None]:
    """Makes user-defined classes and functions known by name inside the `with` block.

    >>> import steepest as st
    >>> def double(x):
    ...     return x * 2.0
    >>> with st.custom_objects({"double": double}):
    ...     st.layers.Activation("double")([[1.0]]).tolist()
    [[2.0]]
    """
    _scopes.stack.append(dict(objects))
    try:
        yield
    finally:
        _scopes.stack.pop()


def register_serializable(thing: Any = None, *, name: str | None = None) -> Any:
    """Registers a user-defined class or function, so that files that name it can be read.

    >>> import steepest as st
    >>> @st.register_serializable
    ... def twice(x):
    ...     return x + x
    >>> st.layers.Activation("twice")([[1.0]]).tolist()
    [[2.0]]
    """
    if thing is None:
        return lambda given: register_serializable(given, name=name)
    _registered[name or thing.__name__] = thing
    return thing


def registered_name(function: Any) -> str:
    """The name under which a user's function is registered; raises if it is not.

    >>> @register_serializable
    ... def halved(x):
    ...     return x * 0.5
    >>> registered_name(halved)
    'halved'
    """
    for scope in name_spaces():
        for name, entry in scope.items():
            if entry is function:
                return name
    own = getattr(function, "__name__", repr(function))
    raise ArgumentError(
        f"the function {own!r} cannot be written into a configuration, which would not find it "
        "again; define it with def and decorate it with @st.register_serializable"
    )
