"""Category layers: known answers, and unknown categories reported."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.errors import ArgumentError, DataError, SteepestError, UnseenWarning
from tests.layers.harness import values

ROWS_OF = np.eye(3)


@pytest.mark.parametrize(
    "mode, indices, wanted",
    [
        ("one_hot", [2], ROWS_OF[[2]]),
        ("one_hot", [2, 0], ROWS_OF[[2, 0]]),
        ("one_hot", [[2], [0]], ROWS_OF[[2, 0]]),
        ("one_hot", [[2, 0], [1, 1]], ROWS_OF[[[2, 0], [1, 1]]]),
        ("one_hot", [[[2], [0]]], ROWS_OF[[[2, 0]]]),
        ("multi_hot", [2, 0], [1, 0, 1]),
        ("multi_hot", [[2], [0]], ROWS_OF[[2, 0]]),
        ("multi_hot", [[2, 0], [1, 1]], [[1, 0, 1], [0, 1, 0]]),
        ("multi_hot", [[[2], [0]]], [ROWS_OF[[2, 0]]]),
        ("count", [2, 0, 2], [1, 0, 2]),
        ("count", [2, 0], [1, 0, 1]),
        ("count", [[2, 0], [1, 1]], [[1, 0, 1], [0, 2, 0]]),
        ("count", [[[2], [0]]], [ROWS_OF[[2, 0]]]),
    ],
)
def test_categories_of_every_rank(mode: str, indices: list, wanted: object):
    found = values(layers.CategoryEncoding(3, output_mode=mode), indices)
    np.testing.assert_array_equal(found, wanted)


def test_categories_on_one_axis_are_the_rows_of_a_model():
    model = st.Sequential([layers.CategoryEncoding(3, "count")])
    assert model.predict(np.array([2, 0]), verbose=0).tolist() == ROWS_OF[[2, 0]].tolist()
    assert model.predict(np.array([[2], [0]]), verbose=0).tolist() == ROWS_OF[[2, 0]].tolist()


def test_one_axis_of_numbers_to_look_up_is_one_example():
    lookup = layers.IntegerLookup(vocabulary=[1, 2, 3], output_mode="multi_hot")
    assert lookup([1, 2, 3, 1]).tolist() == [0, 1, 1, 1]  # as in Keras


def test_binary_codes_separate_all_categories_with_the_fewest_bits():
    for count, bits in [(1, 1), (2, 1), (3, 2), (8, 3), (9, 4), (1000, 10)]:
        layer = layers.BinaryCodes(count)
        codes = layer(np.arange(count)).numpy()
        assert codes.shape == (count, bits) and len(np.unique(codes, axis=0)) == count


def test_an_unknown_category_is_an_error_or_a_warning():
    with pytest.raises(DataError, match="the category 3 in row 1 is none of 0 to 2"):
        layers.CategoryEncoding(3)([[0], [3]])
    lookup = layers.IntegerLookup(num_oov_indices=0, vocabulary=[5, 7])
    with pytest.raises(DataError, match=r"never saw \[6\]"):
        lookup([6])
    with pytest.warns(UnseenWarning, match=r"never saw \[6\]"):
        assert layers.IntegerLookup(vocabulary=[5, 7])([6, 7]).tolist() == [0, 2]


def test_an_unknown_category_is_nan_in_a_program():
    for layer in (layers.CategoryEncoding(3, "one_hot"), layers.BinaryCodes(3)):
        rows = st.function(layer)(st.constant([1, 3]))
        assert np.isnan(rows.numpy()).any(axis=1).tolist() == [False, True]


def test_a_fraction_is_no_category():
    with pytest.raises(DataError, match=r"the category 0\.5 in row 1 is none of 0 to 2"):
        layers.CategoryEncoding(3, "one_hot")([1.0, 0.5])


def test_the_index_of_unseen_numbers_becomes_minus_1():
    assert layers.IntegerLookup(vocabulary=[5]).inverse_transform([0, 1]).tolist() == [-1, 5]
    with pytest.raises(ArgumentError, match="multi_hot rows cannot be undone"):
        layers.CategoryEncoding(3).inverse_transform([[1.0, 0.0, 1.0]])


def test_buckets_hold_equal_shares_of_the_training_set():
    layer = layers.Discretization(num_bins=4)
    layer.adapt(np.arange(1.0, 101.0))
    assert np.bincount(layer(np.arange(1.0, 101.0)).numpy()).tolist() == [25, 25, 25, 25]
    assert layers.Discretization([0.0, 1.0])([-5.0, 0.0, 0.5, 1.0]).tolist() == [0, 1, 1, 2]


def test_buckets_are_learned_from_some_batches() -> None:
    batches = [np.arange(4.0), np.arange(4.0, 8.0), np.arange(100.0, 104.0)]
    layer = layers.Discretization(num_bins=2)
    layer.adapt(iter(batches), steps=2)
    assert layer.bin_boundaries == [3.5]
    layer.adapt(np.arange(5.0), steps=1)
    assert layer.bin_boundaries == [2.0]


def test_entries_are_counted_with_weights():
    layer = layers.CategoryEncoding(3, "count")
    weighted = layer([[0, 2, 2]], count_weights=[[0.5, 1.0, 2.0]])
    assert weighted.tolist() == [[0.5, 0.0, 3.0]]
    with pytest.raises(ArgumentError, match=r"go with output_mode='count', not 'multi_hot'"):
        layers.CategoryEncoding(3)([[0, 2]], count_weights=[[1.0, 1.0]])


def test_the_codes_of_a_column_are_rows():
    assert layers.BinaryCodes(4)([[3], [1]]).tolist() == [[1.0, 1.0], [1.0, 0.0]]
    assert layers.BinaryCodes(4)([[3, 1]]).tolist() == [[[1.0, 1.0], [1.0, 0.0]]]
    assert layers.BinaryCodes(4)([2]).tolist() == [[0.0, 1.0]]


def test_boundaries_are_sorted_and_part_of_the_configuration():
    layer = layers.Discretization([2, -1])
    assert layer.get_learned() == {"bin_boundaries": [-1.0, 2.0]}
    again = layers.Discretization.from_config(layer.get_config())
    assert again([[-2.0, -1.0, 5.0]]).tolist() == [[0, 1, 2]]
    assert layers.Discretization(num_bins=3).get_learned() == {"bin_boundaries": None}


def test_buckets_before_adapt_have_a_shape_and_no_values():
    layer = layers.Discretization(num_bins=2)
    assert layer(st.Input((3,))).shape == (None, 3)
    with pytest.raises(SteepestError, match=r"has no boundaries yet: call adapt\(data\)"):
        layer([1.0])
    with pytest.raises(SteepestError, match="has no boundaries yet"):
        layers.Discretization(num_bins=2, output_mode="one_hot")(st.Input((3,)))
    with pytest.raises(ArgumentError, match="give bin_boundaries, or num_bins and call adapt"):
        layers.Discretization()


def test_buckets_as_rows():
    rows = layers.Discretization([0.0, 1.0], output_mode="one_hot")([-5.0, 1.0])
    assert rows.tolist() == [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    counts = layers.Discretization([0.0], output_mode="count")([[-1.0, 2.0, 3.0]])
    assert counts.tolist() == [[1.0, 2.0]]


def test_nan_falls_in_no_bucket():
    with pytest.raises(DataError, match="row 1 holds NaN, which falls in no bucket"):
        layers.Discretization([0.0])([[1.0, 2.0], [3.0, np.nan]])
    assert layers.Discretization([1.0])(np.array([[0, 1]])).tolist() == [[0, 1]]
