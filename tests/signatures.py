"""The default values of public functions and classes as text, for tests that say what they are.

A line for each name that has defaults other than None. Depends on the standard library.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterable
from typing import Any

WIDTH = 96


def defaults_of(
    modules: Iterable[Any], inside: str, without: str = "-", methods: Iterable[type] = ()
) -> str:
    """The defaults of the public names of modules, and of all methods of some classes.

    Only names defined in the package `inside` count, without those of the package `without`.
    """
    found = {name: getattr(module, name) for module in modules for name in module.__all__}
    for kind in methods:
        own = {key: getattr(kind, key) for key in dir(kind) if not key.startswith("_")}
        found |= {f"{kind.__name__}.{key}": value for key, value in own.items()}
    lines = (
        _line(name, value)
        for name, value in sorted(found.items())
        if f"{getattr(value, '__module__', '')}.".startswith(f"{inside}.")
        and not f"{value.__module__}.".startswith(f"{without}.")
    )
    return "".join(lines)


def _line(name: str, value: Any) -> str:
    if not callable(value) or inspect.ismodule(value):
        return ""
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return ""
    shown = [
        f"{each.name}={each.default!r}"
        for each in parameters
        if each.default not in (None, inspect.Parameter.empty)
        and " at 0x" not in repr(each.default)
    ]
    text = f"{name}: {', '.join(shown)}"
    return textwrap.fill(text, WIDTH, subsequent_indent="    ") + "\n" if shown else ""
