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
