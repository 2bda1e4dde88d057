"""Rules on the split into training and validation rows, and on the order of rows.

Depends on facts, column_facts, rules/scales, rule and changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from steepest.data.splitting.duplicates import KeyedRows
from steepest.doctor.baselines import linear_scores, prepared_inputs
from steepest.doctor.changes import fitted_with
from steepest.doctor.column_facts import columns_of, flat, listed, where_column
from steepest.doctor.facts import Facts, labels_of
from steepest.doctor.rule import Looks, Suspected, rule
from steepest.doctor.rules.scales import mismatched
from steepest.evaluate.same_distribution import area_under_curve
from steepest.finding import Severity, Where

SURE = 3.0
"""Standard errors."""
LEAST_SHARE = 0.01
FEWEST_ROWS = 20
WIDE = 0.2
TIMES_MORE = 10
DRIFT = 0.7
VERY_SURE = 5.0
MOST_COMPARED = 1_000
MOST_FEATURES = 40
UNLIKELY = 1e-3
TIMES_COPIED = 2
"""Rows for each different one, of rows that were copied."""
MOST_CATEGORIES = 50
ORDERED = 0.5
WIDEST = 400
"""Columns at most that are compared one by one."""


@rule(
    "D14",
    "validation-rows-in-training",
    Looks.DATA,
    meaning="Validation rows are among the training rows, so that their score is too good.",
    sentence="{share:.0%} of the {these} are among the {others} too, where {usual:.0%} of "
    "{whose} occur twice",
    remedy="split first, then repeat or augment; st.data.split warns of equal rows",
    threshold="1% of the validation rows, and 5 standard errors more than the share of training "
    "rows that occur twice; of training rows that were copied, the share of different ones among "
    "the validation rows, 5 standard errors above that of validation rows that occur twice",
    source="rows of one table that were split at random repeat in both parts alike; rare rows "
    "repeat less, so that different rows are found elsewhere no more often than rows as they come",
)
def shared_rows(facts: Facts) -> Iterator[Suspected]:
    """Validation rows that are training rows."""
    watched = facts.validation
    own = facts.rows.x
    if watched is None or watched.x.shape[1:] != own.shape[1:] or len(own) < FEWEST_ROWS:
        return
    other = watched.x
    kind = np.result_type(own.dtype, other.dtype) if own.dtype.kind in "fiub" else object
    keyed = KeyedRows(np.concatenate([own.astype(kind), other.astype(kind)]))
    training, held = np.arange(len(own)), np.arange(len(own), len(own) + len(other))
    found = keyed.shared(training, held)
    if not found:
        return
    row, same = found[0]
    sampled = len(facts.setup.rows) / len(own)  # a copy is in the sample by this probability
    evidence = _shared_of_held(keyed.keys, len(own), len(found), sampled)
    evidence = evidence or _shared_of_copied(keyed.keys, len(own))
    if evidence:
        evidence |= {"first": row - len(own), "same_as": same}
        action = "draw validation rows that are not among the training rows"
        yield Suspected(Where("validation x", row=row - len(own)), evidence, next_action=action)


def _shared_of_held(keys: np.ndarray, count: int, shared: int, sampled: float) -> dict[str, Any]:
    """Whether more validation rows are training rows than training rows repeat."""
    own, other = count, len(keys) - count
    share = min(shared / other * sampled, 1.0)
    usual = min(_repeated(keys[:count]) * sampled, 1.0)
    variance = max(usual * (1 - usual), 1 / other)
    error = math.sqrt(variance * (1 / other + 1 / own))
    if share <= max(LEAST_SHARE, usual + VERY_SURE * error):
        return {}
    names = {"these": "validation rows", "others": "training rows", "whose": "those"}
    return {"share": share, "usual": usual, **names}


def _shared_of_copied(keys: np.ndarray, count: int) -> dict[str, Any]:
    """Whether training rows that were copied are validation rows, more than these repeat."""
    different, held = np.unique(keys[:count]), keys[count:]
    share, usual = float(np.isin(different, held).mean()), _repeated(held)
    both = (share * len(different) + usual * len(held)) / (len(different) + len(held))
    error = math.sqrt(both * (1 - both) * (1 / len(different) + 1 / len(held)))
    if len(different) * TIMES_COPIED > count or share <= usual + VERY_SURE * error:
        return {}
    names = {"these": f"{len(different)} different training rows", "others": "validation rows"}
    return {"share": share, "usual": usual, **names, "whose": "the validation rows"}


def _repeated(keys: np.ndarray) -> float:
    """The share of rows that occur twice or more."""
    _, places, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return float((counts[places.reshape(-1)] > 1).mean())


@rule(
    "D15",
    "unseen-in-training",
    Looks.DATA,
    meaning="Validation rows hold classes or categories that no training row holds.",
    sentence="{where.argument}: {what}, in {rows} of {of} validation rows, and in no training row",
    remedy="split at random, or with stratify=True in st.data.split",
    threshold="any class; a whole number in so many validation rows that a random split leaves "
    "none of them to the training rows in less than 1 of 1,000 tables",
    source="all of k rows come to the m validation rows of n + m with probability (m / (n + m))^k",
)
def unseen(facts: Facts) -> Iterator[Suspected]:
    """Classes and categories of the validation rows only."""
    watched = facts.validation
    if watched is None:
        return
    action = "split the rows anew, at random, and the classes alike"
    if facts.task == "classes" and watched.y.shape[1:] == facts.rows.y.shape[1:]:
        labels = labels_of(watched.y)
        new = np.setdiff1d(labels, facts.labels)
        if len(new):
            rows = int(np.isin(labels, new).sum())
            what = f"class {new[0].item()}" if len(new) == 1 else f"{len(new)} classes"
            evidence = {"what": what, "rows": rows, "of": len(watched)}
            yield Suspected(Where("validation y"), evidence, next_action=action)
    columns, other = columns_of(facts), flat(watched)
    few = columns.is_whole & (columns.distinct <= MOST_CATEGORIES) & columns.varies
    if other.shape[1] != len(few) or few.sum() > WIDEST:
        return
    split = math.log(len(other) / (len(facts.rows) + len(other)))
    for column in np.flatnonzero(few).tolist():
        known = np.unique(facts.table[:, column])
        values, counts = np.unique(other[:, column], return_counts=True)
        counts = np.where(np.isin(values, known), 0, counts)
        most = int(counts.argmax())
        if counts[most] * split < math.log(UNLIKELY / (few.sum() * MOST_CATEGORIES)):
            what = f"value {values[most]:g} of {listed(facts.rows, [column])}"
            evidence = {"what": what, "rows": int(counts[most]), "of": len(other)}
            where = Where("validation x", column=where_column(facts.rows, column))
            yield Suspected(where, evidence, next_action=action)
            return


@rule(
    "D16",
    "rows-ordered",
    Looks.DATA,
    meaning="Rows are ordered by their target and not shuffled, so that batches differ.",
    sentence="the rows are ordered by {where.argument} and shuffle=False: targets differ between "
    "neighbouring rows {ratio:.0%} as much as between any two rows",
    remedy="leave shuffle=True",
    threshold="neighbouring rows differ less than half as much as random pairs, and by 3 standard "
    "errors",
    source="for rows in random order the ratio is 1 (von Neumann, 1941)",
)
def ordered(facts: Facts) -> Iterator[Suspected]:
    """Rows in the order of their targets, where that order reaches the training."""
    if facts.setup.fit.get("shuffle", True) is not False or len(facts.rows) < FEWEST_ROWS:
        return
    ratio = order_ratio(np.asarray(facts.labels))
    if ratio < ORDERED and 1 - ratio > SURE / math.sqrt(len(facts.rows)):
        yield Suspected(Where("y"), {"ratio": ratio}, (fitted_with(shuffle=True),))


def order_ratio(values: np.ndarray) -> float:
    """How much neighbours differ, as a share of how much any two differ; 1 for a random order.

    >>> order_ratio(np.array([0, 0, 0, 1, 1, 1])), order_ratio(np.array([0, 1, 0, 1]))
    (0.33333333333333337, 1.5)
    """
    if values.dtype.kind not in "fiu" or (values.ndim == 1 and len(np.unique(values)) <= 20):
        shares = np.unique(values, return_counts=True)[1] / len(values)
        unequal = (values[1:] != values[:-1]).mean()
        usual = (1 - float(shares @ shares)) * len(values) / (len(values) - 1)
        return float(unequal / usual) if usual > 0 else 1.0
    flat_values = np.asarray(values, np.float64).reshape(len(values), -1)
    variance = flat_values.var(axis=0).sum()
    steps = (np.diff(flat_values, axis=0) ** 2).mean(axis=0).sum()
    return float(steps / (2 * variance)) if variance > 0 else 1.0


@rule(
    "D17",
    "validation-drifts",
    Looks.DATA,
    meaning="Validation rows have another distribution than the training rows.",
    sentence="a linear classifier of the columns and their squares tells validation rows from "
    "training rows with an AUC of {area:.2f}{most}",
    remedy="split at random, or train on rows like those that the network will be used on",
    threshold="a cross-validated AUC of 0.7, and 5 standard errors above 0.5",
    source="a two-sample test by a classifier (Lopez-Paz and Oquab, 2017): 0.5 for rows of one "
    "source; 0.7 is a shift of one column by 0.74 deviations; MNIST's first test pictures reach "
    "0.68",
)
def drift(facts: Facts) -> Iterator[Suspected]:
    """Whether a classifier can distinguish both parts."""
    watched = facts.validation
    if watched is None or mismatched(facts) is not None:
        return
    own, other = flat(facts.rows.sample(MOST_COMPARED)), flat(watched.sample(MOST_COMPARED))
    width = own.shape[1]
    if not width or width != other.shape[1] or min(len(own), len(other)) < FEWEST_ROWS:
        return
    table = np.concatenate([own, other])
    is_other = np.repeat([0, 1], [len(own), len(other)])
    area = _separation(table, is_other)
    error = math.sqrt((len(table) + 1) / (12 * len(own) * len(other)))  # Mann and Whitney, 1947
    if area < max(DRIFT, 0.5 + VERY_SURE * error):
        return
    columns = np.where(np.isfinite(table), table, 0.0).T[:WIDEST]
    distances = np.array([abs(area_under_curve(one, is_other) - 0.5) for one in columns]) + 0.5
    worst = int(distances.argmax())
    most = f", most by {listed(facts.rows, [worst])}" if distances[worst] > DRIFT else ""
    where = Where("validation x", column=where_column(facts.rows, worst) if most else None)
    action = "find out how the validation rows were chosen"
    yield Suspected(where, {"area": area, "most": most}, next_action=action)


def _separation(table: np.ndarray, is_other: np.ndarray) -> float:
    """The area under the curve of a classifier of two groups of rows, on rows held out."""
    x = prepared_inputs(table, most=MOST_FEATURES)
    x = np.concatenate([x, prepared_inputs(x * x, most=MOST_FEATURES)], axis=1)
    scores = linear_scores(x, is_other)
    return area_under_curve(scores, is_other)


@rule(
    "D21",
    "validation-missing",
    Looks.DATA,
    meaning="No rows are held out, so that nothing shows whether the network learns by heart.",
    sentence="fit was given no validation rows: nothing shows how the network does on new rows",
    remedy="give validation_data=, or validation_split=0.2",
    threshold="neither validation_data nor validation_split",
    source="the error on training rows falls also where nothing general is learned",
    severity=Severity.ADVICE,
)
def no_validation(facts: Facts) -> Iterator[Suspected]:
    """A training without validation rows."""
    if facts.setup.validation is None and not facts.setup.fit.get("validation_split"):
        action = "hold out a part of the rows: validation_split=0.2"
        yield Suspected(Where("validation_data"), next_action=action)


@rule(
    "D22",
    "validation-too-small",
    Looks.DATA,
    meaning="So few validation rows that their score is mostly accident.",
    sentence="{rows} validation rows: an accuracy measured on them is right to {width:.0%} either "
    "way only, and {of} rows are there",
    remedy="hold out more rows, or use st.cross_validate",
    threshold="a 95% interval of an accuracy of 50% wider than 20 points either way (24 rows), "
    "where there are ten times as many training rows",
    source="1.96 sqrt(p (1 - p) / n)",
)
def small_validation(facts: Facts) -> Iterator[Suspected]:
    """The number of validation rows."""
    total = len(facts.setup.rows)
    share = float(facts.setup.fit.get("validation_split") or 0.0)
    held = facts.setup.validation
    rows = len(held) if held is not None else int(total * share)
    if (held is None and not share) or total < TIMES_MORE * rows:
        return
    width = 1.96 * math.sqrt(0.25 / max(rows, 1))
    if width > WIDE:
        evidence = {"rows": rows, "width": min(width, 1.0), "of": total}
        action = "hold out more rows, or use st.cross_validate"
        yield Suspected(Where("validation_data"), evidence, next_action=action)
