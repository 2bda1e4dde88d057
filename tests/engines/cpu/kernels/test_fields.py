"""The numbers that machine code makes of decimals, and where it stops."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from steepest.engines.cpu.kernels.fields import run_fields
from steepest.engines.fields_layout import FLOAT, FULL, INTEGER, MORE, STATE, STRANGE, TEXT


def read(text: str, kind: int = FLOAT, width: int = 1, rows: int = 100, **given: int):
    """(status, values of the first column, texts that were listed)."""
    data = np.frombuffer(text.encode() + b"\n", np.uint8)
    column, other = np.zeros((rows, 2), np.int64), np.zeros((rows, 2), np.int64)
    listed = np.zeros((rows * width, 4), np.int64)
    numbers = {
        "end": len(data) - 1, "final": 1, "width": width, "delimiter": ord(","),
        "blank": ord(" "), "most_rows": rows, "most_found": len(listed), "longest": 999,
    }  # fmt: skip
    state = np.array([(numbers | given).get(name, 0) for name in STATE])
    targets = np.array([column.ctypes.data, *[other.ctypes.data] * (width - 1)])
    kinds = np.array([kind] * width, np.uint8)
    status = run_fields(data, kinds, targets, state, listed, np.zeros(0))
    count, found = int(state[STATE.index("row")]), int(state[STATE.index("found")])
    places = listed[:found, 2:].tolist()
    values = column.reshape(-1)[:count]
    values = (
        column[:count].tolist()
        if kind == TEXT
        else values.view(np.float64 if kind == FLOAT else np.int64)
    )
    return status, values, [bytes(data[start:stop]).decode() for start, stop in places]


def bits(number: float) -> bytes:
    return struct.pack("d", number)


def assert_as_float(text: str, must: bool = False) -> None:
    """The value has the bits of `float(text)`, or the field is listed for Python."""
    _, values, listed = read(text)
    if listed:
        assert listed == [text] and not must
    else:
        assert bits(values[0]) == bits(float(text)), text


@pytest.mark.parametrize(
    "text",
    """0 -0 +0 0.0 -0.0 1 -1 +1 1. .5 -.5 00012 007.250 1e5 1E5 1e+5 1e-5 -1.25e-7 0e999 0.000e-400
    9007199254740992 9007199254740993.1 1e22 8.5e22 1e-22 123456789012345678 0.1 0.3
    0.49671415301123267 -0.13826430117118466 1.7976931348623157e308 2.2250738585072014e-308
    1234567890123456789e-30 9999999999999999999 0.00000000000000000012345678901234567
    3.141592653589793238 5.4e-300 7.3177701707893310e+15
    1.000000000000000000e+00 5.000000000000000000e-01 0.000000000000000000e+00""".split(),
)
def test_decimals_are_converted_by_machine_code(text: str) -> None:
    assert_as_float(text, must=True)


@pytest.mark.parametrize(
    "text",
    """9007199254740993 1e23 5e-324 2.2250738585072011e-308 1.7976931348623159e308 1e309 -1e400
    1e-400 12345678901234567890 0.12345678901234567890123 inf -inf nan 1e 1e+ . - + e5 1_0 0x10 1..2
    1e5.0 abc 1.5x --1 1e12345 ١٢""".split(),
)
def test_what_is_hard_or_no_number_is_listed(text: str) -> None:
    assert read(text)[2] == [text]


@given(some.floats(allow_nan=False, allow_infinity=False))
def test_any_double_is_read_back(number: float) -> None:
    assert_as_float(repr(number))
    assert_as_float(f"{number:.17e}")
    assert_as_float(f"{number:.4f}")


@given(some.integers(-(10**19), 10**19), some.integers(-345, 310))
def test_any_decimal_is_rounded_as_python_rounds_it(digits: int, exponent: int) -> None:
    assert_as_float(f"{digits}e{exponent}")


@given(some.from_regex(r"[+-]?[0-9]{0,22}\.?[0-9]{0,22}(e[+-]?[0-9]{1,3})?", fullmatch=True))
def test_any_form_of_a_number(text: str) -> None:
    try:
        float(text)
    except ValueError:
        if text:
            assert read(text)[2] == [text]
    else:
        assert_as_float(text)


def halfway_cases() -> Iterator[str]:
    """Decimals of 16 to 19 digits next to the middle of two doubles."""
    random = np.random.default_rng(3)
    for _ in range(300):
        exponent = int(random.integers(0, 10))
        number = (int(random.integers(1 << 53, 1 << 54)) | 1) << exponent
        yield from (str(number + step) for step in (-1, 0, 1))


def test_numbers_next_to_the_middle_of_two_doubles() -> None:
    for text in halfway_cases():
        assert_as_float(text)


@pytest.mark.parametrize("text", ["1", "-12", "+7", "0", "123456789012345678", " 5 ", '"9"'])
def test_integers(text: str) -> None:
    status, values, listed = read(text, INTEGER)
    assert (status, values.tolist(), listed) == (MORE, [int(text.strip('"'))], [])


@pytest.mark.parametrize("text", ["1.0", "1e3", "1.", "1234567890123456789", "x", '""', "- 1"])
def test_no_integers(text: str) -> None:
    assert read(text, INTEGER)[2] == [text]


def test_empty_fields_are_nan_if_asked() -> None:
    assert np.isnan(read(",1", width=2, empty_is_nan=1)[1]).tolist() == [True]
    assert read(",1", width=2)[2] == [""]
    assert read(",1", INTEGER, width=2, empty_is_nan=1)[2] == [""]


def test_texts_are_places() -> None:
    text = 'a\n"b, ""c"""\r\n\n d\r'
    status, places, _ = read(text, TEXT)
    assert status == MORE
    assert [text[start:stop] for start, stop in places] == ["a", '"b, ""c"""', " d"]


@pytest.mark.parametrize(
    "text", ["1\n1,2\n", "1,2,3\n", '"a"b,1\n', "1," + "x" * 1000, '"' + "x" * 1000 + '",1']
)
def test_a_row_that_is_none_is_strange(text: str) -> None:
    assert read(text, TEXT, width=2)[0] == STRANGE


@pytest.mark.parametrize("text", ["1\n2\r", "1\n2", '1\n"2\n', "1\n2,"])
def test_an_open_row_is_left(text: str) -> None:
    status, values, _ = read(text, final=0)
    assert (status, values.tolist()) == (STRANGE if text[-1] == "," else MORE, [1.0])


def test_it_stops_when_the_columns_or_the_list_are_full() -> None:
    assert read("1\n2\n3", rows=2)[0] == FULL
    assert read("x\ny\nz", most_found=2)[::2] == (FULL, ["x", "y"])
