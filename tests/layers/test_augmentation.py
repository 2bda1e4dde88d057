"""Augmented images: known answers, agreement with SciPy, randomness, and training with them."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.errors import ArgumentError, ShapeError

PICTURE = np.arange(12, dtype="float32").reshape(1, 3, 4, 1)


def changed(layer: layers.Layer, picture: np.ndarray = PICTURE) -> np.ndarray:
    return layer(picture, training=True).numpy().reshape(picture.shape[1:3])


def test_outside_of_training_pictures_stay():
    for layer in (layers.RandomRotation(0.5), layers.RandomErasing(), layers.RandomFlip()):
        np.testing.assert_array_equal(layer(PICTURE).numpy(), PICTURE)


@pytest.mark.parametrize(
    ("mode", "row"),
    [
        ("constant", [0, 0, 4, 5]),
        ("nearest", [4, 4, 4, 5]),
        ("reflect", [5, 4, 4, 5]),
        ("wrap", [6, 7, 4, 5]),
    ],
)
def test_shifts_fill_the_border_by_the_fill_mode(mode, row):
    layer = layers.RandomTranslation((0.0, 0.0), (0.5, 0.5), fill_mode=mode)
    assert changed(layer)[1].tolist() == row


def test_shifts_go_down_and_to_the_right():
    down = changed(layers.RandomTranslation((1 / 3, 1 / 3), (0, 0), fill_mode="constant"))
    np.testing.assert_allclose(down, [[0] * 4, [0, 1, 2, 3], [4, 5, 6, 7]], atol=1e-5)


def test_half_a_pixel_is_the_mean_of_two():
    half = changed(layers.RandomTranslation((0, 0), (-0.125, -0.125), fill_mode="nearest"))
    assert half[0].tolist() == [0.5, 1.5, 2.5, 3.0]


def test_half_a_turn_is_exact_and_a_quarter_goes_anticlockwise():
    half = changed(layers.RandomRotation((0.5, 0.5)))
    np.testing.assert_allclose(half, PICTURE[0, ::-1, ::-1, 0], atol=1e-5)
    square = np.arange(9, dtype="float32").reshape(1, 3, 3, 1)
    quarter = changed(layers.RandomRotation((0.25, 0.25)), square)
    np.testing.assert_allclose(quarter, np.rot90(square[0, :, :, 0]), atol=1e-4)


@pytest.mark.parametrize("turn", [-0.2, -0.05, 0.1, 0.25, 0.4])
def test_rotation_is_near_that_of_scipy(turn):
    ndimage = pytest.importorskip("scipy.ndimage")
    smooth = ndimage.gaussian_filter(np.random.default_rng(0).normal(size=(24, 28)), 2.5)
    wanted = ndimage.rotate(smooth, 360 * turn, reshape=False, order=1, mode="reflect")
    found = changed(layers.RandomRotation((turn, turn)), smooth[None, :, :, None])
    inner = np.s_[4:-4, 4:-4]
    assert np.abs(found - wanted)[inner].max() < 0.06 * np.abs(wanted).max()
    assert np.corrcoef(found.ravel(), wanted.ravel())[0, 1] > 0.97


def test_zoom_keeps_the_middle():
    near = changed(layers.RandomZoom((-0.5, -0.5), (0.0, 0.0)))
    np.testing.assert_allclose(near[:, 0], [2, 4, 6])
    far = changed(layers.RandomZoom((1.0, 1.0), (0.0, 0.0), fill_mode="constant"))
    np.testing.assert_allclose(far[:, 1], [0, 5, 0])


def test_flips_and_light():
    pictures = np.tile(PICTURE, (400, 1, 1, 1))
    flipped = layers.RandomFlip("horizontal", seed=1)(pictures, training=True).numpy()
    mirrored = (flipped[:, 0, 0, 0] == 3).mean()
    assert 0.4 < mirrored < 0.6
    assert set(flipped[:, 0, 0, 0].tolist()) == {0.0, 3.0}
    doubled = changed(layers.RandomContrast((0.0, 1.0), seed=1))
    assert doubled.mean() == pytest.approx(PICTURE.mean())
    assert doubled.std() > PICTURE.std()
    lighter = changed(layers.RandomBrightness((0.5, 0.5), (0.0, 8.0)))
    assert lighter.max() == 8.0 and lighter[0, 0] == 4.0


def test_gaps_have_the_size_that_was_asked_for():
    pictures = np.ones((500, 20, 20), np.float32)
    layer = layers.RandomErasing(0.5, scale=(0.04, 0.04), seed=1)
    holes = (layer(pictures, training=True).numpy() == 0).sum(axis=(1, 2))
    assert 0.4 < (holes > 0).mean() < 0.6
    assert holes.max() == 16 and np.median(holes[holes > 0]) == 16


def test_changes_differ_by_image_and_step_and_are_fixed_by_the_seed():
    pictures = np.tile(PICTURE, (4, 1, 1, 1))
    layer, twin = (layers.RandomTranslation(0.3, 0.3, seed=5) for _ in range(2))
    first, second = (layer(pictures, training=True).numpy() for _ in range(2))
    assert len({picture.tobytes() for picture in [*first, *second]}) == 8
    np.testing.assert_array_equal(twin(pictures, training=True).numpy(), first)


def test_bytes_become_fractions():
    flipped = layers.RandomFlip()(np.full((1, 2, 2), 9, np.uint8), training=True)
    assert flipped.dtype == st.float32 and flipped.numpy().max() == 9.0


def test_a_network_trains_with_them_on_every_engine():
    st.random.set_seed(1)
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 2
    pictures = rng.normal(0, 0.3, (200, 8, 8)).astype("float32")
    pictures[labels == 1, 2:6, 2:6] += 1.0
    model = st.Sequential([
        layers.RandomRotation(0.1, input_shape=(8, 8)),
        layers.RandomTranslation(0.1, 0.1),
        layers.Flatten(),
        layers.Dense(1, "sigmoid"),
    ])  # fmt: skip
    model.compile(st.optimizers.Adam(0.03), "binary_crossentropy", ["accuracy"])
    model.fit(pictures, labels, epochs=6, batch_size=20, verbose=0)
    assert model.evaluate(pictures, labels, verbose=0)[1] > 0.95


def test_wrong_arguments():
    with pytest.raises(ArgumentError, match="fill_mode"):
        layers.RandomZoom(0.1, fill_mode="mirror")
    with pytest.raises(ArgumentError, match="RandomFlip: mode"):
        layers.RandomFlip("sideways")
    with pytest.raises(ArgumentError, match=r"number or \(low, high\)"):
        layers.RandomRotation((0.3, 0.1))
    with pytest.raises(ShapeError, match="takes images"):
        layers.RandomFlip()(np.ones((2, 3)), training=True)
