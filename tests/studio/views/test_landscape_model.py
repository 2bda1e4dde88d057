"""The landscape of the opened model: its frames are those of `st.plot`, and of its Python."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.engines import choose
from steepest.studio.session import Session
from steepest.studio.view import Opened
from steepest.studio.views import landscape_model


def made():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 3)).astype(np.float32)
    y = (x[:, 0] * x[:, 1] > 0).astype(np.float32)
    model = st.Sequential([
        st.Input((3,)),
        st.layers.Dense(4, "tanh", kernel_initializer="he_normal", name="hidden"),
        st.layers.Dense(1, "sigmoid", name="out"),
    ])
    model.compile(st.optimizers.Adam(0.05), "binary_crossentropy")
    return model, x, y


MODEL, X, Y = made()
RANDOM = {"model": {"plane": "random", "seed": 3, "extent": 0.8}}
WEIGHTS = {"model": {"plane": "weights", "weights": ["hidden/kernel[2, 1]", "out/bias[0]"]}}
TRAINING = {"model": {"plane": "training", "epochs": 4, "rows": 50}}
PLANES = {"random": RANDOM, "weights": WEIGHTS, "training": TRAINING}
RACERS = [{"name": "SGD", "options": {"learning_rate": 0.5}}, "Adam"]


def asking(*opened):
    session = Session(Opened(*opened))

    def asked(do, **state):
        return session.request({"view": "landscape", "do": do, "id": 1, "with": state})

    return asked


@pytest.fixture
def ask():
    return asking(MODEL, X, Y)


def evaluated(changes):
    before = MODEL.get_weights()
    weights = [array.copy() for array in before]
    for place, index, value in changes:
        weights[place][index] = value
    MODEL.set_weights(weights)
    loss = MODEL.evaluate(X, Y, verbose=0)
    MODEL.set_weights(before)
    return loss


def test_the_map_over_two_weights_is_the_loss_with_these_weights(ask):
    frame = ask("map", surface=WEIGHTS, points=5)
    (left, right), (low, high) = frame.data["x"], frame.data["y"]
    for column, row in [(0, 0), (4, 1), (2, 2)]:
        at_x, at_y = np.linspace(left, right, 5)[column], np.linspace(low, high, 5)[row]
        expected = evaluated([(0, (2, 1), at_x), (3, (0,), at_y)])
        assert frame.arrays["values"][row, column] == pytest.approx(expected, rel=1e-5)
    assert frame.data["note"] == "all 60 rows, seed 0"
    assert frame.data["labels"] == tuple(WEIGHTS["model"]["weights"])
    assert frame.data["place"] == (float(MODEL.layers[0].kernel.numpy()[2, 1]), 0.0)


def test_a_map_in_parts_is_the_same_map(ask):
    at_once = ask("map", surface=RANDOM, points=9).arrays["values"]
    for part in (1, 2, 3):
        frame = ask("map", surface=RANDOM, points=9, parts=3, part=part)
        assert frame.data["done"] == pytest.approx(part / 3)
        assert np.isfinite(frame.arrays["values"]).all(axis=1).sum() == 3 * part
    np.testing.assert_array_equal(frame.arrays["values"], at_once)


def test_optimizers_race_on_the_plane_and_a_drag_compiles_nothing(ask, monkeypatch):
    def paths(k):
        options = {"learning_rate": 0.1 * k}
        return ask("paths", surface=WEIGHTS, start=[0.1 * k, 0.5], steps=20 + k,
                   optimizers=[{"name": "SGD", "options": options}, "Adam"])  # fmt: skip

    paths(1)
    monkeypatch.setattr(choose, "_prepared", None)
    frame = paths(2)
    assert frame.kind == "paths", frame.data
    surface = st.plot.loss_surface(MODEL, X, Y, WEIGHTS["model"]["weights"])
    expected = st.plot.paths_data(surface, st.optimizers.SGD(0.2), (0.2, 0.5), 22)
    path = expected.paths["optimizer"]
    np.testing.assert_array_equal(frame.arrays["points"][0], path.points)
    np.testing.assert_array_equal(frame.arrays["values"][0], path.values)
    limit = surface.stability_limit(0.2, 0.5)
    assert frame.data["limit"] == pytest.approx(limit or np.inf, rel=1e-3)


def test_the_training_is_shown_on_its_plane_with_how_far_it_is_off(ask):
    frame = ask("training", surface=TRAINING)
    assert frame.arrays["steps"].tolist() == [0, 2, 4, 6, 8]
    assert frame.arrays["points"].shape == (5, 2)
    np.testing.assert_allclose(frame.arrays["points"][-1], 0.0, atol=1e-6)
    assert 0.5 < sum(frame.data["explained"]) <= 1.0
    assert frame.data["residual"] == pytest.approx(frame.arrays["residuals"].max())
    lengths = np.linalg.norm(frame.arrays["points"], axis=1)
    off = np.hypot(lengths, frame.arrays["residuals"])
    np.testing.assert_allclose(off, frame.arrays["distances"], rtol=1e-4, atol=1e-6)
    shown = ask("map", surface=TRAINING, points=3).data
    np.testing.assert_allclose(shown["start"], frame.arrays["points"][0], rtol=1e-6)


def test_a_training_leaves_the_model_and_the_random_numbers_of_the_user(ask):
    before = MODEL.get_weights()
    st.utils.set_random_seed(4)
    expected = st.random.uniform((3,)).tolist()
    st.utils.set_random_seed(4)
    ask("training", surface={"model": {"plane": "training", "epochs": 3, "seed": 9}})
    assert st.random.uniform((3,)).tolist() == expected
    for one, other in zip(before, MODEL.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_model_that_was_trained_further_has_another_map():
    model, x, y = made()
    ask = asking(model, x, y)
    first = ask("map", surface=RANDOM, points=3).arrays["values"]
    model.fit(x, y, epochs=1, verbose=0)
    other = ask("map", surface=RANDOM, points=3).arrays["values"]
    again = st.plot.loss_surface(model, x, y, seed=3, extent=0.8)
    np.testing.assert_array_equal(other, np.float32(st.plot.surface_data(again, 3).values))
    assert not np.array_equal(first, other)


CASES = [
    *(("map", {"surface": surface, "points": 4}) for surface in PLANES.values()),
    ("map", {"surface": RANDOM, "points": 4, "x": [0, 0.5]}),
    *(
        ("paths", {"surface": surface, "steps": 9, "optimizers": RACERS})
        for surface in PLANES.values()
    ),
    ("basins", {"surface": WEIGHTS, "optimizer": "SGD", "points": 4, "steps": 10}),
    ("training", {"surface": TRAINING}),
]


@pytest.mark.parametrize(("do", "state"), CASES)
def test_snippets_give_the_same_bits(ask, do, state):
    frame = ask(do, **state)
    assert frame.kind == do, frame.data
    space = {"model": MODEL, "x": X, "y": Y}
    exec(ask("python", of=do, **{"with": state}).data["text"], space)
    for name, array in frame.arrays.items():
        np.testing.assert_array_equal(space[name].astype(array.dtype), array)


def test_weights_are_listed_with_their_shapes(ask):
    listed = ask("weights").data["weights"]
    assert [each["path"] for each in listed] == [
        "hidden/kernel", "hidden/bias", "out/kernel", "out/bias",
    ]  # fmt: skip
    assert listed[0]["shape"] == (3, 4)


def plane(**values):
    return {"model": {"plane": "random", **values}}


@pytest.mark.parametrize(
    ("surface", "field", "message"),
    [
        (plane(plane="all"), "surface.model.plane", "unknown value"),
        (plane(plane="weights"), "surface.model.weights", "two directions were expected"),
        (plane(plane="weights", weights=["out/kernel[9, 0]", "out/bias"]),
         "surface.model.weights", "has shape (4, 1); give an index for each axis"),
        (plane(plane="weights", weights=["outt/bias", "out/bias"]),
         "surface.model.weights", "did you mean 'out/bias'"),
        (plane(rows=0), "surface.model.rows", "from 1 to 100000"),
        (plane(extent=0), "surface.model.extent", ""),
        (plane(epochs=1), "surface.model.epochs", "from 2 to 500"),
    ],
)  # fmt: skip
def test_wrong_planes_are_refused_at_their_field(ask, surface, field, message):
    frame = ask("map", surface=surface)
    assert frame.kind == "error"
    assert frame.data["field"] == field and message in frame.data["message"]


def test_what_is_missing_is_said():
    bare = st.Sequential([st.layers.Dense(1, input_shape=(3,))])
    for opened, message in [
        ((), "no model is open"),
        ((MODEL,), "start the studio with x and y too"),
        ((bare, X, Y), "compile"),
    ]:
        for surface in (RANDOM, TRAINING):
            frame = asking(*opened)("map", surface=surface)
            assert frame.kind == "error" and message in frame.data["message"], frame.data
    said = asking(MODEL, X, Y)("training", surface=RANDOM).data["message"]
    assert "the plane of a training" in said


def test_a_training_that_takes_too_long_is_refused(ask, monkeypatch):
    monkeypatch.setattr(landscape_model, "MOST_WORK", 60 * 21 * 3)
    refused = ask("map", surface={"model": {"plane": "training", "epochs": 4, "seed": 77}})
    assert refused.data["field"] == "surface.model.epochs"
    assert "at most 3 are possible" in refused.data["message"]
