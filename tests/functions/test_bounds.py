"""Options of functions that change the result, each by known answers."""

from __future__ import annotations

import secrets
from typing import Any

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError, DTypeError
from steepest.functions import generators

CUBE = np.arange(24).reshape(2, 3, 4)


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        ({}, [[1, 0, 0], [0, 0, 1], [0, 0, 0]]),
        ({"on_value": 2.0}, [[2, 0, 0], [0, 0, 2], [0, 0, 0]]),
        ({"off_value": 5.0}, [[1, 5, 5], [5, 5, 1], [5, 5, 5]]),
        ({"on_value": -1.0, "off_value": 1.0}, [[-1, 1, 1], [1, 1, -1], [1, 1, 1]]),
        ({"axis": 0}, [[1, 0, 0], [0, 0, 0], [0, 1, 0]]),
        ({"axis": 1}, [[1, 0, 0], [0, 0, 1], [0, 0, 0]]),
        ({"dtype": "int64"}, [[1, 0, 0], [0, 0, 1], [0, 0, 0]]),
    ],
    ids=str,
)
def test_one_hot_rows(options: dict[str, Any], rows: list[list[int]]) -> None:
    found = st.one_hot([0, 2, 3], 3, **options)
    assert found.tolist() == rows and found.dtype.name == options.get("dtype", "float32")
    assert st.one_hot(1, 2).tolist() == [0.0, 1.0] and st.one_hot([0], 0).shape == (1, 0)
    with pytest.raises(DTypeError, match="one_hot: indices must be whole numbers, got float32"):
        st.one_hot([0.0], 3)
    with pytest.raises(ArgumentError, match="one_hot: depth"):
        st.one_hot([0], -1)


@pytest.mark.parametrize(
    ("begin", "end", "strides", "masks", "key"),
    [
        ([1], [2], None, {}, np.s_[1:2]),
        ([0, 1], [1, 3], None, {"begin_mask": 2}, np.s_[0:1, :3]),
        ([0, 1], [1, 3], None, {"end_mask": 1}, np.s_[0:, 1:3]),
        ([0, 1], [1, 2], None, {"ellipsis_mask": 1}, np.s_[..., 1:2]),
        ([1, 0, 1], [2, 0, 2], None, {"ellipsis_mask": 2}, np.s_[1:2, ..., 1:2]),
        ([0, 0, 1], [1, 0, 2], None, {"new_axis_mask": 2}, np.s_[0:1, None, 1:2]),
        ([0, 1], [0, 2], None, {"new_axis_mask": 1}, np.s_[None, 1:2]),
        ([1, 0], [9, 2], None, {"shrink_axis_mask": 1}, np.s_[1, 0:2]),
        ([1, 2], [9, 9], None, {"shrink_axis_mask": 3}, np.s_[1, 2]),
        ([0, 0, 0], [0, 0, 1], None, {"ellipsis_mask": 1, "new_axis_mask": 2},
         np.s_[..., None, 0:1]),
        ([1, 2, 3], [0, 0, 0], [-1, -1, -2], {"begin_mask": 7, "end_mask": 7},
         np.s_[::-1, ::-1, ::-2]),
    ],
    ids=str,
)  # fmt: skip
def test_masks_of_strided_slices(begin: Any, end: Any, strides: Any, masks: Any, key: Any) -> None:
    found = st.strided_slice(CUBE, begin, end, strides, **masks)
    np.testing.assert_array_equal(found, CUBE[key])
    with pytest.raises(ArgumentError, match="a begin, an end and a stride for each axis"):
        st.strided_slice(CUBE, begin, [*end, 1], strides)


def test_a_seed_of_the_system_has_31_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(secrets, "randbits", lambda bits: asked.append(bits) or 7)
    monkeypatch.setattr(generators, "is_seeded", lambda: False)
    assert generators.fresh_seed() == 7 and asked == [31]


@pytest.mark.parametrize(
    ("lengths", "maxlen", "rows"),
    [
        ([1, 2], None, [[1, 0], [1, 1]]), ([1, 2], 3, [[1, 0, 0], [1, 1, 0]]),
        ([0, 5], 1, [[0], [1]]), ([0], None, [[]]), ([], None, []), ([2], 0, [[]]), ([2], -1, [[]]),
    ],
    ids=str,
)  # fmt: skip
def test_rows_that_begin_with_true(lengths: Any, maxlen: Any, rows: Any) -> None:
    found = st.sequence_mask(np.array(lengths, int), maxlen, "int32")
    assert found.tolist() == rows


def test_histograms_take_what_is_outside_into_the_outer_bins() -> None:
    found = st.histogram_fixed_width([-1.0, 2.0, 3.9, 4.0, 9.0], [2.0, 6.0], nbins=2)
    assert found.tolist() == [3, 2] and found.dtype.name == "int32"
    for wrong in ([1.0, 1.0], [2.0, 1.0], [1.0, 2.0, 3.0]):
        with pytest.raises(ArgumentError, match="value_range is a lower and a higher limit"):
            st.histogram_fixed_width([1.0], wrong)
