"""What users give to figures and tables, checked at the call: numbers, series, columns.

Depends on the errors, on frames of data, number_texts and NumPy.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from steepest.data.frames import columns_of, is_frame
from steepest.errors import ArgumentError, DTypeError, ShapeError, unknown_name
from steepest.page.number_texts import Numbers, text_of

MISSING = ("NoneType", "NAType", "NaTType")


@dataclass(frozen=True)
class Series:
    """Points with a name: x and y have equal lengths; y may hold NaN and infinity."""

    name: str
    x: Numbers
    y: Numbers


@dataclass(frozen=True)
class Column:
    """A column of a table: its entries, and their numbers unless it holds anything else."""

    name: str
    entries: tuple[object, ...]
    numbers: Numbers | None

    def text(self, row: int) -> str:
        """An entry as text; a missing one is empty.

        >>> column = Column("units", ([64, 32], None), None)
        >>> column.text(0), column.text(1)
        ('[64, 32]', '')
        """
        entry = self.entries[row]
        is_nan = entry != entry and isinstance(entry, float)  # so frames mark a missing text
        return "" if is_missing(entry) or (is_nan and self.numbers is None) else text_of(entry)

    @property
    def texts(self) -> list[str]:
        """Each entry as text.

        >>> Column("units", ([64, 32], None), None).texts
        ['[64, 32]', '']
        """
        return [self.text(row) for row in range(len(self.entries))]


def is_missing(entry: object) -> bool:
    """Whether an entry is None, or the missing value of pandas.

    >>> is_missing(None), is_missing(float("nan"))
    (True, False)
    """
    return type(entry).__name__ in MISSING


def numbers_of(where: str, values: Any) -> Numbers:
    """A sequence of numbers as float64; None becomes NaN.

    >>> numbers_of("Lines: y", [1, None, 2.5])
    array([1. , nan, 2.5])
    >>> numbers_of("Lines: y", [0.5, "relu"])
    Traceback (most recent call last):
        ...
    steepest.errors.DTypeError: Lines: y: numbers were expected, got 'relu' at index 1; a Table \
shows texts
    """
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind in "biuf":
        return np.array(values if len(values) else entries_of(where, values), np.float64)
    entries = entries_of(where, values)
    number = (Real, np.bool_)
    is_wrong = [not (isinstance(entry, number) or is_missing(entry)) for entry in entries]
    wrong = is_wrong.index(True) if any(is_wrong) else None
    if wrong is not None:
        entry = entries[wrong]
        shape = np.shape(entry) if isinstance(entry, (list, tuple, np.ndarray)) else ()
        if shape:
            raise ShapeError(
                f"{where}: a sequence of numbers was expected, got one of sequences, that at index "
                f"{wrong} of shape {shape}; give several as a dictionary, a name for each"
            )
        raise DTypeError(
            f"{where}: numbers were expected, got {entry!r:.60} at index {wrong}; a Table shows "
            "texts"
        )
    return np.array([np.nan if is_missing(entry) else float(entry) for entry in entries])


def entries_of(where: str, values: Any) -> list[Any]:
    """The entries of a list, an array or a column of a frame; raises for none, and for no sequence.

    >>> entries_of("Bars: values", np.arange(3))
    [0, 1, 2]
    """
    if hasattr(values, "numpy"):  # a tensor
        values = values.numpy()
    is_sequence = hasattr(values, "__len__") and hasattr(values, "__getitem__")
    is_text = isinstance(values, (str, bytes, Mapping))
    if is_text or not (is_sequence or isinstance(values, (range, Iterable))):
        raise DTypeError(
            f"{where}: a list or array was expected, got {values!r:.60}; a single value is a list "
            "of one"
        )
    if isinstance(values, np.ndarray) and values.ndim != 1:
        raise ShapeError(
            f"{where}: one axis was expected, got an array of shape {values.shape}; give its "
            "columns as a dictionary, a name for each"
        )
    entries = values.tolist() if isinstance(values, np.ndarray) else list(values)
    entries = [entry.numpy().tolist() if hasattr(entry, "numpy") else entry for entry in entries]
    if not entries:
        raise ArgumentError(f"{where}: it is empty; leave the block out where there are no values")
    return entries


def series_of(where: str, series: Any, x: Any = None) -> list[Series]:
    """The series of a figure: a dictionary of y, or of pairs (x, y), or the y of one.

    Where x is not given, points are numbered from 1.

    >>> [(one.name, one.x.tolist()) for one in series_of("Lines", {"a": [5, 6], "b": ([0], [1])})]
    [('a', [1.0, 2.0]), ('b', [0.0])]
    """
    if is_frame(series):
        series = dict(columns_of(series))
    named = series if isinstance(series, Mapping) else {"": series}
    if not named:
        raise ArgumentError(f"{where}: there is no series; give a dictionary of names and numbers")
    return [_one_series(where, str(name), values, x) for name, values in named.items()]


def _one_series(where: str, name: str, values: Any, x: Any) -> Series:
    place = f"{where}: series {name!r}" if name else where
    if is_pair(values):
        x, values = values
    y = numbers_of(place, values)
    along = np.arange(1.0, len(y) + 1) if x is None else numbers_of(f"{place}: x", x)
    if len(along) != len(y):
        raise ShapeError(
            f"{place}: x and y need equal lengths, got {len(along)} and {len(y)}; a series with an "
            "x of its own is a pair (x, y)"
        )
    return Series(name, along, y)


def is_pair(values: Any) -> bool:
    """Whether a value is a pair of sequences, as (x, y).

    >>> is_pair(([1, 2], [3, 4])), is_pair((1, 2))
    (True, False)
    """
    return isinstance(values, tuple) and len(values) == 2 and all(map(np.ndim, values))


def table_columns(where: str, table: Any) -> list[Column]:
    """The columns of a table: a dictionary of lists, a list of dictionaries, or a frame.

    >>> [column.name for column in table_columns("Table", [{"units": 8}, {"loss": 0.5}])]
    ['units', 'loss']
    >>> table_columns("Table", {"units": [8, 9], "loss": [0.5]})
    Traceback (most recent call last):
        ...
    steepest.errors.ShapeError: Table: columns need equal lengths, got 'units' of 2 and 'loss' of 1
    """
    if is_frame(table):
        table = dict(columns_of(table))
    if not isinstance(table, Mapping):
        table = _columns_of_rows(where, table)
    if not table:
        raise ArgumentError(f"{where}: there is no column; give a dictionary of names and lists")
    columns = [_one_column(where, str(name), values) for name, values in table.items()]
    first = columns[0]
    for other in columns:
        if len(other.entries) != len(first.entries):
            raise ShapeError(
                f"{where}: columns need equal lengths, got {first.name!r} of {len(first.entries)} "
                f"and {other.name!r} of {len(other.entries)}"
            )
    return columns


def _columns_of_rows(where: str, rows: Any) -> dict[object, list[object]]:
    listed = entries_of(where, rows)
    for number, row in enumerate(listed):
        if not isinstance(row, Mapping):
            raise DTypeError(
                f"{where}: a dictionary of lists, a list of dictionaries or a frame was expected, "
                f"got {row!r:.60} as row {number}"
            )
    names = dict.fromkeys(itertools.chain.from_iterable(listed))
    return {name: [row.get(name) for row in listed] for name in names}


def _one_column(where: str, name: str, values: Any) -> Column:
    entries = entries_of(f"{where}: column {name!r}", values)
    plain = [entry for entry in entries if not is_missing(entry)]
    is_numeric = plain and all(isinstance(e, Real) and not isinstance(e, bool) for e in plain)
    numbers = numbers_of(where, entries) if is_numeric else None
    return Column(name, tuple(entries), numbers)


def column_named(where: str, columns: Sequence[Column], name: str) -> Column:
    """The column of numbers that has a name.

    >>> column_named("Slices", table_columns("Slices", {"loss": [1.5]}), "los")
    Traceback (most recent call last):
        ...
    steepest.errors.UnknownNameError: no column of Slices is called 'los': did you mean 'loss'?
    """
    found = next((column for column in columns if column.name == name), None)
    if found is None:
        raise unknown_name(f"column of {where}", name, [column.name for column in columns])
    if found.numbers is None:
        raise DTypeError(f"{where}: column {name!r} needs numbers, got {found.entries[0]!r:.60}")
    return found


def chosen(where: str, argument: str, value: object, options: Sequence[str]) -> str:
    """An argument that is one of a few words.

    >>> chosen("Lines", "y_scale", "logarithmic", ["linear", "log"])
    Traceback (most recent call last):
        ...
    steepest.errors.ArgumentError: Lines: y_scale is 'linear' or 'log', got 'logarithmic'
    """
    if isinstance(value, str) and value in options:
        return value
    shown = " or ".join(map(repr, options))
    raise ArgumentError(f"{where}: {argument} is {shown}, got {value!r:.60}")


def text_given(where: str, argument: str, value: object) -> str:
    """A text that is required, without surrounding space.

    >>> text_given("Page", "title", 3)
    Traceback (most recent call last):
        ...
    steepest.errors.DTypeError: Page: title: a text was expected, got 3
    """
    if not isinstance(value, str):
        raise DTypeError(f"{where}: {argument}: a text was expected, got {value!r:.60}")
    if not value.strip():
        raise ArgumentError(f"{where}: {argument} is empty; a reader needs it")
    return value.strip()
