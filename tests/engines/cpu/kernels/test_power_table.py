"""The table of powers by which decimals become doubles."""

from __future__ import annotations

from fractions import Fraction

from steepest.engines.cpu.kernels.power_table import HIGHEST, LOWEST, power_table


def test_powers_of_five_are_their_leading_bits() -> None:
    words = power_table()[23:].reshape(-1, 2)
    assert len(words) == HIGHEST - LOWEST + 1
    for exponent in (-342, -100, -27, -1, 0, 1, 27, 55, 56, 308):
        high, low = map(int, words[exponent - LOWEST])
        leading = high << 64 | low
        assert leading >> 127 == 1
        exact = Fraction(5) ** exponent
        while exact >= 2**128:
            exact /= 2
        while exact < 2**127:
            exact *= 2
        assert abs(leading - exact) < 1
