"""check finds what fit would refuse; diagnose reads a history alone, or proves what it suspects."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import steepest as st
from steepest.doctor import TABLE, Setup, Status
from steepest.doctor.examine import suspicions_of
from steepest.doctor.facts import Facts
from steepest.doctor.rule import Looks
from tests.doctor.cases import CASES
from tests.doctor.cases.case import blobs, usual_model
from tests.doctor.cases.courses import network
from tests.doctor.cases.networks import classes, plain

X, Y = blobs(120)


def codes(report):
    return [one.suspicion.rule.code for one in report.verdicts]


# ---------------------------------------------------------------- before


@pytest.mark.parametrize(
    ("x", "y", "code"),
    [
        (np.where(np.eye(120, 4) > 0, np.nan, X), Y, "D1"),
        (X, Y + 1, "D18"),
        (X.astype(str).astype(object), Y, "F1"),
        (X[:, :2], Y, "F1"),
    ],
)
def test_what_fit_refuses_is_in_the_report(x, y, code):
    model = usual_model(X, Y)
    report = model.check(x, y)
    assert code in codes(report) and not {"D1", "F1"} < set(codes(report))
    with pytest.raises(st.errors.SteepestError):
        model.fit(x, y, verbose=0)


def test_a_check_neither_warns_nor_changes_model_or_random_numbers():
    model = usual_model(X, Y)
    before = [weight.numpy().copy() for weight in model.weights]
    with st.random.seeded(3):
        expected = st.random.normal((2,)).numpy()
    with warnings.catch_warnings(), st.random.seeded(3):
        warnings.simplefilter("error")
        report = model.check(X * [1, 1, 1e4, 1], Y, batch_size=16, verbose=0)
        np.testing.assert_array_equal(st.random.normal((2,)).numpy(), expected)
    assert "D4" in codes(report) and "F2" not in codes(report)
    for old, new in zip(before, model.weights, strict=True):
        np.testing.assert_array_equal(old, new.numpy())


def test_what_has_no_change_is_shown_by_its_evidence():
    model = usual_model(X, Y)
    model.trainable = False
    found = {one.suspicion.rule.code: one for one in model.check(X, Y).verdicts}
    assert found["F2"].status is Status.EVIDENT
    assert found["F2"].suspicion.finding.evidence["finding"] == "all-frozen"


def test_a_rule_that_fails_on_data_that_fit_takes_is_an_error(monkeypatch):
    def broken(facts):
        raise ValueError("a fault of the rule")

    monkeypatch.setitem(
        TABLE, "D3", TABLE["D3"].__class__(**{**vars(TABLE["D3"]), "check": broken})
    )
    with pytest.raises(ValueError, match="a fault of the rule"):
        usual_model(X, Y).check(X, Y)
    assert "D1" in codes(usual_model(X, Y).check(np.where(np.eye(120, 4) > 0, np.nan, X), Y))


def test_few_updates_are_reported_once():
    for name in ("more rows than there are", "two updates an epoch"):
        facts = CASES["S14"].positive[name]()
        assert any(TABLE["S14"].suspicions(facts)) and any(TABLE["S22"].suspicions(facts))
        suspected = [one.rule.code for one in suspicions_of(facts, {Looks.MODEL})]
        assert "S22" in suspected and "S14" not in suspected


def test_batches_too_small_for_statistics_are_another_fault_than_few_updates():
    layers = st.layers.Dense(8), st.layers.BatchNormalization(), *plain()
    facts = classes(*layers, batch_size=2, epochs=1)
    suspected = {one.rule.code for one in suspicions_of(facts, {Looks.MODEL})}
    assert {"S14", "S22"} <= suspected


def test_a_loss_that_still_falls_after_few_updates_is_one_finding():
    model = usual_model(X, Y)
    history = model.fit(X, Y, epochs=5, verbose=0)
    facts = Facts(Setup.of(model, X, Y, epochs=5), model, history)
    assert any(TABLE["T21"].suspicions(facts)) and any(TABLE["S22"].suspicions(facts))
    suspected = [one.rule.code for one in suspicions_of(facts, {Looks.MODEL, Looks.COURSE})]
    assert "S22" in suspected and "T21" not in suspected


def test_a_rule_of_repairs_is_applied_to_changed_setups_only():
    facts = CASES["T25"].positive["by a fifth of its value"]()
    codes = [
        {one.rule.code for one in suspicions_of(facts, {Looks.COURSE}, again)} for again in (0, 1)
    ]
    assert "T25" not in codes[0] and "T25" in codes[1]


# ---------------------------------------------------------------- after


@pytest.mark.parametrize("code", [one for one in TABLE if TABLE[one].looks_at is Looks.COURSE])
def test_rules_on_a_course_need_no_rows(code):
    """Without rows a rule may find less, and it fails nowhere."""
    for make in CASES[code].positive.values():
        facts = make()
        facts.history.set_model(facts.model or facts.setup.built())
        facts.history.records = facts.records
        facts.history.params = {"epochs": facts.epochs, "batch_size": facts.batch_size}
        report = facts.history.diagnose()
        assert {one.suspicion.rule.looks_at for one in report.verdicts} <= {Looks.COURSE}
        if code not in ("T5", "T15", "T19", "T22") and not TABLE[code].of_repairs:
            assert code in codes(report)


def test_a_history_alone_names_weights_that_stand_still():
    model = network(bias_initializer=st.initializers.Constant(-50.0))
    history = model.fit(X, Y, epochs=10, callbacks=[st.doctor.Doctor(5)], verbose=0)
    report = history.diagnose()
    found = next(one for one in report.verdicts if one.suspicion.rule.code == "T12")
    assert found.suspicion.finding.where.layer in {layer.name for layer in model.layers}
    assert str(report).startswith("The doctor has found")
    assert report.to_dict()["program"] == ""


def test_with_data_it_is_examine():
    model = network(rate=1e-6)
    history = model.fit(X, Y, epochs=5, verbose=0)
    ours, theirs = (
        history.diagnose(x=X, y=Y, budget=2.0),
        st.doctor.examine(model, history, X, Y, budget=2.0),
    )
    assert ours.to_json() == theirs.to_json()
    assert ours.confirmed


def test_what_is_missing_is_named():
    with pytest.raises(st.errors.ArgumentError, match=r"history: what fit returned .* got ndarray"):
        st.doctor.examine(network(), X, Y)
    with pytest.raises(st.errors.ArgumentError, match="model"):
        st.callbacks.History().diagnose()
    model = network()
    history = model.fit(X, Y, verbose=0)
    with pytest.raises(st.errors.ArgumentError, match="give x too"):
        history.diagnose(y=Y)
    two = st.Input((4,)), st.Input((4,))
    model = st.Model(list(two), st.layers.Add()(list(two)))
    model.compile("sgd", "mse")
    history = st.callbacks.History()
    history.set_model(model)
    with pytest.raises(st.errors.ArgumentError, match="one input and one output"):
        history.diagnose()
