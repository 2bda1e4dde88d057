"""Pooling over the steps of a mask."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.errors import ShapeError


def test_pooling_counts_the_steps_of_the_mask(rng):
    x = rng.normal(size=(3, 4, 2)) - 5.0
    mask = np.array([[1, 1, 0, 0], [0, 1, 1, 1], [0, 0, 0, 0]], bool)
    rows = [x[0, :2], x[1, 1:]]
    mean, greatest = layers.GlobalAveragePooling1D(), layers.GlobalMaxPooling1D()
    wanted = [*(row.mean(0) for row in rows), np.zeros(2)]
    np.testing.assert_allclose(mean(x, mask=mask).numpy(), wanted, rtol=1e-6)
    wanted = [*(row.max(0) for row in rows), np.zeros(2)]
    np.testing.assert_allclose(greatest(x, mask=mask).numpy(), wanted, rtol=1e-6)
    with pytest.raises(ShapeError, match=r"a mask of shape \(3, 3\)"):
        mean(x, mask=mask[:, :3])


def test_texts_filled_up_with_zeros_train_by_their_words(rng):
    ids = rng.integers(1, 20, (64, 6))
    ids[:, 3:] *= rng.integers(0, 2, (64, 3))
    words = st.Input((6,), dtype="int64")
    vectors = layers.Embedding(20, 4)(words)
    pooled = layers.GlobalAveragePooling1D()(vectors, mask=words != 0)
    model = st.Model(words, layers.Dense(1)(pooled))
    model.compile("adam", "mse")
    model.fit(ids, ids[:, :1] * 1.0, epochs=2, verbose=0)
    table, kernel, bias = model.get_weights()
    means = [table[row[row != 0]].mean(0) for row in ids]
    np.testing.assert_allclose(model.predict(ids, verbose=0), means @ kernel + bias, atol=1e-5)
