"""Initial weights: signals and gradients by layer, known for equal, small and fitting weights."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.studio.session import Session
from steepest.studio.views.initial_weights import DATA, FLAT
from tests.studio.snippets import assert_same_in_a_fresh_process


@pytest.fixture
def ask():
    session = Session()

    def asked(do="layers", **state):
        return session.request({"view": "initial_weights", "do": do, "with": state})

    return asked


SMALL = {"rows": 60, "widths": [8, 6], "bins": 7, "points": 8}
NORMAL = {"data": "normal", "rows": 400, "widths": [100] * 6}


def initializer(name, **options):
    return {"name": name, "options": options}


@pytest.mark.parametrize("data", DATA)
def test_each_data_set_has_its_frame(ask, data):
    frame = ask(**SMALL, data=data)
    arrays = frame.arrays
    assert arrays["activations"].shape == (2, 7) and arrays["gradients_edges"].shape == (2, 8)
    np.testing.assert_allclose(arrays["activations"].sum(axis=1), 1.0, rtol=1e-6)
    assert ("map" in arrays) == (data in FLAT)
    assert arrays["losses"].shape == (0,) and frame.data["names"] == ["layer 1", "layer 2"]
    frame.to_bytes()


def test_zero_weights_give_no_signal_and_no_gradient(ask):
    arrays = ask(**SMALL, initializer="Zeros", activation="relu").arrays
    assert not arrays["means"].any() and (arrays["zeros"] == 1).all()
    assert not arrays["gradient_deviations"].any() and not arrays["expected"].any()


def test_small_weights_vanish_and_large_ones_saturate(ask):
    small = ask(**NORMAL, initializer=initializer("RandomNormal", stddev=0.01)).arrays
    large = ask(**NORMAL, initializer=initializer("RandomNormal", stddev=1.0)).arrays
    assert (small["deviations"][1:] < 0.2 * small["deviations"][:-1]).all()
    assert small["gradient_deviations"][0] < 1e-3 * small["gradient_deviations"][-1]
    assert (large["deviations"] > 0.9).all()


def test_he_weights_have_the_deviation_that_theory_expects(ask):
    arrays = ask(**NORMAL, initializer="HeNormal", activation="relu").arrays
    np.testing.assert_allclose(arrays["deviations"][0], arrays["expected"][0], rtol=0.02)
    np.testing.assert_allclose(arrays["deviations"], arrays["expected"], rtol=0.4)
    np.testing.assert_allclose(arrays["expected"], np.sqrt(1 - 1 / np.pi), rtol=0.2)


def test_activations_are_those_of_the_model(ask):
    state = {**SMALL, "data": "digits", "initializer": initializer("GlorotUniform", seed=4)}
    arrays = ask(**state).arrays
    (x, _), _ = st.datasets.digits.load_data()
    x = x[:60].reshape(60, -1)
    x = (x - x.mean(axis=0)) / np.where(x.std(axis=0) > 0, x.std(axis=0), 1)
    kernel = st.initializers.GlorotUniform(seed=4)((64, 8)).numpy()
    first = np.tanh(x.astype(np.float32) @ kernel)
    assert arrays["means"][0] == pytest.approx(first.mean(), abs=1e-5)
    assert arrays["deviations"][0] == pytest.approx(first.std(), rel=1e-5)


def test_training_lowers_the_loss_and_changes_the_signals(ask):
    before, after = (ask(**SMALL, steps=steps) for steps in (0, 60))
    losses = after.arrays["losses"]
    assert len(losses) == 60 and losses[-1] < losses[0]
    assert after.data["accuracy"] > 0.7
    assert not np.array_equal(before.arrays["deviations"], after.arrays["deviations"])


def test_snippets_give_the_same_bits_in_a_fresh_process(ask, tmp_path):
    states = [
        SMALL,
        {**SMALL, "steps": 5, "data": "spirals", "seed": 3, "activation": "relu"},
        {**SMALL, "data": "digits", "initializer": "HeNormal", "optimizer": "Adam", "steps": 3},
        {**SMALL, "data": "normal", "initializer": initializer("Constant", value=0.1)},
    ]
    cases = [(ask("python", **{"with": each}).data["text"], ask(**each)) for each in states]
    assert_same_in_a_fresh_process(tmp_path, cases)


@pytest.mark.parametrize(
    ("state", "field", "message"),
    [
        ({"data": "moon"}, "data", "did you mean 'moons'"),
        ({"widths": []}, "widths", "1 to 30 values"),
        ({"initializer": "He"}, "initializer.name", "unknown value"),
        ({"steps": 2000}, "steps", "from 0 to 1000"),
        ({"steps": 1000, "widths": [256] * 30, "rows": 1500}, "steps", "at most 7 were expected"),
    ],
)
def test_wrong_states_are_refused_with_the_field(ask, state, field, message):
    frame = ask(**state)
    assert frame.kind == "error"
    assert frame.data["field"] == field and message in frame.data["message"]
