"""The kernel of the orders of epochs gives the bits of the definition."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as draw

from steepest.engines import orders
from steepest.engines.cpu.kernels import epoch_orders


@given(
    draw.integers(-(2**70), 2**70),
    draw.integers(0, 2**40),
    draw.integers(0, 4),
    draw.integers(0, 99),
)
def test_machine_code_gives_the_bits_of_the_definition(
    seed: int, first: int, epochs: int, count: int
) -> None:
    fast = epoch_orders.epoch_orders(seed, first, epochs, count)
    defined = orders.defined_orders(seed, first, epochs, count)
    assert fast.dtype == defined.dtype == np.int64 and np.array_equal(fast, defined)


def test_many_rows() -> None:
    fast, defined = (
        epoch_orders.epoch_orders(7, 3, 2, 70_001),
        orders.defined_orders(7, 3, 2, 70_001),
    )
    assert np.array_equal(fast, defined)
