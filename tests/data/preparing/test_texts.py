"""TextVectorization and TokenCounts."""

from __future__ import annotations

import numpy as np
import pytest

from steepest.data import TextVectorization, TokenCounts
from steepest.errors import ArgumentError, SteepestError

RNG = np.random.default_rng(0)


TEXTS = ["the cat sat", "the dog sat", "a bird"]


def test_texts_as_counts_and_tf_idf():
    counts = TextVectorization(output_mode="count").fit(TEXTS)
    assert counts.get_vocabulary()[:3] == ["[UNK]", "sat", "the"]
    assert counts.transform(["the the fish"])[0, [0, 2]].tolist() == [1.0, 2.0]
    rare = TokenCounts(3, "tf_idf").fit([[0], [0, 1], [0]])
    weights = np.log(1 + 3 / (1 + np.array([3.0, 1.0, 0.0])))
    np.testing.assert_allclose(rare.transform([[0, 1, 1]])[0], weights * [1, 2, 0], rtol=1e-6)
    with pytest.raises(SteepestError, match="call fit"):
        TokenCounts(3, "tf_idf").transform([[0]])


def test_sparse_rows_are_the_dense_ones():
    lists = [RNG.integers(0, 50, 20).tolist() for _ in range(8)] + [[]]
    for mode in ("multi_hot", "count", "tf_idf"):
        dense, sparse = (TokenCounts(50, mode, flag).fit(lists) for flag in (False, True))
        rows = sparse.transform(lists).take(np.arange(9))
        np.testing.assert_array_equal(rows, dense.transform(lists))


def test_texts_as_padded_numbers():
    made = TextVectorization(max_tokens=4, output_sequence_length=2).fit(TEXTS)
    assert made.transform(["the cat sat", "sat"]).tolist() == [[3, 1], [2, 0]]


def test_one_text_is_not_taken_for_its_letters():
    with pytest.raises(ArgumentError, match="several texts were expected, got 'abc'"):
        TextVectorization().fit("abc")
    with pytest.raises(ArgumentError, match="put it in a list"):
        TextVectorization().fit(["abc"]).transform("abc")
