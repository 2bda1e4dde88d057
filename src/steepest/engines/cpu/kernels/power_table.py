"""The powers by which decimals become doubles: of ten exactly, of five by 128 bits.

Depends on NumPy only.
"""

from __future__ import annotations

import numpy as np

LOWEST, HIGHEST = -342, 308  # exponents of ten beyond which a decimal is zero or infinite
EXACT = 22  # the largest exponent of a power of ten that is a double


def power_table() -> np.ndarray:
    """Powers of ten as doubles, then the 128 leading bits of powers of five, in 64-bit words.

    >>> table = power_table()
    >>> table[:2].view(np.float64), hex(table[23 + 2 * -LOWEST])
    (array([ 1., 10.]), '0x8000000000000000')
    """
    exact = np.array([10.0**power for power in range(EXACT + 1)]).view(np.uint64)
    words = []
    for exponent in range(LOWEST, HIGHEST + 1):
        leading = _leading_bits(exponent)
        words += [leading >> 64, leading & (2**64 - 1)]
    return np.concatenate([exact, np.array(words, np.uint64)])


def _leading_bits(exponent: int) -> int:
    """128 leading bits of 5**exponent: of the inverse, rounded up, if the exponent is negative."""
    power = 5 ** abs(exponent)
    bits = power.bit_length()
    if exponent >= 0:
        return power << 128 - bits if bits <= 128 else power >> bits - 128
    inverse = (1 << 2 * bits + 128) // power + 1
    return inverse >> inverse.bit_length() - 128
