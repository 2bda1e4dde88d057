"""What the contract of engines computes by itself: the figures of a row of `explain`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from steepest.engines.engine import Cost

ROW = Cost("product", "matmul", 2e-6, 100, 4000, arithmetic=1e-6, memory=0.5e-6)


def test_the_longer_of_arithmetic_and_memory_bounds_the_time() -> None:
    assert ROW.gigaflops == pytest.approx(2.0)
    assert (ROW.least, ROW.bound, ROW.ceiling) == (1e-6, "arithmetic", 0.5)
    slow = replace(ROW, memory=1.5e-6)
    assert (slow.least, slow.bound, slow.ceiling) == (1.5e-6, "memory", 0.75)


@pytest.mark.parametrize("unknown", ["arithmetic", "memory"])
def test_without_one_of_them_nothing_bounds_it(unknown: str) -> None:
    row = replace(ROW, **{unknown: None})
    assert row.least is None and row.bound is None and row.ceiling is None
    assert replace(ROW, operations=None).gigaflops is None
