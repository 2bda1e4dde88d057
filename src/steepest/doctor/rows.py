"""Rows: inputs and targets as arrays, with the names of the columns. Depends on data."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

import numpy as np

from steepest.data.frames import columns_of, frame_array, is_frame
from steepest.errors import ArgumentError, DataError, DTypeError

HALF = 2
MOST_CACHED = 16
"""Results of a function of rows that are cached."""
Part = Literal["train", "val"]
Found = TypeVar("Found")


@dataclass(frozen=True)
class Rows:
    """Inputs `x` and targets `y` of the same number of rows; `names` are those of the columns.

    `part` says which rows they are: of training or validation, which a setup may prepare otherwise.

    >>> rows = Rows.of([[1.0, 2.0], [3.0, 4.0]], [0, 1])
    >>> len(rows), rows.take([1]).y
    (2, array([1]))
    """

    x: np.ndarray = field(hash=False)
    y: np.ndarray = field(hash=False)
    names: tuple[str, ...] = ()
    part: Part = "train"

    @classmethod
    def of(
        cls, x: Any, y: Any, argument: str = "x", target: str = "y", part: Part = "train"
    ) -> Rows:
        """Rows of arrays, lists or frames; raises for what the doctor cannot examine."""
        (inputs, names), (targets, _) = _array(x, argument), _array(y, target)
        if len(inputs) != len(targets):
            raise DataError(
                f"doctor: {argument} has {len(inputs)} rows and {target} {len(targets)}; give as "
                "many targets as rows"
            )
        return cls(inputs, targets, names, part)

    def __len__(self) -> int:
        return len(self.x)

    def take(self, rows: Sequence[int] | np.ndarray) -> Rows:
        """Some of the rows, by their numbers."""
        chosen = np.asarray(rows)
        return replace(self, x=self.x[chosen], y=self.y[chosen])

    def first(self, count: int) -> Rows:
        """The first rows."""
        return replace(self, x=self.x[:count], y=self.y[:count])

    def sample(self, count: int, seed: int = 0) -> Rows:
        """At most `count` rows, drawn without replacement and left in their order."""
        if len(self) <= count:
            return self
        drawn = np.random.default_rng(seed).choice(len(self), count, replace=False)
        return self.take(np.sort(drawn))

    def halves(self, seed: int = 0) -> tuple[Rows, Rows]:
        """Two random halves."""
        order = np.random.default_rng(seed).permutation(len(self))
        middle = len(self) // HALF
        return self.take(np.sort(order[:middle])), self.take(np.sort(order[middle:]))

    def column_name(self, column: int) -> int | str:
        """The name of a column, or its number where it has none."""
        return self.names[column] if self.names else column


def once_for_rows(compute: Callable[..., Found]) -> Callable[..., Found]:
    """Makes a function of rows cache its last results, by the values of the rows.

    Rules are asked again about networks that were changed, and their data rarely are.

    >>> @once_for_rows
    ... def mean(rows):
    ...     print("computed")
    ...     return float(rows.x.mean())
    >>> mean(Rows.of([[1.0], [3.0]], [0, 1])) + mean(Rows.of([[1.0], [3.0]], [0, 1]))
    computed
    4.0
    """
    cached: dict[Hashable, Found] = {}

    @functools.wraps(compute)
    def once(*arguments: Any) -> Found:
        parts = [_key(one) if isinstance(one, Rows) else one for one in arguments]
        if any(isinstance(one, Rows) for one in parts):  # their bytes are not their values
            return compute(*arguments)
        key = tuple(parts)
        if key not in cached:
            cached[key] = compute(*arguments)
            while len(cached) > MOST_CACHED:
                del cached[next(iter(cached))]
        return cached[key]

    return once


def _key(rows: Rows) -> Hashable:
    """What tells rows from others; themselves where objects are in them."""
    if "O" in (rows.x.dtype.kind, rows.y.dtype.kind):
        return rows
    arrays = [np.ascontiguousarray(array) for array in (rows.x, rows.y)]
    digest = hashlib.blake2b(b"".join(array.tobytes() for array in arrays)).digest()
    return (digest, *((array.dtype.str, array.shape) for array in arrays))


def _array(values: Any, argument: str) -> tuple[np.ndarray, tuple[str, ...]]:
    if values is None:
        raise ArgumentError(f"doctor: {argument} is missing; give inputs and targets as arrays")
    if hasattr(values, "element_spec") or hasattr(values, "__next__"):
        raise ArgumentError(
            f"doctor: {argument}: arrays were expected, got {type(values).__name__}; the doctor "
            "reads the same rows several times: give it arrays of some thousand rows"
        )
    if hasattr(values, "toarray"):
        values = values.toarray()
    array, names = _frame(values, argument) if is_frame(values) else (np.asarray(values), ())
    if array.ndim == 0:
        raise ArgumentError(f"doctor: {argument}: an array of rows was expected, got {values!r}")
    return array, names


def _frame(values: Any, argument: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """The numbers of a frame; as objects if a column holds texts, so that a rule can name it."""
    try:
        return frame_array(values, argument)
    except DTypeError:
        columns = list(columns_of(values))
        table = np.empty((len(columns[0][1]), len(columns)), object)
        for place, (_, column) in enumerate(columns):
            table[:, place] = list(column)
        return table, tuple(str(name) for name, _ in columns)
