"""Fields of a state: what a page may send, its limits and its defaults. Depends on errors.

A field reads one value of JSON and gives the value that a view uses, or raises a `FieldError`,
which names the field by its path: "optimizers.2.options.learning_rate". Defaults are read in the
same way as given values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from steepest.errors import ArgumentError, nearest

REQUIRED: Any = object()
"""The default of a field without one."""

State = dict[str, Any]
Fields = Mapping[str, "Field"]


class FieldError(ArgumentError):
    """A value that a field does not take; `field` is its path.

    >>> str(FieldError("start.0", "a number was expected, got 'a'"))
    "start.0: a number was expected, got 'a'"
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field


@dataclass(frozen=True)
class Field:
    """One field: `read` takes a value and its path; without a default it must be given.

    >>> steps = whole(1, 2000, default=500)
    >>> steps.read(20, "steps"), steps.default
    (20, 500)
    """

    read: Callable[[Any, str], Any]
    default: Any = REQUIRED


def check(fields: Fields, given: Any, where: str = "") -> State:
    """The state: every field as it was given, or as its default.

    >>> fields = {"points": whole(2, 512, default=64), "noise": number(0, 1)}
    >>> check(fields, {"noise": 0.5})
    {'points': 64, 'noise': 0.5}
    >>> check(fields, {"noise": 2, "points": 3}, "map")
    Traceback (most recent call last):
        ...
    steepest.studio.fields.FieldError: map.noise: a number from 0 to 1 was expected, got 2
    """
    if not isinstance(given, dict):
        raise FieldError(where, f"an object was expected, got {shown(given)}")
    for name in given:
        if name not in fields:
            raise FieldError(_path(where, name), f"unknown field; {_known(name, fields)}")
    state = {}
    for name, field in fields.items():
        value = given.get(name, field.default)
        if value is REQUIRED:
            raise FieldError(_path(where, name), "is missing")
        state[name] = field.read(value, _path(where, name))
    return state


def number(low: float = -math.inf, high: float = math.inf, default: Any = REQUIRED) -> Field:
    """A finite number from `low` to `high`.

    >>> number(0, 1).read(0.5, "momentum")
    0.5
    """

    def read(value: Any, where: str) -> float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (is_number and low <= value <= high and abs(value) < math.inf):
            raise FieldError(where, _expected(f"a number{_limits(low, high)}", value))
        try:
            return float(value)
        except OverflowError:
            raise FieldError(where, "a number below 1.8e308 was expected") from None

    return Field(read, default)


def whole(low: float = -(2**53), high: float = 2**53, default: Any = REQUIRED) -> Field:
    """A whole number from `low` to `high`; 3.0 is one too, as JSON does not tell it from 3.

    >>> whole(0, 10).read(3.0, "seed")
    3
    """

    def read(value: Any, where: str) -> int:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (is_number and low <= value <= high and value == int(value)):
            raise FieldError(where, _expected(f"a whole number{_limits(low, high)}", value))
        return int(value)

    return Field(read, default)


def choice(names: Iterable[str], default: Any = REQUIRED) -> Field:
    """One of several texts.

    >>> choice(["relu", "tanh"]).read("rellu", "activation")
    Traceback (most recent call last):
        ...
    steepest.studio.fields.FieldError: activation: unknown value 'rellu'; did you mean 'relu'?
    """
    known = tuple(names)

    def read(value: Any, where: str) -> str:
        if value not in known or not isinstance(value, str):
            raise FieldError(where, f"unknown value {shown(value)}; {_known(value, known)}")
        return value

    return Field(read, default)


def text(longest: int = 200, default: Any = REQUIRED) -> Field:
    """A text of at most so many characters.

    >>> text(5).read("sin(x)", "expression")
    Traceback (most recent call last):
        ...
    steepest.studio.fields.FieldError: expression: a text of at most 5 characters was expected, \
got one of 6
    """

    def read(value: Any, where: str) -> str:
        wanted = f"a text of at most {longest} characters"
        if not isinstance(value, str):
            raise FieldError(where, _expected(wanted, value))
        if len(value) > longest:
            raise FieldError(where, f"{wanted} was expected, got one of {len(value)}")
        return value

    return Field(read, default)


def flag(default: Any = REQUIRED) -> Field:
    """True or false.

    >>> flag().read(True, "shuffle")
    True
    """

    def read(value: Any, where: str) -> bool:
        if not isinstance(value, bool):
            raise FieldError(where, _expected("true or false", value))
        return value

    return Field(read, default)


def list_of(one: Field, least: int = 0, most: int = 100, default: Any = REQUIRED) -> Field:
    """A list of `least` to `most` values of one field.

    >>> list_of(whole(1, 8), most=6).read([4, 2], "widths")
    [4, 2]
    """

    def read(value: Any, where: str) -> list[Any]:
        wanted = f"a list of {least} to {most} values" if least < most else f"{least} values"
        if not isinstance(value, list | tuple):
            raise FieldError(where, _expected(wanted, value))
        if not least <= len(value) <= most:
            raise FieldError(where, f"{wanted} was expected, got {len(value)}")
        return [one.read(each, _path(where, at)) for at, each in enumerate(value)]

    return Field(read, default)


def pair(one: Field, default: Any = REQUIRED) -> Field:
    """Two values of one field, as a tuple.

    >>> pair(number(-5, 5)).read([1, 2.5], "start")
    (1.0, 2.5)
    """
    both = list_of(one, 2, 2)
    return Field(lambda value, where: tuple(both.read(value, where)), default)


def record(fields: Fields, default: Any = REQUIRED) -> Field:
    """An object with fields of its own.

    >>> record({"units": whole(1, 64), "dropout": number(0, 0.9, 0.0)}).read({"units": 8}, "layer")
    {'units': 8, 'dropout': 0.0}
    """
    return Field(lambda value, where: check(fields, value, where), default)


def optional(one: Field, default: Any = None) -> Field:
    """A value of a field, or null.

    >>> optional(whole(1, 8)).read(None, "units") is None
    True
    """
    return Field(lambda value, where: None if value is None else one.read(value, where), default)


def either(for_text: Field, for_object: Field, default: Any = REQUIRED) -> Field:
    """A text, read by one field, or an object, read by another.

    >>> surface = either(choice(["bowl"]), record({"expression": text()}))
    >>> surface.read("bowl", "surface"), surface.read({"expression": "x^2"}, "surface")
    ('bowl', {'expression': 'x^2'})
    """

    def read(value: Any, where: str) -> Any:
        return (for_object if isinstance(value, dict) else for_text).read(value, where)

    return Field(read, default)


def with_default(one: Field, default: Any) -> Field:
    """The same field with another default.

    >>> with_default(number(0, 1), 0.9).default
    0.9
    """
    return replace(one, default=default)


def shown(value: Any) -> str:
    """A value of JSON in a message, cut to a length that can be read.

    >>> shown("a" * 100)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa..."
    """
    if isinstance(value, int) and abs(value) > 10**18:
        return "a number of many digits"
    written = repr(value)
    return written if len(written) <= 40 else f"{written[:37]}..."


def _expected(wanted: str, value: Any) -> str:
    return f"{wanted} was expected, got {shown(value)}"


def _limits(low: float, high: float) -> str:
    return "".join(f" {word} {end:.12g}" for word, end in (("from", low), ("to", high))
                   if abs(end) < 2**53)  # fmt: skip


def _known(name: Any, known: Iterable[str]) -> str:
    return nearest(name if isinstance(name, str) else "", known)


def _path(where: str, name: str | int) -> str:
    part = str(name) if isinstance(name, int) or name.isprintable() else repr(name)
    return ".".join(filter(None, (where, part[:60])))
