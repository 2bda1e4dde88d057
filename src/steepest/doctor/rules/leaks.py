"""Rules on rows that repeat, on labels that contradict each other, and on leaked targets.

Depends on facts, column_facts and rule.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from steepest.data.splitting.duplicates import KeyedRows
from steepest.doctor.column_facts import Columns, columns_of, listed, where_column
from steepest.doctor.facts import Facts, fact
from steepest.doctor.rule import Looks, Suspected, rule
from steepest.finding import Severity, Where

MANY_REPEATED = 0.05
FEWEST_ROWS = 20
CONTRADICTIONS = 0.01
EXACT = 1 - 1e-6
TIMES_WORSE = 10.0
MOST_CLASSES = 20
MOST_COLUMNS = 200


@fact
def repeated_groups(facts: Facts) -> np.ndarray:
    """For each row the number of its group of equal inputs.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
    >>> model.compile("sgd", "mse")
    >>> rows = np.array([[5.0], [7.0], [5.0]])
    >>> repeated_groups(Facts(st.doctor.Setup.of(model, rows, rows))).tolist()
    [0, 1, 0]
    """
    keys = KeyedRows(facts.rows.x).keys
    _, first, groups = np.unique(keys, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[groups]


class Contradicting(NamedTuple):
    """Rows in groups of equal inputs, their labels, and those of groups of several labels.

    `best` is the share of rows that an answer for each group can be right in.
    """

    groups: np.ndarray
    labels: np.ndarray
    involved: np.ndarray
    best: float


@fact
def contradicting(facts: Facts) -> Contradicting | None:
    """Which rows have the inputs of a row of another class; None without classes or rows.

    >>> model = st.Sequential([st.layers.Dense(1, "sigmoid", input_shape=(1,))])
    >>> model.compile("sgd", "binary_crossentropy")
    >>> facts = Facts.of(model, np.arange(40.0)[:, None] // 2, np.arange(40) // 3 % 2)
    >>> found = contradicting(facts)
    >>> int(found.involved.sum()), round(found.best, 3)
    (14, 0.825)
    """
    groups = repeated_groups(facts)
    if facts.task != "classes" or len(groups) < FEWEST_ROWS or not facts.table.shape[1]:
        return None
    labels = np.unique(facts.labels, return_inverse=True)[1].reshape(-1)
    pairs, counts = np.unique(groups * (labels.max() + 1) + labels, return_counts=True)
    of_group = pairs // (labels.max() + 1)
    kinds = np.bincount(of_group)  # of labels, in each group
    most = np.zeros_like(kinds)
    np.maximum.at(most, of_group, counts)
    involved = (kinds > 1)[groups]
    return Contradicting(groups, labels, involved, float(most.sum() / len(groups)))


def are_repeats_unlikely(columns: Columns) -> bool:
    """Whether not even one pair of equal rows is expected by accident.

    Two rows agree in a column by accident as often as its values repeat. Columns may depend on
    each other: but for the one of most values, each counts by the square root of that probability.

    >>> random = np.random.default_rng(0)
    >>> are_repeats_unlikely(Columns(random.normal(size=(50, 1))))
    True
    >>> are_repeats_unlikely(Columns(random.integers(0, 5, size=(50, 4)).astype(float)))
    False
    """
    rows = len(columns.table)
    if rows < FEWEST_ROWS or not len(columns.lowest):
        return False
    pairs = rows * (rows - 1) / 2
    unlikely = []
    for values in columns.in_order[:MOST_COLUMNS]:
        _, counts = np.unique(values[np.isfinite(values)], return_counts=True)
        equal = float((counts * (counts - 1)).sum() / 2)
        unlikely.append(-math.log(max(equal, 0.5) / pairs))
    best = max(unlikely)
    return best + (sum(unlikely) - best) / 2 > math.log(pairs)


@rule(
    "D6",
    "rows-repeated",
    Looks.DATA,
    meaning="Many rows occur more than once, though their columns have many values.",
    sentence="{where.argument}: {share:.0%} of the rows repeat an earlier one, such as row "
    "{where.row}: a random split puts copies on both sides",
    remedy="drop copies, or hold out all copies of a row together",
    threshold="5% of the rows, where not one pair of equal rows is expected by accident",
    source="two rows agree in a column by accident as often as its values repeat; columns count by "
    "the square root of that probability, as they may depend on each other",
    severity=Severity.ADVICE,
)
def repeated_rows(facts: Facts) -> Iterator[Suspected]:
    """Copies of rows."""
    groups = repeated_groups(facts)
    if len(groups) < FEWEST_ROWS:
        return
    _, first = np.unique(groups, return_index=True)
    share = 1 - len(first) / len(groups)
    if share >= MANY_REPEATED and are_repeats_unlikely(_unrepeated(facts, first)):
        row = int(np.setdiff1d(np.arange(len(groups)), first)[0])
        action = "drop the copies, or split so that copies stay together"
        yield Suspected(Where("x", row=row), {"share": share}, next_action=action)


def _unrepeated(facts: Facts, first: np.ndarray) -> Columns:
    return Columns(facts.table[np.sort(first)][:2000])


@rule(
    "D7",
    "labels-contradict",
    Looks.DATA,
    meaning="Rows with equal inputs have different labels.",
    sentence="{rows} rows have the inputs of another row and a different label, such as rows "
    "{first} and {second}: no network can be right in more than {best:.1%}",
    remedy="correct the labels, or add the inputs that distinguish these rows",
    threshold="1% of the rows, where equal rows do not occur by accident (as in rows-repeated)",
    source="one input gives one answer",
)
def contradictions(facts: Facts) -> Iterator[Suspected]:
    """Groups of equal rows of several classes."""
    found = contradicting(facts)
    if found is None or found.involved.mean() < CONTRADICTIONS:
        return
    groups, labels = found.groups, found.labels
    _, first = np.unique(groups, return_index=True)
    if not are_repeats_unlikely(_unrepeated(facts, first)):
        return
    members = np.flatnonzero(groups == groups[found.involved].min())
    other = members[labels[members] != labels[members[0]]][0]
    evidence = {
        "rows": int(found.involved.sum()),
        "first": int(members[0]),
        "second": int(other),
        "best": found.best,
    }
    action = "look at such rows, and correct their labels"
    yield Suspected(Where("y", row=int(members[0])), evidence, next_action=action)


@rule(
    "D12",
    "column-is-the-target",
    Looks.DATA,
    meaning="One column alone gives the target, and no other comes near: it may be the target.",
    sentence="{where.argument}, {name} alone gives the target exactly, and the next best column "
    "leaves {left:.0%} unexplained: is it known when the network is to answer?",
    remedy="leave the column out if it is known only afterwards",
    threshold="a column with one value for each class, or that explains all but a millionth of the "
    "variance, in a table of 3 columns or more where no other explains nine tenths",
    source="measured quantities are never exact",
)
def leaked(facts: Facts) -> Iterator[Suspected]:
    """A column that is the target in other numbers."""
    columns = columns_of(facts)
    rows, width = columns.table.shape
    if rows < FEWEST_ROWS or rows != len(facts.rows) or facts.rows.x.ndim != 2 or width < 3:
        return
    explained = _explained(facts, columns)
    order = np.argsort(explained, kind="stable")
    best, following = int(order[-1]), float(explained[order[-2]])
    if explained[best] >= EXACT and following < 1 - 1 / TIMES_WORSE:
        evidence = {"name": listed(facts.rows, [best]), "left": 1 - following}
        action = "leave the column out if it is known only after the target"
        where = Where("x", column=where_column(facts.rows, best))
        yield Suspected(where, evidence, next_action=action)


def _explained(facts: Facts, columns: Columns) -> np.ndarray:
    """For each column the share of the target's variance that it explains, by a line.

    Of classes on average; all of it if the column has one value for each class. Of several
    quantities that of the one that it explains best.
    """
    usable = columns.varies & (columns.counts == len(columns.table))
    if facts.task == "classes":
        classes = np.unique(facts.labels)
        y = (facts.labels[:, None] == classes[None, :]).astype(np.float64)
    else:
        y = np.asarray(facts.rows.y, np.float64).reshape(len(facts.rows), -1)
    if not np.isfinite(y).all() or y.shape[1] > MOST_CLASSES or not y.std(axis=0).any():
        return np.zeros(len(usable))
    chosen = columns.table[:, usable]
    centred = (chosen - columns.mean[usable]) / columns.spread[usable]
    spread = y.std(axis=0)
    target = (y - y.mean(axis=0)) / np.where(spread > 0, spread, np.inf)
    explained = np.zeros(len(usable))
    of_each = (centred.T @ target / len(y)) ** 2
    explained[usable] = of_each.mean(axis=1) if facts.task == "classes" else of_each.max(axis=1)
    if facts.task == "classes" and y.shape[1] > 2:
        for column in np.flatnonzero(usable & (columns.distinct == y.shape[1])):
            values = np.unique(columns.table[:, column], return_inverse=True)[1].reshape(-1)
            pairs = np.unique(values * y.shape[1] + y.argmax(axis=1))
            if len(pairs) == y.shape[1]:
                explained[column] = 1.0
    return explained
