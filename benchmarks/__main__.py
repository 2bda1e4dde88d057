"""The command line of the benchmark: `python -m benchmarks --help`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks import contestants, load_report, report, rows, session, sweep_report, sweep_rows
from benchmarks.contestants import Contestant
from benchmarks.rows import Row

QUICK_CALLS, QUICK_TIMEOUT = 1, 30.0
SECONDS, QUICK_SECONDS = 0.4, 0.2  # of one measurement of a row in turns


def main() -> None:
    """Runs the selected rows, or reads earlier runs, and prints one table."""
    given = _parser().parse_args()
    lines = _earlier(given.read) if given.read else _measured(given)
    if given.json:
        return
    print(_table(lines, given.markdown))


def _table(lines: list[session.Line], markdown: bool) -> str:
    """The table of each kind of rows that the lines have."""
    measured = {line["row"] for line in lines if line["kind"] == "result"}
    kinds = {
        report: rows.BY_NAME,
        sweep_report: sweep_rows.SWEEP_BY_NAME,
        load_report: sweep_rows.LOADS_BY_NAME,
    }
    used = [one for one, known in kinds.items() if measured & known.keys()]
    return "\n\n".join(one.markdown(lines) if markdown else one.plain(lines) for one in used)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="small rows, few repetitions: under two minutes")
    add("--sweep", action="store_true", help="the sweep of sizes and features, as ratios")
    add("--load", action="store_true", help="the rows of a busy machine: 0, 1, 2 others compute")
    add("--rows", nargs="+", choices=sweep_rows.KNOWN, help="only these rows")
    add("--contestants", nargs="+", choices=contestants.BY_NAME, help="only these contestants")
    add("--repeat", type=int, help="processes for each contestant and row (default 3)")
    add("--threads", type=int, default=os.cpu_count() or 1, help="cores each process may use")
    add("--vector-bits", type=int, choices=(128, 256, 512), help="at most, in steepest's code")
    add("--timeout", type=float, default=600.0, help="seconds that one process may take")
    add("--json", action="store_true", help="print JSON lines as they come, and no table")
    add("--markdown", action="store_true", help="print the table as Markdown")
    add("--read", type=Path, nargs="+", help="print the table of earlier runs' files")
    return parser


def _measured(given: argparse.Namespace) -> list[session.Line]:
    if given.vector_bits:
        os.environ["STEEPEST_VECTOR_BITS"] = str(given.vector_bits)  # of the processes it starts
    lines = []
    for line in session.store(session.run(_selection(given))):
        lines.append(line)
        if given.json:
            print(json.dumps(line), flush=True)
        elif line["kind"] == "result":
            print(f"{line['row']} {line['contestant']}: {_progress(line)}", file=sys.stderr)
    return lines


def _progress(line: session.Line) -> str:
    trouble = line.get("failed") or line.get("absent")
    return str(trouble) if trouble else f"{line['value']:.4g}"


def _selection(given: argparse.Namespace) -> session.Selection:
    in_turns = given.sweep or given.load
    known, peers = rows.BY_NAME, _included(contestants.BY_NAME, given.quick)
    if in_turns:
        known = sweep_rows.SWEEP_BY_NAME if given.sweep else sweep_rows.LOADS_BY_NAME
        peers = list(contestants.IN_TURNS[: 3 if given.sweep and not given.quick else 2])
    quick_processes = given.quick and not in_turns
    wanted, named = given.rows or _included(known, given.quick), given.contestants or peers
    return session.Selection(
        rows=tuple(sweep_rows.KNOWN[name] for name in wanted),
        contestants=tuple(contestants.BY_NAME[name] for name in named),
        repeat=given.repeat or (1 if given.quick else 3) + (2 if in_turns else 0),
        threads=given.threads,
        calls=QUICK_CALLS if given.quick else 0,
        timeout=min(given.timeout, QUICK_TIMEOUT) if quick_processes else given.timeout,
        seconds=QUICK_SECONDS if given.quick else SECONDS,
    )


def _included(known: Mapping[str, Row | Contestant], quick: bool) -> list[str]:
    return [name for name, one in known.items() if one.quick or not quick]


def _earlier(paths: list[Path]) -> list[session.Line]:
    return [json.loads(line) for path in paths for line in path.read_text().splitlines()]


if __name__ == "__main__":
    main()
