"""Functions of keras.utils that are defined beside it."""

from __future__ import annotations

import random

import numpy as np
import pytest

import steepest as st


def test_set_random_seed_seeds_numpy_and_python_too() -> None:
    drawn = []
    for _ in range(2):
        st.utils.set_random_seed(7)
        drawn.append((np.random.rand(), random.random(), st.random.normal(()).item()))
    assert drawn[0] == drawn[1]
    with pytest.raises(st.errors.ArgumentError, match="seed"):
        st.utils.set_random_seed("seven")


def test_short_names_of_losses_and_metrics() -> None:
    assert st.losses.MSE is st.losses.mse is st.losses.mean_squared_error
    assert st.metrics.MAE is st.losses.mean_absolute_error
    assert st.losses.KLD is st.losses.kl_divergence and st.losses.logcosh is st.losses.log_cosh
