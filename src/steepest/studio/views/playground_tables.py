"""Tables as points in the plane: two columns, or two principal components, and the target."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from steepest.studio.fields import FieldError, State, choice
from steepest.studio.view import Host
from steepest.studio.views.playground_points import MOST_CLASSES, Points, refuse_classes, split

MOST_ROWS = 5000  # of a table that is a part of the state
COMPONENTS = "components"
"""In place of two columns: the first two principal components of all columns of numbers."""
OPENED = "the opened rows"
MOST_NUMBERS = 20_000_000  # of which principal components are computed
MOST_LISTED = 1000

Columns = Mapping[str, np.ndarray]
Tables = Callable[[str], Columns | None]


def no_tables(name: str) -> Columns | None:
    """Where there is no table.

    >>> no_tables("towns") is None
    True
    """
    return None


def tables_of(host: Host) -> Tables:
    """The tables that a session has: those that were sent, and the rows that it was opened with.

    >>> from steepest.studio.session import Session
    >>> from steepest.studio.view import Opened
    >>> tables = tables_of(Session(Opened(x=np.eye(3), y=np.arange(3))))
    >>> list(tables(OPENED))
    ['x0', 'x1', 'x2', 'y']
    """

    def columns(name: str) -> Columns | None:
        opened = host.opened
        if name != OPENED:
            table = host.tables.get(name)
            return None if table is None else table.columns
        if opened.x is None or opened.y is None or opened.x.ndim != 2 or opened.y[0].size != 1:
            return None
        names = opened.names or [f"x{place}" for place in range(opened.x.shape[1])]
        found = dict(zip(names, opened.x.T, strict=True))
        return {**found, opened.target or "y": opened.y.ravel()}

    return columns


def read_columns(given: str, where: str) -> Columns:
    """The columns of a text as CSV with names in its first line; numbers are read as numbers.

    >>> {name: column.tolist() for name, column in read_columns("a,b\\n1,x\\n2,y", "table").items()}
    {'a': [1.0, 2.0], 'b': ['x', 'y']}
    """
    try:
        lines = [row for row in csv.reader(io.StringIO(given)) if row]
    except csv.Error as error:
        raise FieldError(where, f"not a table: {error}") from None
    if len(lines) < 3:
        raise FieldError(where, "a line of names and at least two rows were expected")
    names, rows = [name.strip() for name in lines[0]], lines[1:]
    if len(rows) > MOST_ROWS:
        raise FieldError(where, f"at most {MOST_ROWS} rows were expected, got {len(rows)}")
    for line, row in enumerate(rows, 2):
        if len(row) != len(names):
            raise FieldError(where, f"line {line} has {len(row)} fields, the first {len(names)}")
    columns = ([field.strip() for field in column] for column in zip(*rows, strict=True))
    return {name: _typed(column) for name, column in zip(names, columns, strict=True)}


def _typed(texts: list[str]) -> np.ndarray:
    try:
        numbers = np.array(texts, np.float64)
    except ValueError:
        return np.array(texts, object)
    return numbers if np.isfinite(numbers).all() else np.array(texts, object)


def points_of_columns(columns: Columns, data: State, where: str) -> Points:
    """Two columns and the target as points, scaled to the plane; rows with gaps are left out."""
    target = _named(columns, data["target"] or list(columns)[-1], f"{where}.target")
    others = [name for name in columns if name != target]
    complete = np.ones(len(columns[target]), bool)
    if data["columns"] == COMPONENTS:
        x, names = _components(columns, others, complete, f"{where}.columns")
    else:
        names = data["columns"] or _first_two(columns, others, f"{where}.table")
        for name in names:
            complete &= _holds(columns[_named(columns, name, f"{where}.columns")])
        x = np.stack([_numbers(columns[name], name, f"{where}.columns") for name in names], axis=1)
    complete &= _holds(columns[target])
    x, y = x[complete], columns[target][complete]
    if len(x) < 2:
        raise FieldError(f"{where}.columns", "at least two rows without gaps were expected")
    spans = tuple((float(column.min()), float(column.max())) for column in x.T)
    x = np.stack([_scaled(column, *span) for column, span in zip(x.T, spans, strict=True)], 1)
    gaps = int(len(complete) - complete.sum())
    own: Any = {
        "columns": tuple(names),
        "spans": spans,
        "table": tuple((name, _is_number(columns[name])) for name in list(columns)[:MOST_LISTED]),
        "words": f"{gaps:,} rows with gaps are left out" if gaps else "",
    }
    kinds, places = np.unique(y if _is_number(y) else y.astype(str), return_inverse=True)
    if len(kinds) <= MOST_CLASSES:
        if len(kinds) < 2:
            refuse_classes(len(kinds), f"{where}.target")
        shown = tuple(f"{each:g}" if _is_number(y) else str(each) for each in kinds)
        return split(x, places, len(kinds), data, shown, **own)
    y = _numbers(y, target, f"{where}.target")
    return split(x, _scaled(y, float(y.min()), float(y.max())) / 5, 0, data, **own)


def _named(columns: Columns, name: str, where: str) -> str:
    return name if name in columns else str(choice(columns).read(name, where))


def _first_two(columns: Columns, others: list[str], where: str) -> list[str]:
    if len(others) < 2:
        raise FieldError(where, "two columns and a target were expected")
    numbers = [name for name in others if _is_number(columns[name])]
    return numbers[:2] if len(numbers) >= 2 else others[:2]


def _is_number(column: np.ndarray) -> bool:
    return column.dtype.kind in "fiub"


def _holds(column: np.ndarray) -> np.ndarray:
    """Where a column has a value."""
    found: np.ndarray = np.isfinite(column) if _is_number(column) else column.astype(str) != ""
    return found


def _numbers(column: np.ndarray, name: str, where: str) -> np.ndarray:
    """A column as numbers; one of texts is refused with the first of them, as is a huge number."""
    if not _is_number(column):
        for line, value in enumerate(column, 2):
            if not _is_finite(value):
                said = f"column {name!r}, line {line}: a number was expected, got {value!r:.40}"
                raise FieldError(where, said)
    numbers = column.astype(np.float64)
    if numbers.size and np.nanmax(np.abs(numbers), initial=0) >= 1e30:
        raise FieldError(where, f"column {name!r}: numbers below 1e30 were expected")
    return numbers


def _is_finite(value: Any) -> bool:
    try:
        return bool(np.isfinite(float(value)))
    except ValueError:
        return False


def _components(
    columns: Columns, others: list[str], complete: np.ndarray, where: str
) -> tuple[np.ndarray, list[str]]:
    """The first two principal components of the columns of numbers, each of deviation 1.

    Rows with gaps are taken out of `complete`. The largest coefficient of each is positive.
    """
    used = [name for name in others if _is_number(columns[name])]
    if len(used) * len(complete) > MOST_NUMBERS:
        said = f"at most {MOST_NUMBERS:,} numbers were expected for components; choose two columns"
        raise FieldError(where, said)
    for name in used:
        complete &= _holds(columns[name])
    table = np.stack([_numbers(columns[name], name, where) for name in used], 1) if used else None
    spread = None if table is None else table[complete].std(axis=0)
    if table is None or spread is None or (spread > 0).sum() < 2 or complete.sum() < 2:
        raise FieldError(where, "two columns of numbers that are not constant were expected")
    table = table[:, spread > 0]
    table = (table - table[complete].mean(axis=0)) / spread[spread > 0]
    values, vectors = np.linalg.eigh(np.cov(table[complete].T))
    vectors = vectors[:, [-1, -2]]
    vectors = vectors * np.sign(vectors[np.abs(vectors).argmax(axis=0), [0, 1]])
    shares = values[[-1, -2]] / values.sum()
    names = [f"component {n} ({share:.0%})" for n, share in enumerate(shares, 1)]
    return np.nan_to_num(table) @ vectors, names


def _scaled(column: np.ndarray, low: float, high: float) -> np.ndarray:
    """Values from `low` to `high` as values from -5 to 5."""
    return 10 * (column - low) / (high - low) - 5 if high > low else np.zeros(len(column))
