"""Rules on single columns: constant, repeated, numbers of rows, numbers that are names.

Depends on facts, column_facts, rule and data_changes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from steepest.doctor.column_facts import (
    columns_of,
    listed,
    reads_quantities,
    where_column,
)
from steepest.doctor.data_changes import columns_zeroed
from steepest.doctor.facts import Facts
from steepest.doctor.rows import Rows
from steepest.doctor.rule import Change, Looks, Suspected, rule
from steepest.finding import Severity, Where

COMMON_SHARE = 0.25
FEWEST_ROWS = 20
SAME = 1e-8
"""1 - |correlation| below which two columns are taken for one."""
MOST_COMPARED = 1_000
FEWEST_CODES = 20
CODE_ROWS = 3
"""Rows of an average code at least."""
STRONG = 5.0
WEAK = 2.0
"""Standard errors."""


@rule(
    "D3",
    "constant-column",
    Looks.DATA,
    meaning="A column of the inputs holds one value only, so that nothing can be learned from it.",
    sentence="{where.argument}, {columns}: one value in all of {rows} rows, {value:.4g} in column "
    "{name}",
    remedy="drop such columns, or find out why they do not vary",
    threshold="one value in all rows, except where it is the least number of the table and that "
    "of a quarter of its columns, like the edges of pictures",
    source="a constant column adds the same number to every unit, as a bias does",
    severity=Severity.ADVICE,
)
def constant_column(facts: Facts) -> Iterator[Suspected]:
    """Columns of one value."""
    table = facts.table
    if len(table) < 2 or not table.shape[1]:
        return
    constant = (table == table[:1]).all(axis=0)
    found = np.flatnonzero(constant & ~_is_background(table, constant))
    if len(found):
        first = where_column(facts.rows, found[0])
        evidence = {
            "columns": listed(facts.rows, found),
            "name": first,
            "value": float(table[0, found[0]]),
            "rows": len(table),
        }
        action = "find out why they do not vary, or leave them out"
        yield Suspected(Where("x", column=first), evidence, next_action=action)


def _is_background(table: np.ndarray, constant: np.ndarray) -> np.ndarray:
    """Which constant columns hold a value that is the least of many columns that vary."""
    lowest = table.min(axis=0)
    at_bottom = lowest == lowest.min()
    varying = ~constant
    is_common = varying.any() and at_bottom[varying].mean() >= COMMON_SHARE
    return constant & at_bottom & is_common


@rule(
    "D13",
    "row-number-column",
    Looks.DATA,
    meaning="A column numbers the rows: it distinguishes them, and says nothing of other rows.",
    sentence="{where.argument}, {name}: {rows} different whole numbers from {least:.0f} to "
    "{greatest:.0f}: it seems to number the rows",
    remedy="leave it out",
    threshold="whole numbers, each once, with no gap over all rows, beside another column",
    source="a quantity repeats values or leaves gaps: n random numbers of a range of n are all "
    "different with probability n!/n^n, for 20 rows 2e-8",
)
def row_numbers(facts: Facts) -> Iterator[Suspected]:
    """Columns of consecutive whole numbers."""
    columns = columns_of(facts)
    rows, width = columns.table.shape
    total = len(facts.setup.rows)
    if rows < FEWEST_ROWS or width < 2 or not _is_table(facts.rows):
        return
    ids = columns.is_whole & (columns.distinct == rows)
    ids &= columns.highest - columns.lowest < total + total / rows
    for column in np.flatnonzero(ids).tolist():
        evidence = {
            "name": listed(facts.rows, [column]),
            "rows": rows,
            "least": float(columns.lowest[column]),
            "greatest": float(columns.highest[column]),
        }
        where = Where("x", column=where_column(facts.rows, column))
        yield Suspected(where, evidence, (columns_zeroed([column], width),))


def _is_table(rows: Rows) -> bool:
    return rows.x.ndim == 2


@rule(
    "D19",
    "columns-alike",
    Looks.DATA,
    meaning="Two columns of the inputs are the same, but for scale and offset.",
    sentence="{where.argument}: {first} is {second} again, but for scale and offset; such repeated "
    "columns: {count}",
    remedy="leave out one of each pair",
    threshold="a correlation within 1e-8 of 1 or -1, of columns with over 2 values whose quartiles "
    "differ",
    source="the resolution of float32, 24 bits, leaves a correlation of 1 - 1e-8 at rounding",
    severity=Severity.ADVICE,
)
def alike(facts: Facts) -> Iterator[Suspected]:
    """Pairs of columns that are one."""
    columns = columns_of(facts)
    if len(columns.table) < FEWEST_ROWS or not _is_table(facts.rows):
        return
    usable = (columns.middle_range > 0) & (columns.distinct > 2)
    usable &= columns.counts == len(columns.table)
    chosen = np.flatnonzero(usable)[:MOST_COMPARED]
    if len(chosen) < 2:
        return
    standard = (columns.table[:, chosen] - columns.mean[chosen]) / columns.spread[chosen]
    correlation = np.triu(np.abs(standard.T @ standard) / len(standard), 1)
    first, second = np.nonzero(correlation > 1 - SAME)
    if len(first):
        repeated = np.unique(second)
        evidence = {
            "count": len(repeated),
            "first": listed(facts.rows, [chosen[second[0]]]),
            "second": listed(facts.rows, [chosen[first[0]]]),
        }
        change = columns_zeroed(chosen[repeated].tolist(), len(columns.lowest))
        changes: tuple[Change, ...] = (change,) if len(repeated) <= FEWEST_ROWS else ()
        action = "" if changes else "leave out one of each pair"
        where = Where("x", column=where_column(facts.rows, chosen[second[0]]))
        yield Suspected(where, evidence, changes, action)


@rule(
    "D20",
    "numbers-are-names",
    Looks.DATA,
    meaning="A column of whole numbers acts as names of categories, not as a quantity.",
    sentence="{where.argument}, {name}: {codes} whole numbers, whose targets differ, by "
    "{strength:.0f} standard errors, in no order from one to the next: they seem to be names",
    remedy="give each name a vector by st.layers.Embedding, or a column of its own (one-hot)",
    threshold="20 whole numbers or more of 3 rows each on average; the targets of equal numbers "
    "agree by 5 standard errors more than random ones, those of neighbouring numbers by under 2",
    source="a quantity of any smooth effect makes neighbouring numbers alike; 5 and 2 standard "
    "errors are reached by accident in 3e-7 and 5% of columns",
)
def names(facts: Facts) -> Iterator[Suspected]:
    """Whole numbers with an effect on the target, and no order in it."""
    columns = columns_of(facts)
    rows = len(columns.table)
    if not reads_quantities(facts) or not _is_table(facts.rows) or rows != len(facts.rows):
        return
    y = _centred_targets(facts)
    if y is None:
        return
    many = columns.is_whole & (columns.distinct >= FEWEST_CODES)
    for column in np.flatnonzero(many & (columns.distinct * CODE_ROWS <= rows)).tolist():
        same, beside = _agreement(columns.table[:, column], y)
        if same > STRONG and beside < WEAK:
            evidence = {
                "name": listed(facts.rows, [column]),
                "codes": int(columns.distinct[column]),
                "strength": same,
            }
            where = Where("x", column=where_column(facts.rows, column))
            action = "give each name a vector by st.layers.Embedding, or one-hot columns"
            yield Suspected(where, evidence, next_action=action)


def _centred_targets(facts: Facts) -> np.ndarray | None:
    """Targets as columns of mean 0 and deviation 1: one for each class, or the quantities."""
    if facts.task == "classes":
        classes = np.unique(facts.labels)
        y = (facts.labels[:, None] == classes[None, :]).astype(np.float64)
    else:
        y = np.asarray(facts.rows.y, np.float64).reshape(len(facts.rows), -1)
    if not np.isfinite(y).all() or not np.isfinite(facts.table).all():
        return None
    spread = y.std(axis=0)
    if not spread.any():
        return None
    used: np.ndarray = ((y - y.mean(axis=0)) / np.where(spread > 0, spread, np.inf))[:, spread > 0]
    return used


def _agreement(values: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """How much targets agree within equal values and between neighbouring ones, in standard errors.

    For a target of mean 0 and deviation 1 that does not depend on the values, the product of two
    rows has mean 0 and deviation 1.
    """
    order = np.argsort(values, kind="stable")
    _, starts, counts = np.unique(values[order], return_index=True, return_counts=True)
    sums = np.add.reduceat(y[order], starts, axis=0)
    squares = np.add.reduceat(y[order] ** 2, starts, axis=0)
    pairs = (counts * (counts - 1)).sum() / 2
    within = ((sums**2 - squares).sum(axis=0) / 2) / np.sqrt(max(pairs, 1))
    between = (sums[1:] * sums[:-1]).sum(axis=0) / np.sqrt((counts[1:] * counts[:-1]).sum())
    strongest = int(within.argmax())
    return float(within[strongest]), float(between[strongest])
