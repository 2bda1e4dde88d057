"""A repaired program gets as many epochs as help, and one that has enough is left alone."""

import pytest

from steepest.doctor.budget import Budget
from steepest.doctor.changes import fitted_with, optimizer_option
from steepest.doctor.examine import suspicions_after
from steepest.doctor.proof import Status, prove
from steepest.doctor.scoring import Score
from steepest.doctor.search import Search, distinct
from steepest.doctor.setup import Setup
from tests.doctor.cases.case import blobs, usual_model
from tests.doctor.test_search import Known, setup_of


def searched(scored, suspicion):
    """The epochs that a search finds where four times as many are always suspected to help."""
    asked = []

    def ask(setup, share):
        asked.append(setup.fit["epochs"])
        name = f"longer than {asked[-1]}"
        return [suspicion(name, fitted_with(epochs=4 * setup.fit["epochs"]))]

    first = [suspicion("rate", optimizer_option(learning_rate=0.1))]
    changes, owned = distinct(setup_of(), first)
    search = Search(Known(changes, scored), first, owned, ask)
    return search.trials.setup(search.chosen()).fit["epochs"], asked


@pytest.mark.parametrize(("enough", "epochs"), [(2, 2), (8, 8), (100, 128), (128, 128)])
def test_epochs_are_multiplied_as_long_as_that_helps(enough, epochs, suspicion):
    found, asked = searched(
        lambda rate, epochs: (rate == 0.1) * min(epochs, enough) / enough, suspicion
    )
    assert found == epochs
    assert asked[-1] == epochs  # the rules have seen the last of them


def test_without_a_change_that_helps_no_epochs_are_added(suspicion):
    assert searched(lambda rate, epochs: min(epochs, 100) / 100, suspicion) == (2, [])


x, y = blobs(rows=240, classes=3)


def slow(rate):
    model = usual_model(x, y)
    model.compile(
        {"class_name": "SGD", "config": {"learning_rate": rate}}, "sparse_categorical_crossentropy"
    )
    return Setup.of(model, x, y, epochs=4, batch_size=16)


def only_t25(setup, share):
    return [one for one in suspicions_after(setup, share) if one.rule.code == "T25"]


def proved(better, suspicion, seconds=20.0, name="rate"):
    found = [suspicion(name, optimizer_option(learning_rate=better))]
    return prove(slow(1e-6), found, Score("classes"), Budget.of(seconds), only_t25)


def test_a_training_that_still_improves_is_made_longer(suspicion):
    proof = proved(0.02, suspicion)
    assert proof.repaired.fit["epochs"] in (16, 64)
    verdicts = {one.suspicion.rule.code: one for one in proof.verdicts}
    assert verdicts["T25"].status is Status.CONFIRMED
    assert verdicts["T25"].diff.count("epochs=") == 2  # one line, before and after
    assert verdicts["T25"].beside == ("optimizer: learning_rate=0.02",)
    again = proved(0.02, suspicion, name="rate again")
    assert [one.diff for one in again.verdicts] == [one.diff for one in proof.verdicts]
    assert again.replication.after == proof.replication.after


def test_a_training_that_has_arrived_is_not_made_longer(suspicion):
    proof = proved(0.3, suspicion)
    assert proof.repaired.fit["epochs"] == 4 and proof.replication is not None


def test_a_longer_training_is_within_the_budget(suspicion):
    proof = proved(0.02, suspicion, seconds=0.35)
    assert proof.repaired.fit["epochs"] == 4
