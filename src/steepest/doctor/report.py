"""Report: what the doctor found, as text, as JSON and as a page. Depends on proof."""

from __future__ import annotations

import json
import os
import pathlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.doctor.experiment import Effect
from steepest.doctor.own_file import own_difference
from steepest.doctor.proof import Status, Verdict
from steepest.doctor.report_page import page_of
from steepest.doctor.setup import Setup
from steepest.doctor.writing import difference, written
from steepest.finding import Severity, plain
from steepest.page import Page
from steepest.storage.whole_file import write_whole

FIRST = 3
"""Verdicts that a text shows at first; `details` shows all."""
FORMAT = 1
SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.ADVICE)


@dataclass(frozen=True)
class Report:
    """What the doctor found about a training.

    `verdicts` are those on all suspicions, the confirmed ones first. `repaired` is the setup with
    all confirmed changes, and `replication` their effect together on rows that were used for
    nothing else. `share` is the share of the program's steps that each run of an experiment took.
    `readings` are sentences on the training as a whole.

    >>> report = Report(setup=None, score="accuracy")
    >>> print(report)
    The doctor has found nothing.
    """

    setup: Setup | None
    score: str
    verdicts: Sequence[Verdict] = ()
    repaired: Setup | None = None
    replication: Effect | None = None
    share: float = 1.0
    readings: Sequence[str] = ()

    # ------------------------------------------------------------ parts

    def of_status(self, *statuses: Status) -> list[Verdict]:
        """The verdicts of some statuses, the most severe first."""
        found = [one for one in self.verdicts if one.status in statuses]
        return sorted(found, key=lambda one: SEVERITIES.index(one.suspicion.finding.severity))

    @property
    def confirmed(self) -> list[Verdict]:
        """The faults whose change helps, the one with the greatest gain first."""
        return [one for one in self.verdicts if one.status is Status.CONFIRMED]

    @property
    def open(self) -> list[Verdict]:
        """The suspicions that no experiment has decided, and what is shown by its evidence."""
        return self.of_status(
            Status.EVIDENT, Status.UNDECIDED, Status.FAILED, Status.SUSPECTED, Status.NO_BUDGET
        )

    @property
    def covered(self) -> list[Verdict]:
        """The suspicions whose change helps alone, and not beside the confirmed ones."""
        return self.of_status(Status.COVERED)

    @property
    def harmless(self) -> list[Verdict]:
        """The suspicions that were tested, and whose change does not help."""
        return self.of_status(Status.HARMLESS)

    @property
    def diff(self) -> str:
        """The difference of the program and the repaired one; empty without a confirmed change."""
        if self.setup is None or self.repaired is None:
            return ""
        return difference(self.setup, self.repaired)

    def own_diff(self, path: str | os.PathLike[str]) -> str:
        """The difference in the user's own file of Python, which is read and not run.

        Empty where its calls are not those of the program, or where a line is added.
        """
        source = pathlib.Path(path).read_text("utf-8")
        if self.setup is None or self.repaired is None:
            return ""
        return own_difference(self.setup, self.repaired, source, os.fspath(path))

    @property
    def program(self) -> str:
        """The training as a program in Python."""
        return "" if self.setup is None else written(self.setup)

    # ------------------------------------------------------------ forms

    def text(self, details: bool = False) -> str:
        """The report as text: the first three findings, or with `details` all of them."""
        return "\n".join(_lines(self, None if details else FIRST))

    def __str__(self) -> str:
        return self.text()

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values, for JSON.

        >>> sorted(Report(None, "accuracy").to_dict())[:3]
        ['diff', 'format', 'program']
        """
        return {
            "format": FORMAT,
            "score": self.score,
            "share": self.share,
            "verdicts": [_verdict_dict(one) for one in self.verdicts],
            "replication": _effect_dict(self.replication),
            "readings": list(self.readings),
            "diff": self.diff,
            "program": self.program,
        }

    def to_json(self) -> str:
        """The report as JSON: the same bytes for the same report."""
        return json.dumps(self.to_dict(), indent=1, sort_keys=True, allow_nan=True)

    def page(self) -> Page:
        """The report as a page that needs no network."""
        return page_of(self)

    def save_page(self, path: str | os.PathLike[str]) -> None:
        """Writes the page as one HTML file."""
        self.page().save(path)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the report as JSON."""
        write_whole(path, self.to_json().encode("utf-8"))

    def _repr_html_(self) -> str:
        return self.page()._repr_html_()


# ------------------------------------------------------------ text


def _lines(report: Report, most: int | None) -> Iterator[str]:
    shown = [*report.confirmed, *report.open]
    counts = (
        f"{len(verdicts)} {word}{'s' * (len(verdicts) != 1)}"
        for verdicts, word in ((report.confirmed, "confirmed fault"), (report.open, "suspicion"))
        if verdicts
    )
    yield f"The doctor has found {' and '.join(counts) or 'nothing'}."
    yield from report.readings
    if report.replication is not None:
        yield f"With all confirmed changes: {report.replication}, on rows not used before."
    for number, verdict in enumerate(shown[:most], start=1):
        yield ""
        yield from _verdict_lines(number, verdict)
    hidden = len(shown[most:]) if most is not None else 0
    if hidden:
        yield ""
        yield f"{hidden} more: report.text(details=True)"
    for words, verdicts in (
        ("Mended by the confirmed changes too", report.covered),
        ("Looked odd, tested and harmless", report.harmless),
    ):
        if verdicts:
            yield ""
            yield f"{words}: {', '.join(one.suspicion.rule.name for one in verdicts)}"


def _verdict_lines(number: int, verdict: Verdict) -> Iterator[str]:
    """A verdict as lines of text: the sentence, the status, the effect and the difference."""
    finding = verdict.suspicion.finding
    yield f"{number}. {finding.sentence}"
    if verdict.change is None:
        yield f"   {verdict.status}; {verdict.suspicion.next_action or finding.remedy}"
        return
    failure = f", {verdict.failure}" if verdict.failure else ""
    yield f"   {verdict.status}{failure}; {finding.remedy}"
    if verdict.beside:
        yield f"   suspected with these changes: {', '.join(verdict.beside)}"
    if verdict.effect is not None:
        yield f"   {verdict.change.words}: {verdict.effect}"
    for line in verdict.diff.splitlines()[2:]:
        if not line.startswith("@@"):
            yield f"   {line}"


# ------------------------------------------------------------ plain values


def _verdict_dict(verdict: Verdict) -> dict[str, Any]:
    finding, rule = verdict.suspicion.finding, verdict.suspicion.rule
    return {
        "code": rule.code,
        "rule": rule.name,
        "severity": str(finding.severity),
        "status": str(verdict.status),
        "failure": verdict.failure,
        "beside": list(verdict.beside),
        "sentence": finding.sentence,
        "remedy": finding.remedy,
        "next_action": verdict.suspicion.next_action,
        "where": {k: v for k, v in finding.where._asdict().items() if v is not None},
        "evidence": {name: _json_value(value) for name, value in finding.evidence.items()},
        "threshold": rule.threshold,
        "change": None if verdict.change is None else verdict.change.words,
        "effect": _effect_dict(verdict.effect),
        "diff": verdict.diff,
    }


def _effect_dict(effect: Effect | None) -> dict[str, Any] | None:
    if effect is None:
        return None
    interval = effect.interval
    return {
        "score": effect.score,
        "before": [float(value) for value in effect.before],
        "after": [float(value) for value in effect.after],
        "gain": effect.gain,
        "low": interval.low,
        "high": interval.high,
        "seeds": effect.seeds,
        "p_value": effect.p_value,
        "p_value_with_proof": effect.together,
    }


def _json_value(value: Any) -> Any:
    """A value of evidence as JSON has it; what JSON does not have as text."""
    value = plain(value)
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Iterable):
        return [_json_value(part) for part in value]
    return str(value)
