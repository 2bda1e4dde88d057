"""Rules on data suspect nothing above advice in healthy data sets."""

import pytest

from steepest.datasets.catalog import FROM_SKLEARN
from steepest.doctor import TABLE
from steepest.doctor.rule import Looks
from steepest.finding import Severity
from tests.doctor import healthy

RULES = [rule for rule in TABLE.values() if rule.looks_at is Looks.DATA]


def alarms(facts):
    found = [suspicion.finding for rule in RULES for suspicion in rule.suspicions(facts)]
    return [str(finding) for finding in found if finding.severity is not Severity.ADVICE]


REAL = dict(healthy.real())


@pytest.mark.parametrize("name", REAL)
def test_real_data_are_healthy(name):
    if name.startswith(tuple(FROM_SKLEARN)):
        pytest.importorskip("sklearn")
    assert alarms(REAL[name]()) == []


def test_pictures_are_healthy(data_folder):
    assert alarms(healthy.split_facts(healthy.pixels("mnist", 3000, 600))) == []


@pytest.mark.long
def test_texts_are_healthy(data_folder):
    assert alarms(healthy.split_facts(healthy.multi_hot())) == []


def test_random_tables_are_healthy():
    found = {name: alarms(make()) for name, make in healthy.random_tables([0], small=True)}
    assert len(found) >= 30
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.long
def test_false_alarms_in_random_tables_are_few():
    found = {name: alarms(make()) for name, make in healthy.random_tables(range(1, 4))}
    wrong = {name: what for name, what in found.items() if what}
    print(f"{len(wrong)} of {len(found)} healthy tables", wrong)
    assert len(wrong) < 0.02 * len(found)
