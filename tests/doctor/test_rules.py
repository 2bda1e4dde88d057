"""Each rule of the doctor has a row in its table, and cases that show where it suspects what."""

import numpy as np
import pytest

import steepest as st
from steepest.doctor import TABLE
from steepest.doctor.changes import Change
from steepest.doctor.writing import changed_lines, difference
from tests.doctor.cases import CASES
from tests.doctor.recorded import RECORD, recorded
from tests.recorded import compare, sections_of

pytestmark = pytest.mark.usefixtures("names_from_one")

MOST_LINES = 3

positive = [(code, name) for code, cases in CASES.items() for name in cases.positive]
negative = [(code, name) for code, cases in CASES.items() for name in cases.negative]
unchanged = [(code, name) for code, cases in CASES.items() for name in cases.unchanged]
edges = [(code, name) for code, cases in CASES.items() for name in cases.edges]
offers = [(code, name) for code, cases in CASES.items() for name in cases.offers]


@pytest.mark.parametrize("code", TABLE)
def test_a_rule_has_a_row_and_cases(code):
    rule = TABLE[code]
    assert rule.threshold and rule.source and rule.rule.meaning.endswith(".")
    assert rule.rule.remedy
    cases = CASES.get(code)
    assert cases is not None, f"{code} has no cases in tests/doctor/cases"
    assert len(cases.positive) >= 3 and len(cases.negative) >= 3 and len(cases.unchanged) >= 1


def test_no_cases_without_a_rule():
    assert set(CASES) <= set(TABLE)


def found(code, facts):
    return list(TABLE[code].suspicions(facts))


@pytest.mark.parametrize("code, name", positive)
def test_a_rule_suspects(code, name):
    facts = CASES[code].positive[name]()
    suspicions = found(code, facts)
    assert suspicions
    for suspicion in suspicions:
        assert suspicion.finding.rule == TABLE[code].name
        assert "{" not in str(suspicion.finding)
        for change in suspicion.changes:
            check_change(facts, change)
    compare(RECORD, f"{code}: {name}", recorded(facts, suspicions))


def test_nothing_is_recorded_of_cases_that_are_gone():
    assert sections_of(RECORD).keys() == {f"{code}: {name}" for code, name in positive + negative}


def check_change(facts, change: Change):
    """A change is one that a user can make: few lines, and a program that can be built."""
    after = change.applied(facts.setup)
    diff = difference(facts.setup, after)
    assert 1 <= changed_lines(diff) <= MOST_LINES, diff
    after.seeded(0)
    if after.preparations:
        check_preparation(after)


def check_preparation(setup):
    """The lines of Python do the same to the data as the setup does."""
    given = {"np": np, "st": st, "x_train": setup.rows.x, "y_train": setup.rows.y}
    if setup.validation is not None:
        given |= {"x_val": setup.validation.x, "y_val": setup.validation.y}
    for preparation in setup.preparations:
        exec(preparation.written(setup.validation is not None), given)
    rows = setup.prepared(setup.rows)
    np.testing.assert_allclose(given["x_train"], rows.x, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(given["y_train"], rows.y, rtol=1e-4, atol=1e-6)
    if setup.validation is not None:
        rows = setup.prepared(setup.validation)
        np.testing.assert_allclose(given["x_val"], rows.x, rtol=1e-4, atol=1e-6)
        np.testing.assert_allclose(given["y_val"], rows.y, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("code, name", negative)
def test_a_rule_does_not_suspect(code, name):
    facts = CASES[code].negative[name]()
    assert found(code, facts) == []
    compare(RECORD, f"{code}: {name}", recorded(facts, []))


@pytest.mark.parametrize("code, name", edges)
def test_a_rule_suspects_from_its_threshold_on(code, name):
    beyond, before = (found(code, make()) for make in CASES[code].edges[name])
    assert beyond and not before


@pytest.mark.parametrize("code, name", offers)
def test_a_rule_offers_a_change_up_to_its_threshold(code, name):
    with_it, without = (found(code, make()) for make in CASES[code].offers[name])
    assert with_it and without
    assert words(with_it) - words(without)


def words(suspicions):
    return {change.words for suspicion in suspicions for change in suspicion.changes}


@pytest.mark.parametrize("code, name", unchanged)
def test_what_does_not_matter_changes_nothing(code, name):
    before, after = (found(code, make()) for make in CASES[code].unchanged[name])
    assert before and len(before) == len(after)
