"""EinsumDense. The shapes and sums are those of Keras 3.15.1."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import layers


@pytest.mark.parametrize(
    ("equation", "output_shape", "bias_axes", "shape", "weights", "total"),
    [
        ("abc,cd->abd", (None, 6), "d", (2, 3, 5), [(5, 6), (6,)], 32.822),
        ("...x,xy->...y", 4, "y", (2, 3, 5), [(5, 4), (4,)], 21.167),
        ("abc,cde->abde", (None, 2, 3), "de", (4, 3, 5), [(5, 2, 3), (2, 3)], 63.224),
        ("ab...,bc->ac...", (4,), "c", (2, 3, 5), [(3, 4), (4, 1)], 28.879),
        ("abc,bd->adc", (4, 5), "d", (2, 3, 5), [(3, 4), (4, 1)], 28.879),
        ("abc,cd->abd", (3, 6), "bd", (2, 3, 5), [(5, 6), (3, 6)], 32.58),
        ("abc,bc->ab", (3,), "b", (2, 3, 5), [(3, 5), (3,)], 4.921),
    ],
)
def test_products_along_letters(equation, output_shape, bias_axes, shape, weights, total) -> None:
    layer = layers.EinsumDense(equation, output_shape, "tanh", bias_axes)
    x = np.random.RandomState(0).rand(*shape).astype("float32")
    layer(x)
    assert [weight.shape for weight in layer.weights] == weights
    layer.set_weights([np.random.RandomState(i + 1).rand(*w) for i, w in enumerate(weights)])
    assert float(st.reduce_sum(layer(x))) == pytest.approx(total, abs=5e-4)


def test_it_trains_in_a_model_and_is_saved(tmp_path) -> None:
    model = st.Sequential([
        st.Input((3, 5)),
        layers.EinsumDense("abc,cd->abd", (None, 2), bias_axes="d"),
        layers.Flatten(),
        layers.Dense(1),
    ])
    model.compile("sgd", "mse")
    x = np.ones((8, 3, 5), np.float32)
    losses = model.fit(x, np.ones(8), epochs=3, verbose=0).history["loss"]
    assert losses[2] < losses[0]
    model.save(tmp_path / "model.steepest")
    again = st.load_model(tmp_path / "model.steepest")
    assert np.array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


@pytest.mark.parametrize(
    ("equation", "output_shape", "bias_axes", "message"),
    [
        ("ab;bc->ac", 3, None, "an equation of the form"),
        ("...ab,bc->ac", 3, None, "an equation of the form"),
        ("ab,cd->ad", 5, None, "'c' of 'ab,cd->ad' is neither"),
        ("ab,bc->ac", (3, 4), None, "output_shape has one size for each letter"),
        ("ab,bc->acd", (3, 4), "e", "bias_axes 'e'"),
        ("ab,ac->ab", 7, None, "axis 'b' has size 4 in the inputs and 7"),
    ],
)
def test_what_does_not_fit_is_refused(equation, output_shape, bias_axes, message) -> None:
    with pytest.raises(st.errors.SteepestError, match=message):
        layers.EinsumDense(equation, output_shape, bias_axes=bias_axes)(np.ones((2, 4)))
