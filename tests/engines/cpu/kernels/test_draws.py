"""Random numbers of machine code are made of the defined bits, at every edge of their vectors."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

import steepest as st
from steepest.core.random_bits import random_bits
from steepest.engines.cpu.kernels import draws, draws_code
from steepest.engines.cpu.machine.addresses import address

SEED = np.array([123_456_789_012_345, 77, 3])
SHAPES = [(0,), (1,), (15,), (16,), (17,), (33,), (5, 1), (3, 16), (3, 17), (2, 3, 11), (0, 4)]


@pytest.fixture
def fresh_code(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The code is written anew, and not cached as that of the library."""
    monkeypatch.setattr(draws, "_KEY", "other random numbers")
    monkeypatch.setenv("STEEPEST_CACHE", "off")
    draws._kernels.cache_clear()
    yield
    draws._kernels.cache_clear()


def normal_numbers(shape: tuple[int, ...]) -> np.ndarray:
    """Box and Muller's formula in float64."""
    radius, angle = (random_bits(SEED, shape, 30, lane).astype(np.float64) for lane in (2, 3))
    length = np.sqrt(-2.0 * np.log((radius + 1.0) * 2.0**-30))
    return length * np.cos(2.0 * math.pi * 2.0**-30 * angle)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("lane", range(4))
def test_bits_are_those_that_are_defined(shape: tuple[int, ...], lane: int) -> None:
    found, unsure = draws.draw(f"bits{lane}", SEED, shape)
    assert (found.dtype, unsure) == (np.int32, 0)
    np.testing.assert_array_equal(found, random_bits(SEED, shape, 32, lane))


@pytest.mark.parametrize("shape", SHAPES)
def test_fractions_are_24_bits(shape: tuple[int, ...]) -> None:
    found, unsure = draws.draw("fractions", SEED, shape)
    assert (found.dtype, unsure) == (np.float32, 0)
    np.testing.assert_array_equal(found, random_bits(SEED, shape, 24, 0) * np.float32(2**-24))


@pytest.mark.parametrize("shape", SHAPES)
def test_normal_numbers_are_rounded_from_float64(shape: tuple[int, ...]) -> None:
    found, unsure = draws.draw("normals", SEED, shape)
    assert (found.dtype, unsure) == (np.float32, 0)
    np.testing.assert_array_equal(found, normal_numbers(shape).astype(np.float32))


@pytest.mark.usefixtures("fresh_code")
@pytest.mark.parametrize("shape", [(17,), (90, 33)])
def test_numbers_near_the_middle_of_two_floats_are_nan_and_counted(
    shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    doubt = 2.0**-26
    monkeypatch.setattr(draws_code, "DOUBT", doubt)
    found, unsure = draws.draw("normals", SEED, shape)
    exact = normal_numbers(shape)
    low, high = ((exact * (1.0 + sign * doubt)).astype(np.float32) for sign in (-1, 1))
    np.testing.assert_array_equal(found, np.where(low == high, low, np.float32(np.nan)))
    assert unsure == np.sum(low != high) > 0


@pytest.mark.parametrize(
    ("rows", "columns", "pieces"),
    [
        (1, 31, [(0, 1, 0, 31)]),
        (1, 33, [(0, 1, 0, 32), (0, 1, 32, 33)]),
        (5, 16, [(0, 2, 0, 16), (2, 2, 0, 16), (4, 1, 0, 16)]),
        (2, 40, [(0, 1, 0, 32), (0, 1, 32, 40), (1, 1, 0, 32), (1, 1, 32, 40)]),
        (3, 0, []),
        (0, 9, []),
    ],
)
def test_pieces_have_all_numbers_once(
    rows: int, columns: int, pieces: list[tuple[int, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draws, "_PIECE", 32)
    assert list(draws._pieces(rows, columns)) == pieces


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("shape", [(100,), (7, 40), (40, 7)])
def test_numbers_do_not_depend_on_pieces_and_threads(
    shape: tuple[int, ...], threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, _ = draws.draw("normals", SEED, shape)
    monkeypatch.setattr(draws, "_PIECE", 32)
    monkeypatch.setattr(st.config, "threads", threads)
    np.testing.assert_array_equal(draws.draw("normals", SEED, shape)[0], whole)


def test_a_piece_is_all_that_a_call_writes() -> None:
    """Rows 2 and 3 of 5, from column 16 to 21 of 23."""
    _, calls = draws._kernels()
    out = np.full((5, 23), -7, np.int32)
    assert calls["bits1"](address(SEED), address(out), 2, 2, 23, 16, 21) == 0
    expected = np.full((5, 23), -7, np.int32)
    expected[2:4, 16:21] = random_bits(SEED, (5, 23), 32, 1)[2:4, 16:21]
    np.testing.assert_array_equal(out, expected)
