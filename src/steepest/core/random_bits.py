"""Counter-based random bits: Philox 4x32-10 in NumPy, and the first word of Philox 4x64-10.

Depends on NumPy only.

Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011. A number is a
function of (seed, stream, step, row, column), so every engine makes the same ones in any order.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
WIDE_MULTIPLIERS = (0xD2E7470EE14C6C93, 0xCA5A826395121157)  # of Philox 4x64
WIDE_WEYL = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
ROUNDS = 10
STREAM_BITS = 30
FEW_COUNTERS = 16  # for which Python's integers are quicker than NumPy's arrays
_LOW = 0xFFFFFFFF
_WORD = 2**64 - 1
Words = tuple[Any, Any, Any, Any]  # integers, or arrays of uint64


def philox(counter: np.ndarray, key: tuple[int, int]) -> np.ndarray:
    """Four random words for each counter: uint32 (4, n) to uint32 (4, n).

    >>> [hex(word[0]) for word in philox(np.zeros((4, 1), np.uint32), (0, 0))]
    ['0x6627e8d5', '0xe169c58d', '0xbc57ac4c', '0x9b00dbd8']
    """
    a, b, c, d = counter.astype(np.uint64)
    return np.stack(_mixed((a, b, c, d), key)).astype(np.uint32)


def _mixed(words: Words, key: tuple[int, int]) -> Words:
    """The rounds of Philox, for words that are integers or arrays of them."""
    (a, b, c, d), (low, high) = words, key
    for _ in range(ROUNDS):
        first, second = a * MULTIPLIERS[0], c * MULTIPLIERS[1]
        a, b = (second >> 32) ^ b ^ low, second & _LOW
        c, d = (first >> 32) ^ d ^ high, first & _LOW
        low, high = (low + WEYL[0]) & _LOW, (high + WEYL[1]) & _LOW
    return a, b, c, d


def first_word(low: int, high: int) -> int:
    """The first word of NumPy's Philox 4x64 under a key of two words.

    Faster than NumPy's generator, which first asks the system for a random seed.

    >>> first_word(3, 4) == np.random.Philox(key=np.array([3, 4], np.uint64)).random_raw()
    True
    """
    a, b, c, d = 1, 0, 0, 0
    for _ in range(ROUNDS):
        first, second = a * WIDE_MULTIPLIERS[0], c * WIDE_MULTIPLIERS[1]
        a, b = (second >> 64) ^ b ^ low, second & _WORD
        c, d = (first >> 64) ^ d ^ high, first & _WORD
        low, high = (low + WIDE_WEYL[0]) & _WORD, (high + WIDE_WEYL[1]) & _WORD
    return a


def random_bits(seed: np.ndarray, shape: tuple[int, ...], width: int, lane: int) -> np.ndarray:
    """`width` random bits for each element of `shape`, as int32.

    `seed` holds (seed, stream, step). Rows are counted along the first axis and columns over the
    rest; an array of one axis is a single row. Each group of four columns shares one counter.

    >>> random_bits(np.array([0, 0, 0]), (2,), 24, 0).tolist()
    [6694888, 14772677]
    """
    rows = shape[0] if len(shape) > 1 else 1
    columns = math.prod(shape[1:] if len(shape) > 1 else shape)
    groups = -(-columns // 4)
    key = int(seed[0]) & 0xFFFFFFFF, (int(seed[0]) >> 32) & 0xFFFFFFFF
    if rows * groups <= FEW_COUNTERS:
        last = _last(seed, lane)
        few = [_mixed((g, r, *last), key) for r in range(rows) for g in range(groups)]
        words = np.array(few, np.uint32)
    else:
        words = philox(_counters(seed, rows, groups, lane), key)
        words = words.reshape(4, rows, groups).transpose(1, 2, 0)
    bits = words.reshape(rows, groups * 4)
    return (bits[:, :columns] >> np.uint32(32 - width)).astype(np.int32).reshape(shape)


def bits_at(
    seed: np.ndarray, rows: np.ndarray, columns: np.ndarray, width: int, lane: int
) -> np.ndarray:
    """The random bits of some rows and columns.

    >>> bits_at(np.array([0, 0, 0]), np.array([0]), np.array([1]), 24, 0).tolist()
    [14772677]
    """
    counter = _counters(seed, 1, len(rows), lane)
    counter[0], counter[1] = columns >> 2, rows
    key = int(seed[0]) & 0xFFFFFFFF, (int(seed[0]) >> 32) & 0xFFFFFFFF
    words = philox(counter, key)[columns & 3, np.arange(len(rows))]
    return (words >> np.uint32(32 - width)).astype(np.int32)


def _counters(seed: np.ndarray, rows: int, groups: int, lane: int) -> np.ndarray:
    counter = np.empty((4, rows, groups), np.uint32)
    counter[0] = np.arange(groups, dtype=np.uint32)
    counter[1] = np.arange(rows, dtype=np.uint32)[:, None]
    counter[2], counter[3] = _last(seed, lane)
    return counter.reshape(4, rows * groups)


def _last(seed: np.ndarray, lane: int) -> tuple[int, int]:
    """The last two words of the counters: the step, and the stream with the lane."""
    stream = int(seed[1]) & ((1 << STREAM_BITS) - 1)
    return int(seed[2]) & _LOW, stream | (lane << STREAM_BITS)
