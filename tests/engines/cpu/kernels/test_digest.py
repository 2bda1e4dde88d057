"""The digest of arrays: equal for equal numbers, different if any is changed or moved."""

from __future__ import annotations

import gc

import numpy as np
import pytest

import steepest as st
from steepest.engines.cpu.kernels.digest import BLOCK, PIECE, digest
from steepest.engines.cpu.machine import jit


def numbers(count: int, dtype: str = "float32") -> np.ndarray:
    return (np.random.default_rng(0).standard_normal(count) * 100).astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8"])
@pytest.mark.parametrize("count", [0, 1, 7, BLOCK // 4, BLOCK // 4 + 1, 3 * BLOCK])
def test_equal_numbers_have_equal_digests(dtype: str, count: int) -> None:
    array = numbers(count, dtype)
    assert digest(array) == digest(array.copy())


@pytest.mark.parametrize("count", [3, BLOCK // 4, 1000, 5000])
def test_a_change_of_any_number_changes_it(count: int) -> None:
    array = numbers(count)
    before = digest(array)
    for place in {0, 1, count // 2, count - 1}:
        changed = array.copy()
        changed.view(np.uint32)[place] ^= np.uint32(1) << np.uint32(place % 32)
        assert digest(changed) != before


def test_moving_numbers_changes_it() -> None:
    array = numbers(60_000).reshape(600, 100)
    found = {
        digest(np.ascontiguousarray(changed))
        for changed in (array, -array, array[::-1], array[:, ::-1], np.roll(array, 128), array[1:])
    }
    assert len(found) == 6


def test_two_rows_exchanged_change_it() -> None:
    array = numbers(1 << 16).reshape(-1, 128)  # rows begin at multiples of the block
    before = digest(array)
    array[[3, 7]] = array[[7, 3]]
    assert digest(array) != before


def test_pieces_of_several_threads_are_all_digested() -> None:
    array = np.zeros(2 * PIECE // 4 + 100, np.float32)
    found = {digest(array)}
    for place in (0, PIECE // 4 - 1, PIECE // 4, len(array) - 1):
        array[place] = 1
        found.add(digest(array))
    assert len(found) == 5


def test_zeros_of_another_length_differ() -> None:
    assert digest(np.zeros(10, np.float32)) != digest(np.zeros(11, np.float32))


def test_the_code_is_not_freed_while_it_is_used() -> None:
    array = numbers(100)
    before = digest(array)
    jit.forget()
    gc.collect()
    assert digest(array) == before


def defined(array: np.ndarray) -> bytes:
    """The digest of one piece in NumPy: xor, multiply and turn each word of the state."""
    factor, turn = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)
    raw = array.tobytes()
    words = np.frombuffer(raw + bytes(-len(raw) % BLOCK), np.uint64).reshape(-1, BLOCK // 8)
    state = np.arange(1, 1 + BLOCK // 8, dtype=np.uint64) * factor
    for block in words:
        mixed = (state ^ block) * factor
        state = (mixed << turn) | (mixed >> (np.uint64(64) - turn))
    return state.tobytes()


@pytest.mark.parametrize("size", [1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 100])
def test_the_bits_are_those_that_are_defined(size: int) -> None:
    array = np.random.default_rng(1).integers(0, 256, size, np.uint8)
    assert digest(array) == defined(array) + size.to_bytes(8, "little")


@pytest.mark.parametrize("threads", [1, 3])
def test_pieces_are_digested_one_by_one(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steepest.engines.cpu.kernels.digest.PIECE", 2 * BLOCK)
    monkeypatch.setattr(st.config, "threads", threads)
    first = np.random.default_rng(2).integers(0, 256, 5 * BLOCK + 7, np.uint8)
    second = first[: 2 * BLOCK]
    pieces = [first[: 2 * BLOCK], first[2 * BLOCK : 4 * BLOCK], first[4 * BLOCK :], second]
    lengths = b"".join(len(array).to_bytes(8, "little") for array in (first, second))
    assert digest(first, second) == b"".join(map(defined, pieces)) + lengths
