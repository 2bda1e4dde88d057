"""What a rule says of a case, as lines to record: places, evidence and changes, no sentences."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from steepest.doctor import TABLE
from steepest.doctor.facts import Facts
from steepest.doctor.rule import Looks, Suspicion
from steepest.doctor.writing import difference
from tests.recorded import NUMBER

RECORD = Path(__file__).with_name("recorded_findings.txt")
COUNTED = re.compile(r"\b([a-z]+(?:_[a-z]+)*)_\d+\b")  # the names of layers count all of a process


def recorded(facts: Facts, suspicions: Iterable[Suspicion]) -> str:
    """The text to record. Numbers of trained networks differ by processor and are left out."""
    lines = [line for suspicion in suspicions for line in _lines(facts, suspicion)]
    return COUNTED.sub(r"\1_#", "\n".join(lines))


def _lines(facts: Facts, suspicion: Suspicion) -> Iterator[str]:
    is_trained = TABLE[suspicion.rule.code].looks_at is Looks.TRAINED
    yield f"where: {suspicion.finding.where}"
    for name, value in suspicion.finding.evidence.items():
        text = f"{value:.3g}" if isinstance(value, float) else str(value)
        yield f"  {name}: {NUMBER.sub('#', text) if is_trained else text}"
    for change in suspicion.changes:
        yield f"  change: {change.words}"
        for line in difference(facts.setup, change.applied(facts.setup)).splitlines():
            if line[:1] in ("+", "-") and line[:3] not in ("+++", "---"):
                yield f"    {line}"
