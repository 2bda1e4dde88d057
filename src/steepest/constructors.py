"""What constructors take, and checks of it by their annotations.

A class of steepest whose constructor says `rate: float` refuses `rate="much"` without further code.
Depends on errors, former_arguments and arguments only.
"""

from __future__ import annotations

import functools
import inspect
import weakref
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any, TypeVar, overload

from steepest.arguments import is_flag, is_number, is_whole
from steepest.errors import ArgumentError, nearest
from steepest.former_arguments import remedy

_names: weakref.WeakKeyDictionary[type, tuple[str, ...]] = weakref.WeakKeyDictionary()


def argument_names(cls: type) -> tuple[str, ...]:
    """The names of the arguments of a class's constructor, cached.

    >>> class Box:
    ...     def __init__(self, size, colour="red"): ...
    >>> argument_names(Box)
    ('size', 'colour')
    """
    if cls not in _names:
        _names[cls] = tuple(constructor_parameters(cls))
    return _names[cls]


def constructor_parameters(cls: type) -> dict[str, inspect.Parameter]:
    """The named arguments of a class's constructor; `**kwargs` adds those of its bases.

    >>> class Box:
    ...     def __init__(self, size, colour="red"): ...
    >>> class Crate(Box):
    ...     def __init__(self, wood, **kwargs): ...
    >>> list(constructor_parameters(Crate))
    ['wood', 'size', 'colour']
    """
    found: dict[str, inspect.Parameter] = {}
    for owner in (base for base in cls.__mro__ if "__init__" in vars(base)):
        parameters = list(inspect.signature(vars(owner)["__init__"]).parameters.values())[1:]
        named = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
        found |= {p.name: p for p in named if p.name not in found}
        if owner is object or not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return found


def _several(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    def all_are(values: Any) -> bool:
        plain = hasattr(values, "__iter__") and not isinstance(values, (str, bytes, dict))
        return plain and all(test(value) for value in values)

    return all_are


# A part of an annotation, the test for it, and its name in errors.
TESTS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "None": (lambda value: value is None, "None"),
    "bool": (is_flag, "True or False"),
    "int": (is_whole, "a whole number"),
    "float": (is_number, "a number"),
    "str": (lambda value: isinstance(value, str), "a text"),
    "os.PathLike[str]": (lambda value: hasattr(value, "__fspath__"), "a path"),
    "Sequence[int]": (_several(is_whole), "several whole numbers"),
    "Sequence[str]": (_several(lambda value: isinstance(value, str)), "several texts"),
    "Sequence[float]": (_several(is_number), "several numbers"),
    "Sequence[int | None]": (
        _several(lambda value: value is None or is_whole(value)),
        "several whole numbers or None",
    ),
    "Axis": (
        lambda value: value is None or is_whole(value) or _several(is_whole)(value),
        "an axis, several axes or None",
    ),
    "Seed": (  # a whole number, None or a random generator
        lambda value: value is None or is_whole(value) or hasattr(value, "truncated_normal"),
        "a whole number or None, or a SeedGenerator",
    ),
}


Constructor = TypeVar("Constructor", bound=Callable[..., None])
_checking: weakref.WeakSet[Callable[..., None]] = weakref.WeakSet()


@overload
def checked(constructor: Constructor) -> Constructor: ...


@overload
def checked(*, skip: tuple[str, ...]) -> Callable[[Constructor], Constructor]: ...


def checked(constructor: Any = None, *, skip: tuple[str, ...] = ()) -> Any:
    """Makes a constructor check the types of its arguments by their annotations.

    Arguments with other annotations than those of `TESTS` are not checked, nor are those in `skip`,
    which the constructor checks itself. A checked constructor is returned unchanged.

    >>> @checked
    ... def made(self, rate: float, seed: int | None = None): ...
    >>> made(object(), 0.5)
    >>> made(object(), "much")
    Traceback (most recent call last):
        ...
    steepest.errors.ArgumentError: object: rate must be a number, got 'much'
    """

    if constructor is None:
        return lambda given: _with_checks(given, skip)
    return constructor if constructor in _checking else _with_checks(constructor, skip)


def _with_checks(constructor: Callable[..., None], skip: tuple[str, ...]) -> Callable[..., None]:
    @functools.wraps(constructor)
    def checking(self: Any, *arguments: Any, **options: Any) -> None:
        names, places, expected, takes_more = _checks_of(constructor, skip)
        if not names.issuperset(options) and type(self).__init__ is checking:
            any_option = takes_more and getattr(type(self), "any_option", False)
            _refuse_unknown(type(self), () if any_option else options.keys() - names)
        if expected:  # what is given twice, or too much, Python itself refuses
            for name, value in chain(zip(places, arguments, strict=False), options.items()):
                if name not in expected or _PLAIN.get(type(value)) in expected[name]:
                    continue
                if not any(TESTS[part][0](value) for part in expected[name]):
                    words = " or ".join(TESTS[part][1] for part in expected[name])
                    own = type(self).__name__
                    raise ArgumentError(f"{own}: {name} must be {words}, got {value!r}")
        constructor(self, *arguments, **options)

    _checking.add(checking)
    return checking


_PLAIN: dict[type, str] = {type(None): "None", bool: "bool", int: "int", str: "str"}
"""The types whose every value passes the test of a part."""


@functools.cache
def _checks_of(
    constructor: Callable[..., None], skip: tuple[str, ...]
) -> tuple[frozenset[str], tuple[str, ...], dict[str, tuple[str, ...]], bool]:
    """The names of parameters, those of positional ones after `self`, the expected types, and
    whether there are `**options`: computed at its first call, since a program calls few of some
    two hundred constructors.
    """
    parameters = inspect.signature(constructor).parameters
    takes_more = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    places = tuple(name for name, p in parameters.items() if p.kind <= p.POSITIONAL_OR_KEYWORD)
    return frozenset(parameters), places[1:], _expected(constructor, skip), takes_more


def _refuse_unknown(cls: type, options: Iterable[str]) -> None:
    """Raises for an option that no constructor of the class takes."""
    for name in options:
        if name not in argument_names(cls):
            advice = remedy(name) or nearest(name, argument_names(cls))
            raise ArgumentError(f"{cls.__name__} takes no argument {name!r}: {advice}")


def _expected(
    constructor: Callable[..., None], skip: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """The parts of each annotation, for parameters whose parts are all in `TESTS`."""
    found = {}
    for name, annotation in getattr(constructor, "__annotations__", {}).items():
        union = annotation if isinstance(annotation, str) else ""
        shielded = union.replace("[int | None]", "[?]")  # this is one part
        parts = tuple(part.replace("[?]", "[int | None]") for part in shielded.split(" | "))
        if name not in ("return", *skip) and all(part in TESTS for part in parts):
            found[name] = parts
    return found
