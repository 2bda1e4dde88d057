"""What a constructor may be given: kinds by its annotations, ranges by intervals.

Leans on errors alone. A class of steepest whose constructor says `rate: float` refuses
`rate="much"` without a line of its own about it.
"""

from __future__ import annotations

import functools
import inspect
import math
import operator
import weakref
from collections.abc import Callable, Iterable
from numbers import Real
from typing import Any, TypeGuard, TypeVar, overload

from steepest.errors import ArgumentError, nearest


def is_flag(value: Any) -> bool:
    """Whether a value says yes or no.

    >>> is_flag(False), is_flag(0), is_flag("no")
    (True, True, False)
    """
    return type(value).__name__ in ("bool", "bool_") or (is_whole(value) and value in (0, 1))


def is_whole(value: Any) -> TypeGuard[int]:
    """Whether a value is one whole number: Python's, NumPy's, or an array or tensor of no axes.

    True and False are none, and neither is a fraction such as 3.0.

    >>> is_whole(3), is_whole(3.0), is_whole(True)
    (True, False, False)
    """
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        return False
    try:
        operator.index(value)
    except TypeError:  # an array that has axes, or holds no whole number
        return False
    return True


def whole(name: str, value: Any, least: int | None = None, most: int | None = None) -> int:
    """A whole number that a user gave, as an int; anything else, or one out of range, is refused.

    What counts as a whole number is what `is_whole` says.

    >>> import numpy as np
    >>> whole("epochs", np.int64(3), least=0)
    3
    >>> whole("Dataset.batch: batch_size", True, least=1)
    Traceback (most recent call last):
        ...
    steepest.errors.ArgumentError: Dataset.batch: batch_size: a whole number from 1 was expected, \
got True
    """
    if is_whole(value):
        number = operator.index(value)
        if (least is None or number >= least) and (most is None or number <= most):
            return number
    limits = "" if least is None else f" from {least}"
    limits += "" if most is None else f" to {most}"
    raise ArgumentError(f"{name}: a whole number{limits} was expected, got {value!r}")


def as_tuple(value: Any) -> tuple[Any, ...]:
    """Several sizes or axes as a tuple; one whole number stands for itself alone.

    >>> as_tuple(3), as_tuple([3, None])
    ((3,), (3, None))
    """
    return (operator.index(value),) if is_whole(value) else tuple(value)


def one_or_tuple(value: Any) -> int | tuple[int, ...]:
    """One whole number as an int, several as a tuple: what a configuration can hold.

    >>> one_or_tuple(3), one_or_tuple([3, 4])
    (3, (3, 4))
    """
    return operator.index(value) if is_whole(value) else tuple(value)


def is_number(value: Any) -> bool:
    """Whether a value is a number; NaN, true and false are none.

    >>> is_number(0.5), is_number(float("nan")), is_number("0.5")
    (True, False, False)
    """
    real = isinstance(value, Real) and not isinstance(value, bool)
    return real and not math.isnan(value)


def _several(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    def all_are(values: Any) -> bool:
        plain = hasattr(values, "__iter__") and not isinstance(values, (str, bytes, dict))
        return plain and all(test(value) for value in values)

    return all_are


def _is_axis(value: Any) -> bool:
    return value is None or is_whole(value) or _several(is_whole)(value)


# An annotation's part, the test for it, and how an error puts it.
KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
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
    "Axis": (_is_axis, "an axis, several axes or None"),
}


Constructor = TypeVar("Constructor", bound=Callable[..., None])
_checking: weakref.WeakSet[Callable[..., None]] = weakref.WeakSet()


@overload
def checked(constructor: Constructor) -> Constructor: ...


@overload
def checked(*, skip: tuple[str, ...]) -> Callable[[Constructor], Constructor]: ...


def checked(constructor: Any = None, *, skip: tuple[str, ...] = ()) -> Any:
    """The constructor, refusing arguments of another kind than its annotations say.

    Annotations beyond these kinds are left to the constructor, and so are the arguments of
    `skip`, which it looks at in its own words. One that is checked already stays as it is.

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
        signature, expected, takes_more = _rules(constructor, skip)
        if type(self).__init__ is checking and not (takes_more and _takes_any(type(self))):
            _refuse_unknown(type(self), options.keys() - signature.parameters.keys())
        for name, value in _given(signature, (self, *arguments), options):
            if name in expected and not _fits(expected[name], value):
                words = " or ".join(KINDS[part][1] for part in expected[name])
                raise ArgumentError(f"{type(self).__name__}: {name} must be {words}, got {value!r}")
        constructor(self, *arguments, **options)

    _checking.add(checking)
    return checking


@functools.cache
def _rules(
    constructor: Callable[..., None], skip: tuple[str, ...]
) -> tuple[inspect.Signature, dict[str, tuple[str, ...]], bool]:
    """Its signature, what it expects, and whether it takes further options: found out at its first
    call, since of some two hundred constructors a program calls ten.
    """
    signature = inspect.signature(constructor)
    takes_more = any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values())
    return signature, _expected(constructor, skip), takes_more


def _takes_any(kind: type) -> bool:
    """Whether the class hands options on to a function of the user's."""
    return getattr(kind, "any_option", False)


def _refuse_unknown(kind: type, options: Iterable[str]) -> None:
    """Raise for an option that no constructor of the class knows."""
    for name in options:
        if name not in argument_names(kind):
            raise ArgumentError(
                f"{kind.__name__} takes no argument {name!r}: {nearest(name, argument_names(kind))}"
            )


_names: weakref.WeakKeyDictionary[type, tuple[str, ...]] = weakref.WeakKeyDictionary()


def argument_names(kind: type) -> tuple[str, ...]:
    """The names of the arguments of a class's constructor, which are looked up once.

    >>> class Box:
    ...     def __init__(self, size, colour="red"): ...
    >>> argument_names(Box)
    ('size', 'colour')
    """
    if kind not in _names:
        _names[kind] = tuple(constructor_parameters(kind))
    return _names[kind]


def constructor_parameters(kind: type) -> dict[str, inspect.Parameter]:
    """The named arguments of a class's constructor; `**kwargs` stands for those of its bases.

    >>> class Box:
    ...     def __init__(self, size, colour="red"): ...
    >>> class Crate(Box):
    ...     def __init__(self, wood, **kwargs): ...
    >>> list(constructor_parameters(Crate))
    ['wood', 'size', 'colour']
    """
    found: dict[str, inspect.Parameter] = {}
    for owner in (base for base in kind.__mro__ if "__init__" in vars(base)):
        parameters = list(inspect.signature(vars(owner)["__init__"]).parameters.values())[1:]
        named = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
        found |= {p.name: p for p in named if p.name not in found}
        if owner is object or not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return found


def _expected(
    constructor: Callable[..., None], skip: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """The parts of each annotation, for those parameters whose annotation is all plain kinds."""
    found = {}
    for name, annotation in getattr(constructor, "__annotations__", {}).items():
        parts = _parts(annotation) if isinstance(annotation, str) else ()
        if parts and name not in ("return", *skip) and all(part in KINDS for part in parts):
            found[name] = parts
    return found


def _parts(annotation: str) -> tuple[str, ...]:
    """The kinds in a union, as in "int | Sequence[int | None]"."""
    shielded = annotation.replace("[int | None]", "[?]")
    return tuple(part.replace("[?]", "[int | None]") for part in shielded.split(" | "))


def _given(
    signature: inspect.Signature, arguments: tuple[Any, ...], options: dict[str, Any]
) -> Iterable[tuple[str, Any]]:
    """The arguments of a call by name; none of one that Python itself will refuse."""
    try:
        return signature.bind(*arguments, **options).arguments.items()
    except TypeError:
        return ()


def _fits(parts: tuple[str, ...], value: Any) -> bool:
    return any(KINDS[part][0](value) for part in parts)


def require_within(owner: object, interval: str, **values: Any) -> None:
    """Raise for the first number outside of an interval, as in "[0, 1)"; None is no number.

    >>> require_within(object(), "[0, 1)", beta_1=0.9, beta_2=None)
    >>> require_within(object(), "[0, 1)", beta_1=1.0)
    Traceback (most recent call last):
        ...
    steepest.errors.ArgumentError: object: beta_1 must lie in [0, 1), got 1.0
    """
    kind = type(owner).__name__
    for name, value in values.items():
        if value is None:
            continue
        if not is_number(value):
            raise ArgumentError(f"{kind}: {name} must be a number, got {value!r}")
        if not _inside(interval, float(value)):
            raise ArgumentError(f"{kind}: {name} must lie in {interval}, got {value!r}")


def bounds(interval: str) -> tuple[float, float, bool, bool]:
    """The ends of an interval, and whether each belongs to it.

    >>> bounds("[0, 1)")
    (0.0, 1.0, True, False)
    """
    low, high = (float(end) for end in interval[1:-1].split(","))
    return low, high, interval[0] == "[", interval[-1] == "]"


def _inside(interval: str, value: float) -> bool:
    low, high, with_low, with_high = bounds(interval)
    above = low <= value if with_low else low < value
    return above and (value <= high if with_high else value < high)


def require_function_of(
    owner: object, shown: str, given: Any, count: int, options: dict[str, Any]
) -> None:
    """Raise unless something can be called with so many arguments by place, and these by name.

    >>> require_function_of(object(), "(a, b)", lambda x: x, 2, {})
    Traceback (most recent call last):
        ...
    steepest.errors.ArgumentError: object: a function of (a, b) was expected, '<lambda>' takes (x)
    """
    kind = type(owner).__name__
    if not callable(given):
        raise ArgumentError(f"{kind}: a function of {shown} was expected, got {given!r}")
    try:
        signature = inspect.signature(given)
    except ValueError:  # some built-in functions do not tell
        return
    try:
        signature.bind(*(None,) * count, **options)
    except TypeError:
        name, taken = getattr(given, "__name__", repr(given)), ", ".join(signature.parameters)
        raise ArgumentError(
            f"{kind}: a function of {shown} was expected, {name!r} takes ({taken})"
        ) from None


def by_first(
    given: tuple[Any, ...], name_first: tuple[str, ...], shape_first: tuple[str, ...]
) -> dict[str, Any]:
    """Arguments given by place, by name: a text in front is a name, all else is a shape.

    >>> by_first(("w", [3]), ("name", "shape"), ("shape", "initializer"))
    {'name': 'w', 'shape': [3]}
    >>> by_first(([3], "ones"), ("name", "shape"), ("shape", "initializer"))
    {'shape': [3], 'initializer': 'ones'}
    """
    named = not given or given[0] is None or isinstance(given[0], str)
    places = name_first if named else shape_first
    if len(given) > len(places):
        raise ArgumentError(f"at most {places} are given by place, got {len(given)} arguments")
    return dict(zip(places, given, strict=False))
