"""The view of the opened model: its numbers are those of `st.plot` and of the model itself."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.studio.session import Session
from steepest.studio.view import Opened


def made():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 3)).astype(np.float32)
    y = (x[:, 0] * x[:, 1] > 0).astype(np.float32)
    model = st.Sequential([
        st.Input((3,)),
        st.layers.Dense(5, "tanh", kernel_initializer=st.initializers.GlorotUniform(seed=1)),
        st.layers.Dense(1, "sigmoid", kernel_initializer=st.initializers.GlorotUniform(seed=2)),
    ])
    model.compile("adam", "binary_crossentropy")
    return model, x, y


MODEL, X, Y = made()


@pytest.fixture
def ask():
    session = Session(Opened(MODEL, X, Y, names=("a", "b", "c")))

    def asked(do, **state):
        return session.request({"view": "model", "do": do, "with": state})

    return asked


def test_the_model_is_described_with_its_weights_and_inputs(ask):
    frame = ask("describe")
    np.testing.assert_array_equal(frame.arrays["kernel_0"], MODEL.layers[0].kernel.numpy())
    np.testing.assert_array_equal(frame.arrays["bias_1"], MODEL.layers[1].bias.numpy())
    assert len(frame.data["layers"]) == 2
    columns = frame.data["columns"]
    assert [each["name"] for each in columns] == ["a", "b", "c"]
    assert columns[1]["low"] == X[:, 1].min() and not columns[1]["whole"]
    frame.to_bytes()


def test_a_row_has_the_outputs_of_the_model_and_of_each_layer(ask):
    frame = ask("row", row=X[3].tolist())
    np.testing.assert_array_equal(frame.arrays["outputs"], MODEL(X[3:4]).numpy())
    np.testing.assert_array_equal(frame.arrays["layer_0"], MODEL.layers[0](X[3:4]).numpy())
    np.testing.assert_array_equal(frame.arrays["layer_1"], frame.arrays["outputs"])


def test_the_rows_that_a_unit_answers_most(ask):
    frame = ask("unit", layer=0, unit=2, count=4)
    values = MODEL.layers[0](X).numpy()[:, 2]
    assert frame.arrays["rows"].tolist() == np.argsort(-values)[:4].tolist()
    np.testing.assert_array_equal(frame.arrays["inputs"], X[frame.arrays["rows"]])
    assert frame.data["most"] == values.max()


STATES = {
    "boundary": {"columns": [0, 2], "points": 12},
    "loss": {"points": 5, "seed": 3},
    "mistakes": {"count": 5},
    "row": {"row": [0.5, -1.0, 2.0]},
    "unit": {"layer": 0, "unit": 1},
}


@pytest.mark.parametrize("do", STATES)
def test_snippets_give_the_same_bits(ask, do):
    frame = ask(do, **STATES[do])
    assert frame.kind == do, frame.data
    space = {"model": MODEL, "x": X, "y": Y}
    exec(ask("python", of=do, **{"with": STATES[do]}).data["text"], space)
    for name, array in frame.arrays.items():
        np.testing.assert_array_equal(space[name], array)


@pytest.mark.parametrize(
    ("do", "state", "field", "message"),
    [
        ("boundary", {"columns": [0, 7]}, "columns", "columns"),
        ("boundary", {"columns": [1, 1]}, "columns", "two different columns"),
        ("row", {"row": [1.0]}, "row", ""),
        ("unit", {"layer": 9, "unit": 0}, "layer", "2 layers"),
        ("unit", {"layer": 0, "unit": 9}, "unit", "5 units"),
        ("mistakes", {"count": 0}, "count", "from 1 to 100"),
    ],
)
def test_wrong_states_are_refused_with_the_field(ask, do, state, field, message):
    frame = ask(do, **state)
    assert frame.kind == "error"
    assert frame.data["field"] == field and message in frame.data["message"]


def test_without_a_model_or_rows_it_says_what_is_missing():
    empty = Session()
    for do in ("describe", "boundary"):
        said = empty.request({"view": "model", "do": do, "with": {}}).data["message"]
        assert "is open" in said or "are open" in said
    alone = Session(Opened(MODEL))
    assert alone.request({"view": "model", "do": "describe", "with": {}}).kind == "model"
    said = alone.request({"view": "model", "do": "mistakes", "with": {}}).data["message"]
    assert "start the studio with x and y too" in said
