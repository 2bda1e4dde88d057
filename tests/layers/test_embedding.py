"""Embedding: rows, range and derivatives."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest import layers
from steepest.errors import ArgumentError
from tests.layers.harness import values


def test_embedding_rows_and_range():
    layer = layers.Embedding(5, 3)
    found = values(layer, [[0, 4], [2, 2]])
    np.testing.assert_array_equal(found, layer.embeddings.numpy()[[[0, 4], [2, 2]]])
    assert np.abs(layer.embeddings.numpy()).max() <= 0.05
    for wrong in (5, -1):
        with pytest.raises(ArgumentError, match=f"numbers 0 to 4, got {wrong}"):
            layer([[wrong]])


def test_embedding_learns_only_the_rows_it_gave():
    layer = layers.Embedding(4, 2)
    with st.GradientTape() as tape:
        loss = st.reduce_sum(layer([[1, 3, 1]]))
    slope = tape.gradient(loss, layer.embeddings).numpy()
    np.testing.assert_array_equal(slope, [[0, 0], [2, 2], [0, 0], [1, 1]])
