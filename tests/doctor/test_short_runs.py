"""Short runs and probes: what they cost, that they are repeatable, and that they change nothing."""

import copy
import signal

import numpy as np
import pytest

import steepest as st
from steepest.doctor import TABLE
from steepest.doctor.facts import Facts
from steepest.doctor.probe import Probe
from steepest.doctor.setup import Setup
from steepest.doctor.short_runs import (
    LEARN_STEPS,
    ONE_BATCH_STEPS,
    Learned,
    learned,
    one_batch,
    probe_of,
)
from steepest.doctor.start_facts import start_of
from tests.doctor.cases.case import blobs
from tests.doctor.cases.networks import BatchNormalization, Dense, Dropout, plain, quantities


def network():
    model = st.Sequential([
        st.Input((4,)), Dense(16), BatchNormalization(), st.layers.ReLU(), Dropout(0.3),
        Dense(3, "softmax"),
    ])  # fmt: skip
    model.compile(st.optimizers.Adam(0.05), "sparse_categorical_crossentropy", ["accuracy"])
    return model


def all_of(model):
    return [*model.weights, *model.optimizer.variables]


@pytest.fixture
def trained_model():
    model = network()
    model.fit(*blobs(), epochs=2, verbose=0, seed=0)
    return model


def apply_all_rules(model, x, y, **fit):
    facts = Facts.of(model, x, y, **fit)
    for rule in TABLE.values():
        list(rule.suspicions(facts))


def test_the_rules_change_no_object_of_the_user(trained_model):
    x, y = blobs()
    before = [variable.numpy().copy() for variable in all_of(trained_model)]
    x_before, y_before = x.copy(), y.copy()
    config = copy.deepcopy(trained_model.get_config())
    history = trained_model.history
    st.random.set_seed(5)
    expected = st.random.uniform((3,)).tolist()
    st.random.set_seed(5)
    numpy_state = np.random.get_state()[1].copy()
    apply_all_rules(trained_model, x, y, epochs=30)
    assert st.random.uniform((3,)).tolist() == expected
    assert np.array_equal(np.random.get_state()[1], numpy_state)
    for variable, value in zip(all_of(trained_model), before, strict=True):
        assert np.array_equal(variable.numpy(), value)
    assert np.array_equal(x, x_before) and np.array_equal(y, y_before)
    assert trained_model.get_config() == config and trained_model.history is history


def test_an_interrupt_leaves_the_model_as_it_was(trained_model, monkeypatch):
    x, y = blobs()
    before = [variable.numpy().copy() for variable in all_of(trained_model)]
    calls = []

    def interrupted(self, rows, *, real=Probe._of_arrays):
        calls.append(rows)
        if len(calls) == 20:
            raise KeyboardInterrupt
        return real(self, rows)

    monkeypatch.setattr(Probe, "_of_arrays", interrupted)
    with pytest.raises(KeyboardInterrupt):
        one_batch(Facts.of(trained_model, x, y))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    for variable, value in zip(all_of(trained_model), before, strict=True):
        assert np.array_equal(variable.numpy(), value)
    history = trained_model.fit(x, y, epochs=1, verbose=0)
    assert len(history.epoch) == 1


def test_short_runs_take_a_fixed_number_of_steps(monkeypatch):
    counted = []
    real = Probe._of_arrays
    monkeypatch.setattr(
        Probe, "_of_arrays", lambda self, rows: counted.append(1) or real(self, rows)
    )
    facts = Facts.of(network(), *blobs(rows=200))
    one_batch(facts)
    assert len(counted) == ONE_BATCH_STEPS
    learned(facts)
    one_batch(facts), learned(facts)
    assert len(counted) == ONE_BATCH_STEPS + 2 * LEARN_STEPS


def test_the_same_setup_gives_the_same_facts():
    def found():
        facts = Facts.of(network(), *blobs(rows=200))
        return one_batch(facts).loss, learned(facts).held.tolist(), start_of(facts).loss

    assert found() == found()


def test_runs_of_a_probe_begin_anew():
    facts = quantities(*plain(1, None))
    probe = probe_of(facts)
    first = probe.train(facts.rows, 20, 32, 0.01) and probe.vector().tolist()
    probe.train(facts.rows.first(10), 20, 5, 0.1)
    assert probe.train(facts.rows, 20, 32, 0.01) and probe.vector().tolist() == first


def test_the_start_has_the_loss_and_the_gradients_of_the_model():
    x, y = blobs()
    model = st.Sequential([
        st.Input((4,)),
        Dense(8, "tanh", kernel_regularizer=st.regularizers.L2(0.1)),
        Dense(3, "softmax"),
    ])
    model.compile("sgd", "sparse_categorical_crossentropy")
    setup = Setup.of(model, x, y)
    start, fresh = start_of(Facts(setup)), setup.seeded(0)
    assert start.loss + start.penalty == pytest.approx(fresh.evaluate(x, y, verbose=0), rel=1e-5)
    assert [layer.outputs.shape for layer in start.layers] == [(60, 8), (60, 3)]
    assert start.layers[1].outputs == pytest.approx(fresh.predict(x, verbose=0), abs=1e-5)
    with st.GradientTape() as tape:
        loss = fresh.compute_loss(x, st.constant(y[:, None]), fresh(x))
    gradients = tape.gradient(loss, fresh.trainable_weights)
    for weight, gradient in zip(start.weights, gradients, strict=True):
        assert weight.gradient == pytest.approx(gradient.numpy(), abs=1e-5)


@pytest.mark.parametrize(("better", "gain"), [(0.0, 0.0), (0.5, np.inf), (-0.5, -np.inf)])
def test_a_gain_that_is_the_same_in_all_rows_has_no_error(better: float, gain: float):
    assert Learned(9, np.zeros(4), np.full(4, better), 0.0, 0.0, 1.0).gain == gain


def test_a_setup_that_cannot_run_has_a_fault():
    x, y = blobs()
    model = st.Sequential([st.Input((4,)), Dense(2)])
    model.compile("sgd", "categorical_crossentropy")
    start = start_of(Facts.of(model, x, y))
    assert "categorical_crossentropy" in start.fault and np.isnan(start.loss)


def test_a_network_too_large_for_short_runs_is_left_out():
    x = np.zeros((20, 1000), np.float32)
    model = st.Sequential([st.Input((1000,)), Dense(1200, "relu"), Dense(1)])
    model.compile("sgd", "mse")
    assert np.isnan(one_batch(Facts.of(model, x + np.eye(20, 1000), np.arange(20.0))).share)
