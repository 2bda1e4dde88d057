"""Makes a table of the measured lines: medians, ratios to the fastest peer, accuracy or loss.

Pure functions of the lines that session.py yields, to plain text or Markdown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks.contestants import BY_NAME as CONTESTANTS
from benchmarks.rows import BY_NAME, Row

Line = dict[str, Any]
OURS = "steepest"
HEADER = (
    "work",
    "contestant",
    "time",
    "ratio",
    "bar",
    "first",
    "learned",
    "memory",
    "beyond data",
    "data",
)


@dataclass(frozen=True)
class Entry:
    """The repetitions of one contestant at one row."""

    row: Row
    contestant: str
    lines: tuple[Line, ...]

    def middle(self, key: str) -> float | None:
        """The median of a figure over the repetitions with that figure."""
        values = [line[key] for line in self.lines if line.get(key) is not None]
        return median(values) if values else None

    @property
    def beyond_data(self) -> float | None:
        """The peak of memory less the size of the training data."""
        peak, given = self.middle("peak_mb"), self.middle("input_mb")
        return None if peak is None or given is None else peak - given

    @property
    def trouble(self) -> str:
        """The reason why there is no result, or an empty string."""
        reasons = [line.get("failed") or line.get("absent") for line in self.lines]
        return "" if self.middle("value") is not None else str(reasons[0])


def entries(lines: Iterable[Line], known: dict[str, Row] = BY_NAME) -> list[Entry]:
    """Groups the results of known rows by row and contestant, in the order of the registries."""
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        if line["kind"] == "result" and line["row"] in known:
            groups.setdefault((line["row"], line["contestant"]), []).append(line)
    places = {name: place for place, name in enumerate([*known, *CONTESTANTS])}
    ordered = sorted(groups, key=lambda pair: (places[pair[0]], places[pair[1]]))
    return [Entry(known[row], name, tuple(groups[row, name])) for row, name in ordered]


def ratio(entry: Entry, everyone: list[Entry]) -> float | None:
    """The fastest peer's time over this one's: above 1 is faster than every peer.

    The results of peers in the rows named by `against` count too. A slow-down is itself a ratio and
    has no other.
    """
    rows = {entry.row.name, *entry.row.against}
    rivals = [
        value
        for other in everyone
        if other.row.name in rows and other.contestant != OURS
        if (value := other.middle("value")) is not None and not _learned_less(other, everyone)
    ]
    own = entry.middle("value")
    if own is None or not rivals or entry.row.unit == "slow-down":
        return None
    return min(rivals) / own


def _learned_less(entry: Entry, everyone: list[Entry]) -> bool:
    """Whether its accuracy is 5 points below the best, so that it did not do the same work."""
    reached = [other.middle("accuracy") for other in everyone if other.row == entry.row]
    own, known = entry.middle("accuracy"), [value for value in reached if value is not None]
    if entry.row.measure != "accuracy" or own is None:
        return False
    return own < max(known) - 0.05


def table(lines: list[Line]) -> list[tuple[str, ...]]:
    """The header and one row of cells for each entry with a result."""
    everyone = entries(lines)
    return [HEADER, *(_cells(entry, everyone) for entry in everyone if not entry.trouble)]


def absences(lines: list[Line]) -> list[str]:
    """The reasons for missing results, each once, with the rows."""
    rows: dict[str, list[str]] = {}
    for entry in entries(lines):
        if entry.trouble:
            rows.setdefault(f"{entry.contestant}: {entry.trouble}", []).append(entry.row.name)
    return [f"{reason} ({', '.join(names)})" for reason, names in rows.items()]


def _cells(entry: Entry, everyone: list[Entry]) -> tuple[str, ...]:
    return (
        entry.row.title,
        entry.contestant,
        _quantity(entry),
        _or_blank(ratio(entry, everyone), lambda value: f"{value:.2f}x"),
        _bar(entry) if entry.contestant == OURS else "",
        _or_blank(entry.middle("first_seconds"), lambda value: f"{value:.2f} s"),
        _learned(entry) + (" (!)" if _learned_less(entry, everyone) else ""),
        _or_blank(entry.middle("peak_mb"), lambda value: f"{value:,.0f} MB"),
        _or_blank(entry.beyond_data, lambda value: f"{value:,.0f} MB"),
        ", ".join(sorted({line["source"] for line in entry.lines if "source" in line})),
    )


def _bar(entry: Entry) -> str:
    return f"<= {entry.row.bar}x" if entry.row.unit == "slow-down" else f"{entry.row.bar}x"


def _quantity(entry: Entry) -> str:
    value = entry.middle("value") or 0.0
    if entry.row.unit == "MB":
        return f"{value:,.0f} MB"
    if entry.row.unit == "slow-down":
        return f"{value:.2f}x, {seconds(entry.middle('busy') or 0)} a step"
    article = "an" if entry.row.unit == "epoch" else "a"
    return f"{seconds(value)} {article} {entry.row.unit}"


def seconds(value: float) -> str:
    """Formats a time in s, ms or us."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= 0.9995 * size:  # else it would print as 1,000 of the smaller unit
            return f"{value / size:.3g} {unit}"
    return f"{value / 1e-6:.3g} us"


def _learned(entry: Entry) -> str:
    if (error := entry.middle("error")) is not None:
        return f"error {error:.0e}"
    value = entry.middle(entry.row.measure)
    return "" if value is None else f"{entry.row.measure} {value:.4f}"


def _or_blank(value: float | None, words: Callable[[float], str]) -> str:
    return "" if value is None else words(value)


def preface(lines: list[Line]) -> list[str]:
    """The machine and its ceilings, in two sentences."""
    first = next(line for line in lines if line["kind"] == "machine")
    peaks = [line for line in lines if line["kind"] == "ceilings" and "gflops" in line]
    said = [
        f"{first['when']}: {first['processor']}, {first['cores']} cores, {first['threads']} "
        f"threads used, {first['system']}, Python {first['python']}, NumPy {first['numpy']}."
    ]
    if bits := first.get("vector_bits"):
        said.append(f"The code of steepest has vectors of at most {bits} bits.")
    if peaks:
        product = " to ".join(f"{line['gflops']:.0f}" for line in peaks)
        copying = " to ".join(f"{line['copy_gb']:.0f}" for line in peaks)
        said.append(f"Ceilings: matrix product {product} GFLOP/s, copy {copying} GB/s.")
    loads = [line["load"] for line in lines if "load" in line]
    said.append(f"Load average during the run: {min(loads):.1f} to {max(loads):.1f}.")
    return said


def plain(lines: list[Line]) -> str:
    """The table as text in columns; each title is printed once."""
    drawn = in_columns(titles_once(table(lines)))
    return "\n".join([*preface(lines), "", *drawn, "", *absences(lines)])


def in_columns(rows: list[tuple[str, ...]]) -> list[str]:
    """The rows as lines of text, each column as wide as its longest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def with_rules(rows: list[tuple[str, ...]]) -> list[str]:
    """The rows as lines of a Markdown table; the first is its head."""
    head, *others = rows
    return [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *others)]


def markdown(lines: list[Line]) -> str:
    """The table as Markdown."""
    drawn = with_rules(titles_once(table(lines)))
    return "\n".join([*preface(lines), "", *drawn, "", *(f"* {one}" for one in absences(lines))])


def titles_once(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The rows with a title only where it differs from the one above."""
    last, shortened = "", []
    for title, *rest in rows:
        shortened.append(("" if title == last else title, *rest))
        last = title
    return shortened
