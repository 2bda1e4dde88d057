"""Shares of workers: equal until the times of a run say that one is slower; then by its speed."""

from __future__ import annotations

import platform

import numpy as np
import pytest

from steepest.data.columns import DenseColumn
from steepest.engines.cpu.engine import CpuProgram
from steepest.engines.cpu.loops.spaces import WHOLE
from steepest.engines.cpu.run import code
from steepest.engines.cpu.run.shares import LEAST, LEAST_SECONDS, Shares
from tests.engines.cpu.test_bounds import network

LONG = 0.05


def after(speeds: list[float], runs: int) -> list[float]:
    """The shares after runs on cores of such speeds."""
    shares = Shares(len(speeds))
    for _ in range(runs):
        shares.record([p / s for p, s in zip(shares.parts, speeds, strict=True)], LONG)
    return shares.parts


def test_at_first_they_are_equal() -> None:
    assert Shares(4).parts == [0.25] * 4
    assert Shares(4).bounds == [0, WHOLE // 4, WHOLE // 2, 3 * WHOLE // 4, WHOLE]


def test_bounds_of_thirds_are_rounded_up_so_that_three_units_are_one_for_each() -> None:
    first, second = Shares(3).bounds[1:3]
    assert (3 * first // WHOLE, 3 * second // WHOLE) == (1, 2)


@pytest.mark.parametrize("speeds", [[1.0, 1.0], [1.0, 1.3], [3.0, 3.0, 3.6]])
def test_cores_of_about_the_same_speed_have_equal_shares(speeds: list[float]) -> None:
    assert after(speeds, 9) == [1 / len(speeds)] * len(speeds)


@pytest.mark.parametrize("speeds", [[2.0, 1.0], [1.0, 2.2], [4.0, 4.0, 1.0], [3.0, 2.0, 1.0, 1.0]])
def test_cores_of_other_speeds_have_shares_by_them(speeds: list[float]) -> None:
    wanted = np.array(speeds) / sum(speeds)
    assert np.allclose(after(speeds, 9), wanted, atol=0.08 / len(speeds))


def test_when_a_core_recovers_the_shares_are_equal_again() -> None:
    shares = Shares(2, [0.7, 0.3])
    shares.record(shares.parts, LONG)
    assert shares.parts == [0.5, 0.5]


@pytest.mark.parametrize(("wanted", "changes"), [(0.61, False), (0.68, True)])
def test_unequal_shares_change_only_if_the_speeds_did(wanted: float, changes: bool) -> None:
    shares = Shares(2, [0.63, 0.37])
    shares.record([0.63 / wanted, 0.37 / (1 - wanted)], LONG)
    assert (shares.parts != [0.63, 0.37]) is changes


@pytest.mark.parametrize(("first", "equal"), [(1.34, True), (1.37, False)])
def test_equal_shares_change_from_a_third_of_difference_on(first: float, equal: bool) -> None:
    assert (after([first, 1.0], 1) == [0.5, 0.5]) is equal


def test_a_worker_always_has_a_share_that_can_be_measured() -> None:
    least = min(after([1.0, 1e-6], 30))
    assert LEAST / 2 * 0.8 < least <= LEAST / 2


@pytest.mark.parametrize(
    ("busy", "seconds"), [([9.0, 1.0], LEAST_SECONDS * 0.99), ([9.0, 0.0], LONG), ([0.0, 0.0], 1)]
)
def test_short_runs_and_missing_times_change_nothing(busy: list[float], seconds: float) -> None:
    shares = Shares(2)
    shares.record(busy, seconds)
    assert shares.parts == [0.5, 0.5]


def test_a_run_that_is_just_long_enough_counts() -> None:
    shares = Shares(2)
    shares.record([9.0, 1.0], LEAST_SECONDS)
    assert shares.parts[0] < 0.5


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="no clock in the code")
def test_every_worker_of_a_run_says_how_long_it_was_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[list[float]] = []
    monkeypatch.setattr(code, "_WORTH_A_THREAD", 1)
    monkeypatch.setattr(Shares, "record", lambda shares, busy, seconds: found.append(list(busy)))
    graph, state = network((60, 150, 4))
    rng = np.random.default_rng(3)
    columns = [DenseColumn(rng.standard_normal((640, 60)).astype("float32"))]
    columns.append(DenseColumn(rng.integers(0, 4, 640)))
    for workers in (2, 3):
        CpuProgram(graph).run(state, columns, np.arange(640), 64, threads=workers)
        assert len(found[-1]) == workers and min(found[-1]) > 0
