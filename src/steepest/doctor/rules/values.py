"""Rules on values: gaps, texts, outliers, codes for missing values, numbers cut to integers.

Depends on facts, column_facts, rule, data_changes, rules/leaks and rules/scales.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from steepest.doctor.column_facts import (
    Columns,
    columns_of,
    flat,
    listed,
    validation_columns_of,
    where_column,
)
from steepest.doctor.data_changes import (
    columns_centred,
    gaps_filled,
    inputs_clipped,
    rows_without_gaps,
)
from steepest.doctor.facts import Facts
from steepest.doctor.rows import Rows
from steepest.doctor.rule import Change, Looks, Suspected, rule
from steepest.doctor.rules.leaks import contradicting
from steepest.doctor.rules.scales import mismatched
from steepest.finding import Where

FEW_ROWS = 0.05
"""Rows at most, as a share, that are dropped rather than filled."""
TRIMMED = 0.01
OUTLIER_RATIO = 10.0
FEWEST_ROWS = 30
MANY_VALUES = 20
SMALL_FLOAT = 16.0
TRUNCATED_ONES = 0.005
FEWEST_CUT = 3
MOST_OF = 0.5
MANY_ALIKE = 0.2
NUMBERS = (int, float, np.number, np.bool_)


@rule(
    "D1",
    "gaps-in-data",
    Looks.DATA,
    meaning="The inputs or the targets hold NaN or infinity, and no layer fills gaps.",
    sentence="{where.argument} holds {count} values that are NaN or infinite, in {rows} of "
    "{of} rows and in {columns}",
    remedy="drop such rows, or fill the gaps",
    threshold="one value that is not finite",
    source="one NaN makes every weight NaN in one step",
)
def gaps(facts: Facts) -> Iterator[Suspected]:
    """Values that are not finite, in training and validation rows."""
    takes_gaps = any(spec.made().takes_gaps is True for spec in facts.layers[:1])
    parts = {"": facts.rows, "validation ": facts.validation}
    for part, rows in parts.items():
        if rows is not None and rows.x.dtype.kind == "f":
            values = flat(rows)
            wrong = np.isinf(values) if takes_gaps else ~np.isfinite(values)
            if wrong.any():
                yield _gaps(facts, wrong, rows, part + "x", np.isinf(values).any())
                break  # what repairs training rows is done to validation rows too
    for part, rows in parts.items():
        if rows is not None and rows.y.dtype.kind == "f":
            wrong = ~np.isfinite(rows.y.reshape(len(rows), -1))
            if wrong.any():
                yield _gaps(facts, wrong, rows, part + "y")
                break


def _gaps(
    facts: Facts, wrong: np.ndarray, rows: Rows, argument: str, is_infinite: bool = True
) -> Suspected:
    at_rows, at_columns = np.flatnonzero(wrong.any(axis=1)), np.flatnonzero(wrong.any(axis=0))
    of_targets = argument.endswith("y")
    names = "the targets" if of_targets else listed(rows, at_columns)
    evidence = {
        "count": int(wrong.sum()),
        "rows": len(at_rows),
        "of": len(rows),
        "columns": names,
    }
    column = None if of_targets else where_column(rows, at_columns[0])
    can_fill = not (of_targets or is_infinite or facts.setup.template or wrong.all(axis=0).any())
    fills = (gaps_filled(),) if can_fill else ()
    drops = (rows_without_gaps("y" if of_targets else "x"),) if len(at_rows) < len(rows) else ()
    few = len(at_rows) <= FEW_ROWS * len(rows)
    changes: tuple[Change, ...] = (*drops, *fills) if few else fills or drops
    where = Where(argument, row=int(at_rows[0]), column=column)
    return Suspected(where, evidence, changes, "" if changes else "fill the gaps of all rows")


@rule(
    "D2",
    "columns-not-numbers",
    Looks.DATA,
    meaning="Columns of the inputs hold texts or other objects, which no layer turns to numbers.",
    sentence="{where.argument}, {columns}: {value!r} in row {where.row} is no number",
    remedy="turn them into numbers first: one-hot, or st.layers.StringLookup",
    threshold="one value that is no number",
    source="layers compute with numbers only",
)
def not_numbers(facts: Facts) -> Iterator[Suspected]:
    """Columns of texts or objects; texts of numbers can be converted."""
    x = facts.rows.x
    if x.dtype.kind in "fiub" or any(spec.made().inspects_inputs for spec in facts.layers[:1]):
        return
    table = x.reshape(len(x), -1)
    is_wrong = np.array([[not isinstance(value, NUMBERS) for value in row] for row in table])
    if not is_wrong.any():
        return
    columns = np.flatnonzero(is_wrong.any(axis=0))
    row = int(np.argmax(is_wrong[:, columns[0]]))
    evidence = {"columns": listed(facts.rows, columns), "value": str(table[row, columns[0]])}
    kinds = [len(np.unique(table[:, column].astype(str))) for column in columns]
    where = Where("x", row=row, column=where_column(facts.rows, columns[0]))
    advice = f"they hold {kinds[0]} different values: give each a column of its own (one-hot)"
    if kinds[0] > MANY_VALUES:
        advice = f"they hold {kinds[0]} different values: number them, and use st.layers.Embedding"
    yield Suspected(where, evidence, next_action=advice)


@rule(
    "D5",
    "outliers-decide-the-scale",
    Looks.DATA,
    meaning="A few values far outside decide the scale of a column.",
    sentence="{where.argument}, {columns}: without its outermost {share:.0%} of rows the "
    "deviation of {name} is {ratio:.0f} times smaller, so scaling leaves the others almost equal",
    remedy="limit the columns to a range, or take logarithms",
    threshold="the deviation of a column is over 10 times that of its middle 98%",
    source="heavy-tailed data (lognormal, Student's t of 3) reach 2.5; 10 squeezes what is left of "
    "a standardised column to a deviation of 0.1",
)
def outliers(facts: Facts) -> Iterator[Suspected]:
    """Columns whose spread comes from very few rows."""
    columns = columns_of(facts)
    rows = len(columns.table)
    if rows < FEWEST_ROWS:
        return
    cut = max(1, math.ceil(TRIMMED * rows))
    trimmed = Columns(columns.in_order[:, cut : rows - cut].T)
    full = columns.counts == rows
    inner = np.where(full, trimmed.spread, np.inf)
    dense = full & (columns.middle_range > 0) & (columns.distinct > MANY_VALUES)
    ratio = columns.spread / np.where(inner > 0, inner, np.inf)
    found = np.flatnonzero(dense & (ratio > OUTLIER_RATIO))
    if len(found):
        worst = found[ratio[found].argmax()]
        evidence = {
            "columns": listed(facts.rows, found),
            "name": where_column(facts.rows, worst),
            "ratio": float(ratio[worst]),
            "share": 2 * cut / rows,
        }
        percent = math.ceil(1000.0 * cut / (rows - 1)) / 10.0
        changes = (inputs_clipped(percent, 100.0 - percent),)
        yield Suspected(Where("x", column=where_column(facts.rows, worst)), evidence, changes)


@rule(
    "D27",
    "numbers-cut-to-integers",
    Looks.DATA,
    meaning="Numbers with a fraction seem to have been cut to integers.",
    sentence="{where.argument}: {fault}",
    remedy="keep them as floats: leave out astype(int), or scale them after",
    threshold="training rows whole and validation rows not, in the same columns; columns of 0 "
    "and 1 that each hold as few ones as a maximum repeats (at most 0.5% of rows, 3 at least); or "
    "columns of whole numbers, each with as many 0 as -1 and 1 together, not only of -1 to 1, if "
    "3 and more than half have both signs, and all a deviation over 0.4 and a mean square below "
    "1, or a fifth of the rows has the inputs of another class",
    source="cutting numbers of the range 0 to 1 leaves a 1 in the rows of the maximum alone; cut "
    "towards 0, normal numbers of mean 0 and deviation 1 have a deviation of 0.68, others a mean "
    "square of 1 at most, and 0 stands for twice the range of any other number; a column that "
    "ends within a deviation of its mean is left with one sign",
)
def cut_to_integers(facts: Facts) -> Iterator[Suspected]:
    """Whole numbers where there should be fractions."""
    columns, watched = columns_of(facts), validation_columns_of(facts)
    are_alike = watched is not None and len(columns.is_whole) == len(watched.is_whole)
    if watched is not None and are_alike and mismatched(facts) is None:
        for own, other, place in ((columns, watched, "x"), (watched, columns, "validation x")):
            cut = own.is_whole & ~other.is_whole
            if cut.any() and 2 * cut.sum() >= (~other.is_whole).sum():
                names = listed(facts.rows, np.flatnonzero(cut))
                fault = f"{names} hold whole numbers only, and fractions in the other rows"
                yield Suspected(Where(place), {"fault": fault})
                return
    if _are_cut_shares(columns):
        share = float(np.nan_to_num(columns.table).mean())
        fault = f"all columns hold 0 and 1 only, and {share:.2%} ones, as numbers below 1 cut do"
        yield Suspected(Where("x"), {"fault": fault})
    elif fault := _cut_towards_zero(facts, columns):
        yield Suspected(Where("x"), {"fault": fault})
    if facts.validation is None:
        return
    y, others = facts.rows.y, facts.validation.y
    are_numbers = y.dtype.kind in "iufb" and others.dtype.kind == "f"
    if are_numbers and _is_whole(y) and not _is_whole(others):
        fault = "the targets are whole numbers, and those of the validation rows are not"
        yield Suspected(Where("y"), {"fault": fault})


def _are_cut_shares(columns: Columns) -> bool:
    """Whether every column looks like numbers of the range 0 to 1 without their fraction."""
    rows, width = columns.table.shape
    if rows < FEWEST_ROWS or width < 2 or not ((columns.table == 0) | (columns.table == 1)).all():
        return False
    ones = columns.table.sum(axis=0)
    return bool(ones.max() <= max(3.0, TRUNCATED_ONES * rows) and (ones > 0).mean() > 0.5)


def _cut_towards_zero(facts: Facts, columns: Columns) -> str:
    """What shows that numbers of both signs have lost their fraction; empty if nothing does."""
    table = columns.table[:, columns.varies]
    if len(table) < FEWEST_ROWS or not (columns.is_whole.all() and (table < 0).any()):
        return ""
    if ((table == 0).sum(axis=0) < (np.abs(table) == 1).sum(axis=0)).any():
        return ""
    both = (table < 0).any(axis=0) & (table > 0).any(axis=0)
    signs = both.sum() >= FEWEST_CUT and both.mean() > MOST_OF and np.abs(table).max() > 1
    spread = columns.spread[columns.varies]
    roots = np.hypot(columns.mean, columns.spread)[columns.varies]
    if signs and (spread > 0.4).all() and (roots < 1.0).all():
        return (
            f"all columns hold whole numbers, mostly 0, of deviation {spread.min():.2g} to "
            f"{spread.max():.2g}, as numbers of mean 0 and deviation 1 without their fraction do"
        )
    found = contradicting(facts)
    if found is None or found.involved.mean() < MANY_ALIKE:
        return ""
    return (
        f"all columns hold whole numbers, mostly 0, and {found.involved.mean():.0%} of the rows "
        "have the inputs of a row of another class: fractions may have been cut off"
    )


def _is_whole(values: np.ndarray) -> bool:
    return bool((values == np.round(values)).all())


@rule(
    "D33",
    "lost-in-rounding",
    Looks.DATA,
    meaning="A column varies less than float32 can show, so that the model sees a constant.",
    sentence="{where.argument}, {columns}: values near {mean:.6g} vary by {spread:.3g}, and "
    "float32 has steps of {step:.3g} there",
    remedy="subtract the mean before the model rounds to float32",
    threshold="a deviation below 16 steps of float32 at the size of the values",
    source="the resolution of float32, 24 bits; below 16 steps 6% of the variation is rounding",
)
def lost_in_rounding(facts: Facts) -> Iterator[Suspected]:
    """Columns that float32 cannot resolve."""
    if facts.rows.x.dtype.itemsize <= 4 and facts.rows.x.dtype.kind == "f":
        return
    columns = columns_of(facts)
    with np.errstate(over="ignore", invalid="ignore"):
        steps = np.spacing(np.abs(columns.mean).astype(np.float32)).astype(np.float64)
        lost = columns.varies & (columns.spread < SMALL_FLOAT * steps)
    found: Sequence[int] = np.flatnonzero(lost).tolist()
    if found:
        first = found[0]
        evidence = {
            "columns": listed(facts.rows, found),
            "mean": float(columns.mean[first]),
            "spread": float(columns.spread[first]),
            "step": float(steps[first]),
        }
        where = Where("x", column=where_column(facts.rows, first))
        yield Suspected(where, evidence, (columns_centred(),))
