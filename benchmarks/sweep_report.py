"""The table of the sweep: for each row the times, the share of the ceiling, the ratio and its bar.

Pure functions of the lines that session.py yields, to plain text or Markdown.
"""

from __future__ import annotations

from benchmarks import report
from benchmarks.networks import step_operations
from benchmarks.report import OURS, Entry, Line
from benchmarks.rows import MadeUp, Row
from benchmarks.sweep_rows import SWEEP_BY_NAME

HEADER = ("network", "steepest", "share", "fastest peer", "share", "ratio", "bar", "", "loss")
INPUTS = {"mnist": 784}
CLOSE, CLOSE_WITH_DROPOUT = 0.01, 0.1


def operations(row: Row) -> int:
    """The floating-point operations of a step in matrix products, zeros in the data included."""
    inputs = row.data.features if isinstance(row.data, MadeUp) else INPUTS[row.data]
    return step_operations(row.network, inputs, row.batch)


def share(entry: Entry, peaks: dict[str, float]) -> float | None:
    """The achieved part of the machine's rate of multiply-adds; `peaks` in operations a second."""
    seconds, peak = entry.middle("value"), peaks.get(entry.row.dtype)
    return operations(entry.row) / seconds / peak if seconds and peak else None


def peaks_of(lines: list[Line]) -> dict[str, float]:
    """The best measured rate of one core times the threads, for each dtype."""
    threads = next(line["threads"] for line in lines if line["kind"] == "machine")
    found = [line["core_gflops"] for line in lines if "core_gflops" in line]
    names = found[0] if found else ()
    return {name: 1e9 * threads * max(one[name] for one in found) for name in names}


def unequal(ours: Entry, peer: Entry) -> bool:
    """Whether the losses after the same steps differ by more than rounding does.

    Dropped units are other ones in each library, so that such losses agree less.
    """
    own, other = ours.middle("loss"), peer.middle("loss")
    if own is None or other is None:
        return True
    close = CLOSE_WITH_DROPOUT if ours.row.has_dropout else CLOSE
    return not abs(own - other) <= close * max(abs(other), 0.01)


def table(lines: list[Line]) -> list[tuple[str, ...]]:
    """The header and one row of cells for each network that steepest trained."""
    everyone, peaks = report.entries(lines, SWEEP_BY_NAME), peaks_of(lines)
    ours = [one for one in everyone if one.contestant == OURS and not one.trouble]
    return [HEADER, *(_cells(one, _fastest(one, everyone), peaks) for one in ours)]


def _fastest(ours: Entry, everyone: list[Entry]) -> Entry | None:
    """The fastest peer that did the same work."""
    peers = [
        other
        for other in everyone
        if other.row == ours.row and other.contestant != OURS and not other.trouble
        if not unequal(ours, other)
    ]
    return min(peers, key=lambda peer: peer.middle("value") or 0.0, default=None)


def _cells(ours: Entry, peer: Entry | None, peaks: dict[str, float]) -> tuple[str, ...]:
    start = (ours.row.title, report.seconds(ours.middle("value") or 0.0), _percent(ours, peaks))
    if peer is None:
        return (*start, "", "", "", f"{ours.row.bar}x", "", _loss(ours))
    ratio = (peer.middle("value") or 0.0) / (ours.middle("value") or 1.0)
    return (
        *start,
        f"{peer.contestant} {report.seconds(peer.middle('value') or 0.0)}",
        _percent(peer, peaks),
        f"{ratio:.2f}x",
        f"{ours.row.bar}x",
        "reached" if ratio >= ours.row.bar else "missed",
        f"{_loss(ours)} {_loss(peer)}",
    )


def _percent(entry: Entry, peaks: dict[str, float]) -> str:
    found = share(entry, peaks)
    return "" if found is None else f"{found:.0%}"


def _loss(entry: Entry) -> str:
    value = entry.middle("loss")
    return "" if value is None else f"{value:.4f}"


def troubles(lines: list[Line]) -> list[str]:
    """The reasons for missing results, and the peers whose loss is another one."""
    everyone, found = report.entries(lines, SWEEP_BY_NAME), list[str]()
    ours = {one.row.name: one for one in everyone if one.contestant == OURS and not one.trouble}
    for one in everyone:
        if one.trouble:
            found.append(f"{one.row.name}, {one.contestant}: {one.trouble}")
        elif one.row.name in ours and unequal(ours[one.row.name], one):
            losses = f"{_loss(one)} where steepest has {_loss(ours[one.row.name])}"
            found.append(f"{one.row.name}, {one.contestant}: not the same work, loss {losses}")
    return found


def preface(lines: list[Line]) -> list[str]:
    """The machine, its ceilings, and what shares are of."""
    peaks = ", ".join(
        f"{rate / 1e9:.0f} GFLOP/s in {name}" for name, rate in peaks_of(lines).items()
    )
    bits = next((line["vector_bits"] for line in lines if "core_gflops" in line), 0)
    said = f"A share is of the multiply-adds of all threads in vectors of {bits} bits: {peaks}."
    clock = ["Times are those of the processor."] if lines[0]["threads"] == 1 else []
    return [*report.preface(lines), *([said] if peaks else []), *clock]


def plain(lines: list[Line]) -> str:
    """The table as text in columns."""
    drawn = report.in_columns(table(lines))
    return "\n".join([*preface(lines), "", *drawn, "", *troubles(lines)])


def markdown(lines: list[Line]) -> str:
    """The table as Markdown."""
    drawn = report.with_rules(table(lines))
    return "\n".join([*preface(lines), "", *drawn, "", *(f"* {one}" for one in troubles(lines))])
