"""Checks of arguments: types by the constructor's annotations, ranges by intervals.

A class of steepest whose constructor says `rate: float` refuses `rate="much"` without further code.
Depends on errors and former_arguments only.
"""

from __future__ import annotations

import functools
import inspect
import math
import operator
import weakref
from collections.abc import Callable, Iterable
from numbers import Real
from types import FunctionType
from typing import Any, TypeGuard, TypeVar, overload

from steepest.errors import ArgumentError, nearest
from steepest.former_arguments import remedy


def is_flag(value: Any) -> bool:
    """Whether a value is a boolean, or an integer 0 or 1.

    >>> is_flag(False), is_flag(0), is_flag("no")
    (True, True, False)
    """
    return type(value).__name__ in ("bool", "bool_") or (is_whole(value) and value in (0, 1))


def is_whole(value: Any) -> TypeGuard[int]:
    """Whether a value is one integer: Python's, NumPy's, or an array or tensor without axes.

    True and False are not, nor is a float such as 3.0.

    >>> is_whole(3), is_whole(3.0), is_whole(True)
    (True, False, False)
    """
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        return False
    try:
        operator.index(value)
    except TypeError:  # an array with axes, or of another dtype
        return False
    return True


def whole(name: str, value: Any, least: int | None = None, most: int | None = None) -> int:
    """The user's integer as an int; raises for any other value, or one out of range.

    `is_whole` decides which values are integers.

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
    """One or several sizes or axes as a tuple.

    >>> as_tuple(3), as_tuple([3, None])
    ((3,), (3, None))
    """
    if is_whole(value):
        return (operator.index(value),)
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        raise ArgumentError(f"one or several whole numbers were expected, got {value!r:.60}")
    return tuple(value)


def sizes_of(who: str, shape: Any) -> tuple[int | None, ...]:
    """A shape as a tuple; each size is a whole number from 0, or None for the batch.

    >>> sizes_of("TensorSpec", [None, 3])
    (None, 3)
    >>> sizes_of("TensorSpec", None)
    Traceback (most recent call last):
        ...
    steepest.errors.ArgumentError: TensorSpec: a shape is a tuple of sizes such as (None, 3), \
where None is the batch; got None
    """
    sizes = as_tuple(shape) if is_whole(shape) or isinstance(shape, (tuple, list)) else None
    if sizes is None or any(size is not None and not is_whole(size) for size in sizes):
        raise ArgumentError(
            f"{who}: a shape is a tuple of sizes such as (None, 3), where None is the batch; "
            f"got {shape!r}"
        )
    return tuple(None if size is None else operator.index(size) for size in sizes)


def one_or_tuple(value: Any) -> int | tuple[int, ...]:
    """One integer as an int, several as a tuple, for a configuration.

    >>> one_or_tuple(3), one_or_tuple([3, 4])
    (3, (3, 4))
    """
    return operator.index(value) if is_whole(value) else tuple(value)


def is_number(value: Any) -> bool:
    """Whether a value is a real number; NaN and booleans are not.

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
        signature, expected, takes_more = _checks_of(constructor, skip)
        any_option = takes_more and getattr(type(self), "any_option", False)
        if type(self).__init__ is checking and not any_option:
            _refuse_unknown(type(self), options.keys() - signature.parameters.keys())
        for name, value in _given(signature, (self, *arguments), options):
            if name in expected and not any(TESTS[part][0](value) for part in expected[name]):
                words = " or ".join(TESTS[part][1] for part in expected[name])
                raise ArgumentError(f"{type(self).__name__}: {name} must be {words}, got {value!r}")
        constructor(self, *arguments, **options)

    _checking.add(checking)
    return checking


@functools.cache
def _checks_of(
    constructor: Callable[..., None], skip: tuple[str, ...]
) -> tuple[inspect.Signature, dict[str, tuple[str, ...]], bool]:
    """The signature, the expected types, and whether it takes `**options`: computed at its first
    call, since a program calls few of some two hundred constructors.
    """
    signature = inspect.signature(constructor)
    takes_more = any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values())
    return signature, _expected(constructor, skip), takes_more


def _refuse_unknown(cls: type, options: Iterable[str]) -> None:
    """Raises for an option that no constructor of the class takes."""
    for name in options:
        if name not in argument_names(cls):
            advice = remedy(name) or nearest(name, argument_names(cls))
            raise ArgumentError(f"{cls.__name__} takes no argument {name!r}: {advice}")


class UnknownArgument(ArgumentError, TypeError):
    """An argument that a method does not take; Python's own error is a TypeError too."""


Method = TypeVar("Method", bound=Callable[..., Any])


def suggests_arguments(method: Method) -> Method:
    """Makes a method suggest names for a misspelt argument.

    >>> class Model:
    ...     @suggests_arguments
    ...     def fit(self, x, epochs=1): ...
    >>> Model().fit([1.0], epoch=3)
    Traceback (most recent call last):
        ...
    steepest.arguments.UnknownArgument: fit takes no argument 'epoch': did you mean 'epochs'?
    """

    @functools.wraps(method)
    def suggesting(*arguments: Any, **options: Any) -> Any:
        try:
            return method(*arguments, **options)
        except TypeError:
            refuse_unknown(method, options)
            raise

    return suggesting  # type: ignore[return-value]


def refuse_unknown(function: Callable[..., Any], options: Iterable[str], name: str = "") -> None:
    """Raises for an option that a function, called `name`, does not take, with the nearest one.

    >>> refuse_unknown(lambda x, training=False: x, ["training"])
    """
    taken = inspect.signature(function).parameters
    unknown = [option for option in options if option not in taken]
    if not unknown or any(p.kind is p.VAR_KEYWORD for p in taken.values()):
        return
    known = [each for each in taken if each not in ("self", "cls")]
    advice = remedy(unknown[0]) or (nearest(unknown[0], known) if known else "it takes none")
    shown = name or function.__name__
    raise UnknownArgument(f"{shown} takes no argument {unknown[0]!r}: {advice}") from None


Class = TypeVar("Class", bound=type)


def suggests_arguments_of_methods(cls: Class) -> Class:
    """Makes the public methods of a class suggest names for a misspelt argument.

    >>> @suggests_arguments_of_methods
    ... class Data:
    ...     def batch(self, batch_size): ...
    >>> Data().batch(batchsize=3)
    Traceback (most recent call last):
        ...
    steepest.arguments.UnknownArgument: batch takes no argument 'batchsize': did you mean \
'batch_size'?
    """
    for name, member in list(vars(cls).items()):
        if name.startswith("_"):
            continue
        if isinstance(member, FunctionType):
            setattr(cls, name, suggests_arguments(member))
        elif isinstance(member, (classmethod, staticmethod)):
            setattr(cls, name, type(member)(suggests_arguments(member.__func__)))
    return cls


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


def _expected(
    constructor: Callable[..., None], skip: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """The parts of each annotation, for parameters whose parts are all in `TESTS`."""
    found = {}
    for name, annotation in getattr(constructor, "__annotations__", {}).items():
        parts = _parts(annotation) if isinstance(annotation, str) else ()
        if parts and name not in ("return", *skip) and all(part in TESTS for part in parts):
            found[name] = parts
    return found


def _parts(annotation: str) -> tuple[str, ...]:
    """The parts of a union, as in "int | Sequence[int | None]"."""
    shielded = annotation.replace("[int | None]", "[?]")
    return tuple(part.replace("[?]", "[int | None]") for part in shielded.split(" | "))


def _given(
    signature: inspect.Signature, arguments: tuple[Any, ...], options: dict[str, Any]
) -> Iterable[tuple[str, Any]]:
    """The arguments of a call by name; none for a call that Python itself will refuse."""
    try:
        return signature.bind(*arguments, **options).arguments.items()
    except TypeError:
        return ()


def require_within(owner: object, interval: str, **values: Any) -> None:
    """Raises for the first number outside of an interval, as in "[0, 1)"; None is not checked.

    >>> require_within(object(), "[0, 1)", beta_1=0.9, beta_2=None)
    >>> require_within(object(), "[0, 1)", beta_1=1.0)
    Traceback (most recent call last):
        ...
    steepest.errors.ArgumentError: object: beta_1 must lie in [0, 1), got 1.0
    """
    own = type(owner).__name__
    for name, value in values.items():
        if value is None:
            continue
        if not is_number(value):
            raise ArgumentError(f"{own}: {name} must be a number, got {value!r}")
        if not _inside(interval, float(value)):
            raise ArgumentError(f"{own}: {name} must lie in {interval}, got {value!r}")


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


def require_function(where: str, given: Any) -> None:
    """Raises for what cannot be called.

    >>> require_function("Dataset.map", len)
    """
    if not callable(given):
        raise ArgumentError(f"{where}: a function was expected, got {given!r:.60}")


def require_function_of(
    owner: object, shown: str, given: Any, count: int, options: dict[str, Any]
) -> None:
    """Raises unless `given` takes `count` positional arguments and these options.

    >>> require_function_of(object(), "(a, b)", lambda x: x, 2, {})
    Traceback (most recent call last):
        ...
    steepest.errors.ArgumentError: object: a function of (a, b) was expected, '<lambda>' takes (x)
    """
    own = type(owner).__name__
    if not callable(given):
        raise ArgumentError(f"{own}: a function of {shown} was expected, got {given!r}")
    try:
        signature = inspect.signature(given)
    except ValueError:  # some built-in functions have no signature
        return
    try:
        signature.bind(*(None,) * count, **options)
    except TypeError:
        name, taken = getattr(given, "__name__", repr(given)), ", ".join(signature.parameters)
        raise ArgumentError(
            f"{own}: a function of {shown} was expected, {name!r} takes ({taken})"
        ) from None


def by_first(
    given: tuple[Any, ...], name_first: tuple[str, ...], shape_first: tuple[str, ...]
) -> dict[str, Any]:
    """Positional arguments by name: a string in front is a name, anything else a shape.

    >>> by_first(("w", [3]), ("name", "shape"), ("shape", "initializer"))
    {'name': 'w', 'shape': [3]}
    >>> by_first(([3], "ones"), ("name", "shape"), ("shape", "initializer"))
    {'shape': [3], 'initializer': 'ones'}
    """
    named = not given or given[0] is None or isinstance(given[0], str)
    places = name_first if named else shape_first
    if len(given) > len(places):
        raise ArgumentError(f"at most {places} are positional arguments, got {len(given)} of them")
    return dict(zip(places, given, strict=False))
