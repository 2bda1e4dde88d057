"""The page of a report: verdicts with their experiments, the program, and the rules behind them.

Depends on page and report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from steepest.doctor.proof import Verdict
from steepest.page import Code, Heading, Notice, Page, Scatter, Table, Text

if TYPE_CHECKING:
    from steepest.doctor.report import Report


def page_of(report: Report) -> Page:
    """A page with all verdicts, each with its evidence and the scores of its experiment.

    >>> page_of(st.doctor.Report(setup=None, score="accuracy"))
    <steepest page 'The doctor: nothing found' of 1 block>
    """
    known = (report.confirmed, "confirmed fault"), (report.open, "suspicion")
    titles = [f"{len(part)} {word}{'s' * (len(part) != 1)}" for part, word in known if part]
    page = Page(f"The doctor: {titles[0] if titles else 'nothing found'}")
    page.add(*(Notice(line) for line in report.readings))
    if report.replication is not None:
        page.add(
            Notice(
                f"With all confirmed changes: {report.replication}, on rows not used before.",
                kind="good",
            )
        )
    if not report.verdicts:
        return page.add(Text("No rule suspects a fault."))
    for title, verdicts in (
        ("Confirmed", report.confirmed),
        ("Suspected", report.open),
        ("Mended by the confirmed changes", report.covered),
        ("Tested and harmless", report.harmless),
    ):
        if verdicts:
            page.add(Heading(title))
            for verdict in verdicts:
                page.add(*_blocks(verdict))
    if report.program:
        page.add(Heading("The program"), Code(report.program))
    if report.diff:
        page.add(Heading("All confirmed changes"), Code(report.diff, diff=True))
    return page


def _blocks(verdict: Verdict) -> list[Any]:
    finding, rule = verdict.suspicion.finding, verdict.suspicion.rule
    blocks: list[Any] = [
        Heading(f"{rule.code}: {rule.rule.meaning}", level=3),
        Text(f"{finding.sentence}; {finding.remedy}."),
    ]
    if verdict.suspicion.next_action:
        blocks.append(Text(f"Next: {verdict.suspicion.next_action}."))
    if verdict.failure:
        blocks.append(Text(f"{verdict.status}: {verdict.failure}."))
    if verdict.beside:
        blocks.append(Text(f"Suspected with these changes: {', '.join(verdict.beside)}."))
    if finding.evidence:
        evidence = {name: str(value) for name, value in finding.evidence.items()}
        rows = {"evidence": [*evidence, "threshold"], "value": [*evidence.values(), rule.threshold]}
        blocks.append(Table(rows, "Evidence"))
    if verdict.effect is not None and verdict.change is not None:
        effect = verdict.effect
        blocks.append(Text(f"{verdict.change.words}: {effect}."))
        points = {"as is and changed": (list(effect.before), list(effect.after))}
        labels = {"x_label": f"{effect.score} as it is", "y_label": f"{effect.score} changed"}
        blocks.append(Scatter(points, "One point for each seed", **labels))
    if verdict.diff:
        blocks.append(Code(verdict.diff, diff=True))
    return blocks
