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


def test_the_drawing_has_columns_of_units_with_the_place_of_their_weights(ask):
    frame = ask("describe")
    columns = frame.data["network"]
    assert [(each["units"], each["layer"]) for each in columns] == [(3, None), (5, 0), (1, 1)]
    assert frame.arrays["kernel_0"].shape == (3, 5)
    assert [each["units"] for each in frame.data["layers"]] == [5, 1]
    assert frame.data["parameters"] == 26 and frame.data["targets"]
    assert frame.data["picture"] is None


def test_a_layer_has_the_histogram_of_its_outputs_and_how_each_unit_is_active(ask):
    frame = ask("layer", layer=0)
    outputs = MODEL.layers[0](X).numpy()
    np.testing.assert_array_equal(frame.arrays["means"], outputs.mean(axis=0))
    assert frame.arrays["active"].tolist() == [1.0] * 5
    assert frame.arrays["counts"].sum() == 80 * 5
    assert frame.arrays["weight_counts"].sum() == 15
    assert frame.data["weights"]["mean"] == pytest.approx(MODEL.layers[0].kernel.numpy().mean())


def test_rows_are_shown_as_a_layer_sees_them(ask):
    frame = ask("warp", layer=0, units=[3, 1], columns=[0, 1], lines=4)
    outputs = MODEL.layers[0](X).numpy()
    np.testing.assert_allclose(frame.arrays["points"], outputs[:, [3, 1]], rtol=1e-5)
    assert frame.arrays["targets"].tolist() == Y.tolist() and frame.data["classes"]
    assert frame.arrays["lines"].shape == (8, 61, 2)
    assert frame.data["labels"] == ("unit 3", "unit 1") and frame.data["explained"] is None
    components = ask("warp", layer=0, columns=[0, 1])
    assert 0.3 < sum(components.data["explained"]) <= 1.0


def test_units_of_relu_that_are_off_are_counted():
    model = st.Sequential([st.layers.Dense(2, "relu", input_shape=(1,))])
    model.set_weights([np.array([[1.0, -1.0]], np.float32), np.zeros(2, np.float32)])
    session = Session(Opened(model, np.array([[1.0], [2.0], [3.0], [-4.0]], np.float32)))
    frame = session.request({"view": "model", "do": "layer", "with": {"layer": 0}})
    assert frame.arrays["active"].tolist() == [0.75, 0.25]
    assert frame.arrays["means"].tolist() == [1.5, 1.0]
    assert frame.data["outputs"]["zeros"] == 0.5


def of_pictures():
    x = np.random.default_rng(1).random((20, 8, 8, 1)).astype(np.float32)
    model = st.Sequential([
        st.Input((8, 8, 1)),
        st.layers.Dense(3, "relu", name="edges"),
        st.layers.Flatten(),
        st.layers.Dense(2, "softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model, x, np.arange(20) % 2


def test_a_filter_is_asked_for_its_largest_output_over_the_places():
    model, x, y = of_pictures()
    session = Session(Opened(model, x, y))
    state = {"layer": 0, "unit": 1, "count": 3}
    frame = session.request({"view": "model", "do": "unit", "with": state})
    largest = model.layers[0](x).numpy()[..., 1].max(axis=(1, 2))
    assert frame.arrays["rows"].tolist() == np.argsort(-largest)[:3].tolist()
    np.testing.assert_array_equal(frame.arrays["values"], np.sort(largest)[::-1][:3])
    described = session.request({"view": "model", "do": "describe", "with": {}})
    assert described.data["picture"] == (8, 8, 1) and described.data["network"] == []
    assert described.data["layers"][0]["units"] == 3
    row = session.request({"view": "model", "do": "row", "with": {"row": x[2].ravel().tolist()}})
    np.testing.assert_array_equal(row.arrays["outputs"], model(x[2:3]).numpy())


def test_the_first_layer_is_shown_as_pictures():
    x = np.random.default_rng(1).random((20, 64)).astype(np.float32)
    model = st.Sequential([st.layers.Dense(3, "relu", input_shape=(64,)), st.layers.Dense(1)])
    session = Session(Opened(model, x))
    frame = session.request({"view": "model", "do": "first_layer", "with": {"units": 2}})
    kernel = model.layers[0].kernel.numpy()
    np.testing.assert_array_equal(frame.arrays["pictures"], kernel.T[:2].reshape(2, 8, 8))
    asked = {"of": "first_layer", "with": {"units": 2}}
    snippet = session.request({"view": "model", "do": "python", "with": asked}).data["text"]
    space = {"model": model}
    exec(snippet, space)
    np.testing.assert_array_equal(space["pictures"], frame.arrays["pictures"])


def test_layers_of_a_model_with_branches_have_outputs_too():
    entry = st.Input((3,))
    one, other = st.layers.Dense(4, "relu")(entry), st.layers.Dense(2)(entry)
    both = st.layers.Concatenate()([one, other])
    model = st.Model(entry, st.layers.Dense(1)(both))
    session = Session(Opened(model, X, Y))
    frame = session.request({"view": "model", "do": "unit", "with": {"layer": 3, "unit": 5}})
    values = model.layers[2](X).numpy()[:, 1]
    assert frame.arrays["rows"][0] == values.argmax()
    row = session.request({"view": "model", "do": "row", "with": {"row": [1.0, 2.0, 3.0]}})
    assert list(row.arrays) == ["outputs", "layer_1", "layer_2", "layer_3", "layer_4"]
    np.testing.assert_array_equal(row.arrays["layer_4"], row.arrays["outputs"])


STATES = {
    "boundary": {"columns": [0, 2], "points": 12},
    "describe": {},
    "layer": {"layer": 0},
    "loss": {"points": 5, "seed": 3},
    "mistakes": {"count": 5},
    "row": {"row": [0.5, -1.0, 2.0]},
    "unit": {"layer": 0, "unit": 1},
    "warp": {"layer": 0, "columns": [0, 2]},
}


@pytest.mark.parametrize("do", STATES)
def test_snippets_give_the_same_bits(ask, do):
    frame = ask(do, **STATES[do])
    assert frame.kind == ("model" if do == "describe" else do), frame.data
    space = {"model": MODEL, "x": X, "y": Y}
    exec(ask("python", of=do, **{"with": STATES[do]}).data["text"], space)
    space |= space.get("arrays", {})
    for name, array in frame.arrays.items():
        np.testing.assert_array_equal(space[name], array)


@pytest.mark.parametrize(
    ("do", "state", "field", "message"),
    [
        ("boundary", {"columns": [0, 7]}, "columns", "columns"),
        ("boundary", {"columns": [1, 1]}, "columns", "two different columns"),
        ("row", {"row": [1.0]}, "row", ""),
        ("unit", {"layer": 9, "unit": 0}, "layer", "2 layers"),
        ("layer", {"layer": 2}, "layer", "2 layers"),
        ("first_layer", {}, "units", "no square"),
        ("unit", {"layer": 0, "unit": 9}, "unit", "5 units"),
        ("warp", {"layer": 1, "columns": [0, 1]}, "layer", "vectors of two numbers or more"),
        ("warp", {"layer": 0}, "layer", "choose two of them"),
        ("warp", {"layer": 0, "columns": [0, 1], "units": [0, 5]}, "layer", "units"),
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
    said = alone.request({"view": "model", "do": "unit", "with": {"layer": 0, "unit": 0}})
    assert "start the studio with x too" in said.data["message"]
    said = alone.request({"view": "model", "do": "mistakes", "with": {}}).data["message"]
    assert "start the studio with x and y too" in said


def residual():
    entry = st.Input((3,), name="entry")
    wide = st.layers.Dense(4, "relu", name="wide")(entry)
    inner = st.layers.Dense(4, name="inner")(wide)
    both = st.layers.Add(name="both")([wide, inner])
    return st.Model(entry, st.layers.Dense(1, name="out")(both))


def test_a_model_with_branches_is_drawn_as_boxes_in_rows_by_depth():
    session = Session(Opened(residual(), X, Y))
    data = session.request({"view": "model", "do": "describe", "with": {}}).data
    assert data["network"] == [] and [each["name"] for each in data["layers"]] == [
        "entry", "wide", "inner", "both", "out",
    ]  # fmt: skip
    boxes = data["boxes"]
    heights = [y for _, y in boxes["centres"]]
    assert heights == sorted(heights) and len(set(heights)) == 5
    assert len(boxes["links"]) == 5 and all(path.startswith("M") for path in boxes["links"])
    long_way = [path for path in boxes["links"] if "V" in path]
    assert len(long_way) == 1  # from wide past inner to both


def test_a_chain_of_vectors_has_no_boxes_and_a_chain_of_pictures_has(ask):
    assert ask("describe").data["boxes"] is None
    session = Session(Opened(*of_pictures()))
    data = session.request({"view": "model", "do": "describe", "with": {}}).data
    assert len(data["boxes"]["centres"]) == len(data["layers"])
