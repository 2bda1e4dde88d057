"""Suspicions of rules that are made for a test."""

import pytest

from steepest.doctor.rule import DoctorRule, Looks, Suspicion
from steepest.finding import RULES, Rule, Severity


@pytest.fixture
def suspicion(monkeypatch):
    """Makes a suspicion of a new rule with some changes."""
    monkeypatch.setattr("steepest.finding.RULES", dict(RULES))

    def made(name, *changes):
        found = Rule(name, Severity.WARNING, f"{name}.", name, "change it")
        rule = DoctorRule(name, found, Looks.MODEL, "", "", lambda facts: [])
        return Suspicion(rule, found.finding(), changes)

    return made
