"""The exponentially weighted average against its closed form."""

from __future__ import annotations

import numpy as np
import pytest

from steepest.errors import ArgumentError
from steepest.optimizers import exponential_average


def test_is_the_weighted_sum_of_all_values_so_far(rng):
    values, beta = rng.normal(size=(30, 2)), 0.9
    for t in (1, 2, 7, 30):
        weights = (1 - beta) * beta ** np.arange(t - 1, -1, -1)
        plain = exponential_average(values, beta, bias_correction=False)[t - 1]
        np.testing.assert_allclose(plain, weights @ values[:t], rtol=1e-10)
        corrected = exponential_average(values, beta)[t - 1]
        np.testing.assert_allclose(corrected, weights @ values[:t] / weights.sum(), rtol=1e-10)


def test_corrected_averages_of_a_constant_are_the_constant():
    np.testing.assert_allclose(exponential_average(np.full(50, 3.0), 0.98), 3.0)


@pytest.mark.parametrize(("values", "beta"), [([1.0], 1.0), ([1.0], -0.1), (1.0, 0.5)])
def test_refuses_what_is_no_average(values, beta):
    with pytest.raises(ArgumentError):
        exponential_average(values, beta)
