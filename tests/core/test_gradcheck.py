"""gradcheck: right derivatives pass, wrong ones are found and named."""

from __future__ import annotations

import numpy as np
import pytest

import steepest as st
from steepest.errors import ArgumentError


@st.custom_gradient
def wrong_by_a_thousandth(x, y):
    return x * y, lambda g: (g * y, g * x * 1.001)


def test_right_derivatives_pass() -> None:
    check = st.gradcheck(lambda x, y: st.sin(x) @ st.exp(y), np.ones((2, 3)), np.ones((3, 2)))
    assert check and max(check.errors) < 1e-8
    assert str(check).startswith("derivatives agree with finite differences to")


def test_wrong_derivatives_are_found_and_the_input_named() -> None:
    check = st.gradcheck(wrong_by_a_thousandth, [1.0, 2.0], [3.0, 4.0])
    assert not check and check.worst == 1 and check.errors[0] < 1e-6
    assert "input 1: derivative differs" in str(check)


def test_a_missing_derivative_is_found() -> None:
    assert not st.gradcheck(lambda x: st.stop_gradient(x) * 2.0, [1.0])
    assert st.gradcheck(lambda x, y: x * 2.0, [1.0], [5.0])


def test_a_derivative_that_is_not_a_number_is_found() -> None:
    assert not st.gradcheck(lambda x: st.sqrt(x - x), [1.0])


@pytest.mark.parametrize("last", [3, 5, 7, 9])
def test_a_value_that_is_not_a_number_is_found_in_any_direction(last: int) -> None:
    calls = 0

    def turns_nan(x):
        nonlocal calls
        calls += 1
        return x * (np.nan if calls == last else 1.0)

    check = st.gradcheck(turns_nan, [1.0], directions=4)
    assert not check and check.worst == 0 and "by nan" in str(check)


def test_single_numbers_are_checked_in_float64() -> None:
    assert max(st.gradcheck(lambda x, y: x * x / y, 0.37, 2.1).errors) < 1e-9


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e6, 1e9])
def test_inputs_of_any_size_are_moved_by_more_than_their_rounding(size: float) -> None:
    assert max(st.gradcheck(lambda x: x * x / size, [size, -size]).errors) < 1e-7


def test_outputs_may_be_nested() -> None:
    assert st.gradcheck(lambda x: {"a": x * x, "b": [st.exp(x)]}, [0.5, 0.7])


def test_nothing_to_check() -> None:
    with pytest.raises(ArgumentError, match="give the arguments"):
        st.gradcheck(lambda: st.constant(1.0))
