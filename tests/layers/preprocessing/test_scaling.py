"""Scaling layers: known answers, and agreement with scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import layers
from steepest.data import Dataset
from steepest.errors import ArgumentError, ShapeError, SteepestError, UnseenWarning
from tests.layers.harness import values

RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(60, 4)) @ RNG.normal(size=(4, 4)) + 5.0


def test_they_learn_from_batches_and_datasets():
    whole = layers.MinMaxScaling().fit(TABLE).transform(TABLE)
    batched = layers.MinMaxScaling().fit(Dataset.from_tensor_slices((TABLE, TABLE)).batch(7))
    np.testing.assert_array_equal(batched.transform(TABLE), whole)


def test_sparse_rows_are_learned_from_with_their_zeros():
    scipy = pytest.importorskip("scipy.sparse")
    for make in (layers.Normalization, layers.MinMaxScaling):
        sparse, dense = make().fit(scipy.csr_array(TABLE)), make().fit(TABLE)
        np.testing.assert_allclose(sparse.transform(TABLE), dense.transform(TABLE), rtol=1e-5)


def test_another_scale_is_reported():
    layer = layers.MinMaxScaling().fit([[0.0], [1.0]])
    with pytest.warns(UnseenWarning, match=r"255.0 in row 1, column 0"):
        layer.transform([[0.5], [255.0]])


def test_normalization_uses_the_training_set_for_every_later_set(rng: np.random.Generator):
    train, test = rng.normal(5.0, 3.0, size=(100, 4)), rng.normal(0.0, 1.0, size=(10, 4))
    layer = layers.Normalization(dtype="float64")
    layer.adapt(train)
    np.testing.assert_allclose(values(layer, train).mean(0), 0.0, atol=1e-12)
    np.testing.assert_allclose(values(layer, train).std(0), 1.0, rtol=1e-12)
    np.testing.assert_allclose(values(layer, test), (test - train.mean(0)) / train.std(0))
    back = layers.Normalization(
        mean=layer.mean, variance=layer.variance, invert=True, dtype="float64"
    )
    np.testing.assert_allclose(values(back, values(layer, test)), test)


def test_normalization_learns_from_batches_as_from_the_whole(rng: np.random.Generator):
    data = rng.normal(1000.0, 1.0, size=(103, 3))
    whole, parts = layers.Normalization(dtype="float64"), layers.Normalization(dtype="float64")
    whole.adapt(data)
    parts.adapt((data[k : k + 10], None) for k in range(0, 103, 10))
    np.testing.assert_allclose(parts.mean, whole.mean, rtol=1e-12)
    np.testing.assert_allclose(parts.variance, data.var(0, keepdims=True), rtol=1e-9)


def test_normalization_only_centers_what_never_varies():
    layer = layers.Normalization()
    layer.adapt([[2.0, 1.0], [2.0, 3.0]])
    assert values(layer, [[2.0, 3.0], [5.0, 3.0]]).tolist() == [[0.0, 1.0], [3.0, 1.0]]


@pytest.mark.parametrize("axis", [None, 1, (1, 2)])
def test_normalization_along_axes(cube: np.ndarray, axis: int | tuple[int, ...] | None):
    layer = layers.Normalization(axis=axis, dtype="float64")
    layer.adapt(cube)
    others = {None: (0, 1, 2), 1: (0, 2), (1, 2): (0,)}[axis]
    wanted = (cube - cube.mean(others, keepdims=True)) / cube.std(others, keepdims=True)
    np.testing.assert_allclose(values(layer, cube), wanted, rtol=1e-9)


def test_normalization_before_adapt_says_what_to_do():
    with pytest.raises(SteepestError, match=r"call adapt\(data\)"):
        layers.Normalization()([[1.0]])
    with pytest.raises(ArgumentError, match="no examples"):
        layers.Normalization().adapt(np.ones((0, 3)))
    with pytest.raises(ArgumentError, match="both mean and variance"):
        layers.Normalization(mean=0.0)


def test_a_table_of_other_columns_is_refused_by_name():
    layer = layers.Normalization().fit(TABLE)
    with pytest.raises(ShapeError, match=r"learned the mean of .* features, got an input of shape"):
        layer(TABLE[:, :1])


def test_rescaling_of_bytes():
    found = layers.Rescaling(1 / 127.5, offset=-1.0)(np.array([[0, 255]], np.uint8))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, [[-1.0, 1.0]], rtol=1e-6)
    assert values(layers.Rescaling([1.0, 2.0], [0.0, 1.0]), [[3.0, 3.0]]).tolist() == [[3.0, 7.0]]


def test_mean_and_variance_broadcast_with_the_inputs(rng: np.random.Generator):
    data = rng.normal(size=(4, 3, 2))
    for axis, shape in ((-1, (1, 1, 2)), ((1, 2), (1, 3, 2)), (None, (1, 1, 1))):
        layer = layers.Normalization(axis=axis, dtype="float64")
        layer.adapt(data)
        assert layer.mean.shape == layer.variance.shape == shape
        scaled = (data - layer.mean.numpy()) / np.sqrt(layer.variance.numpy())
        np.testing.assert_allclose(values(layer, data), scaled, rtol=1e-9)
