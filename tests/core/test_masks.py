"""Masks of tensors and of nests, and their shapes beside those of values."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.core.masks import attach, counted_in, mask_of, spread

MASKED = st.layers.Masking()([[[1.0], [0.0]]])
PLAIN = st.constant([[[1.0], [0.0]]])


def test_the_masks_of_a_nest_have_its_form() -> None:
    found = mask_of({"a": [MASKED, PLAIN], "b": MASKED})
    assert found["a"][0].tolist() == found["b"].tolist() == [[True, False]]
    assert found["a"][1] is None and list(found) == ["a", "b"]


@pytest.mark.parametrize("nest", [PLAIN, [PLAIN, PLAIN], {"a": PLAIN}, ()])
def test_without_a_masked_tensor_there_is_no_mask(nest) -> None:
    assert mask_of(nest) is None


def test_a_mask_is_attached_once_and_none_is_left_out() -> None:
    first, second = st.constant([1.0, 2.0]), st.constant([3.0, 4.0])
    attach([first, second], [None, st.constant([True, False])])
    assert mask_of(first) is None and mask_of(second).tolist() == [True, False]
    attach([first, second], [[False, True], [False, True]])
    assert mask_of(first).tolist() == [False, True]
    assert mask_of(second).tolist() == [True, False]


def test_values_count_by_the_mask_of_their_predictions() -> None:
    assert counted_in(st.constant([[5.0, 6.0]]), PLAIN) is None
    assert counted_in(st.constant([[5.0, 6.0]]), MASKED).tolist() == [[True, False]]


@pytest.mark.parametrize(
    "mask, shape, wanted",
    [
        ((1, 2), (1, 2), [[True, False]]),
        ((1, 2), (1, 2, 1, 2), [[[[True, True]], [[False, False]]]]),
        ((1, 2, 1), (1, 2), [[True, False]]),
        ((1, 2, 1, 1), (1, 2), [[True, False]]),
        ((1, 2, 1), (1, 2, 3), [[[True] * 3, [False] * 3]]),
    ],
)
def test_a_mask_takes_the_shape_of_values(mask, shape, wanted) -> None:
    values = st.constant(np.reshape([True, False], mask))
    assert spread(values, shape).tolist() == wanted
