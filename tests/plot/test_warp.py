"""Rows as a layer sees them: outputs on two axes, and the bent grid."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st

X = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
Y = (X[:, 0] > 0).astype(int)


def made(last=1):
    model = st.Sequential([
        st.layers.Dense(5, "tanh", input_shape=(3,), name="first"),
        st.layers.Dense(4, "relu", name="second"),
        st.layers.Dense(last, name="out"),
    ])
    model.compile("sgd", "mse")
    return model


def test_two_units_are_the_outputs_themselves():
    model = made()
    data = st.plot.warp_data(model, X, Y, layer="first", units=(2, 0), columns=(0, 1))
    outputs = model.layers[0](X).numpy()
    np.testing.assert_allclose(data.points, outputs[:, [2, 0]], rtol=1e-5)
    assert data.labels == ("unit 2", "unit 0") and data.layer == "first"
    assert data.targets.tolist() == Y.tolist() and data.explained is None


def test_lines_are_those_of_the_grid_the_other_inputs_at_their_medians():
    model = made()
    data = st.plot.warp_data(model, X, layer=0, units=(0, 1), columns=(2, 0), lines=3)
    assert data.lines.shape == (6, 61, 2)
    low, high = X.min(axis=0), X.max(axis=0)
    corner = np.median(X.astype(np.float64), axis=0)
    corner[2], corner[0] = high[2], low[0]  # the end of the first line, along column 2
    expected = model.layers[0](corner[None].astype(np.float32)).numpy()[0, :2]
    np.testing.assert_allclose(data.lines[0, -1], expected, rtol=1e-5)
    corner[2], corner[0] = low[2], high[0]  # the end of the first line along column 0
    expected = model.layers[0](corner[None].astype(np.float32)).numpy()[0, :2]
    np.testing.assert_allclose(data.lines[3, -1], expected, rtol=1e-5)


def test_components_are_those_of_the_outputs_with_the_variance_that_they_show():
    model = made()
    data = st.plot.warp_data(model, X, layer=0, columns=(0, 1))
    outputs = model.layers[0](X).numpy().astype(np.float64)
    spread = np.linalg.eigvalsh(np.cov(outputs.T, bias=True))[::-1]
    np.testing.assert_allclose(data.explained, spread[:2] / spread.sum(), rtol=1e-6)
    np.testing.assert_allclose(data.points.var(axis=0), spread[:2], rtol=1e-6)
    np.testing.assert_allclose(data.points.mean(axis=0), 0.0, atol=1e-7)
    assert "component 1, " in data.labels[0]


def test_the_last_hidden_layer_is_shown_unless_one_is_named():
    assert st.plot.warp_data(made(), X, columns=(0, 1)).layer == "second"
    assert st.plot.warp_data(made(3), X, columns=(0, 1)).layer == "second"


def test_a_single_input_gives_one_line_and_quantities_stay_numbers():
    model = st.Sequential([st.layers.Dense(4, "tanh", input_shape=(1,)), st.layers.Dense(1)])
    targets = X[:, 0] ** 2
    data = st.plot.warp_data(model, X[:, :1], targets)
    assert data.lines.shape == (1, 61, 2) and data.columns == (0,)
    np.testing.assert_allclose(data.targets, targets)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layer": "out"}, "layer: one whose outputs are vectors of two numbers or more"),
        ({"layer": 7}, "(first, second), got 7"),
        ({"layer": 0, "units": (0, 9)}, "units"),
        ({}, "choose two of them"),
        ({"columns": (0, 0)}, "two different columns"),
        ({"columns": (0, 1), "lines": 1}, "lines"),
    ],
)
def test_wrong_arguments_are_refused(options, message):
    given = options if "lines" in options or "columns" in options or not options else {
        **options, "columns": (0, 1),
    }  # fmt: skip
    with pytest.raises(st.errors.ArgumentError) as caught:
        st.plot.warp_data(made(), X, **given)
    assert message in str(caught.value)


def test_a_function_has_no_layers():
    with pytest.raises(st.errors.ArgumentError, match="Sequential or functional model"):
        st.plot.warp_data(lambda x: x, X)
