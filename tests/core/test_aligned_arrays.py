"""Copies that begin at a cache line."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.core.aligned_arrays import aligned_copy

LINE = 64  # bytes of a cache line


@pytest.mark.parametrize("shape", [(), (0, 3), (1,), (7, 5), (3000, 16)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.bool_, np.int64])
def test_the_same_numbers_at_a_cache_line(shape: tuple[int, ...], dtype: type) -> None:
    array = np.random.default_rng(0).integers(0, 9, shape).astype(dtype)
    copied = aligned_copy(array)
    assert copied.flags.c_contiguous and (not copied.size or copied.ctypes.data % LINE == 0)
    assert copied.dtype == array.dtype and copied.shape == array.shape
    np.testing.assert_array_equal(copied, array)


def test_any_layout_is_copied() -> None:
    array = np.arange(12.0).reshape(3, 4)
    for view in (array.T, array[::2], np.broadcast_to(array[0], (5, 4))):
        copied = aligned_copy(view)
        np.testing.assert_array_equal(copied, view)
        assert copied.flags.c_contiguous and not np.shares_memory(copied, array)


def test_what_engines_change_in_place_is_aligned() -> None:
    variables = [st.Variable(np.ones((number, 16), np.float32)) for number in range(1, 20)]
    assert all(variable.buffer().ctypes.data % LINE == 0 for variable in variables)
