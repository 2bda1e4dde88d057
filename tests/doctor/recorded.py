"""What a rule says of a case, as lines to record: places, evidence and changes, no sentences."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from steepest.doctor import TABLE
from steepest.doctor.facts import Facts
from steepest.doctor.rule import DoctorRule, Looks, Suspicion
from steepest.doctor.writing import difference
from steepest.errors import SteepestError
from tests.recorded import NUMBER

RECORD = Path(__file__).with_name("recorded_findings.txt")
COUNTED = re.compile(r"\b([a-z]+(?:_[a-z]+)*)_\d+\b")  # the names of layers count all of a process


def recorded(facts: Facts, suspicions: Iterable[Suspicion]) -> str:
    """The text to record. Numbers of trained networks differ by processor and are left out.

    The first line names all rules on data and settings that suspect something, whatever the case
    is made for.
    """
    quick = (rule for rule in TABLE.values() if rule.looks_at in (Looks.DATA, Looks.MODEL))
    suspecting = (rule.code for rule in quick if _suspects(rule, facts))
    lines = [line for suspicion in suspicions for line in _lines(facts, suspicion)]
    return COUNTED.sub(r"\1_#", "\n".join([f"rules: {' '.join(suspecting)}", *lines]))


def _suspects(rule: DoctorRule, facts: Facts) -> bool:
    """Whether a rule suspects something; false where it cannot read what the case is about."""
    try:
        return any(True for _ in rule.suspicions(facts))
    except (TypeError, ValueError, SteepestError):
        return False


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
