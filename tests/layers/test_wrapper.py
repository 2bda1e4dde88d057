"""Wrapper and TimeDistributed."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import layers

X = np.random.default_rng(0).random((4, 3, 5), np.float32)


def test_a_dense_layer_over_time_is_the_dense_layer() -> None:
    timed = layers.TimeDistributed(layers.Dense(2))
    np.testing.assert_allclose(timed(X).numpy(), timed.layer(X).numpy(), rtol=1e-6)
    assert [weight.shape for weight in timed.weights] == [(5, 2), (2,)]


def test_steps_are_examples_of_the_layer_inside(tmp_path) -> None:
    model = st.Sequential([
        st.Input((3, 2, 2)), layers.TimeDistributed(layers.Flatten()), layers.Flatten(),
        layers.Dense(1),
    ])  # fmt: skip
    assert model.layers[0].output_shape == (None, 3, 4)
    model.compile("sgd", "mse")
    x = np.random.default_rng(1).random((8, 3, 2, 2), np.float32)
    model.fit(x, np.ones(8), verbose=0)
    model.save(tmp_path / "model.steepest")
    again = st.load_model(tmp_path / "model.steepest")
    assert np.array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


def test_masks_pass_through() -> None:
    x = layers.Masking()(np.array([[[1.0], [0.0]]]))
    assert layers.TimeDistributed(layers.Dense(2))(x)._keras_mask.tolist() == [[True, False]]


def test_what_is_no_sequence_or_no_layer_is_refused() -> None:
    with pytest.raises(st.errors.ShapeError, match="a known number of steps"):
        layers.TimeDistributed(layers.Dense(2))(np.ones((2, 3)))
    with pytest.raises(st.errors.ArgumentError, match="a layer was expected"):
        layers.Wrapper(len)
