"""Choices from the catalogue: fields for them, the objects that they make, and their Python.

A choice is {"name": "Adam", "options": {"learning_rate": 0.1}}; an option may be a choice itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from steepest.errors import SteepestError, nearest
from steepest.studio.catalogue import KINDS, Entry, Option, entries, entry
from steepest.studio.fields import (
    REQUIRED,
    Field,
    FieldError,
    State,
    check,
    choice,
    either,
    flag,
    list_of,
    number,
    optional,
    shown,
    text,
    whole,
)


def chosen(kind: str, default: Any = REQUIRED) -> Field:
    """The field of a choice {"name", "options"}, or of a name alone.

    >>> chosen("optimizer").read({"name": "SGD", "options": {"momentum": 0.9}}, "optimizer")
    {'name': 'SGD', 'options': {'momentum': 0.9}}
    >>> chosen("optimizer").read({"name": "SGD", "options": {"nestrov": True}}, "optimizer")
    Traceback (most recent call last):
        ...
    steepest.studio.fields.FieldError: optimizer.options.nestrov: unknown option; did you mean \
'nesterov'?
    """

    def read(value: Any, where: str) -> State:
        fields = {"name": _name(kind), "options": Field(_object, {})}
        state = check(fields, {"name": value} if isinstance(value, str) else value, where)
        known = entry(kind, state["name"]).options
        options = {}
        for name, given in state["options"].items():
            place = f"{where}.options.{name}" if where else f"options.{name}"
            if name not in known:
                raise FieldError(place, f"unknown option; {nearest(str(name), known)}")
            options[name] = _field(known[name]).read(given, place)
        state["options"] = options
        _try(kind, state, where)
        return state

    return Field(read, default)


def _try(kind: str, state: State, where: str) -> None:
    """Makes the object once, as the constructor checks what a field does not."""
    key = f"{kind} {state}"
    if key not in _tried:
        made(kind, state, where)
        if len(_tried) >= MOST_TRIED:
            _tried.clear()
        _tried.add(key)


MOST_TRIED = 1000
_tried: set[str] = set()


def _name(kind: str) -> Field:
    """The field of a name, in any spelling that the registry knows."""

    def read(value: Any, where: str) -> str:
        try:
            return entry(kind, value).name
        except (SteepestError, AttributeError, TypeError):
            return choice(entries(kind)).read(value, where)

    return Field(read)


def _object(value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise FieldError(where, f"an object was expected, got {shown(value)}")
    return value


def _field(option: Option) -> Field:
    """The field of an option; what it takes is checked by the constructor."""
    if option.kind in KINDS:
        return optional(chosen(option.kind))
    field = _FIELDS[option.kind]
    if option.scheduled:
        field = either(field, chosen("schedule"))
    if option.kind == "choice":
        field = choice(option.choices)
    return optional(field) if option.may_be_none else field


_FIELDS = {
    "number": number(),
    "whole": whole(),
    "flag": flag(),
    "text": text(60),
    "choice": text(60),
    "numbers": list_of(number(), most=20),
}


def made(kind: str, state: State, where: str = "") -> Any:
    """The object of a checked choice; the name of an activation.

    >>> made("optimizer", {"name": "SGD", "options": {"learning_rate": 0.5}})
    SGD(learning_rate=0.5)
    """
    found = entry(kind, state["name"])
    if not isinstance(found.made_by, type):
        return found.name
    given = {
        name: made(inner, value, f"{where}.options.{name}") if inner else value
        for name, value, inner in _given(found, state["options"])
    }
    try:
        return found.made_by(**given)
    except (SteepestError, TypeError) as error:
        said = str(error)
        named = [f"{where}.options.{name}" for name in found.options if f"{name} " in said]
        raise FieldError(named[0] if named and where else where, said) from None


def _given(found: Entry, options: State) -> Iterator[tuple[str, Any, str]]:
    """Each argument of the call: its name, its value, and its kind if it is a choice itself."""
    required = {name: each.default for name, each in found.options.items() if each.required}
    for name, value in (required | options).items():
        option = found.options[name]
        inner = "schedule" if option.scheduled else option.kind
        yield name, value, inner if isinstance(value, dict) else ""


def python(kind: str, state: State) -> str:
    """The call that makes the object of a choice, as Python.

    >>> python("optimizer", {"name": "Adam", "options": {"learning_rate": 0.1}})
    'st.optimizers.Adam(learning_rate=0.1)'
    """
    found = entry(kind, state["name"])
    if not isinstance(found.made_by, type):
        return repr(found.name)
    given = [
        f"{name}={python(inner, value) if inner else repr(value)}"
        for name, value, inner in _given(found, state["options"])
    ]
    return f"{found.python}({', '.join(given)})"
