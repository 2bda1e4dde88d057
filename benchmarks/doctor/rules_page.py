"""The page of the rules: thresholds, their sources, and how often each speaks in healthy runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from benchmarks.doctor.journal import Journal
from steepest.doctor import TABLE
from steepest.doctor.examine import GROUPS

SPOKEN = ("confirmed", "evident", "open", "advice", "covered", "harmless")
HEAD = """\
# The rules of the doctor

From where on each rule of [the doctor](doctor.md) suspects something, and where that threshold
comes from. This page is written by `python -m benchmarks.doctor --rules`.
"""


def page(journal: Journal) -> Iterator[str]:
    """The lines of the page; the numbers are those of the journal's healthy runs."""
    yield HEAD
    healthy = [row for row in journal.of_kind("healthy") if row["is_healthy"]]
    spoken: Counter[str] = Counter()
    for row in healthy:
        spoken.update({code for name in SPOKEN for code in row[name]})
    if healthy:
        yield (
            f"The last column is in how many of {len(healthy)} healthy runs the rule suspected "
            "something,\nbefore any experiment: tables, networks and optimizers of "
            "`benchmarks/doctor/healthy.py`.\n"
        )
    columns = ["code", "rule", "threshold", "source", *["healthy"] * bool(healthy)]
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for code in sorted(TABLE, key=lambda code: (GROUPS.index(code[0]), int(code[1:]))):
        rule = TABLE[code]
        parts = [code, rule.name, rule.threshold, rule.source, *[str(spoken[code])] * bool(healthy)]
        yield f"| {' | '.join(part.replace('|', '/') for part in parts)} |"
