"""Finding: what is wrong or doubtful, where, by which evidence, and the remedy, as a value.

Any part of the package may have rules that make findings; only `report` raises or warns from them.
Depends on errors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np

from steepest.errors import ArgumentError, SteepestError, TrainingWarning, caution
from steepest.processes import say

Column = int | str | tuple[int, ...]
"""A column of a row: its number, its name in a table, or one index for each axis."""


class Severity(StrEnum):
    """What follows from a finding: `fit` raises an error, warns, or prints advice.

    >>> Severity.ERROR == "error"
    True
    """

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


class Where(NamedTuple):
    """The place of a finding; parts that do not apply are None.

    Rows, columns and numbers of batches count from 0, epochs and steps from 1.

    >>> print(Where("x", row=4, column=2))
    x, row 4, column 2
    """

    argument: str | None = None
    output: str | None = None
    layer: str | None = None
    operation: str | None = None
    row: int | None = None
    column: Column | None = None
    epoch: int | None = None
    step: int | None = None

    @property
    def labels(self) -> str:
        """The argument, and the output that it belongs to if there are several, as text.

        >>> Where("y").labels, Where("y", output="price").labels
        ('y', "y, output 'price'")
        """
        return str(Where(self.argument, self.output))

    @property
    def cell(self) -> str:
        """The known ones of row and column, as text.

        >>> Where(row=3, column="age").cell, Where(row=3, column=(5, 7)).cell
        ("row 3, column 'age'", 'row 3, column 5, 7')
        """
        row = [] if self.row is None else [f"row {self.row}"]
        column = [] if self.column is None else [f"column {shown_column(self.column)}"]
        return ", ".join([*row, *column])

    @property
    def moment(self) -> str:
        """The known ones of epoch and step, as text."""
        known = {"epoch": self.epoch, "step": self.step}
        return ", ".join(f"{name} {at}" for name, at in known.items() if at is not None)

    @property
    def part(self) -> str:
        """The known ones of output, layer and operation, as text."""
        known = {"output": self.output, "layer": self.layer, "operation": self.operation}
        return ", ".join(f"{name} {at!r}" for name, at in known.items() if at is not None)

    def __str__(self) -> str:
        parts = (self.argument, self.moment, self.part, self.cell)
        return ", ".join(part for part in parts if part)


def shown_column(column: Column) -> str:
    """A column as text, for messages.

    >>> shown_column(2), shown_column("age"), shown_column((5, 7))
    ('2', "'age'", '5, 7')
    """
    return ", ".join(map(str, column)) if isinstance(column, tuple) else repr(column)


NOWHERE = Where()


@dataclass(frozen=True)
class Finding:
    """The result of a rule: how severe it is, where it is, by which evidence, and the remedy.

    `rule` is the rule's name, which does not change from version to version; `evidence` maps
    names to the numbers and texts in the sentence.

    >>> import steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> try:
    ...     model.fit([[1.0, 2.0], [3.0, np.nan]], [1.0, 2.0], verbose=0)
    ... except st.errors.DataError as error:
    ...     found = error.finding
    >>> found.rule, found.where.row, found.where.column, found.evidence
    ('not-finite', 1, 1, {'value': nan})
    >>> print(found)
    x holds nan at row 1, column 1; drop such rows, or fill them (st.layers.MissingValues() ...
    """

    rule: str
    severity: Severity
    where: Where
    evidence: Mapping[str, Any] = field(hash=False)
    remedy: str
    sentence: str = ""

    def __str__(self) -> str:
        known = ", ".join(f"{name} {value}" for name, value in self.evidence.items())
        sentence = self.sentence or f"{self.rule}: {known}"
        return f"{sentence}; {self.remedy}" if self.remedy else sentence

    def exception(self) -> Exception:
        """The error or warning with this sentence, and the finding as its attribute `finding`."""
        rule = RULES.get(self.rule)
        usual = SteepestError if self.severity is Severity.ERROR else TrainingWarning
        raised = (usual if rule is None else rule.exception)(str(self))
        raised.finding = self  # type: ignore[attr-defined] # its class may be any
        return raised


class Rule:
    """A rule of diagnosis: its name, severity and meaning, and the sentence of its findings.

    `sentence` and `remedy` are filled in by `str.format` with the evidence, and with the place
    under the name `where`. The constructor adds the rule to `RULES`.

    >>> late = Rule("late", Severity.WARNING, "It is late.", "it is {hour:.2f} h", "go home")
    >>> print(late.finding(hour=23.5))
    it is 23.50 h; go home
    >>> del RULES["late"]
    """

    def __init__(
        self,
        name: str,
        severity: Severity,
        meaning: str,
        sentence: str,
        remedy: str = "",
        exception: type[Exception] = TrainingWarning,
    ) -> None:
        if name in RULES:
            raise ArgumentError(f"rule: the name {name!r} is taken; give another")
        if issubclass(exception, Warning) is (severity is Severity.ERROR):
            wanted = "an error" if severity is Severity.ERROR else "a warning"
            raise ArgumentError(
                f"rule {name!r}: exception must be {wanted}, as its severity is {severity}, "
                f"got {exception.__name__}"
            )
        self.name, self.severity, self.meaning = name, severity, meaning
        self.sentence, self.remedy, self.exception = sentence, remedy, exception
        RULES[name] = self

    def __repr__(self) -> str:
        return f"Rule({self.name!r}, {str(self.severity)!r}, {self.meaning!r})"

    def finding(
        self, where: Where = NOWHERE, /, *, remedy: str | None = None, **evidence: Any
    ) -> Finding:
        """A finding of this rule; `remedy` replaces the rule's own."""
        known = {name: plain(value) for name, value in evidence.items()}
        if remedy is None:
            remedy = self.remedy.format(where=where, **known)
        sentence = self.sentence.format(where=where, **known)
        return Finding(self.name, self.severity, where, known, remedy, sentence)


RULES: dict[str, Rule] = {}
"""Every rule by its name."""


def plain(value: Any) -> Any:
    """A NumPy number as Python's, in the digits that it shows; any other value unchanged.

    >>> plain(np.float32(0.1)), plain(np.int64(3)), plain("a")
    (0.1, 3, 'a')
    """
    if isinstance(value, np.floating):
        return float(str(value))
    return value.item() if isinstance(value, np.generic) else value


def report(
    findings: Iterable[Finding], found: list[Finding] | None = None, print_advice: bool = False
) -> list[Finding]:
    """Raises the first error, warns of warnings, prints advice if asked to; returns all findings.

    Findings are read one by one, so that no rule is computed after an error; each, also the
    error, is added to the list `found` before it is raised.

    >>> rule = Rule("odd", Severity.ADVICE, "A number is odd.", "{n} is odd", "add 1")
    >>> report([rule.finding(n=3)], print_advice=True)[0].evidence
    advice: 3 is odd; add 1
    {'n': 3}
    >>> del RULES["odd"]
    """
    found = [] if found is None else found
    for finding in findings:
        found.append(finding)
        if finding.severity is Severity.ERROR:
            raise finding.exception()
        if finding.severity is Severity.ADVICE:
            if print_advice:
                say(f"advice: {finding}")
            continue
        warning = finding.exception()
        assert isinstance(warning, Warning)
        caution(warning)
    return found
