"""Checks of arguments: whole numbers, sizes, intervals, functions, and misspelt names.

Depends on errors and former_arguments only.
"""

from __future__ import annotations

import functools
import inspect
import math
import operator
from collections.abc import Callable, Iterable
from numbers import Real
from types import FunctionType
from typing import Any, TypeGuard, TypeVar

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
    if type(value) is int:
        return True
    is_truth = isinstance(value, bool) or getattr(value, "dtype", None) == "bool"
    if is_truth or not hasattr(value, "__index__"):  # older NumPy takes a truth for an index
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
    if type(shape) is tuple and all(size is None or type(size) is int for size in shape):
        return shape
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

    return suggesting  # type: ignore[return-value] # it is called as the method is


def refuse_more(function: Callable[..., Any], count: int, name: str) -> None:
    """Raises if a function, called `name`, takes fewer than `count` arguments by position.

    >>> refuse_more(len, 2, "len")
    Traceback (most recent call last):
        ...
    steepest.errors.ArgumentError: len was given 2 arguments and takes 1: (obj, /)
    """
    signature = inspect.signature(function)
    kinds = [parameter.kind for parameter in signature.parameters.values()]
    by_name_alone = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
    taken = sum(kind not in by_name_alone for kind in kinds)
    if inspect.Parameter.VAR_POSITIONAL not in kinds and count > taken:
        raise ArgumentError(f"{name} was given {count} arguments and takes {taken}: {signature}")


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
        low, high, with_low, with_high = bounds(interval)
        above = low <= value if with_low else low < value
        if not above or not (value <= high if with_high else value < high):
            raise ArgumentError(f"{own}: {name} must lie in {interval}, got {value!r}")


@functools.cache  # a program writes few intervals
def bounds(interval: str) -> tuple[float, float, bool, bool]:
    """The ends of an interval, and whether each belongs to it.

    >>> bounds("[0, 1)")
    (0.0, 1.0, True, False)
    """
    low, high = (float(end) for end in interval[1:-1].split(","))
    return low, high, interval[0] == "[", interval[-1] == "]"


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
    if _takes_plainly(given, count, options):
        return
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


def _takes_plainly(given: Any, count: int, options: dict[str, Any]) -> bool:
    """Whether a function has so many arguments, then these options, and defaults for all others.

    Much quicker than its signature; false where only the signature can tell.
    """
    if type(given) is not FunctionType or hasattr(given, "__wrapped__"):
        return False
    code, defaults = given.__code__, given.__defaults__ or ()
    after = code.co_varnames[count : code.co_argcount]
    plain = not (code.co_kwonlyargcount or code.co_posonlyargcount) and count <= code.co_argcount
    return plain and options.keys() <= set(after) and len(after) <= len(defaults)


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
