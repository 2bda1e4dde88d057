"""Dropout and its variants: shares, mean, deviation, seeds."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.errors import ArgumentError, ShapeError
from tests.layers.harness import values


def test_dropout_keeps_its_share_and_the_mean():
    layer = layers.Dropout(0.3, seed=5)
    found = values(layer, np.ones((400, 500)), training=True)
    np.testing.assert_array_equal(np.unique(found), np.float32([0.0, 1 / np.float32(0.7)]))
    assert (found == 0).mean() == pytest.approx(0.3, abs=0.005)
    assert found.mean() == pytest.approx(1.0, abs=0.01)


def test_dropout_drops_others_at_each_step_and_the_same_by_seed():
    one, twin = layers.Dropout(0.5, seed=5), layers.Dropout(0.5, seed=5)
    x = np.ones((3, 40))
    first, second = values(one, x, training=True), values(one, x, training=True)
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(values(twin, x, training=True), first)
    np.testing.assert_array_equal(values(twin, x, training=True), second)


def test_the_common_seed_fixes_layers_without_one():
    def run() -> list[np.ndarray]:
        st.random.set_seed(3)
        pair = layers.Dropout(0.5), layers.Dropout(0.5)
        return [values(layer, np.ones((3, 40)), training=True) for layer in pair]

    (a, b), (c, d) = run(), run()
    np.testing.assert_array_equal(a, c)
    np.testing.assert_array_equal(b, d)
    assert not np.array_equal(a, b)


def test_dropout_at_its_ends_and_by_rows():
    x = np.ones((50, 6))
    assert values(layers.Dropout(0.0), x, training=True).min() == 1.0
    layer = layers.Dropout(1.0)
    with st.GradientTape() as tape:
        t = st.constant(x)
        tape.watch(t)
        y = layer(t, training=True)
    assert y.numpy().max() == 0.0
    assert tape.gradient(y, t).numpy().max() == 0.0
    rows = values(layers.Dropout(0.5, noise_shape=(None, 1), seed=1), x, training=True)
    assert set(rows.sum(1).tolist()) == {0.0, 12.0}
    with pytest.raises(ArgumentError, match=r"rate must lie in \[0, 1\], got 50"):
        layers.Dropout(50)


def test_alpha_dropout_keeps_mean_and_deviation(rng: np.random.Generator):
    x = rng.normal(size=(500, 400))
    found = values(layers.AlphaDropout(0.2, seed=1), x, training=True)
    assert found.mean() == pytest.approx(0.0, abs=0.02)
    assert found.std() == pytest.approx(1.0, abs=0.02)


def test_channels_of_pictures_are_dropped_together() -> None:
    layer = layers.SpatialDropout2D(0.5, seed=3)
    x = layer(np.ones((4, 3, 2, 8)), training=True).numpy()
    assert (x == x[:, :1, :1]).all()
    assert set(x.ravel().tolist()) == {0.0, 2.0}
    with pytest.raises(ShapeError, match="takes pictures"):
        layer(np.ones((4, 3, 8)), training=True)
    with pytest.raises(ArgumentError, match="channels last"):
        layers.SpatialDropout2D(0.5, "channels_first")


def test_a_mask_of_no_size_is_refused():
    with pytest.raises(ArgumentError, match=r"noise_shape: positive sizes or None, got \(0, 2\)"):
        layers.Dropout(0.5, noise_shape=(0, 2))


def test_a_rate_is_needed_and_the_noise_shape_of_whole_channels_is_fixed() -> None:
    with pytest.raises(ArgumentError, match=r"Dropout: rate must be a number in .* got None"):
        st.layers.Dropout(None)
    with pytest.raises(ArgumentError, match="has a fixed noise_shape; use Dropout"):
        st.layers.SpatialDropout1D(0.5, noise_shape=(None, 1, 2))


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_dropping_nothing_or_all_needs_no_random_numbers(rate: float) -> None:
    x = np.float32([[1.0, -2.0]])
    assert st.layers.Dropout(rate)(x, training=True).tolist() == (x * (1 - rate)).tolist()
