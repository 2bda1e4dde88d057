"""Findings as values: their texts, what is raised from them, and what is refused."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Iterator

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DataError, SteepestError, TrainingWarning
from steepest.finding import RULES, Finding, Rule, Severity, Where, report


@pytest.fixture
def rules() -> Iterator[dict[Severity, Rule]]:
    """A rule of each severity, removed after the test."""
    wrong = Rule("t-wrong", Severity.ERROR, "w", "{n} is wrong", "add {n}", DataError)
    odd = Rule("t-odd", Severity.WARNING, "o", "{where.cell} is odd")
    hint = Rule("t-hint", Severity.ADVICE, "h", "{n:.1f} is slow", "try 2")
    yield {rule.severity: rule for rule in (wrong, odd, hint)}
    for rule in (wrong, odd, hint):
        del RULES[rule.name]


def test_the_sentence_is_made_of_the_evidence(rules: dict[Severity, Rule]) -> None:
    found = rules[Severity.ERROR].finding(Where("x"), n=np.int64(3))
    assert str(found) == "3 is wrong; add 3"
    assert found.evidence == {"n": 3} and type(found.evidence["n"]) is int
    assert str(rules[Severity.WARNING].finding(Where(row=1))) == "row 1 is odd"


def test_a_remedy_of_its_own_is_taken_as_it_is(rules: dict[Severity, Rule]) -> None:
    found = rules[Severity.ERROR].finding(remedy="use {'a': 1}", n=3)
    assert str(found) == "3 is wrong; use {'a': 1}"


def test_numbers_of_numpy_show_their_own_digits(rules: dict[Severity, Rule]) -> None:
    assert rules[Severity.ERROR].finding(n=np.float32(0.1)).evidence == {"n": 0.1}


def test_a_place_names_what_is_known() -> None:
    where = Where("x", "kind", "dense", "log", 4, (2, 3), 1, 7)
    assert str(where) == (
        "x, epoch 1, step 7, output 'kind', layer 'dense', operation 'log', row 4, column 2, 3"
    )
    assert str(Where()) == ""


def test_errors_are_raised_and_carry_their_finding(rules: dict[Severity, Rule]) -> None:
    found = rules[Severity.ERROR].finding(n=3)
    with pytest.raises(DataError, match="3 is wrong; add 3") as caught:
        report([found])
    assert caught.value.finding is found
    assert SteepestError("by hand").finding is None


def test_nothing_is_computed_after_an_error(rules: dict[Severity, Rule]) -> None:
    def findings() -> Iterator[Finding]:
        yield rules[Severity.ADVICE].finding(n=1)
        yield rules[Severity.ERROR].finding(n=3)
        raise AssertionError("taken after an error")

    found: list[Finding] = []
    with pytest.raises(DataError):
        report(findings(), found)
    assert [each.rule for each in found] == ["t-hint", "t-wrong"]


def test_warnings_point_at_the_callers_line_and_carry_their_finding(
    rules: dict[Severity, Rule],
) -> None:
    found = rules[Severity.WARNING].finding(Where(row=1))
    with pytest.warns(TrainingWarning, match="row 1 is odd") as caught:
        assert report([found]) == [found]
    assert caught[0].filename == __file__
    assert isinstance(caught[0].message, TrainingWarning)
    assert caught[0].message.finding is found


def test_advice_is_printed_only_if_asked_for(
    rules: dict[Severity, Rule], capsys: pytest.CaptureFixture[str]
) -> None:
    found = rules[Severity.ADVICE].finding(n=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report([found])
        assert capsys.readouterr().out == ""
        report([found], print_advice=True)
    assert capsys.readouterr().out == "advice: 1.0 is slow; try 2\n"


def test_a_rule_keeps_its_name_to_itself(rules: dict[Severity, Rule]) -> None:
    with pytest.raises(ArgumentError, match="the name 't-odd' is taken"):
        Rule("t-odd", Severity.WARNING, "again", "again")


@pytest.mark.parametrize(
    ("severity", "exception"), [(Severity.ERROR, TrainingWarning), (Severity.WARNING, DataError)]
)
def test_a_rule_raises_what_its_severity_says(
    severity: Severity, exception: type[Exception]
) -> None:
    with pytest.raises(ArgumentError, match="exception must be a"):
        Rule("t-other", severity, "m", "s", exception=exception)
    assert "t-other" not in RULES


def test_findings_are_values(rules: dict[Severity, Rule]) -> None:
    found = rules[Severity.ERROR].finding(Where("x", row=1), n=3)
    assert found == rules[Severity.ERROR].finding(Where("x", row=1), n=3)
    assert found != rules[Severity.ERROR].finding(Where("x", row=1), n=4)
    assert len({found, rules[Severity.ERROR].finding(Where("x", row=1), n=3)}) == 1
    assert copy.deepcopy(found) == pickle.loads(pickle.dumps(found)) == found
    with pytest.raises(AttributeError):
        found.rule = "another"  # type: ignore[misc]


def test_a_finding_of_nobodys_rule_speaks_too() -> None:
    found = Finding("mine", Severity.ERROR, Where("x"), {"n": 3}, "add 1")
    assert str(found) == "mine: n 3; add 1"
    with pytest.raises(SteepestError, match="mine: n 3"):
        report([found])
    doubtful = Finding("mine", Severity.WARNING, Where("x"), {}, "")
    with pytest.warns(TrainingWarning, match="mine"):
        report([doubtful])


def test_the_room_shows_them() -> None:
    assert st.diagnosis.Finding is Finding and st.diagnosis.RULES is RULES
