"""Experiments prove the faults that were put in, and clear what is harmless."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import steepest as st
from steepest.doctor.budget import PER_RUN, Budget, cost_of_run, cost_of_step
from steepest.doctor.changes import (
    compiled_with,
    fitted_with,
    layer_option,
    optimizer_option,
    scaled_inputs,
)
from steepest.doctor.experiment import Effect, paired, scores, shortened
from steepest.doctor.proof import Parts, Status, _confirmed, prove
from steepest.doctor.replication import fisher
from steepest.doctor.report import Report
from steepest.doctor.rows import Rows
from steepest.doctor.rule import Change
from steepest.doctor.scoring import Score
from steepest.doctor.setup import Setup
from steepest.doctor.trials import AS_IS, Trials
from tests.doctor.cases.case import blobs, usual_model

x, y = blobs(rows=240, classes=3)
BUDGET = Budget.of(20.0)


def setup_of(rate=0.05, scale=1.0, activation="relu", epochs=6):
    model = usual_model(x, y)
    model.layers[0].activation = st.activations.get(activation)
    model.compile(st.optimizers.SGD(rate), "sparse_categorical_crossentropy")
    return Setup.of(model, x * np.float32(scale), y, epochs=epochs, batch_size=16)


def by_name(proof):
    return {verdict.suspicion.rule.code: verdict for verdict in proof.verdicts}


def test_the_fault_is_confirmed_and_the_rest_is_harmless(suspicion):
    setup = setup_of(rate=1e-5)
    same = layer_option(setup.layers[0].name, name="renamed")
    proof = prove(
        setup,
        [suspicion("same", same), suspicion("rate", optimizer_option(learning_rate=0.05))],
        Score("classes"),
        BUDGET,
    )
    verdicts = by_name(proof)
    assert verdicts["rate"].status is Status.CONFIRMED and verdicts["rate"].gain > 0.2
    assert verdicts["same"].status is Status.HARMLESS
    assert proof.verdicts[0] is verdicts["rate"]
    assert proof.replication.gain > 0.2 and proof.replication.seeds == 8
    assert "learning_rate" not in verdicts["rate"].diff and "SGD(0.05)" in verdicts["rate"].diff


def test_two_faults_that_hide_each_other_are_found_together(suspicion):
    """Two layers of zeros: with either of them no gradient passes."""
    hidden = [st.layers.Dense(8, "relu", kernel_initializer="zeros") for _ in range(2)]
    model = st.Sequential([st.Input((4,)), *hidden, st.layers.Dense(3, "softmax")])
    model.compile(st.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    setup = Setup.of(model, x, y, epochs=6, batch_size=16)
    rows = [
        suspicion(layer.name, layer_option(layer.name, kernel_initializer="he_uniform"))
        for layer in hidden
    ]
    proof = prove(setup, rows, Score("classes"), BUDGET)
    assert [one.status for one in proof.verdicts] == [Status.CONFIRMED] * 2
    assert proof.replication.gain > 0.2


def test_what_is_not_missed_is_left_out(suspicion):
    """Either of two rates repairs it: one of them is enough."""
    setup = setup_of(rate=1e-5)
    proof = prove(
        setup,
        [
            suspicion("a", optimizer_option(learning_rate=0.05)),
            suspicion("b", optimizer_option(learning_rate=0.06)),
        ],
        Score("classes"),
        BUDGET,
    )
    confirmed = [one for one in proof.verdicts if one.status is Status.CONFIRMED]
    assert len(confirmed) == 1


def test_a_healthy_setup_has_no_confirmed_verdict(suspicion):
    proof = prove(setup_of(), [suspicion("scale", scaled_inputs())], Score("classes"), BUDGET)
    assert [one.status for one in proof.verdicts] == [Status.HARMLESS]
    assert proof.replication is None and proof.repaired is proof.base


def test_a_small_budget_decides_nothing(suspicion):
    change = optimizer_option(learning_rate=0.05)
    proof = prove(setup_of(rate=1e-5), [suspicion("a", change)], Score("classes"), Budget(1e6))
    assert [one.status for one in proof.verdicts] == [Status.NO_BUDGET]
    assert proof.verdicts[0].effect is None


def test_without_a_change_the_evidence_stands_alone(suspicion):
    proof = prove(setup_of(), [suspicion("a")], Score("classes"), BUDGET)
    assert [one.status for one in proof.verdicts] == [Status.EVIDENT]
    with pytest.raises(st.errors.SteepestError, match="there is no change to apply; change it"):
        proof.verdicts[0].apply(usual_model(x, y), x, y)


def test_apply_gives_the_changed_model_and_data(suspicion):
    setup = setup_of(rate=1e-5)
    rate = suspicion("rate", optimizer_option(learning_rate=0.05))
    verdict = prove(setup, [rate], Score("classes"), BUDGET).verdicts[0]
    model, (inputs, targets) = verdict.apply(usual_model(x, y), x, y)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.05)
    np.testing.assert_array_equal(inputs, x)
    np.testing.assert_array_equal(targets, y)


def test_the_same_proof_again(suspicion):
    rate = suspicion("rate", optimizer_option(learning_rate=0.05))
    first, second = (
        prove(setup_of(rate=1e-5), [rate], Score("classes"), BUDGET).verdicts[0].effect
        for _ in range(2)
    )
    assert first == second


def test_changes_of_epochs_need_whole_runs():
    setup = setup_of(epochs=4000)
    changes = [fitted_with(epochs=8000), optimizer_option(learning_rate=0.1)]
    budget = Budget(10 * 8 * PER_RUN)
    trials = Trials(setup, changes, Rows.of(x, y), Score("classes"), budget)
    assert 0.0 < trials.share < 1.0
    assert not trials.can_measure((0,)) and trials.can_measure((1,))
    trials.measure([(0,), (1,)])
    assert trials.effect(AS_IS, (0,)) is None and trials.effect(AS_IS, (1,)).seeds == 8


def test_costs_grow_with_the_network_and_the_batch():
    small, setup = setup_of(), setup_of()
    wide = setup.with_layer(setup.layers[0].name, units=800)
    assert cost_of_step(wide) > 5 * cost_of_step(small)
    steps = [cost_of_run(one) - PER_RUN for one in (setup, setup.with_fit(epochs=60))]
    assert steps[1] == 10 * steps[0]


def test_paired_runs_have_common_random_numbers():
    setup = setup_of()
    effect = paired(setup, setup, Rows.of(x, y), Score("classes"))
    assert effect.differences == [0.0] * 8 and effect.p_value == 0.5


def test_scores_equal_trainings_one_by_one():
    setup = setup_of()
    ((found,),) = scores([setup], [Rows.of(x, y)], Score("classes"), seeds=[3, 4])
    for seed, score in zip([3, 4], found, strict=True):
        model, _ = setup.trained(seed)
        assert Score("classes").on(setup, model, Rows.of(x, y)) == score


def test_parts_do_not_overlap():
    setup = setup_of()
    parts = Parts.of(setup)
    assert len(parts.train) + len(parts.proof) + len(parts.replication) == len(x)
    known = (parts.train, parts.proof, parts.replication)
    rows = [{tuple(row) for row in part.x.tolist()} for part in known]
    assert not rows[0] & rows[1] and not rows[0] & rows[2] and not rows[1] & rows[2]


def test_callbacks_watch_other_rows_than_those_that_are_scored(suspicion, monkeypatch):
    """Early stopping chooses the best epoch for what it watches, which then says too much."""
    inputs, targets = np.float32(x), np.asarray(y)
    watched = (inputs[:80] + 1, targets[:80])
    setup = replace(setup_of(), validation=Rows.of(*watched, part="val"))
    parts = Parts.of(setup)
    assert parts.beside(parts.proof) is parts.replication
    assert parts.beside(parts.replication) is parts.proof
    assert Parts.of(setup_of()).beside(parts.proof) is None
    seen = []

    def fitted(builds, each, every):
        seen.extend(one.get("validation_data") for one in each)
        return together(builds, each=each, every=every)

    together = st.together
    monkeypatch.setattr("steepest.doctor.experiment.together", fitted)
    stopping = Change(
        "stop early",
        lambda one: replace(one, callbacks=(st.callbacks.EarlyStopping(patience=1),)),
    )
    prove(setup, [suspicion("stop", stopping)], Score("classes"), BUDGET)
    given = [data[0] for data in seen if data is not None]
    assert given and seen.count(None) >= len(given)
    for data in given[:8]:
        np.testing.assert_array_equal(data, parts.replication.x)


def test_shortened_runs():
    setup = setup_of(epochs=10)
    assert shortened(setup, 1.0)["epochs"] == 10
    assert shortened(setup, 0.3)["epochs"] == 3
    cut = shortened(setup, 0.05)
    assert (cut["epochs"], cut["steps_per_epoch"]) == (1, 8)


def test_effect_of_equal_gains():
    assert Effect("accuracy", [0.0] * 8, [0.5] * 8).p_value == 0.0
    assert not Effect("accuracy", [0.0] * 8, [0.005] * 8).is_clear(0.01)


def test_what_another_change_mends_too_is_not_called_harmless(suspicion):
    setup = setup_of(rate=1e-5)
    one, same = (optimizer_option(learning_rate=rate) for rate in (0.05, 0.06))
    proof = prove(setup, [suspicion("one", one), suspicion("same", same)], Score("classes"), BUDGET)
    assert {str(verdict.status) for verdict in proof.verdicts} == {
        Status.CONFIRMED, Status.COVERED
    }  # fmt: skip
    assert any("mended" in str(verdict.status) for verdict in proof.verdicts)


def test_a_setup_that_fit_refuses_scores_like_a_constant():
    signed, features = np.where(y > 0, 1, -1), x.astype(np.float32)
    model = st.Sequential([st.layers.Dense(1, "sigmoid", input_shape=(features.shape[1],))])
    model.compile("adam", "binary_crossentropy")
    setup = Setup.of(model, features, signed, epochs=2)
    rows, score = setup.rows, Score("classes")
    assert "between 0 and 1" in str(setup.refusal)
    assert scores([setup], [rows], score) == [[[score.of_constant(rows.y).mean()] * 8]]
    assert cost_of_run(setup) == PER_RUN


def test_what_makes_fit_take_a_setup_is_evident_even_if_it_does_not_help_alone(suspicion):
    model = usual_model(x, y)
    model.compile(st.optimizers.SGD(1e-9), "categorical_crossentropy")
    setup = Setup.of(model, x, y, epochs=2)
    change = compiled_with(loss="sparse_categorical_crossentropy")
    proof = prove(setup, [suspicion("loss", change)], Score("classes"), BUDGET)
    assert setup.refusal is not None and proof.replication is None
    assert by_name(proof)["loss"].status is Status.EVIDENT


def test_a_setup_that_cannot_be_recorded_is_examined():
    model = usual_model(x, y)
    model.compile("adam", "sparse_categorical_crossentropy")
    report = st.doctor.examine(model, None, x, np.eye(3)[y], epochs=20)
    assert "D18" in {verdict.suspicion.rule.code for verdict in report.verdicts}


def test_where_the_budget_is_too_small_for_all_changes_the_first_are_tried():
    setup = setup_of(rate=1e-5, epochs=40)
    changes = [optimizer_option(learning_rate=rate) for rate in (0.05, 0.02, 0.01, 0.03, 0.04)]
    whole = 8 * (cost_of_run(setup) - PER_RUN)
    budget = Budget((0.3 * 3 * whole + 8 * 3 * PER_RUN) / 0.4)
    trials = Trials(setup, changes, setup.rows, Score("classes"), budget)
    assert trials.tested == [0, 1] and 0.28 <= trials.share <= 0.32
    assert trials.can_measure((1,)) and not trials.can_measure((2,))


def test_each_run_of_an_experiment_has_callbacks_of_its_own():
    setup = replace(setup_of(), callbacks=(st.callbacks.EarlyStopping("loss", patience=2),))
    [[found]] = scores([setup], [setup.rows], Score("classes"))
    assert len(found) == 8 and min(found) > 0.5


def failing(epoch):
    if epoch > 2:
        raise RuntimeError("no rate is known")
    return 0.05


def test_an_experiment_that_fails_is_never_called_harmless(suspicion):
    """A schedule that fails in the third epoch, as it may in a run that takes more epochs."""
    schedule = st.callbacks.LearningRateScheduler(lambda epoch, rate: failing(epoch))
    setup = replace(setup_of(), callbacks=(schedule,))
    proof = prove(setup, [suspicion("scale", scaled_inputs())], Score("classes"), BUDGET)
    [verdict] = proof.verdicts
    assert verdict.status is Status.FAILED and verdict.effect is None
    assert "no rate is known" in verdict.failure and proof.replication is None
    assert "the experiment failed" in str(Report(proof.base, "accuracy", proof.verdicts))


def test_a_change_whose_runs_fail_is_not_called_harmless(suspicion):
    broken = Change(
        "broken",
        lambda setup: replace(
            setup,
            callbacks=(st.callbacks.LearningRateScheduler(lambda epoch, rate: failing(epoch)),),
        ),
    )
    proof = prove(
        setup_of(),
        [suspicion("broken", broken), suspicion("scale", scaled_inputs())],
        Score("classes"),
        BUDGET,
    )
    verdicts = by_name(proof)
    assert verdicts["broken"].status is Status.FAILED
    assert verdicts["scale"].status is Status.HARMLESS and not verdicts["scale"].failure


def test_runs_that_end_in_infinity_are_scored(suspicion):
    """The program diverges, and a lower rate repairs it: that is its fault and no failed run."""
    setup = setup_of(rate=1e30)
    change = optimizer_option(learning_rate=0.05)
    [verdict] = prove(setup, [suspicion("rate", change)], Score("classes"), BUDGET).verdicts
    assert verdict.status is Status.CONFIRMED and not verdict.failure


def test_rules_are_asked_again_about_the_changed_setup(suspicion):
    """Scaled inputs hide nothing any more: the rate is too low for them."""
    setup = setup_of(rate=0.01, scale=1e3, epochs=3)
    asked = []
    later = suspicion("later", optimizer_option(learning_rate=0.1))

    def ask(changed, share):
        asked.append([spec.kind.__name__ for spec in changed.layers])
        return [later]

    first = [suspicion("first", scaled_inputs())]
    proof = prove(setup, first, Score("classes"), BUDGET, ask)
    verdicts = by_name(proof)
    assert asked[0][0] == "Normalization" and len(asked) == 2  # after each change that helps
    assert verdicts["later"].status is Status.CONFIRMED
    assert verdicts["later"].beside == (first[0].changes[0].words,)
    assert proof.replication.gain > 0.1 and len(proof.verdicts) == 2


def test_what_is_suspected_of_the_changed_setup_alone_is_listed_only_if_it_helps(suspicion):
    setup = setup_of(rate=1e-5)
    rate = suspicion("rate", optimizer_option(learning_rate=0.05))
    same = suspicion("later", layer_option(setup.layers[0].name, name="renamed"))
    proof = prove(setup, [rate], Score("classes"), BUDGET, lambda changed, share: [same])
    assert list(by_name(proof)) == ["rate"]


def test_a_setup_that_fit_refuses_is_examined_again_when_fit_takes_it(suspicion):
    """The loss does not help alone, as the rate is too low: together they do."""
    model = usual_model(x, y)
    model.compile(st.optimizers.SGD(1e-9), "categorical_crossentropy")
    setup = Setup.of(model, x, y, epochs=6, batch_size=16)
    loss = suspicion("loss", compiled_with(loss="sparse_categorical_crossentropy"))
    later = suspicion("rate", optimizer_option(learning_rate=0.05))
    proof = prove(setup, [loss], Score("classes"), BUDGET, lambda changed, share: [later])
    assert {one.status for one in proof.verdicts} == {Status.CONFIRMED}
    assert len(proof.verdicts) == 2 and proof.replication.gain > 0.2
    assert all(one.effect.is_clear(0.01) for one in proof.verdicts)


def test_a_change_is_confirmed_for_the_first_of_its_suspicions(suspicion):
    change = optimizer_option(learning_rate=0.05)
    both = [suspicion("cause", change), suspicion("symptom", optimizer_option(learning_rate=0.05))]
    verdicts = by_name(prove(setup_of(rate=1e-5), both, Score("classes"), BUDGET))
    assert verdicts["cause"].status is Status.CONFIRMED
    assert verdicts["symptom"].status is Status.COVERED


def test_a_later_change_in_place_of_an_earlier_one_answers_its_suspicion(suspicion):
    """A rate of 0.01 is better than 1e-6 and not yet right."""
    setup = setup_of(rate=1e-6, epochs=3)
    first = suspicion("first", optimizer_option(learning_rate=1e-2))
    later = suspicion("later", optimizer_option(learning_rate=0.2))
    proof = prove(setup, [first], Score("classes"), BUDGET, lambda changed, share: [later])
    [verdict] = proof.verdicts
    assert verdict.suspicion is first and verdict.status is Status.CONFIRMED
    assert "SGD(0.2)" in verdict.diff and "SGD(1e-06)" in verdict.diff
    assert verdict.gain > 0.3  # of the whole change, and not of its second step


class Known:
    """Trials of two setups, with a p-value of the rows of the proof."""

    score = Score("classes")

    def __init__(self, p_value, callbacks=()):
        self.p_value, self.callbacks = p_value, callbacks

    def setup(self, combination):
        return SimpleNamespace(callbacks=self.callbacks if combination else ())

    def p_value_by_row(self, before, after):
        return self.p_value


UNCLEAR = Effect("accuracy", [0.5, 0.52] * 4, [0.6, 0.64] * 4, row_error=0.08, rows=30)
"""A gain of 0.11 for all seeds, and with a p-value of about 0.09 by its rows."""


def test_what_new_rows_leave_open_is_decided_with_those_of_the_proof():
    assert UNCLEAR.interval.low < 0.0 and 0.08 < UNCLEAR.p_value < 0.1
    found = _confirmed(Known(0.01), (0,), UNCLEAR)
    assert found.together == fisher(0.01, UNCLEAR.p_value) < 0.025
    assert str(found).endswith(", with the rows of the proof p = 0.007")
    assert _confirmed(Known(0.1), (0,), UNCLEAR) is None


def test_new_rows_that_decide_need_no_others():
    clear = replace(UNCLEAR, row_error=0.01)
    assert _confirmed(Known(1.0), (0,), clear) is clear


def test_rows_that_callbacks_watch_do_not_decide():
    stopping = st.callbacks.EarlyStopping()
    assert _confirmed(Known(0.001, (stopping,)), (0,), UNCLEAR) is None


def test_a_gain_that_seeds_leave_open_is_not_decided_by_rows():
    differing = replace(UNCLEAR, after=[0.3, 0.94] * 4)
    assert _confirmed(Known(0.001), (0,), differing) is None
