"""Rules on columns and a trained network: where its error is high, and which it does not use.

Depends on judged, column_facts and rule.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from steepest.doctor.column_facts import flat, listed, where_column
from steepest.doctor.facts import Facts
from steepest.doctor.judged import Judged, judged, judged_on
from steepest.doctor.rule import Looks, Suspected, rule
from steepest.doctor.search import holm
from steepest.finding import Severity, Where

LEVEL = 0.01
TIMES = 1.5
FEWEST = 20
MOST_VALUES = 20
MOST_COLUMNS = 100
MOST_PERMUTED = 40
ROWS = 500
PERMUTATIONS = 3
WITHOUT_USE = 0.01
BETTER = 0.8


def segments(values: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """The parts of a column: its few values, or its quarters; each with the rows in it.

    >>> [(words, int(rows.sum())) for words, rows in segments(np.array([1.0, 1.0, 2.0, 1.0]))]
    [('is 1', 3), ('is 2', 1)]
    >>> [words for words, _ in segments(np.arange(100.0))][:2]
    ['is at most 24.75', 'is above 24.75 and at most 49.5']
    """
    known = np.unique(values)
    if len(known) <= MOST_VALUES:
        return [(f"is {value:.4g}", values == value) for value in known]
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    ends = [-math.inf, low, middle, high, math.inf]
    words = [
        f"is at most {low:.4g}",
        f"is above {low:.4g} and at most {middle:.4g}",
        f"is above {middle:.4g} and at most {high:.4g}",
        f"is above {high:.4g}",
    ]
    return [
        (text, (values > start) & (values <= end))
        for text, start, end in zip(words, ends, ends[1:], strict=False)
    ]


@rule(
    "A3",
    "weak-segment",
    Looks.TRAINED,
    meaning="The error of the network is much higher where a column has certain values.",
    sentence="where {column} {values}, the error is {error:.3g} on {rows} {part} rows, "
    "{other:.3g} on the others",
    remedy="more rows of this kind, or inputs that say more about them",
    threshold="1.5 times the error of the other rows, at the level 0.01 after Holm's correction "
    "for the number of segments; of 20 rows or more",
    source="Welch's test of the difference of means",
    severity=Severity.ADVICE,
)
def weak_segment(facts: Facts) -> Iterator[Suspected]:
    """Quarters and categories of columns with a high error; the clearest one is named."""
    found = judged(facts)
    if found is None:
        return
    table = flat(found.rows)
    if not 0 < table.shape[1] <= MOST_COLUMNS or not np.isfinite(table).all():
        return
    errors = np.minimum(found.errors, np.quantile(found.errors, 0.99))
    tested = []
    for column in range(table.shape[1]):
        for words, inside in segments(table[:, column]):
            if min(inside.sum(), (~inside).sum()) >= FEWEST:
                tested.append((_unlikely(errors[inside], errors[~inside]), column, words, inside))
    clear = holm([one[0] for one in tested], LEVEL) if tested else []
    weak = [
        one
        for one, is_clear in zip(tested, clear, strict=True)
        if is_clear and errors[one[3]].mean() > TIMES * errors[~one[3]].mean()
    ]
    if weak:
        _, column, words, inside = min(weak, key=lambda one: one[:2])
        evidence = {
            "column": listed(found.rows, [column]),
            "values": words,
            "error": found.errors[inside].mean(),
            "rows": int(inside.sum()),
            "part": found.part,
            "other": found.errors[~inside].mean(),
        }
        where = Where("x", column=where_column(found.rows, column))
        yield Suspected(where, evidence, next_action="look at the rows of this segment")


def _unlikely(inside: np.ndarray, outside: np.ndarray) -> float:
    """How probable so much higher a mean would be for equal ones, one-sided."""
    # An error is at least as uncertain as one more row of each kind makes it.
    spread = math.sqrt(
        sum((part.var() + 1 / len(part) ** 2) / len(part) for part in (inside, outside))
    )
    return 0.5 * math.erfc(float(inside.mean() - outside.mean()) / (spread * math.sqrt(2.0)))


@rule(
    "A5",
    "columns-without-use",
    Looks.TRAINED,
    meaning="The network does as well when columns are permuted among the rows.",
    sentence="{columns} can be permuted among the {part} rows, and the error does not rise",
    remedy="leave them out: fewer inputs need fewer rows",
    threshold="a change of the error that is below 1 % of what the network explains, with 2 "
    "standard errors added; where it explains a fifth of the prior's error",
    source="permutation importance (Breiman 2001); a test of equivalence, as few rows show little",
    severity=Severity.ADVICE,
)
def without_use(facts: Facts) -> Iterator[Suspected]:
    """Columns that a trained network does not use."""
    whole = judged(facts)
    if (
        whole is None
        or not 1 < flat(whole.rows).shape[1] <= MOST_PERMUTED
        or whole.rows.x.ndim != 2
    ):
        return
    found = judged_on(facts, whole.rows.sample(ROWS), whole.is_held_out)
    if found is None or found.errors.mean() > BETTER * found.prior_error:
        return
    explained = _loss(found).mean()
    gain = max(_prior_loss(found) - explained, 1e-12)
    idle = [
        column for column in range(found.rows.x.shape[1])
        if _is_idle(facts, found, column, WITHOUT_USE * gain)
    ]  # fmt: skip
    if idle and len(idle) < found.rows.x.shape[1]:
        evidence = {"columns": listed(found.rows, idle), "part": found.part, "count": len(idle)}
        where = Where("x", column=where_column(found.rows, idle[0]))
        yield Suspected(where, evidence, next_action="try without them")


def _is_idle(facts: Facts, found: Judged, column: int, least: float) -> bool:
    """Whether the loss stays as it is when a column is permuted, three times."""
    before = _loss(found)
    rises = np.zeros(len(before))
    for seed in range(PERMUTATIONS):
        order = np.random.default_rng(seed).permutation(len(before))
        x = found.rows.x.copy()
        x[:, column] = x[order, column]
        after = judged_on(facts, replace(found.rows, x=x), found.is_held_out)
        if after is None:
            return False
        rises += (_loss(after) - before) / PERMUTATIONS
    error = float(rises.std()) / math.sqrt(len(rises))
    return bool(abs(rises.mean()) + 2 * error < least)


def _loss(found: Judged) -> np.ndarray:
    """The loss of each row: minus the logarithm of its class's probability, or its error."""
    if found.task == "quantities":
        return found.errors
    own = np.take_along_axis(found.shares, found.labels[:, None], axis=1)[:, 0]
    return -np.log(own.clip(1e-7))


def _prior_loss(found: Judged) -> float:
    """The mean loss of the best constant answer."""
    if found.task == "quantities":
        return 1.0
    shares = np.bincount(found.labels) / len(found.labels)
    return float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum())
