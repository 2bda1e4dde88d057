"""Numbers as texts: known answers, and texts that give the number back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from steepest.page.number_texts import column_texts, fixed_text, number_text, text_of

NUMBERS = some.floats(-1.79e308, 1.79e308)

KNOWN = {
    0.0: "0",
    3.0: "3",
    9999.0: "9999",
    10_000.0: "10,000",
    0.123456: "0.1235",
    1234.56: "1235",
    12345.6: "12,346",
    10_000.4: "10,000",
    9999.6: "10,000",
    999_999.4: "999,999",
    999_999.0: "999,999",
    1e6: "1e6",
    2.5e7: "2.5e7",
    1.23456e-5: "1.235e-5",
    1e-4: "0.0001",
    -1e300: "-1e300",
    np.inf: "infinity",
    -np.inf: "-infinity",
}


@pytest.mark.parametrize(("value", "text"), KNOWN.items())
def test_a_number_is_shown_in_four_digits(value: float, text: str):
    assert number_text(value) == text


def test_more_digits_where_they_are_asked_for():
    texts = [number_text(9999.6, digits) for digits in (3, 4, 5, 6)]
    assert texts == ["10,000", "10,000", "9999.6", "9999.6"]


@given(NUMBERS)
def test_a_number_is_read_back_within_its_digits(value: float):
    assert float(number_text(value).replace(",", "")) == pytest.approx(value, rel=1e-3, abs=0)


COLUMNS = {
    "equal decimals": ([2.31, 0.0124, 0.5], ["2.310", "0.012", "0.500"]),
    "no needless zeros": ([0.1, 0.25], ["0.10", "0.25"]),
    "whole numbers": ([1.0, 60_000.0, -3.0], ["1", "60,000", "-3"]),
    "far from each other": ([0.1, 1e-5], ["0.1", "1e-5"]),
    "almost equal": ([0.693147, 0.693151], ["0.693147", "0.693151"]),
    "large whole numbers": ([12_345_678.0, 12_345_679.0], ["12,345,678", "12,345,679"]),
    "tiny": ([1.5e-9, 2e-9], ["1.5e-9", "2e-9"]),
    "not finite": ([np.nan, 0.5, -np.inf], ["NaN", "0.5", "-infinity"]),
    "zeros": ([0.0, 0.0], ["0", "0"]),
    "nothing finite": ([np.nan], ["NaN"]),
    "numbers and 0": ([0.0, 0.5], ["0.0", "0.5"]),
    "digits of a small difference": ([1.0, 1.000083], ["1.00000", "1.00008"]),
    "a thousandth": ([0.001, 0.0005], ["0.0010", "0.0005"]),
    "below a thousandth": ([0.0009, 0.00045], ["0.0009", "0.00045"]),
    "a million": ([1e6, 500_000.5], ["1e6", "500,000"]),
    "below a million": ([999_999.5, 500_000.0], ["999,999.5", "500,000.0"]),
    "a thousand times each other": ([1.0, 0.001], ["1.000", "0.001"]),
    "more than a thousand times": ([1.01, 0.001], ["1.01", "0.001"]),
    "15 digits": ([999_999_999_999_999.0, 1.0], ["999,999,999,999,999", "1"]),
    "16 digits": ([1e15, 1.0], ["1e15", "1"]),
    "a whole range": ([1e308, -1e308], ["1e308", "-1e308"]),
}


@pytest.mark.parametrize(("numbers", "texts"), COLUMNS.values(), ids=COLUMNS)
def test_a_column_of_numbers(numbers: list[float], texts: list[str]):
    assert column_texts(np.array(numbers)) == texts


@given(some.lists(NUMBERS, min_size=1, max_size=6))
def test_a_column_is_read_back(numbers: list[float]):
    texts = column_texts(np.array(numbers))
    largest = max(map(abs, numbers))
    for value, text in zip(numbers, texts, strict=True):
        assert abs(float(text.replace(",", "")) - value) <= 2e-3 * largest


@given(some.lists(some.floats(0.1, 100.0), min_size=2, max_size=6, unique=True))
def test_different_numbers_of_a_column_have_different_texts(numbers: list[float]):
    low, high = min(numbers), max(numbers)
    texts = column_texts(np.array([low, high]))
    if high - low > 1e-12:
        assert texts[0] != texts[1]


def test_decimals_and_thousands():
    assert [fixed_text(9999.96, 1), fixed_text(-0.04, 1), fixed_text(1e4, 2)] == [
        "10,000.0",
        "0.0",
        "10,000.00",
    ]


VALUES = {
    "relu": "relu",
    True: "True",
    None: "",
    2_000_000: "2000000",
    0.001: "0.001",
    (64, 32): "(64, 32)",
}


@pytest.mark.parametrize(("value", "text"), VALUES.items())
def test_values_of_options_are_short_texts(value: object, text: str):
    assert text_of(value) == text


def test_values_of_numpy_look_like_those_of_python():
    assert text_of([np.float32(0.1), np.int64(3), np.bool_(True)]) == "[0.1, 3, True]"
    assert text_of(np.array([[1, 2], [3, 4]])) == "[[1, 2], [3, 4]]"


def test_the_text_of_an_object_does_not_depend_on_its_address():
    assert "0x" not in text_of(object()) and text_of(object()) == text_of(object())
    assert text_of(np.float32) == "float32"
