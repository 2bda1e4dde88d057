"""The tables of a journal: shares with their intervals of 95 percent, and what was missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.doctor import car_faults, mutations
from benchmarks.doctor.journal import Journal
from benchmarks.doctor.program import FAULTS
from steepest.intervals import of_share

Row = dict[str, Any]
KINDS = {"fault": "faults", "mutation": "mutations"}
assert car_faults  # it enters its programs in FAULTS
LOST = {one.name: one.named_by for one in (*FAULTS, *mutations.programs()) if one.named_by}
"""Programs that no change repairs, with the rules that name their fault."""


def share(rows: list[Row], holds: Callable[[Row], bool]) -> str:
    """The share of rows for which something holds, with its interval.

    >>> share([{"a": 1}] * 9 + [{"a": 0}], lambda row: row["a"])
    ' 9 of  10   90 % (60 to 98)'
    """
    if not rows:
        return " 0 of   0"
    count = sum(map(bool, map(holds, rows)))
    found = of_share(count / len(rows), len(rows))
    ends = f"({100 * found.low:.0f} to {100 * found.high:.0f})"
    return f"{count:2d} of {len(rows):3d}  {100 * found.score:3.0f} % {ends}"


def is_named(row: Row) -> bool:
    """Whether a report names the fault of rows that are lost, and promises no repair in vain."""
    named = {*row["evident"], *row["advice"]} & set(LOST[row["name"]])
    return bool(named) and all(row["helped"])


def lines(journal: Journal, half: str | None = None) -> Iterator[str]:
    """All tables; those of programs for one half or for both."""
    for kind, word in KINDS.items():
        rows = [row for row in journal.of_kind(kind) if row.get("is_made", True)]
        rows = [row for row in rows if half is None or row["half"] == half]
        if rows:
            yield from _of_programs(rows, word)
    if rows := journal.of_kind("healthy"):
        yield from _of_healthy(rows)


def _of_programs(rows: list[Row], word: str) -> Iterator[str]:
    gaps = [row for row in rows if row["has_gap"]]
    yield f"{word}: {len(rows)} programs, {len(gaps)} with a gap between faulty and clean"
    for half in ("tuned", "reported"):
        yield from _shares(half, [row for row in gaps if row["half"] == half])
    yield from _shares("all", gaps)
    yield f"  {'':26}{'half':9}{'faulty':>8}{'clean':>8}{'way':>7}  found"
    yield from map(_line, rows)


def _shares(half: str, rows: list[Row]) -> Iterator[str]:
    if not rows:
        return
    helped = [{"helps": one} for row in rows for one in row["helped"]]
    lost = [row for row in rows if row["name"] in LOST]
    able = [row for row in rows if row["name"] not in LOST]
    yield f"  {half:9} repaired               {share(rows, lambda row: row['repaired'])}"
    yield f"  {half:9} of repairable ones     {share(able, lambda row: row['repaired'])}"
    yield f"  {half:9} lost rows named        {share(lost, is_named)}"
    yield f"  {half:9} detected               {share(rows, lambda row: row['detected'])}"
    yield f"  {half:9} confirmed help again   {share(helped, lambda row: row['helps'])}"
    yield f"  {half:9} contradictions         {sum(len(row['contradictions']) for row in rows)}"


def _line(row: Row) -> str:
    start = f"  {row['name']:34.34} {row['half']:9}{row['faulty']:8.3f}{row['clean']:8.3f}"
    if not row["has_gap"]:
        return f"{start}         no gap"
    parts = [f"confirmed {' '.join(row['confirmed'])}"] if row["confirmed"] else []
    parts += [f"evident {' '.join(row['evident'])}"] if row["evident"] else []
    parts += [f"open {' '.join(row['open'])}"] if row["open"] else []
    parts += [f"harmless {' '.join(row['harmless'])}"] if row["harmless"] else []
    parts += ["refused by fit"] if row["refusal"] else []
    return f"{start}{max(row['way'], -9.0):7.2f}  {'; '.join(parts) or 'nothing'}"


def _of_healthy(rows: list[Row]) -> Iterator[str]:
    healthy = [row for row in rows if row["is_healthy"]]
    yield f"healthy runs: {len(rows)} measured, {len(healthy)} near the best score of their table"
    alarms = {"false alarms": ("confirmed", "evident"), "of them confirmed": ("confirmed",),
              "open suspicions": ("open",), "advice": ("advice",)}  # fmt: skip
    for word, names in alarms.items():
        yield f"  {word:20} {share(healthy, lambda row, n=names: any(row[one] for one in n))}"  # type: ignore[misc] # n has a default
    codes = Counter(
        f"{name} {code}" for row in healthy for name in ("confirmed", "evident", "open", "advice")
        for code in row[name]
    )  # fmt: skip
    yield f"  by rule: {', '.join(f'{code} {count}' for code, count in codes.most_common(20))}"
