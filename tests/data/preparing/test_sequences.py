"""Functions of sequences and labels: multi-hot, padding, one-hot, unit length."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.data import normalize, pad_sequences, to_categorical, vectorize_sequences
from steepest.errors import ArgumentError, DataError


def test_multi_hot_rows_dense_and_sparse():
    lists = [[0, 2, 2], [1], []]
    dense = vectorize_sequences(lists, 4)
    assert dense.tolist() == [[1, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]]
    assert dense.dtype == np.float32
    sparse = vectorize_sequences(lists, 4, sparse=True)
    np.testing.assert_array_equal(sparse.take(np.arange(3)), dense)
    with pytest.raises(DataError, match="row 1 holds 7, outside of 0 to 3"):
        vectorize_sequences([[0], [1, 7]], 4)
    with pytest.raises(DataError, match="row 1: a list of whole numbers"):
        vectorize_sequences([[0], "text"], 4)


def test_padding_and_cutting():
    lists = [[1], [2, 3, 4]]
    assert pad_sequences(lists).tolist() == [[0, 0, 1], [2, 3, 4]]
    assert pad_sequences(lists, 2, padding="post", truncating="post").tolist() == [[1, 0], [2, 3]]
    assert pad_sequences(lists, 2, value=9).tolist() == [[9, 1], [3, 4]]
    with pytest.raises(ArgumentError, match="'pre' or 'post'"):
        pad_sequences(lists, padding="left")


def test_lists_of_texts_are_padded_by_a_text():
    lists = [["a", "bcd"], ["c"]]
    for dtype in (object, str):
        rows = pad_sequences(lists, dtype=dtype, value="-")
        assert rows.tolist() == [["a", "bcd"], ["-", "c"]]
    with pytest.raises(ArgumentError, match="a text was expected, got 0"):
        pad_sequences(lists, dtype=object)
    with pytest.raises(ArgumentError, match="a number, or dtype=object for texts, was expected"):
        pad_sequences(lists, value="-")


def test_one_hot_rows_of_labels():
    assert to_categorical([[1], [0]], 3).tolist() == [[0, 1, 0], [1, 0, 0]]
    with pytest.raises(DataError, match=r"label 3 at \[1\] is outside the 3 classes"):
        to_categorical([0, 3], 3)
    with pytest.raises(DataError, match="must be whole"):
        to_categorical([0.5])


def test_vectors_of_length_one():
    assert normalize(np.float32([[3, 4]])).dtype == np.float32
    assert normalize([[1.0, 3.0]], order=1).tolist() == [[0.25, 0.75]]
    assert st.utils.normalize([[3.0], [4.0]], axis=0).tolist() == [[0.6], [0.8]]


def test_fractions_are_no_words():
    with pytest.raises(DataError, match=r"whole numbers were expected \(1.5 is none\)"):
        vectorize_sequences([[1], [1.5]], 3)


def test_labels_are_counted_from_0_and_may_be_of_any_shape():
    assert to_categorical([]).shape == (0, 0) and to_categorical([[[1]], [[0]]]).shape == (2, 1, 2)
    assert to_categorical([True, False]).tolist() == [[0.0, 1.0], [1.0, 0.0]]
    assert to_categorical([0], 1).tolist() == [[1.0]]
    with pytest.raises(DataError, match=r"label -1 at \[0, 1\] is outside the 3 classes 0 to 2"):
        to_categorical([[0, -1], [2, 1]])
    with pytest.raises(DataError, match="use StringLookup for text"):
        to_categorical(["a"])
    with pytest.raises(ArgumentError, match=r"num_classes: .* got 0"):
        to_categorical([], 0)


def test_what_cannot_be_padded():
    with pytest.raises(ArgumentError, match="padding: 'pre' or 'post' was expected, got 'left'"):
        pad_sequences([[1]], padding="left")
    with pytest.raises(ArgumentError, match="truncating: 'pre' or 'post' was expected"):
        pad_sequences([[1]], truncating="left")
    for wrong in (3, "abc"):
        with pytest.raises(DataError, match="a list of lists was expected, got"):
            pad_sequences(wrong)
    with pytest.raises(DataError, match="row 1: a list of whole numbers was expected, got 3"):
        pad_sequences([[1], 3])
    with pytest.raises(DataError, match=r"row 1 holds entries of shape \(1,\), not \(2,\)"):
        pad_sequences([[[1, 2]], [[1]]])
    with pytest.raises(DataError, match=r"row 1 holds \['a'\], which are no numbers"):
        pad_sequences([[1], ["a"]])
    with pytest.raises(ArgumentError, match=r"maxlen: .* got -1"):
        pad_sequences([[1]], maxlen=-1)
    assert pad_sequences([[1], []], maxlen=0).shape == (2, 0)
    assert pad_sequences([]).shape == (0, 0)


@pytest.mark.parametrize("padding, wanted", [("pre", [0, 1, 2]), ("post", [1, 2, 0])])
@pytest.mark.parametrize("truncating, cut", [("pre", [2, 3, 4]), ("post", [1, 2, 3])])
def test_the_sides_of_padding_and_cutting(padding, wanted, truncating, cut):
    rows = [[1, 2], [1, 2, 3, 4], [7, 8, 9]]
    found = pad_sequences(rows, 3, padding=padding, truncating=truncating)
    assert found.tolist() == [wanted, cut, [7, 8, 9]]
    vectors = pad_sequences([[[1, 2]], []], 2, padding=padding)
    assert vectors.shape == (2, 2, 2) and vectors[0].sum() == 3


def test_what_has_no_length():
    with pytest.raises(DataError, match="normalize: an array of numbers was expected, got"):
        normalize(["a"])
    for options in ({"axis": 2}, {"axis": -3}, {"axis": 0.5}, {"order": "a"}):
        with pytest.raises(ArgumentError, match="one of the 2 axes and a number were expected"):
            normalize([[1.0, 2.0]], **options)
    assert normalize([[3.0], [4.0]], axis=-2).tolist() == [[0.6], [0.8]]
    assert normalize(2).tolist() == [1.0]
