"""Normalizations, merging and pooling along each axis and with masks, compared with NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.errors import ArgumentError, ShapeError

rng = np.random.default_rng(8)
CUBE = rng.normal(size=(5, 4, 6)).astype("float32")
GAMMA, BETA = rng.uniform(0.5, 2.0, 6), rng.normal(size=6)


def normal(x: np.ndarray, axis: Any, epsilon: float = 1e-3) -> np.ndarray:
    mean, variance = x.mean(axis, keepdims=True), x.var(axis, keepdims=True)
    return (x - mean) / np.sqrt(variance + epsilon)


def learned(layer: Any, x: np.ndarray, **weights: Any) -> Any:
    """The layer, built for x, with some weights."""
    layer.build(x.shape)
    for name, value in weights.items():
        getattr(layer, name).assign(value)
    return layer


@pytest.mark.parametrize("axis", [1, 2, -1, -2])
def test_batch_normalization_along_each_axis(axis: int) -> None:
    size = CUBE.shape[axis]
    shape = [size if other == axis % 3 else 1 for other in range(3)]
    gamma, beta = GAMMA[:size].reshape(shape), BETA[:size].reshape(shape)
    layer = layers.BatchNormalization(axis, momentum=0.75)
    learned(layer, CUBE, gamma=GAMMA[:size], beta=BETA[:size])
    others = tuple(other for other in range(3) if other != axis % 3)
    found = layer(CUBE, training=True).numpy()
    np.testing.assert_allclose(found, normal(CUBE, others) * gamma + beta, rtol=1e-4, atol=1e-5)
    mean, variance = CUBE.mean(others), CUBE.var(others)
    np.testing.assert_allclose(layer.moving_mean, 0.25 * mean, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(layer.moving_variance, 0.75 + 0.25 * variance, rtol=1e-4)
    moved, spread = (np.reshape(w, shape) for w in (layer.moving_mean, layer.moving_variance))
    wanted = (CUBE - moved) / np.sqrt(spread + 1e-3) * gamma + beta
    np.testing.assert_allclose(layer(CUBE).numpy(), wanted, rtol=1e-4, atol=1e-5)
    layer.trainable = False
    np.testing.assert_allclose(layer(CUBE, training=True).numpy(), wanted, rtol=1e-4, atol=1e-5)


def test_steps_that_a_mask_leaves_out_do_not_enter_the_statistics() -> None:
    mask = rng.uniform(size=(5, 4)) < 0.6
    layer = learned(layers.BatchNormalization(momentum=0.0), CUBE)
    layer(CUBE, training=True, mask=mask)
    np.testing.assert_allclose(layer.moving_mean, CUBE[mask].mean(0), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(layer.moving_variance, CUBE[mask].var(0), rtol=1e-4)
    with pytest.raises(ShapeError, match="give it one entry for each step"):
        layer(CUBE, training=True, mask=mask[:, :3])


@pytest.mark.parametrize("axis", [1, 2, (1, 2), (2, 1), (-1, -2), -1])
def test_layer_and_rms_normalization_over_axes(axis: Any) -> None:
    sizes = [CUBE.shape[i] for i in sorted(a % 3 for a in np.atleast_1d(axis))]
    gamma, beta = rng.uniform(0.5, 2.0, sizes), rng.normal(size=sizes)
    shape = (1, *sizes) if len(sizes) == 2 else (1, 4, 1) if axis == 1 else (1, 1, 6)
    layer = learned(layers.LayerNormalization(axis), CUBE, gamma=gamma, beta=beta)
    axes = tuple(np.atleast_1d(axis))
    wanted = normal(CUBE, axes) * gamma.reshape(shape) + beta.reshape(shape)
    np.testing.assert_allclose(layer(CUBE).numpy(), wanted, rtol=1e-4, atol=1e-5)
    layer = learned(layers.RMSNormalization(axis), CUBE, gamma=gamma)
    square = (CUBE**2).mean(axes, keepdims=True)
    wanted = CUBE / np.sqrt(square + 1e-6) * gamma.reshape(shape)
    np.testing.assert_allclose(layer(CUBE).numpy(), wanted, rtol=1e-4, atol=1e-5)
    found = layers.UnitNormalization(axis)(CUBE).numpy()
    length = np.sqrt((CUBE**2).sum(axes, keepdims=True))
    np.testing.assert_allclose(found, CUBE / length, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("groups", "axis"), [(1, -1), (2, -1), (3, 2), (6, -1), (-1, -1), (2, 1), (4, 1), (-1, 1)]
)
def test_group_normalization(groups: int, axis: int) -> None:
    moved = np.moveaxis(CUBE, axis, -1)
    size = moved.shape[-1]
    count = size if groups == -1 else groups
    parts = moved.reshape(*moved.shape[:-1], count, size // count)
    wanted = normal(parts, (1, 3)).reshape(moved.shape) * GAMMA[:size] + BETA[:size]
    layer = layers.GroupNormalization(groups, axis)
    learned(layer, CUBE, gamma=GAMMA[:size], beta=BETA[:size])
    found = np.moveaxis(layer(CUBE).numpy(), axis, -1)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


def test_normalizations_without_scale_or_shift_have_no_such_weight() -> None:
    for kind in (layers.BatchNormalization, layers.LayerNormalization):
        for scale, center in ((True, False), (False, True), (False, False)):
            layer = learned(kind(scale=scale, center=center), CUBE)
            names = [w.name for w in layer.trainable_weights]
            assert names == ["gamma"] * scale + ["beta"] * center
            assert layer(CUBE).shape == CUBE.shape
    for groups in (0, -2):
        with pytest.raises(ArgumentError, match=f"groups from 1 on, or -1, got {groups}"):
            layers.GroupNormalization(groups)
    with pytest.raises(ShapeError, match="6 features do not make 4 equal groups"):
        learned(layers.GroupNormalization(4), CUBE)
    with pytest.raises(ArgumentError, match="axis: at least one axis, got"):
        learned(layers.LayerNormalization(()), CUBE)
    with pytest.raises(ArgumentError, match="it has no beta"):
        layers.RMSNormalization(center=True)


OTHER = rng.normal(size=(5, 3, 6)).astype("float32")


@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize(
    ("axes", "left", "right", "form"),
    [
        (2, CUBE, OTHER, "bik,bjk->bij"), (-1, CUBE, OTHER, "bik,bjk->bij"),
        ((2, 2), CUBE, OTHER, "bik,bjk->bij"), (1, CUBE, CUBE, "bki,bkj->bij"),
        ((2, 1), CUBE, np.swapaxes(OTHER, 1, 2), "bik,bkj->bij"),
        ((1, 1), CUBE, CUBE[..., 0], "bki,bk->bi"),
    ],
)  # fmt: skip
def test_dot_products_over_axes(
    axes: Any, left: Any, right: Any, form: str, normalize: bool
) -> None:
    found = layers.Dot(axes, normalize)([left, right]).numpy()
    if normalize:
        pair = (axes, axes) if isinstance(axes, int) else axes
        left, right = (
            x / np.sqrt((x**2).sum(axis, keepdims=True))
            for x, axis in zip((left, right), pair, strict=True)
        )
    np.testing.assert_allclose(found, np.einsum(form, left, right), rtol=1e-3, atol=1e-5)


def test_dot_products_of_vectors_are_a_column_and_the_batch_is_no_axis() -> None:
    one, two = CUBE[:, 0], CUBE[:, 1]
    found = layers.Dot(1)([one, two]).numpy()
    np.testing.assert_allclose(found, (one * two).sum(1, keepdims=True), rtol=1e-4)
    for axes in (0, (1, 2), (-3, 1)):
        with pytest.raises(ShapeError, match="must be of one size, and not the batch"):
            layers.Dot(axes)([CUBE, OTHER])
    for layer in (layers.Subtract(), layers.Dot(1)):
        with pytest.raises(ArgumentError, match="takes two tensors, got 3"):
            layer([one, two, one])
    for wrong, words in ((CUBE, r"one of shape \(5, 4, 6\)"), (3, r"one of shape \(\)")):
        with pytest.raises(ArgumentError, match=f"merges a list of tensors, got {words}; give"):
            layers.Add()(wrong)


def test_masks_of_merged_inputs() -> None:
    one, two = np.array([[True, False, False]]), np.array([[False, True, False]])
    add = layers.Add()
    assert add.compute_mask(None, [one, two]).tolist() == [[True, True, False]]
    assert add.compute_mask(None, [one, None]) is None and add.compute_mask(None, None) is None
    x, y = st.zeros((1, 3, 2)), st.zeros((1, 3, 4))
    features = layers.Concatenate()
    assert features.compute_mask([x, y], [one, two]).tolist() == [[True, True, False]]
    assert features.compute_mask([x, y], [one, None]).tolist() == [[True, True, True]]
    steps = layers.Concatenate(axis=1)
    found = steps.compute_mask([x, x], [one, None]).tolist()
    assert found == [[True, False, False, True, True, True]]
    assert steps.compute_mask([x, x], None) is None and layers.Dot(1).compute_mask(None) is None


MASK = np.array([[1, 1, 0, 0], [0, 1, 0, 1], [0, 0, 0, 0], [1, 1, 1, 1], [0, 0, 1, 0]], bool)


@pytest.mark.parametrize("keepdims", [False, True])
def test_pooling_over_the_steps_that_count(keepdims: bool) -> None:
    mean, greatest = np.zeros((5, 6)), np.zeros((5, 6))
    for row, mask in enumerate(MASK):
        if mask.any():
            mean[row], greatest[row] = CUBE[row, mask].mean(0), CUBE[row, mask].max(0)
    shape = (5, 1, 6) if keepdims else (5, 6)
    for kind, masked, plain in (
        (layers.GlobalAveragePooling1D, mean, CUBE.mean(1)),
        (layers.GlobalMaxPooling1D, greatest, CUBE.max(1)),
    ):
        layer = kind(keepdims)
        for mask, wanted in ((MASK, masked), (None, plain)):
            found = layer(CUBE, mask=mask).numpy()
            np.testing.assert_allclose(found, wanted.reshape(shape), rtol=1e-5, atol=1e-6)
        assert layer.compute_mask(CUBE, MASK) is None
        with pytest.raises(ShapeError, match=r"a mask of shape \(5, 3\) does not fit sequences"):
            layer(CUBE, mask=MASK[:, :3])
        for wrong in (CUBE[0], CUBE[None]):
            with pytest.raises(ShapeError, match=r"takes sequences of vectors"):
                layer(wrong)
