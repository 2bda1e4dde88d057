"""Shapes with several open sizes."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ShapeError


def test_open_sizes_go_through_layers():
    x = st.Input((None,), dtype="int64")
    vectors = st.layers.Embedding(10, 4, name="vectors")(x)
    assert vectors.shape == (None, None, 4)
    mean = st.layers.GlobalAveragePooling1D()(vectors)
    assert mean.shape == (None, 4)
    model = st.Model(x, st.layers.Dense(1)(mean))
    assert [model.predict(np.ones((3, n), int), verbose=0).shape for n in (2, 5)] == [(3, 1)] * 2
    assert model.get_layer("vectors").output_shape == (None, None, 4)


def test_weights_cannot_depend_on_an_open_size():
    with pytest.raises(ShapeError, match=r"depend on a size .* open .* output_sequence_length="):
        st.layers.Dense(3)(st.Input((None,)))
