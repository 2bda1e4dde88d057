"""The peak rates: what the measured code computes, and what follows from the measured times."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from steepest.engines.cpu.kernels import ceilings as file
from steepest.engines.cpu.kernels.ceilings import Ceilings, copy_rate, peak_gigaflops, quickest
from steepest.engines.cpu.machine.jit import compile_module
from steepest.engines.cpu.machine.processor import processor


class Clock:
    """Time that passes only in `run`: each repetition takes a number of milliseconds."""

    def __init__(self, *milliseconds: float) -> None:
        self.now, self.milliseconds, self.runs = 0.0, list(milliseconds), list[int]()

    def perf_counter(self) -> float:
        return self.now

    def run(self, repetitions: int) -> None:
        self.runs.append(repetitions)
        self.now += repetitions * self.milliseconds[0] / 1e3
        if repetitions * self.milliseconds[0] >= 1.0 and len(self.milliseconds) > 1:
            self.milliseconds.pop(0)


def test_repetitions_are_doubled_until_they_can_be_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(0.25)
    monkeypatch.setattr(file, "time", clock)
    monkeypatch.setattr(file, "REPEATS", 2)
    assert quickest(clock.run) == pytest.approx(0.25e-3)
    assert clock.runs == [2, 4, 2, 4]


def test_the_quickest_of_some_measurements_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(3.0, 2.0, 5.0, 4.0, 6.0)
    monkeypatch.setattr(file, "time", clock)
    assert quickest(clock.run) == pytest.approx(2e-3)
    assert len(clock.runs) == file.REPEATS


@pytest.mark.parametrize(("bits", "dtype"), [(32, np.float32), (64, np.float64)])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 10])
def test_the_measured_code_adds_a_square_to_each_sum(bits: int, dtype: type, count: int) -> None:
    lanes = processor().lanes(bits)
    module = compile_module(file._text(bits, lanes))
    call = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)(module.address("peak"))
    sums = np.arange(file._SUMS * lanes, dtype=dtype).reshape(file._SUMS, lanes)
    expected = sums + count * sums[0] ** 2
    call(sums.ctypes.data, count)
    np.testing.assert_array_equal(sums, expected)


@pytest.mark.parametrize("bits", [32, 64])
def test_a_multiply_add_counts_as_two(bits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "quickest", lambda run: run(3) or 2e-9)
    assert peak_gigaflops(bits) == pytest.approx(processor().lanes(bits) * file._SUMS)


@pytest.mark.parametrize(
    ("size", "copied"),
    [
        (1, 1 << 15),
        (1 << 15, 1 << 15),
        (100_000, 100_000),
        (1 << 26, 1 << 26),
        (1 << 30, 1 << 26),
    ],
)
def test_a_copy_reads_half_and_writes_half(
    size: int, copied: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: list[int] = []
    monkeypatch.setattr(ctypes, "memmove", lambda target, source, count: moved.append(count))
    monkeypatch.setattr(file, "quickest", lambda run: run(3) or 0.5)
    assert copy_rate(size) == pytest.approx(2 * copied / 1e9)
    assert moved == [copied // 2] * 3


def test_the_least_times_of_some_work(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[tuple[str, int]] = []

    def peak(bits: int) -> float:
        measured.append(("peak", bits))
        return 640.0 / bits  # 20 and 10 GFLOP/s

    def rate(size: int) -> float:
        measured.append(("copy", size))
        return 4.0

    monkeypatch.setattr(file, "peak_gigaflops", peak)
    monkeypatch.setattr(file, "copy_rate", rate)
    ceilings = Ceilings()
    assert ceilings.seconds(32, 4e9, 100_000) == pytest.approx((0.2, 25e-6))
    assert ceilings.seconds(64, 4e9, 120_000) == pytest.approx((0.4, 30e-6))
    assert measured == [("peak", 32), ("copy", 1 << 17), ("peak", 64)]
    ceilings.seconds(32, 1.0, 1)
    ceilings.seconds(32, 1.0, 1 << 40)
    assert measured[3:] == [("copy", 1 << 16), ("copy", 1 << 27)]
