"""Rows of one form as a block: each column is converted and checked at once, not each row.

Rows that are not alike are converted one by one, which gives the same arrays, or the error of the
row. Depends on blocks and signatures.
"""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from steepest.core import tree
from steepest.core.arrays import PLAIN
from steepest.core.dtype import DType, bool_, float32, int32, int64
from steepest.core.tensor import Tensor
from steepest.data.stages import blocks
from steepest.data.stages.blocks import Block
from steepest.data.stages.signatures import PartialSpec, as_specified

Leaves = Sequence[Any]

_PYTHON: dict[type, DType] = {bool: bool_, int: int64, float: float32}
_NUMBERS: dict[type, DType] = _PYTHON | {dtype.type: dtype for dtype in PLAIN}


class Raised:
    """Stands among rows for the error that ended them, until those before it are checked."""

    def __init__(self, error: Exception) -> None:
        self.error = error


class AlikeRows:
    """Turns rows, as a generator or a function of the user gives them, into blocks.

    `one_by_one` converts a single row of a given number. With a signature its specs say what a row
    must be; without one the dtypes are those of `blocks.arrays`. `copies` says that arrays and
    lists may change after they were given.

    >>> rows = AlikeRows(lambda row, number: blocks.arrays(row))
    >>> rows.blocks([(1.0, [2, 3]), (4.0, [5, 6])])
    [(array([1., 4.], dtype=float32), array([[2, 3],
           [5, 6]], dtype=int32))]
    """

    def __init__(
        self,
        one_by_one: Callable[[Any, int], Any],
        signature: Any = None,
        copies: bool = True,
    ) -> None:
        self._one_by_one, self._signature, self._copies = one_by_one, signature, copies
        self._form: _Form | None = None
        self._alike, self._done = True, 0

    def blocks(self, rows: Iterable[Any]) -> list[Block]:
        """The rows as one block; as several where their shapes differ."""
        given = iter(rows)
        if self._form is None and self._alike:
            first = list(itertools.islice(given, 1))
            given = itertools.chain(first, given)
            self._form = _form_of(first[0], self._signature, self._copies) if first else None
        if self._form is None:
            return self._singly(given)
        retained: list[Leaves] = []
        for row in given:
            leaves = self._form.retained(row)
            if leaves is None:
                given = itertools.chain([row], given)
                break
            retained.append(leaves)
        else:
            block = self._form.block(retained) if retained else None
            if block is not None or not retained:
                self._done += len(retained)
                return [block] if retained else []
        again, self._form = map(self._form.element, retained), None
        return self._singly(itertools.chain(again, given))

    def _singly(self, rows: Iterable[Any]) -> list[Block]:
        """Rows converted one by one, as all that follow will be."""
        self._alike = False
        exact = []
        for row in rows:
            exact.append(self._one_by_one(row, self._done))
            self._done += 1
        return list(blocks.grouped(exact))


def _form_of(row: Any, signature: Any, copies: bool) -> _Form | None:
    """The form of a row; None if a part of it is neither numbers nor an array of numbers."""
    nest = _outline(row) if signature is None else signature
    form = _Form(nest, copies)
    leaves = form.leaves_of(row)
    if leaves is None or not leaves:
        return None
    for leaf in leaves:
        known = type(leaf) in (np.ndarray, Tensor) or type(leaf) in _NUMBERS
        if not known and not (type(leaf) is list and leaf and type(leaf[0]) in _PYTHON):
            return None
    specs = tree.leaves(nest)
    if any(spec is not None and spec.dtype not in PLAIN for spec in specs):
        return None
    form.begin(leaves)
    return form


def _outline(row: Any) -> Any:
    """The tuples and dictionaries of a row, with None for each leaf."""
    if type(row) is tuple:
        return tuple(map(_outline, row))
    if type(row) is dict:
        return {key: _outline(part) for key, part in row.items()}
    return None


class _Form:
    """Where the leaves of rows are, and the type of each."""

    def __init__(self, nest: Any, copies: bool) -> None:
        self._nest, self._copies = nest, copies
        self._specs = tree.leaves(nest)
        self.leaves_of = _reader(nest)

    def begin(self, leaves: Leaves) -> None:
        """Takes the types of the leaves from those of a first row."""
        self._types = tuple(map(type, leaves))
        may_change = enumerate(kind in (np.ndarray, list) for kind in self._types)
        self._changing = [place for place, change in may_change if change and self._copies]

    def retained(self, row: Any) -> Leaves | None:
        """The leaves of a row, those that may change later as copies; None if the form differs."""
        leaves = self.leaves_of(row)
        if leaves is None or tuple(map(type, leaves)) != self._types:
            return None
        if not self._changing:
            return leaves
        copied = [*leaves]
        for place in self._changing:
            copied[place] = copied[place].copy()
        return copied

    def element(self, leaves: Leaves) -> Any:
        """The row that has these leaves."""
        return tree.rebuild(self._nest, iter(leaves))

    def block(self, rows: list[Leaves]) -> Block | None:
        """The rows as a block; None if they differ in their shapes or must be looked at singly."""
        columns = []
        for values, kind, spec in zip(
            zip(*rows, strict=True), self._types, self._specs, strict=True
        ):
            try:
                column = _column(values, kind, spec)
            except (TypeError, ValueError, OverflowError):
                column = None
            if column is None:
                return None
            columns.append(column)
        return tree.rebuild(self._nest, iter(columns))


def _reader(nest: Any) -> Callable[[Any], Leaves | None]:
    """A function that gives the leaves of a row in the order of `tree.leaves`, or None."""
    if isinstance(nest, dict):
        keys, count = sorted(nest), len(nest)
        of_keys = operator.itemgetter(*keys) if count > 1 else lambda row: (row[keys[0]],)
        inner = _inner_reader([nest[key] for key in keys])

        def of_dictionary(row: Any) -> Leaves | None:
            if type(row) is not dict or len(row) != count:
                return None
            try:
                return inner(of_keys(row))
            except KeyError:
                return None

        return of_dictionary if keys else lambda row: None
    if isinstance(nest, (tuple, list)):
        count, inner = len(nest), _inner_reader(nest)

        def of_sequence(row: Any) -> Leaves | None:
            if (type(row) is not tuple and type(row) is not list) or len(row) != count:
                return None
            return inner(row)

        return of_sequence
    return lambda row: (row,)


def _inner_reader(parts: Sequence[Any]) -> Callable[[Leaves], Leaves | None]:
    if not any(isinstance(part, (dict, tuple, list)) for part in parts):
        return lambda row: row
    readers = [_reader(part) for part in parts]

    def of_nest(row: Leaves) -> Leaves | None:
        found: list[Any] = []
        for read, part in zip(readers, row, strict=True):
            leaves = read(part)
            if leaves is None:
                return None
            found.extend(leaves)
        return found

    return of_nest


def _column(values: Leaves, kind: type, spec: Any) -> np.ndarray | None:
    """The values of one leaf as an array; None where single values need to be looked at."""
    if kind is np.ndarray or kind is Tensor:
        given = _stacked(values if kind is np.ndarray else [tensor.data for tensor in values])
    elif kind is list:
        given = _table(values)
    else:
        given = _numbers(values, _NUMBERS[kind])
    if given is None:
        return None
    if spec is not None:
        shape = None if spec.shape is None else (len(values), *spec.shape)
        return as_specified(given, PartialSpec(shape, spec.dtype))
    if given.dtype == int64 and (kind is int or kind is list):  # as st.constant
        limits = np.iinfo(int32)
        fits = limits.min <= given.min() and given.max() <= limits.max
        return given.astype(int32) if fits else None
    return given


def _stacked(arrays: Leaves) -> np.ndarray | None:
    shape, dtype = arrays[0].shape, arrays[0].dtype
    if dtype not in PLAIN or {(array.shape, array.dtype) for array in arrays} != {(shape, dtype)}:
        return None
    if not shape:
        return np.array(arrays, dtype)
    return np.concatenate(arrays).reshape(len(arrays), *shape)


def _table(rows: Leaves) -> np.ndarray | None:
    """Lists of numbers as rows of an array; None if they are not of one length and one type."""
    flat = list(itertools.chain.from_iterable(rows))
    kinds, lengths = set(map(type, flat)), set(map(len, rows))
    if len(kinds) > 1 or len(lengths) > 1 or not kinds <= _PYTHON.keys():
        return None
    numbers = _numbers(flat, _PYTHON[kinds.pop()])
    return numbers.reshape(len(rows), -1)


def _numbers(values: Leaves, dtype: DType) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.array(values, dtype)
