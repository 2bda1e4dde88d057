"""Functions of `st.utils` that are written there."""

from __future__ import annotations

import random

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError


def test_short_names_of_losses_and_metrics() -> None:
    assert st.losses.MSE is st.losses.mse is st.losses.mean_squared_error
    assert st.metrics.MAE is st.losses.mean_absolute_error
    assert st.losses.KLD is st.losses.kl_divergence and st.losses.logcosh is st.losses.log_cosh


def drawn() -> list[float]:
    return [np.random.rand(), random.random(), st.random.uniform(()).item()]


def test_one_seed_for_all_generators() -> None:
    st.utils.set_random_seed(3)
    first = drawn()
    st.utils.set_random_seed(3)
    assert drawn() == first
    assert st.random.set_seed(4) is None and drawn()[0] not in first


def test_a_seed_that_numpy_cannot_take_is_refused() -> None:
    with pytest.raises(ArgumentError, match="set_random_seed: seed: a whole number"):
        st.utils.set_random_seed(2**32)
