"""Rules on codes: a number far from the others, repeated, which stands for a missing value.

Depends on facts, column_facts, rule and data_changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from steepest.doctor.column_facts import Columns, columns_of, listed, where_column
from steepest.doctor.data_changes import rows_without_target, value_replaced
from steepest.doctor.facts import Facts
from steepest.doctor.rule import Change, Looks, Suspected, rule
from steepest.finding import Where

CODES = frozenset({-1, -9, -99, -999, -9999, -99999, 0, 99, 999, 9999, 99999})
"""Numbers that tables commonly write for a missing value."""
FEWEST = 3
LEAST_SHARE = 0.002
MOST_SHARE = 0.5
FEWEST_OTHERS = 20
MANY_VALUES = 10
MORE_OFTEN = 3


class Repeated(NamedTuple):
    """A number that is the least or greatest of a column, repeated, and far from the others."""

    column: int
    value: float
    times: int
    is_far: bool


def repeated_extremes(columns: Columns) -> list[Repeated]:
    """Isolated repeated numbers at the ends of columns.

    >>> values = np.concatenate([np.linspace(0, 5, 60), np.full(6, -999.0)])
    >>> repeated_extremes(Columns(values[:, None]))
    [Repeated(column=0, value=-999.0, times=6, is_far=True)]
    """
    low = _at_low_end(columns.in_order, columns.counts)
    upside_down = np.sort(-columns.in_order, axis=1) if len(columns.in_order) else columns.in_order
    high = _at_low_end(upside_down, columns.counts)
    mirrored = [found._replace(value=-found.value) for found in high]
    found = [one for one in low if _is_code(one, columns)]
    return found + [one for one in mirrored if _is_code(one, columns)]


def _at_low_end(in_order: np.ndarray, counts: np.ndarray) -> list[Repeated]:
    """The columns whose least value is repeated, and how far it is from the next."""
    if not in_order.size:
        return []
    rows = np.arange(len(in_order))
    repeats = (in_order == in_order[:, :1]).sum(axis=1)
    fewest = np.maximum(FEWEST, LEAST_SHARE * counts)
    enough = (repeats >= fewest) & (repeats < MOST_SHARE * counts)
    enough &= counts - repeats >= FEWEST_OTHERS
    following = in_order[rows, np.minimum(repeats, in_order.shape[1] - 1)]
    last = in_order[rows, np.maximum(counts - 1, 0)]
    gap = following - in_order[:, 0]
    found = []
    for column in np.flatnonzero(enough & (gap > 0)).tolist():
        far = bool(gap[column] > last[column] - following[column])
        found.append(Repeated(column, float(in_order[column, 0]), int(repeats[column]), far))
    return found


def _is_code(found: Repeated, columns: Columns) -> bool:
    """Whether the number is far from all others, or a usual code that does not fit them."""
    values = columns.in_order[found.column]
    others = values[np.isfinite(values) & (values != found.value)]
    different, repeats = np.unique(others, return_counts=True)
    if len(different) < MANY_VALUES:
        return False
    if found.is_far:
        return True
    if found.value not in CODES:
        return False
    middle = others[int(0.75 * (len(others) - 1))] - others[int(0.25 * (len(others) - 1))]
    if found.value < 0 and others[0] >= 0 and found.value < others[0]:
        beside = repeats[:MORE_OFTEN].max() if columns.is_whole[found.column] else repeats.max()
        return bool(found.times >= MORE_OFTEN * beside)
    return bool(np.abs(others - found.value).min() > middle)


def _replaced(facts: Facts, found: list[Repeated]) -> Iterator[Suspected]:
    """A suspicion for each value; columns that hold the same one are named together."""
    rows = len(columns_of(facts).table)
    width = facts.table.shape[1]
    for value in dict.fromkeys(one.value for one in found):
        columns = [one.column for one in found if one.value == value]
        count = sum(one.times for one in found if one.value == value)
        is_table = facts.rows.x.ndim == 2
        changes: tuple[Change, ...] = ()
        if is_table:
            changes = (value_replaced(value, columns, width),)
        evidence = {
            "columns": listed(facts.rows, columns),
            "value": value,
            "share": count / (rows * len(columns)),
        }
        where = Where("x", column=where_column(facts.rows, columns[0]))
        action = "" if changes else "mark these values as missing"
        yield Suspected(where, evidence, changes, action)


@rule(
    "D28",
    "code-for-missing",
    Looks.DATA,
    meaning="A usual code for missing values, such as -999, stands among the numbers of a column.",
    sentence="{where.argument}, {columns}: {value:g} stands in {share:.1%} of the rows and does "
    "not fit the other numbers: it may mean a missing value",
    remedy="replace it by the median, or by NaN with st.layers.MissingValues() first",
    threshold="a usual code at the end of a column, in 3 rows or more, that is farther from the "
    "others than their quartiles are from each other; below 0, that others of 0 or more repeat a "
    "third as often at most",
    source="a number that belongs to a column lies among its neighbours",
)
def code_for_missing(facts: Facts) -> Iterator[Suspected]:
    """Codes such as -999 in columns of the inputs, and in the targets."""
    found = repeated_extremes(columns_of(facts))
    yield from _replaced(facts, [one for one in found if one.value in CODES])
    if facts.task == "quantities" and facts.rows.y.size == len(facts.rows):
        targets = Columns(np.asarray(facts.rows.y, np.float64).reshape(-1, 1))
        for one in repeated_extremes(targets):
            if one.is_far:
                evidence = {
                    "columns": "the targets",
                    "value": one.value,
                    "share": one.times / len(facts.rows),
                }
                yield Suspected(Where("y"), evidence, (rows_without_target(one.value),))


@rule(
    "D29",
    "extreme-constant",
    Looks.DATA,
    meaning="One number far outside of all others is repeated: gaps may have been filled with it.",
    sentence="{where.argument}, {columns}: {value:g} stands in {share:.1%} of the rows, farther "
    "from the others than they are from each other: gaps may have been filled with it",
    remedy="fill gaps with the median",
    threshold="a number in 3 rows or more, farther from the next than the range of all others",
    source="a number that belongs to a column lies among its neighbours",
)
def extreme_constant(facts: Facts) -> Iterator[Suspected]:
    """Other numbers than the usual codes."""
    found = repeated_extremes(columns_of(facts))
    yield from _replaced(facts, [one for one in found if one.value not in CODES and one.is_far])
