"""Scaling layers: known answers, and agreement with scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import layers
from steepest.data import Dataset
from steepest.errors import ArgumentError, DataError, ShapeError, SteepestError, UnseenWarning
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


def test_given_numbers_are_checked_and_known_before_the_first_call():
    layer = layers.Normalization(mean=[1.0, 2.0], variance=4.0)
    assert layer.mean.tolist() == [1.0, 2.0] and layer.variance.tolist() == 4.0
    assert values(layer, [[3.0, 4.0]]).tolist() == [[1.0, 1.0]]
    assert layer.variance.tolist() == [[4.0, 4.0]]
    empty = layers.Normalization()
    assert empty.mean is None and empty.variance is None
    empty.ensure_built((None, 2))
    assert empty.mean is None and empty.variance is None
    with pytest.raises(ArgumentError, match="variance: 0 or more was expected, got -1"):
        layers.Normalization(mean=0.0, variance=-1.0)
    with pytest.raises(ShapeError, match=r"mean has the shape \(3,\), the inputs have \(2,\) feat"):
        layers.Normalization(mean=np.zeros(3), variance=1.0)([[1.0, 2.0]])
    assert values(layers.Normalization(mean=0.0, variance=0.0), [[5.0]]).tolist() == [[5.0]]


def test_normalization_takes_a_batch():
    with pytest.raises(ShapeError, match="takes a batch, got a single number"):
        layers.Normalization(mean=0.0, variance=1.0)(3.0)


@pytest.mark.parametrize("axis, refused", [(-1, False), (1, False), (-3, True), (2, True)])
def test_the_axes_of_normalization_are_those_of_the_inputs(axis: int, refused: bool):
    if refused:
        with pytest.raises(ArgumentError, match=f"axis {axis} is not one of the 2 axes.*-2 to 1"):
            layers.Normalization(axis=axis).adapt(TABLE)
    else:
        assert layers.Normalization(axis=axis).fit(TABLE).built


def test_normalization_refuses_nan_and_accepts_empty_batches():
    with pytest.raises(DataError, match=r"adapt was given NaN; put MissingValues\(\) before it"):
        layers.Normalization().adapt([[1.0], [np.nan]])
    layer = layers.Normalization(dtype="float64")
    layer.adapt(iter([np.zeros((0, 4)), TABLE, np.zeros((0, 4))]))
    np.testing.assert_allclose(layer.mean.numpy()[0], TABLE.mean(0))
    np.testing.assert_allclose(layer.variance.numpy()[0], TABLE.var(0))


@pytest.mark.parametrize("wrong", [np.nan, "1", [1.0, np.nan], True])
@pytest.mark.parametrize("name", ["scale", "offset"])
def test_rescaling_by_what_is_no_number(name: str, wrong: object):
    with pytest.raises(ArgumentError, match=f"Rescaling: {name} is a number, or an array, got"):
        layers.Rescaling(**{"scale": 1.0, name: wrong})


@pytest.mark.parametrize("wrong", [(1.0, 1.0), (2.0, 1.0), (0.0,), (0.0, 1.0, 2.0)])
def test_ranges_and_quantiles_are_two_numbers_in_order(wrong: tuple):
    with pytest.raises(ArgumentError, match=r"feature_range: \(low, high\) was expected, got"):
        layers.MinMaxScaling(wrong)
    with pytest.raises(ArgumentError, match="quantiles: two fractions from 0 to 1 in order, got"):
        layers.RobustScaling(wrong)


def test_quantiles_are_fractions_and_the_extremes_too():
    for wrong in ((-0.1, 0.5), (0.5, 1.1)):
        with pytest.raises(ArgumentError, match="quantiles: two fractions from 0 to 1"):
            layers.RobustScaling(wrong)
    scaled = layers.RobustScaling((0.0, 1.0)).fit_transform([[0.0], [1.0], [4.0]])
    assert scaled.tolist() == [[-0.25], [0.0], [0.75]]


def test_a_feature_that_never_varies_is_divided_by_1():
    assert layers.RobustScaling().fit([[2.0], [2.0]]).transform([[5.0]]).tolist() == [[3.0]]
    assert layers.MinMaxScaling((3.0, 5.0)).fit([[2.0], [2.0]]).transform([[2.0]]).tolist() == [[3]]
