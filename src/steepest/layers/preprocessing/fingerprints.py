"""64-bit hashes of texts, with the numbers of TensorFlow's: FarmHash and SipHash.

`fingerprint` is FarmHash's Fingerprint64 (G. Pike, 2014), `keyed_hash` is SipHash-2-4 (J.-P.
Aumasson and D. J. Bernstein, 2012), `crossed` joins hashes of several features. Whole numbers of
Python stand for 64-bit words: each product and sum is cut to 64 bits. Depends on NumPy alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

WORD = (1 << 64) - 1
FARM = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F  # primes of FarmHash
FARM_BLOCK, FARM_SEED = 64, 81
SIP_START = 0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573
SIP_ROUNDS, SIP_LAST_ROUNDS = 2, 4
CROSS_START, CROSS_FACTOR = np.uint64(0xDECAFCAFFE), np.uint64(0xC6A4A7935BD1E995)


def fingerprint(text: bytes) -> int:
    """Returns FarmHash's Fingerprint64 of a byte string.

    >>> fingerprint(b"cat"), fingerprint(b"a text of more than sixteen bytes")
    (15118465453979963096, 335506424860275630)
    """
    size = len(text)
    if size <= 16:
        return _up_to_16(text)
    if size <= 32:
        factor, left, right = _ends(text)
        return _joined(left & WORD, right & WORD, factor)
    return _up_to_64(text) if size <= FARM_BLOCK else _beyond_64(text)


def keyed_hash(text: bytes, key: Sequence[int]) -> int:
    """Returns SipHash-2-4 of a byte string under a key of two 64-bit numbers.

    >>> keyed_hash(b"cat", (1, 2))
    2877440783091404378
    """
    first, second = key
    state = [word ^ start for word, start in zip((first, second) * 2, SIP_START, strict=True)]
    padded = text + bytes(-(len(text) + 1) % 8) + bytes([len(text) & 0xFF])
    for place in range(0, len(padded), 8):
        word = _word(padded, place)
        state[3] ^= word
        _sip_rounds(state, SIP_ROUNDS)
        state[0] ^= word
    state[2] ^= 0xFF
    _sip_rounds(state, SIP_LAST_ROUNDS)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def crossed(hashes: Sequence[np.ndarray]) -> np.ndarray:
    """Returns one hash for each row of several columns of hashes (uint64).

    >>> crossed([np.array([1, 2], np.uint64), np.array([3, 3], np.uint64)]).tolist()
    [14032721446388503651, 14885101244559810584]
    """
    result = np.full_like(hashes[0], CROSS_START)
    for column in hashes:
        result ^= CROSS_FACTOR
        result ^= _mixed_words(column * CROSS_FACTOR) * CROSS_FACTOR
        result = _mixed_words(_mixed_words(result * CROSS_FACTOR) * CROSS_FACTOR)
    return result


def _mixed_words(words: np.ndarray) -> np.ndarray:
    return np.asarray(words ^ (words >> np.uint64(47)))


def _word(text: bytes, place: int, size: int = 8) -> int:
    return int.from_bytes(text[place : place + size], "little")


def _rotated(word: int, right: int) -> int:
    """A word rotated to the right by so many bits."""
    word &= WORD
    return word >> right | word << (64 - right) & WORD


def _mixed(word: int) -> int:
    word &= WORD
    return word ^ word >> 47


def _joined(first: int, second: int, factor: int) -> int:
    """The hash of two words."""
    inner = _mixed((first ^ second & WORD) * factor)
    return _mixed((second ^ inner) * factor) * factor & WORD


def _up_to_16(text: bytes) -> int:
    size, factor = len(text), FARM[2] + 2 * len(text)
    if size >= 8:
        first, last = _word(text, 0) + FARM[2], _word(text, size - 8)
        left = _rotated(last, 37) * factor + first
        right = (_rotated(first, 25) + last) * factor
        return _joined(left & WORD, right & WORD, factor)
    if size >= 4:
        return _joined(size + (_word(text, 0, 4) << 3), _word(text, size - 4, 4), factor)
    if size:
        pair = text[0] + (text[size // 2] << 8)
        tail = size + (text[-1] << 2)
        return _mixed(pair * FARM[2] ^ tail * FARM[0]) * FARM[2] & WORD
    return FARM[2]


def _ends(text: bytes) -> tuple[int, int, int]:
    """The factor of a text, and two sums over its first and last 16 bytes."""
    size = len(text)
    factor, primes = FARM[2] + 2 * size, FARM[1] if size <= 32 else FARM[2]
    a, b = _word(text, 0) * primes, _word(text, 8)
    c, d = _word(text, size - 8) * factor, _word(text, size - 16) * FARM[2]
    return factor, _rotated(a + b, 43) + _rotated(c, 30) + d, a + _rotated(b + FARM[2], 18) + c


def _up_to_64(text: bytes) -> int:
    size = len(text)
    factor, left, right = _ends(text)
    whole = _joined(left & WORD, right & WORD, factor)
    a, e, f = _word(text, 0) * FARM[2], _word(text, 16) * factor, _word(text, 24)
    g = (left + _word(text, size - 32)) * factor & WORD
    h = (whole + _word(text, size - 24)) * factor & WORD
    first = _rotated(e + f, 43) + _rotated(g, 30) + h
    return _joined(first & WORD, (e + _rotated(f + a, 18) + g) & WORD, factor)


def _beyond_64(text: bytes) -> int:
    """The hash of a long text: blocks of 64 bytes, then its last 64 bytes with another factor."""
    last = (len(text) - 1) // FARM_BLOCK * FARM_BLOCK
    state = _Blocks(_word(text, 0))
    for place in range(0, last, FARM_BLOCK):
        state.take(text[place : place + FARM_BLOCK], FARM[1], 1)
    return state.end(text[-FARM_BLOCK:], len(text) - 1 - last)


class _Blocks:
    """The state of FarmHash over blocks of 64 bytes: three words and two pairs of words."""

    def __init__(self, word: int) -> None:
        self.x = FARM_SEED * FARM[2] + word
        self.y = FARM_SEED * FARM[1] + 113
        self.z = _mixed(self.y * FARM[2] + 113) * FARM[2]
        self.v, self.w = (0, 0), (0, 0)

    def take(self, block: bytes, factor: int, step: int) -> None:
        """Adds a block; `step` is 9 in the last one."""
        words = [_word(block, place) for place in range(0, FARM_BLOCK, 8)]
        (v, v_last), (w, w_last) = self.v, self.w
        x = _rotated(self.x + self.y + v + words[1], 37) * factor ^ w_last * step
        y = _rotated(self.y + v_last + words[6], 42) * factor + v * step + words[5]
        z = _rotated(self.z + w, 33) * factor
        self.v = _pair(words[:4], v_last * factor, x + w)
        self.w = _pair(words[4:], z + w_last, y + words[2])
        self.x, self.y, self.z = z & WORD, y & WORD, x & WORD

    def end(self, block: bytes, rest: int) -> int:
        """Adds the last 64 bytes, of which `rest` + 1 are new, and returns the hash."""
        factor = FARM[1] + ((self.z & 0xFF) << 1)
        w = self.w[0] + rest
        v = self.v[0] + w
        self.v, self.w = (v & WORD, self.v[1]), ((w + v) & WORD, self.w[1])
        self.take(block, factor, 9)
        left = _joined(self.v[0], self.w[0], factor) + _mixed(self.y) * FARM[0] + self.z
        right = _joined(self.v[1], self.w[1], factor) + self.x
        return _joined(left & WORD, right & WORD, factor)


def _pair(words: Sequence[int], first: int, second: int) -> tuple[int, int]:
    """Two words that depend on four words and on a pair of words."""
    first += words[0]
    second = _rotated(second + first + words[3], 21)
    total = first + words[1] + words[2]
    return (total + words[3]) & WORD, (second + _rotated(total, 44) + first) & WORD


def _sip_rounds(state: list[int], rounds: int) -> None:
    a, b, c, d = state
    for _ in range(rounds):
        a, c = (a + b) & WORD, (c + d) & WORD
        b, d = _rotated(b, 51) ^ a, _rotated(d, 48) ^ c
        a, c = (_rotated(a, 32) + d) & WORD, (c + b) & WORD
        d, b = _rotated(d, 43) ^ a, _rotated(b, 47) ^ c
        c = _rotated(c, 32)
    state[:] = a, b, c, d
