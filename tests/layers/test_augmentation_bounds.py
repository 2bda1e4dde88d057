"""Augmentations with known draws: which pixels change, per channel, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.errors import ArgumentError, ShapeError
from steepest.layers.augmentation import symmetric_range
from steepest.layers.geometric_augmentation import resample

ROW = np.array([[[10.0], [20.0], [30.0], [40.0]]], "float32")


def drawing(layer: Any, *numbers: float) -> Any:
    """The layer, whose random numbers are the given ones in turn, for each image."""
    rest = list(numbers)

    def draw(x: Any, low: float, high: float) -> Any:
        return st.fill((x.shape[0], 1, 1, 1), rest.pop(0), x.dtype)

    layer.draw = draw
    return layer


def changed(layer: Any, images: np.ndarray) -> np.ndarray:
    return layer(images, training=True).numpy()


@pytest.mark.parametrize(
    ("mode", "at", "taken"),
    [
        ("constant", [-1.0, -0.5, 3.5, 4.0], [0.0, 5.0, 20.0, 0.0]),
        ("nearest", [-1.0, -0.5, 3.5, 9.0], [10.0, 10.0, 40.0, 40.0]),
        ("reflect", [-1.0, -0.5, -2.0, 4.0], [10.0, 10.0, 20.0, 40.0]),
        ("reflect", [5.0, 7.0, 8.0, -8.0], [30.0, 10.0, 10.0, 10.0]),
        ("reflect", [9.0, -5.0, -9.0, 11.0], [20.0, 40.0, 10.0, 40.0]),
        ("wrap", [-1.0, 4.0, 3.5, 5.5], [40.0, 10.0, 25.0, 25.0]),
    ],
)
def test_pixels_beyond_the_border(mode: str, at: list[float], taken: list[float]) -> None:
    found = resample(st.constant(ROW), st.constant([at]), mode).numpy()
    np.testing.assert_allclose(found[0, :, 0], taken, rtol=1e-5)


@pytest.mark.parametrize(
    ("factor", "ends"),
    [(0.5, (-0.5, 0.5)), (1.0, (-1.0, 1.0)), ((-1.0, 3.0), (-1.0, 3.0)), ((0.2, 0.2), (0.2, 0.2)),
     ([0, 1], (0.0, 1.0))],
)  # fmt: skip
def test_ranges_are_symmetric_or_given(factor: Any, ends: tuple[float, float]) -> None:
    assert symmetric_range(layers.RandomZoom(0.1), "factor", factor) == ends


@pytest.mark.parametrize("factor", [1.1, -0.1, (0.3, 0.2), (-1.1, 0.0), (0.1, 0.2, 0.3), (0.1,)])
def test_ranges_that_are_none(factor: Any) -> None:
    with pytest.raises(ArgumentError, match=r"factor is a number or \(low, high\), got"):
        layers.RandomZoom(factor)


@pytest.mark.parametrize(
    "factor", [-0.1, 1.1, (1.1, 0.0), (0.0, -0.1), (0.1, 0.2, 0.3), (-0.1, 0.0)]
)
def test_contrasts_that_are_none(factor: Any) -> None:
    with pytest.raises(ArgumentError, match="RandomContrast: factor is f, or"):
        layers.RandomContrast(factor)
    assert layers.RandomContrast((1.0, 5.0))._range == (0.0, 6.0)
    assert layers.RandomContrast(0.25)._range == (0.75, 1.25)


@pytest.mark.parametrize("scale", [(0.5, 0.4), (-0.1, 0.5), (0.5, 1.1), (0.5,), (0.1, 0.2, 0.3)])
def test_scales_of_rectangles_that_are_none(scale: Any) -> None:
    with pytest.raises(ArgumentError, match="RandomErasing: scale is two fractions"):
        layers.RandomErasing(scale=scale)
    assert layers.RandomErasing(scale=(0, 1)).scale == (0, 1)


@pytest.mark.parametrize("limits", [(1.0, 1.0), (2.0, 1.0), (1.0,), (0.0, 1.0, 2.0)])
def test_value_ranges_that_are_none(limits: Any) -> None:
    with pytest.raises(ArgumentError, match="RandomBrightness: value_range is"):
        layers.RandomBrightness(0.1, limits)


def test_modes_that_are_none() -> None:
    with pytest.raises(ArgumentError, match="RandomFlip: mode is one of"):
        layers.RandomFlip("diagonal")
    with pytest.raises(ArgumentError, match="fill_mode: one of"):
        layers.RandomZoom(0.1, fill_mode="mirror")


PICTURE = np.arange(24, dtype="float32").reshape(1, 3, 4, 2)


@pytest.mark.parametrize(
    ("mode", "draws", "flipped"),
    [
        ("horizontal", [0.4], np.s_[:, :, ::-1]), ("horizontal", [0.5], np.s_[:]),
        ("vertical", [0.4], np.s_[:, ::-1]), ("vertical", [0.6], np.s_[:]),
        ("horizontal_and_vertical", [0.4, 0.6], np.s_[:, ::-1]),
        ("horizontal_and_vertical", [0.6, 0.4], np.s_[:, :, ::-1]),
        ("horizontal_and_vertical", [0.1, 0.1], np.s_[:, ::-1, ::-1]),
    ],
)  # fmt: skip
def test_flips_by_their_draws(mode: str, draws: list[float], flipped: Any) -> None:
    found = changed(drawing(layers.RandomFlip(mode), *draws), PICTURE)
    np.testing.assert_array_equal(found, PICTURE[flipped])


def test_contrast_and_brightness_by_their_draws() -> None:
    mean = PICTURE.mean(axis=(1, 2), keepdims=True)
    found = changed(drawing(layers.RandomContrast(0.5), 0.25), PICTURE)
    np.testing.assert_allclose(found, (PICTURE - mean) * 0.25 + mean, rtol=1e-5)
    bright = drawing(layers.RandomBrightness(0.5, (4.0, 24.0)), 0.25)
    np.testing.assert_allclose(changed(bright, PICTURE), np.clip(PICTURE + 5.0, 4.0, 24.0))


@pytest.mark.parametrize(
    ("chosen", "down", "right", "rows", "columns"),
    [
        (0.4, 0.5, 0.5, slice(2, 6), slice(3, 9)), (0.4, 0.0, 0.5, slice(0, 2), slice(3, 9)),
        (0.4, 1.0, 1.0, slice(6, 8), slice(9, 12)), (0.5, 0.5, 0.5, None, None),
    ],
)  # fmt: skip
def test_rectangles_by_their_draws(
    chosen: float, down: float, right: float, rows: Any, columns: Any
) -> None:
    """The area is a quarter, so each side is half of the image's."""
    layer = drawing(layers.RandomErasing(0.5, fill_value=-1.0), 0.25, chosen, down, right)
    wanted = np.zeros((1, 8, 12, 2), "float32")
    if rows is not None:
        wanted[:, rows, columns] = -1.0
    np.testing.assert_array_equal(changed(layer, np.zeros_like(wanted)), wanted)


def test_shifts_and_zooms_by_their_draws_in_each_channel() -> None:
    moved = drawing(layers.RandomTranslation(0.5, 0.5, "wrap"), 1 / 3, -0.25)
    wanted = np.roll(np.roll(PICTURE, 1, axis=1), -1, axis=2)
    np.testing.assert_allclose(changed(moved, PICTURE), wanted, atol=1e-4)
    zoomed = changed(drawing(layers.RandomZoom(0.5, fill_mode="nearest"), -0.5), PICTURE)
    np.testing.assert_allclose(zoomed[0, :, 0, 0], [6.0 - 0.5, 10.0 - 0.5, 14.0 - 0.5], atol=1e-4)
    both = changed(drawing(layers.RandomZoom(0.5, 0.5, "nearest"), 0.0, -0.5), PICTURE)
    np.testing.assert_allclose(both[0, 0, :, 0], [1.5, 2.5, 3.5, 4.5], atol=1e-4)


@pytest.mark.parametrize(
    ("turn", "size"),
    [(0.25, 5), (-0.25, 5), (0.75, 5), (0.5, 5), (1.0, 5), (0.5, 4), (-0.5, 4), (1.0, 4)],
)
def test_turns_to_a_grid_of_pixels_are_exact_in_each_channel(turn: float, size: int) -> None:
    square = np.random.default_rng(0).normal(size=(2, size, size, 3)).astype("float32")
    found = changed(drawing(layers.RandomRotation(1.0), turn), square)
    wanted = np.rot90(square, round(4 * turn), axes=(1, 2))
    np.testing.assert_allclose(found, wanted, atol=1e-3)


@pytest.mark.parametrize("ndim", [2, 5])
def test_images_have_three_or_four_axes(ndim: int) -> None:
    with pytest.raises(ShapeError, match=f"takes images of shape .* got {ndim} axes"):
        layers.RandomFlip()(np.zeros((2,) * ndim, "float32"), training=True)
    assert layers.RandomFlip().compute_output_shape((None, 3, 4)) == (None, 3, 4)
