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


def test_batches_are_packed_and_unpacked() -> None:
    pack, unpack = st.utils.pack_x_y_sample_weight, st.utils.unpack_x_y_sample_weight
    assert pack(1) == 1
    assert pack([1]) == ([1],)
    assert pack(1, 2) == (1, 2)
    assert pack(1, 2, 3) == (1, 2, 3)
    assert unpack(1) == (1, None, None)
    assert unpack((1, 2)) == (1, 2, None)


def test_names_of_saving_are_here_too() -> None:
    for name in ("get_registered_name", "custom_object_scope", "serialize_keras_object"):
        assert getattr(st.utils, name) is getattr(st.saving, name)
