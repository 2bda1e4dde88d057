"""Space: the options of a search, with conditional parts and constraints.

All ways to choose options are one walk: `Space.options(pick)` asks `pick` for the value of each
option that is part of the trial. Depends on distributions.
"""

from __future__ import annotations

import inspect
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from steepest.errors import ArgumentError, nearest
from steepest.finding import plain
from steepest.tune.distributions import Choice, Distribution, Integer, Uniform, choice
from steepest.tune.trial import as_json

Options = dict[str, Any]
Pick = Callable[[str, Distribution], Any]
"""Chooses a value (of a `Choice` an index), by the path of an option and its distribution."""

LISTS = (list, tuple, range, np.ndarray)


class Space:
    """The options of a search by name: lists of values, distributions, conditional parts.

    `constraints` are functions of options by name that return whether these go together; one that
    names an option which is not part of a trial does not apply to it.

    >>> space = st.tune.Space(
    ...     {"units": [16, 64], "layers": st.tune.integer(1, 3)},
    ...     constraints=[lambda units, layers: units * layers < 150],
    ... )
    >>> space.names, space.size
    (['units', 'layers'], 6)
    >>> space.allows({"units": 64, "layers": 3})
    False
    """

    def __init__(
        self,
        parts: Mapping[str, Any],
        constraints: Iterable[Callable[..., Any]] = (),
    ) -> None:
        if not isinstance(parts, Mapping):
            raise ArgumentError(
                "space: a dictionary of lists or distributions by the names of options was "
                f"expected, as in {{'units': [16, 64]}}, got {type(parts).__name__}"
            )
        if not parts:
            raise ArgumentError("space: it has no options; give at least one, as {'units': [16]}")
        self.parts = _checked_parts(parts, ())
        self.constraints = [constraints] if callable(constraints) else list(constraints)
        for constraint in self.constraints:
            _check_constraint(constraint, self.names)

    @property
    def dimensions(self) -> dict[str, Distribution]:
        """The distribution of each option by its path; conditional ones are among them."""
        return dict(_dimensions(self.parts, ""))

    @property
    def description(self) -> dict[str, Any]:
        """The distributions by path as JSON has them."""
        return {
            path: as_json(part.values) if isinstance(part, Choice) else repr(part)
            for path, part in self.dimensions.items()
        }

    @property
    def names(self) -> list[str]:
        """The names of the options, conditional ones included."""
        return list(dict.fromkeys(_names(self.parts)))

    @property
    def size(self) -> int | None:
        """The number of combinations, before constraints; None if there are infinitely many."""
        return _size(self.parts)

    def options(self, pick: Pick) -> Options:
        """The options of one trial, each chosen by `pick(path, distribution)`."""
        return dict(_chosen(self.parts, "", pick))

    def combinations(self, points: int | None = None) -> Iterator[Options]:
        """All combinations in order; `points` are the values to take of each interval."""
        return filter(self.allows, _combinations(self.parts, points))

    def allows(self, options: Mapping[str, Any]) -> bool:
        """Whether all constraints hold."""
        for constraint in self.constraints:
            known = inspect.signature(constraint).parameters
            if not set(known) <= set(options):
                continue
            if not constraint(**{name: options[name] for name in known}):
                return False
        return True

    def found(self, options: Mapping[str, Any]) -> dict[str, Any] | None:
        """The values, of choices the indices, by path that give these options; None if none do."""
        try:
            picked = dict(_found(self.parts, "", options))
        except _Elsewhere:
            return None
        return picked

    def check(self, options: Any, where: str) -> Options:
        """Options given by hand: raises for one that is not in the space."""
        if not isinstance(options, Mapping):
            raise ArgumentError(f"{where}: a dictionary of options was expected, got {options!r}")
        for name in options:
            if name not in self.names:
                raise ArgumentError(
                    f"{where}: the space has no option {name!r}: {nearest(str(name), self.names)}"
                )
        return dict(options)

    def __repr__(self) -> str:
        size = "infinitely many" if self.size is None else f"{self.size:,}"
        return f"<Space of {', '.join(self.names)}: {size} combinations>"


def space_of(given: Any) -> Space:
    """The space that a user gave: itself, or one of a dictionary.

    >>> space_of({"units": [16, 64]}).size
    2
    """
    return given if isinstance(given, Space) else Space(given)


# ---------------------------------------------------------------- checks


def _checked_parts(parts: Mapping[str, Any], outer: tuple[str, ...]) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for name, part in parts.items():
        if not isinstance(name, str) or not name.isidentifier():
            raise ArgumentError(f"space: the name of an option was expected, got {name!r}")
        if name in outer:
            raise ArgumentError(
                f"space: {name!r} is an option of the whole and of a part; drop one"
            )
        if isinstance(part, LISTS):
            if not len(part):
                raise ArgumentError(f"space: {name!r} has no values; give at least one")
            part = choice(part)
        if isinstance(part, Choice):
            inside = (*outer, *parts)
            own = tuple(_checked_parts(each, inside) for each in part.parts)
            part = Choice(tuple(map(plain, part.values)), own)
        elif not isinstance(part, (Uniform, Integer)):
            raise ArgumentError(
                f"space: {name!r} is {part!r:.60}, where a list or a distribution such as "
                f"st.tune.uniform(0, 1) was expected; write [{part!r:.60}] for a single value"
            )
        checked[name] = part
    return checked


def _check_constraint(constraint: Any, names: list[str]) -> None:
    if not callable(constraint):
        raise ArgumentError(f"constraints: a function of options was expected, got {constraint!r}")
    for name in inspect.signature(constraint).parameters:
        if name not in names:
            raise ArgumentError(
                f"constraints: a function names {name!r}, and the space has no such option: "
                f"{nearest(name, names)}"
            )


# ---------------------------------------------------------------- walks


def _inner(path: str, index: int) -> str:
    """The start of the paths of the options that come with a value of a choice."""
    return f"{path}[{index}]."


def _dimensions(parts: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Distribution]]:
    for name, part in parts.items():
        path = prefix + name
        yield path, part
        if isinstance(part, Choice):
            for index, own in enumerate(part.parts):
                yield from _dimensions(own, _inner(path, index))


def _names(parts: Mapping[str, Any]) -> Iterator[str]:
    for name, part in parts.items():
        yield name
        if isinstance(part, Choice):
            for own in part.parts:
                yield from _names(own)


def _size(parts: Mapping[str, Any]) -> int | None:
    sizes: list[int | None] = []
    for part in parts.values():
        if isinstance(part, Choice):
            inner = [_size(own) for own in part.parts]
            sizes.append(None if None in inner else sum(filter(None, inner)))
        else:
            sizes.append(part.count if isinstance(part, Integer) else None)
    return None if None in sizes else math.prod(size for size in sizes if size is not None)


def _chosen(parts: Mapping[str, Any], prefix: str, pick: Pick) -> Iterator[tuple[str, Any]]:
    for name, part in parts.items():
        path = prefix + name
        value = pick(path, part)
        if isinstance(part, Choice):
            yield name, part.values[value]
            yield from _chosen(part.parts[value], _inner(path, value), pick)
        else:
            yield name, value


class _Elsewhere(Exception):
    """Options are not in the space."""


def _found(
    parts: Mapping[str, Any], prefix: str, options: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    for name, part in parts.items():
        path, value = prefix + name, options.get(name)
        if isinstance(part, Choice):
            same = [index for index, each in enumerate(part.values) if _equal(each, value)]
            if not same or name not in options:
                raise _Elsewhere
            yield path, same[0]
            yield from _found(part.parts[same[0]], _inner(path, same[0]), options)
        elif not part.holds(value):
            raise _Elsewhere
        else:
            yield path, value


def _equal(one: Any, other: Any) -> bool:
    """Whether two values are the same; a list from a file equals the tuple that was written."""
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(_equal, one, other))
    return one is other or (type(one) is type(other) and bool(np.all(one == other)))


def _combinations(parts: Mapping[str, Any], points: int | None) -> Iterator[Options]:
    columns = [list(_column(name, part, points)) for name, part in parts.items()]
    for row in itertools.product(*columns):
        yield {name: value for part in row for name, value in part.items()}


def _column(name: str, part: Any, points: int | None) -> Iterator[Options]:
    """The values of one option, each with the combinations of the options that come with it."""
    if isinstance(part, Choice):
        for value, own in zip(part.values, part.parts, strict=True):
            for inner in _combinations(own, points):
                yield {name: value, **inner}
    elif isinstance(part, Integer) and (points is None or points >= part.count):
        yield from ({name: value} for value in range(part.low, part.high + 1))
    elif points is None:
        raise ArgumentError(
            f"grid: {name!r} is an interval; give a list of values, or the number of them by "
            "strategy=st.tune.Grid(points=3), or strategy='random'"
        )
    else:
        values = (part.at(place / max(points - 1, 1)) for place in range(points))
        yield from ({name: value} for value in dict.fromkeys(values))
