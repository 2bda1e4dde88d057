"""The errors that steepest raises, and the search for the name that was meant.

Each one is also the built-in kind that a caller would expect to catch.
"""

from __future__ import annotations

import difflib
import importlib
import os
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from steepest.finding import Finding

__all__ = [
    "SteepestError",
    "ShapeError",
    "DTypeError",
    "DataError",
    "ArgumentError",
    "UnknownNameError",
    "TraceError",
    "NumericalError",
    "TrainingDiverged",
    "TrainingWarning",
    "UnseenWarning",
    "EngineUnavailable",
    "MissingExtra",
]


class SteepestError(Exception):
    """The family of all errors raised on purpose by steepest.

    `finding` is the finding that it was raised from, where a rule found it: see `st.diagnosis`.

    >>> issubclass(ShapeError, SteepestError) and issubclass(ShapeError, ValueError)
    True
    """

    finding: Finding | None = None


class ShapeError(SteepestError, ValueError):
    """Arrays whose shapes do not fit each other or the operation."""


class DTypeError(SteepestError, TypeError):
    """A kind of number that the operation does not take."""


class DataError(SteepestError, ValueError):
    """A file or a table that cannot be right: says where, and what was expected."""


class ArgumentError(SteepestError, ValueError):
    """An argument whose value makes no sense: says which, what it was, what it may be."""


class UnknownNameError(SteepestError, ValueError):
    """A name that nothing answers to: says which names are near."""


class TraceError(SteepestError, TypeError):
    """Python asked for the value of a tensor that a program has yet to compute."""


class NumericalError(SteepestError, ArithmeticError):
    """A computation left the finite numbers: says where, and why it is likely."""


class TrainingDiverged(NumericalError):
    """The loss became NaN or infinite. Weights are those before the failed step."""


class TrainingWarning(UserWarning):
    """Something about the data or the settings is probably not what was meant.

    `finding` is what was found, as a value: see `st.diagnosis`.

    >>> issubclass(TrainingWarning, UserWarning)
    True
    """

    finding: Finding | None = None


class UnseenWarning(UserWarning):
    """Data differ from the training set: another scale, a category that it did not have.

    `finding` is what was found, as a value: see `st.diagnosis`.

    >>> issubclass(UnseenWarning, UserWarning)
    True
    """


class EngineUnavailable(SteepestError, RuntimeError):
    """The engine that was asked for cannot run here: says what is missing."""


class MissingExtra(SteepestError, ImportError):
    """An optional package is needed: gives the command that installs it."""


@contextmanager
def noted(note: str) -> Iterator[None]:
    """Let an error of steepest's that leaves the `with` block say where it happened.

    >>> try:
    ...     with noted("in the validation data"):
    ...         raise ShapeError("x has no columns")
    ... except ShapeError as error:
    ...     error.__notes__
    ['in the validation data']
    """
    try:
        yield
    except SteepestError as error:
        error.add_note(note)
        raise


_HOME = os.path.dirname(os.path.abspath(__file__)) + os.sep


def caution(message: str | Warning) -> None:
    """Warn of what is probably wrong, at the innermost line outside of steepest.

    A text becomes a `TrainingWarning`.

    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     caution("columns differ in scale")
    >>> caught[0].category.__name__
    'TrainingWarning'
    """
    depth, frame = 1, sys._getframe(0)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_HOME):
        depth, frame = depth + 1, frame.f_back
    warnings.warn(message, TrainingWarning, stacklevel=depth)


MOST_LISTED = 40


def nearest(name: str, options: Iterable[str]) -> str:
    """A sentence that suggests the options nearest to `name`, or lists them if none is near.

    >>> nearest("rellu", ["relu", "tanh"])
    "did you mean 'relu'?"
    >>> nearest("x", [f"name_{n}" for n in range(99)])
    'none of the 99 names is near; dir() lists them'
    """

    options = list(options)
    near = difflib.get_close_matches(name, options, n=3, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(repr(option) for option in near)}?"
    if len(options) > MOST_LISTED:
        return f"none of the {len(options)} names is near; dir() lists them"
    return f"there is: {', '.join(sorted(options))}"


def suggest_names(module: str, shown: str = "", later: Mapping[str, str] | None = None) -> None:
    """Let a public module answer to a misspelt name with those of its `__all__` that are near.

    Names of `later` are imported when they are first asked for, from "package.module", or from
    "package.module:name" if they are not that module itself; `dir` lists the names of `__all__`.
    """
    room = sys.modules[module]
    if not hasattr(room, "__all__"):  # one made of other modules: all that it holds
        vars(room)["__all__"] = sorted(name for name in vars(room) if not name.startswith("_"))
    title = shown or f"st.{module.removeprefix('steepest.').removeprefix('functions.')}"
    places = later or {}

    def missing(name: str) -> Any:
        if name in places:
            home, _, attribute = places[name].partition(":")
            found = importlib.import_module(home)
            vars(room)[name] = value = getattr(found, attribute) if attribute else found
            return value
        if name.startswith("__"):
            raise AttributeError(name)
        raise AttributeError(f"{title} has no {name!r}: {nearest(name, room.__all__)}")

    vars(room)["__getattr__"] = missing
    if places:
        vars(room)["__dir__"] = lambda: sorted(room.__all__)


def unknown_name(kind: str, name: object, options: Iterable[str]) -> UnknownNameError:
    """The error for a misspelt name of some kind of thing.

    >>> raise unknown_name("activation", "rellu", ["relu", "tanh"])
    Traceback (most recent call last):
        ...
    steepest.errors.UnknownNameError: no activation is called 'rellu': did you mean 'relu'?
    """
    return UnknownNameError(f"no {kind} is called {name!r}: {nearest(str(name), options)}")
