"""TokenCounts: counts and tf-idf, dense and sparse."""

from __future__ import annotations

import numpy as np
import pytest

from steepest.data import TokenCounts
from steepest.errors import ArgumentError, DataError, SteepestError

RNG = np.random.default_rng(0)


def test_tf_idf_weighs_counts_by_how_rare_a_token_is():
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


def test_counts_say_what_is_wrong():
    with pytest.raises(ArgumentError, match="output_mode 'hot' is not known; known names: multi"):
        TokenCounts(3, "hot")
    with pytest.raises(
        ArgumentError, match=r"one for each of 3 tokens was expected, got the shape"
    ):
        TokenCounts(3, "tf_idf", idf_weights=[1.0, 2.0])
    with pytest.raises(SteepestError, match="call fit with the training rows before tf_idf"):
        TokenCounts(3, "tf_idf").transform([[0]])
    for wrong in (-1, 3):
        with pytest.raises(DataError, match=f"the token {wrong} is outside of 0 to 2"):
            TokenCounts(3).transform([[0], [2, wrong]])
    weighed = TokenCounts(2, "tf_idf", idf_weights=[0.5, 2.0]).transform([[0, 0, 1]])
    assert weighed.tolist() == [[1.0, 2.0]]
