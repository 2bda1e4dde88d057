"""The microscope: its numbers are those of the tape, and fit the formulas that it shows."""

from __future__ import annotations

import numpy as np
import pytest

from steepest.studio.catalogue import entries
from steepest.studio.session import Session
from tests.studio.snippets import assert_same_in_a_fresh_process


@pytest.fixture
def ask():
    session = Session()

    def asked(do, **state):
        return session.request({"view": "microscope", "do": do, "with": state})

    return asked


DEEP = {
    "inputs": [0.5, -1.0, 2.0],
    "targets": [0.0, 1.0],
    "layers": [
        {"units": 4, "activation": "tanh"},
        {"units": 3, "activation": "relu"},
        {"units": 2, "activation": "sigmoid"},
    ],
    "loss": "BinaryCrossentropy",
    "seed": 3,
}


def test_known_numbers_of_one_unit(ask):
    state = {
        "inputs": [2.0],
        "targets": [1.0],
        "layers": [{"units": 1, "activation": "linear"}],
        "initializer": {"name": "Constant", "options": {"value": 3.0}},
        "rate": 0.25,
    }
    frame = ask("row", **state)
    found = {name: array.ravel().tolist() for name, array in frame.arrays.items()}
    assert found["z_1"] == found["a_1"] == [6.0]
    assert frame.data["loss"] == 25.0
    assert found["delta_1"] == found["db_1"] == [10.0]
    assert found["dw_1"] == [20.0]
    assert found["new_w_1"] == [-2.0] and found["new_b_1"] == [-2.5]


def test_the_numbers_fit_the_formulas(ask):
    arrays = {name: each.astype(float) for name, each in ask("row", **DEEP).arrays.items()}
    slopes = {
        1: 1 - arrays["a_1"] ** 2,
        2: (arrays["z_2"] > 0).astype(float),
        3: arrays["a_3"] * (1 - arrays["a_3"]),
    }
    for n in (1, 2, 3):
        z = arrays[f"a_{n - 1}"] @ arrays[f"w_{n}"] + arrays[f"b_{n}"]
        np.testing.assert_allclose(arrays[f"z_{n}"], z, rtol=1e-5)
        dw = arrays[f"a_{n - 1}"].T @ arrays[f"delta_{n}"]
        np.testing.assert_allclose(arrays[f"dw_{n}"], dw, rtol=1e-5)
        np.testing.assert_array_equal(arrays[f"db_{n}"], arrays[f"delta_{n}"][0])
    for n in (1, 2):
        back = arrays[f"delta_{n + 1}"] @ arrays[f"w_{n + 1}"].T * slopes[n]
        np.testing.assert_allclose(arrays[f"delta_{n}"], back, rtol=1e-5)
    last = (arrays["a_3"] - arrays["targets"]) / 2  # of crossentropy by the signal, a mean of two
    np.testing.assert_allclose(arrays["delta_3"], last, rtol=1e-4)


def test_each_formula_names_arrays_of_the_frame(ask):
    frame = ask("row", **DEEP)
    steps = frame.data["forward"] + frame.data["backward"]
    names = [step["name"] for step in steps]
    assert len(set(names)) == len(names)
    for step in steps:
        assert step["formula"].startswith(f"{step['name']} = ")
        assert {step["name"], *step["reads"]} <= {*frame.arrays, "loss"}
    assert {*frame.arrays} - {"a_0", "targets"} - {*names} == {
        f"{each}_{n}" for each in "wb" for n in (1, 2, 3)
    }


@pytest.mark.parametrize("name", entries("activation"))
def test_each_activation_has_its_row(ask, name):
    layers = [{"units": 3, "activation": name}, {"units": 1, "activation": "linear"}]
    frame = ask("row", layers=layers)
    assert frame.kind == "row" and np.isfinite(frame.arrays["dw_1"]).all()


def test_snippets_give_the_same_bits_in_a_fresh_process(ask, tmp_path):
    states = [
        {},
        DEEP,
        {"seed": 7, "rate": 0.3, "initializer": "HeNormal"},
        {"layers": [{"units": 1, "activation": "softplus"}], "loss": "Huber"},
        {**DEEP, "loss": "CategoricalCrossentropy",
         "layers": [{"units": 2, "activation": "softmax"}]},
    ]  # fmt: skip
    cases = [(ask("python", **{"with": each}).data["text"], ask("row", **each)) for each in states]
    assert_same_in_a_fresh_process(tmp_path, cases)


@pytest.mark.parametrize(
    ("state", "field", "message"),
    [
        ({"targets": [1, 2]}, "targets", "1 numbers were expected, one for each output"),
        ({"layers": []}, "layers", "1 to 6 values"),
        ({"layers": [{"units": 17}]}, "layers.0.units", "from 1 to 16"),
        ({"loss": "MSEE"}, "loss.name", "unknown value"),
        ({"inputs": ["a"]}, "inputs.0", "a number"),
        ({"initializer": "Identity", "inputs": [1, 2, 3]}, None, ""),
    ],
)
def test_wrong_states_are_refused_with_the_field(ask, state, field, message):
    frame = ask("row", **state)
    if field is None:
        assert frame.kind in ("row", "error")
        assert "bug" not in frame.data.get("message", "")
    else:
        assert frame.kind == "error"
        assert frame.data["field"] == field and message in frame.data["message"]
