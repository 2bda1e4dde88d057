"""Measures the doctor: `python -m benchmarks.doctor [--quick] [--half H] [--resume FILE]`."""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.doctor import car_faults, courses, endings, healthy, mutations
from benchmarks.doctor.journal import Journal
from benchmarks.doctor.measure import of_program
from benchmarks.doctor.program import FAULTS
from benchmarks.doctor.report import lines
from benchmarks.doctor.rules_page import page

assert car_faults and courses and endings  # they enter their programs in FAULTS
QUICK = {"fault": 4, "mutation": 3, "healthy": 2}
"""How many of each kind a quick run measures."""
Named = TypeVar("Named")


def in_order(items: Iterable[Named]) -> list[Named]:
    """In an order by a hash of the names, so that the first ones are a fair sample."""
    return sorted(items, key=lambda one: hashlib.sha256(one.name.encode()).digest())  # type: ignore[attr-defined] # all have a name


def measure(
    journal: Journal, kind: str, items: Iterable[Any], entered: Callable[[Any], Any]
) -> None:
    """Measures what the journal does not have yet; a failure is printed and left for later."""
    for item in items:
        if (kind, item.name) in journal.rows:
            continue
        start = time.monotonic()
        try:
            entered(item)
            print(f"{kind} {item.name}: {time.monotonic() - start:.0f} s", file=sys.stderr)
        except Exception:
            print(f"{kind} {item.name} failed", file=sys.stderr)
            traceback.print_exc(limit=-4)


def arguments() -> argparse.Namespace:
    """The options of the command."""
    parser = argparse.ArgumentParser("python -m benchmarks.doctor", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few of each kind: a check")
    parser.add_argument("--half", choices=("tuned", "reported"), help="programs of one half only")
    parser.add_argument("--programs", type=int, help="so many programs of each kind")
    parser.add_argument("--kinds", nargs="+", choices=tuple(QUICK), default=list(QUICK))
    parser.add_argument("--resume", type=Path, metavar="FILE", help="a journal to go on with")
    parser.add_argument("--read", action="store_true", help="print the journal's tables only")
    parser.add_argument("--rules", action="store_true", help="print the page of the rules only")
    return parser.parse_args()


def main() -> None:
    """Measures programs and healthy runs, and prints the tables."""
    options = arguments()
    journal = Journal(options.resume)
    if options.rules:
        print("\n".join(page(journal)))
        return
    for kind in () if options.read else options.kinds:
        most = QUICK[kind] if options.quick else options.programs
        if kind == "healthy":
            chosen = in_order(healthy.runs())[:most]
            scored = compared(chosen, None if most is None else QUICK[kind])
            measure(journal, "score", scored, lambda run: score(run, journal))
            measure(journal, kind, chosen, lambda run: healthy.measured(run, journal))
            continue
        given = in_order(FAULTS if kind == "fault" else mutations.programs())
        given = [one for one in given if options.half in (None, one.half)][:most]
        measure(journal, kind, given, lambda one, k=kind: journal.add(k, of_program(one)))  # type: ignore[misc] # k has a default
    print("\n".join(lines(journal, options.half)))


def compared(chosen: list[healthy.Healthy], others: int | None) -> list[healthy.Healthy]:
    """The runs whose scores are needed: the chosen and others of their tables, all or a few."""
    runs = set(chosen)
    for table in {run.table for run in chosen}:
        runs |= set(in_order(run for run in healthy.runs() if run.table == table)[:others])
    return in_order(runs)


def score(run: healthy.Healthy, journal: Journal) -> None:
    """Enters the score of a run."""
    row = {"name": run.name, "table": run.table, "score": healthy.score_of(run)}
    journal.add("score", row)


if __name__ == "__main__":
    main()
