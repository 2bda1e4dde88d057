"""The table of a busy machine: times with 0, 1 and 2 other processes that compute.

Pure functions of the lines that session.py yields, to plain text or Markdown.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from benchmarks import report
from benchmarks.report import OURS, Line
from benchmarks.rows import Row
from benchmarks.sweep_rows import LOADS_BY_NAME

HEADER = ("work", "spinning", "steepest", "of quiet", "peer", "of quiet", "ratio", "bars", "")
MOST_OF_QUIET = {1: 1.4, 2: 2.2}  # the longest time of training, by the processes that spin


@dataclass(frozen=True)
class Loaded:
    """The median times of one row and contestant, by the number of processes that spin."""

    row: Row
    contestant: str
    times: dict[int, float]

    def of_quiet(self, spinning: int) -> float:
        """The time under a load, as a multiple of the quiet time."""
        return self.times[spinning] / self.times[0]


def loaded(lines: list[Line]) -> list[Loaded]:
    """The measured rows and contestants, in the order of the lines."""
    times: dict[tuple[str, str], dict[int, list[float]]] = {}
    for line in lines:
        if line.get("row") in LOADS_BY_NAME and "value" in line:
            by_load = times.setdefault((line["row"], line["contestant"]), {})
            by_load.setdefault(line["spinning"], []).append(line["value"])
    return [
        Loaded(LOADS_BY_NAME[row], name, {load: median(all_) for load, all_ in found.items()})
        for (row, name), found in times.items()
    ]


def reached(ours: Loaded, peer: Loaded, spinning: int) -> bool | None:
    """Whether training under this load reaches both bars; None if the row has no bar."""
    if not ours.row.bar or spinning not in MOST_OF_QUIET:
        return None
    ratio = peer.times[spinning] / ours.times[spinning]
    return ours.of_quiet(spinning) <= MOST_OF_QUIET[spinning] and ratio >= ours.row.bar


def table(lines: list[Line]) -> list[tuple[str, ...]]:
    """The header, and one row of cells for each row, peer and load."""
    everyone = loaded(lines)
    pairs = [
        (ours, peer)
        for ours in everyone
        for peer in everyone
        if ours.contestant == OURS != peer.contestant and ours.row == peer.row
        if 0 in ours.times and 0 in peer.times
    ]
    rows = [
        _cells(ours, peer, load)
        for ours, peer in pairs
        for load in ours.times
        if load in peer.times
    ]
    return [HEADER, *rows]


def _cells(ours: Loaded, peer: Loaded, load: int) -> tuple[str, ...]:
    passed = reached(ours, peer, load)
    bars = "" if passed is None else f"<= {MOST_OF_QUIET[load]}, >= {ours.row.bar}x"
    return (
        ours.row.title,
        str(load),
        report.seconds(ours.times[load]),
        f"{ours.of_quiet(load):.2f}",
        f"{peer.contestant} {report.seconds(peer.times[load])}",
        f"{peer.of_quiet(load):.2f}",
        f"{peer.times[load] / ours.times[load]:.2f}x",
        bars,
        {None: "", True: "reached", False: "missed"}[passed],
    )


def plain(lines: list[Line]) -> str:
    """The table as text in columns; each title is printed once."""
    drawn = report.in_columns(report.titles_once(table(lines)))
    return "\n".join([*report.preface(lines), "", *drawn])


def markdown(lines: list[Line]) -> str:
    """The table as Markdown."""
    drawn = report.with_rules(report.titles_once(table(lines)))
    return "\n".join([*report.preface(lines), "", *drawn])
