"""inverse_transform of preprocessing layers."""

from __future__ import annotations

import numpy as np
import pytest

from steepest import layers

RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(60, 4)) @ RNG.normal(size=(4, 4)) + 5.0


@pytest.mark.parametrize(
    ("layer", "values"),
    [
        (layers.Normalization(), TABLE),
        (layers.RobustScaling(), TABLE),
        (layers.BinaryCodes(9), np.arange(9)),
        (layers.CategoryEncoding(9, "one_hot"), np.arange(9)),
        (layers.IntegerLookup(num_oov_indices=0), np.array([[1000], [-3], [7]])),
    ],
)
def test_the_inverse_of_preprocessed_values_are_the_values(layer, values):
    prepared = layer.fit_transform(values)
    np.testing.assert_allclose(layer.inverse_transform(prepared), values, rtol=1e-4, atol=1e-5)
