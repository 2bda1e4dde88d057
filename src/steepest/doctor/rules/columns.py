"""Rules on the columns of the inputs: constant ones. Depends on facts, rule and changes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from steepest.doctor.facts import Facts
from steepest.doctor.rule import Looks, Suspected, rule
from steepest.finding import Severity, Where


@rule(
    "D3",
    "constant-column",
    Looks.DATA,
    meaning="A column of the inputs holds one value only, so that nothing can be learned from it.",
    sentence="{where.argument}: column {name} holds {value:.4g} in all of {rows} rows",
    remedy="drop the column, or find out why it does not vary",
    threshold="one value in all rows",
    source="a constant column adds the same number to every unit, as a bias does",
    severity=Severity.ADVICE,
)
def constant_column(facts: Facts) -> Iterator[Suspected]:
    """Columns of one value."""
    table = facts.table
    if len(table) < 2:
        return
    for column in np.flatnonzero((table == table[:1]).all(axis=0)):
        name = facts.rows.column_name(int(column))
        evidence = {"name": name, "value": float(table[0, column]), "rows": len(table)}
        yield Suspected(Where("x", column=name), evidence)
