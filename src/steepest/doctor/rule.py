"""Rules of the doctor: one function each, with a row of the table that says what it is about.

A rule reads facts and yields suspicions; an experiment may then prove or refute them. Depends on
finding and setup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from steepest.doctor.setup import Setup
from steepest.errors import ArgumentError, SteepestError, TrainingWarning
from steepest.finding import NOWHERE, Finding, Rule, Severity, Where

if TYPE_CHECKING:
    from steepest.doctor.facts import Facts


class Looks(StrEnum):
    """What a rule looks at; a rule is applied where that is known.

    The data; the model and its settings; a new model at its start; the course of a training; the
    trained model.

    >>> Looks.DATA == "data"
    True
    """

    DATA = "data"
    MODEL = "model"
    START = "start"
    COURSE = "course"
    TRAINED = "trained"


@dataclass(frozen=True)
class Change:
    """A proposed change: in words, and as a function from a setup to the changed one.

    >>> change = Change("train longer", lambda setup: setup.with_fit(epochs=100))
    >>> change.words
    'train longer'
    """

    words: str
    applied: Callable[[Setup], Setup] = field(hash=False)


@dataclass(frozen=True)
class Suspicion:
    """What a rule suspects: where, by which evidence, and the changes that may repair it.

    Changes are in the order in which to try them; one of them is enough. A suspicion without any
    is proved by its evidence alone, and `next_action` says what the user can do.

    >>> finding = st.diagnosis.RULES["rate-overshoots"].finding(
    ...     rises=2, epochs=5, rate=1.5, suggested=0.15)
    >>> Suspicion(st.doctor.TABLE["T4"], finding).changes
    ()
    """

    rule: DoctorRule
    finding: Finding
    changes: tuple[Change, ...] = ()
    next_action: str = ""


@dataclass(frozen=True)
class Suspected:
    """What the function of a rule yields: the place, the evidence, and the proposed changes."""

    where: Where = NOWHERE
    evidence: Mapping[str, Any] = field(default_factory=dict, hash=False)
    changes: tuple[Change, ...] = ()
    next_action: str = ""


Check = Callable[["Facts"], Iterable[Suspected]]


@dataclass(frozen=True)
class DoctorRule:
    """A row of the table of rules, and the function that applies the rule.

    `threshold` says from where on the rule suspects something, and `source` where that number
    comes from: theory, the run's own history, a publication, or a measurement of healthy runs.
    `of_repairs` is true of a rule that is applied only to a setup with changes that help.

    >>> st.doctor.TABLE["T16"].name, st.doctor.TABLE["T16"].looks_at
    ('overfits', <Looks.COURSE: 'course'>)
    """

    code: str
    rule: Rule
    looks_at: Looks
    threshold: str
    source: str
    check: Check = field(repr=False)
    of_repairs: bool = False

    @property
    def name(self) -> str:
        """The name of its findings."""
        return self.rule.name

    @property
    def is_asked_again(self) -> bool:
        """Whether it is applied again to a setup that was changed.

        Rules on data were applied to these data, and those on a trained network give advice.
        """
        return self.code[0] not in "DA"

    def suspicions(self, facts: Facts) -> Iterator[Suspicion]:
        """What the rule suspects by the facts.

        Numbers of the evidence have 9 digits, which do not depend on the order of summation.
        """
        for found in self.check(facts):
            evidence: dict[str, Any] = {
                name: float(f"{value:.9g}") if isinstance(value, float) else value
                for name, value in found.evidence.items()
            }
            finding = self.rule.finding(found.where, **evidence)
            yield Suspicion(self, finding, found.changes, found.next_action)


TABLE: dict[str, DoctorRule] = {}
"""Every rule of the doctor by its code."""


def rule(
    code: str,
    name: str,
    looks_at: Looks,
    *,
    meaning: str,
    sentence: str,
    remedy: str,
    threshold: str,
    source: str,
    severity: Severity = Severity.WARNING,
    of_repairs: bool = False,
) -> Callable[[Check], DoctorRule]:
    """Enters a function as a rule of the doctor.

    `sentence` and `remedy` are filled in by `str.format` with the evidence, and with the place
    under the name `where`.

    >>> @rule("X1", "few-rows", Looks.DATA, meaning="There are few rows.",
    ...       sentence="there are {rows} rows only", remedy="collect more",
    ...       threshold="fewer than 10 rows", source="an example")
    ... def few_rows(facts):
    ...     if len(facts.rows) < 10:
    ...         yield Suspected(Where("x"), {"rows": len(facts.rows)})
    >>> few_rows.code, few_rows.rule.meaning
    ('X1', 'There are few rows.')
    >>> del TABLE["X1"], st.diagnosis.RULES["few-rows"]
    """

    def entered(check: Check) -> DoctorRule:
        if code in TABLE:
            raise ArgumentError(f"doctor: the code {code!r} of a rule is taken")
        exception = SteepestError if severity is Severity.ERROR else TrainingWarning
        made = Rule(name, severity, meaning, sentence, remedy, exception)
        TABLE[code] = DoctorRule(code, made, looks_at, threshold, source, check, of_repairs)
        return TABLE[code]

    return entered
