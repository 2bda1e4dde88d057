"""The time of a call: by its operations until it is measured, and then by the quickest of all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from steepest.engines.batches import cut
from steepest.engines.cpu.machine.processor import processor
from steepest.engines.cpu.run import pace as file
from steepest.engines.cpu.run import patience as waiting
from steepest.engines.cpu.run.pace import Pace


@pytest.mark.parametrize(
    ("rows", "batch", "workers", "operations"),
    [
        (25, 10, 1, 3 * (100 + 10 * (30 + 10 * 2))),  # three batches, each taken as a whole one
        (25, 10, 2, 3 * (100 + 10 * (30 + 10 * 2)) / 2),
        (4, 10, 1, 100 + 4 * (30 + 4 * 2)),
        (0, 10, 1, 0),
    ],
)
def test_an_estimate_is_a_polynomial_of_the_batch(
    rows: int, batch: int, workers: int, operations: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file, "processor", lambda: replace(processor(), vector_bits=256))
    monkeypatch.setattr(file, "_RATE", 1000)
    pace = Pace((100.0, 30.0, 2.0))
    seconds = operations / (1000 * 256)
    assert pace.estimated(cut(rows, batch, None), workers) == pytest.approx(seconds)


def test_the_quickest_time_of_a_row_counts_for_its_size_of_batch() -> None:
    pace = Pace((0.0, 0.0, 0.0))
    pace.record(cut(100, 10, None), 2.0)
    assert pace.measured(cut(50, 10, None)) == 1.0
    pace.record(cut(50, 10, None), 3.0)
    assert pace.measured(cut(50, 10, None)) == 1.0
    pace.record(cut(50, 10, None), 0.5)
    assert pace.measured(cut(100, 10, None)) == 1.0
    assert pace.measured(cut(100, 20, None)) is None


def test_a_call_without_rows_is_measured_as_one_row() -> None:
    pace = Pace((0.0, 0.0, 0.0))
    pace.record(cut(0, 10, None), 0.25)
    assert pace.measured(cut(3, 10, None)) == 0.75


def test_the_memory_of_times_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "_MOST_SIZES", 3)
    pace = Pace((0.0, 0.0, 0.0))
    for batch in range(1, 5):
        pace.record(cut(10, batch, None), 1.0)
    assert all(pace.measured(cut(10, batch, None)) for batch in range(1, 5))
    pace.record(cut(10, 4, None), 2.0)  # slower than what is known
    assert pace.measured(cut(10, 1, None)) == 1.0
    pace.record(cut(10, 5, None), 1.0)
    assert [pace.measured(cut(10, batch, None)) for batch in (1, 4, 5)] == [None, None, 1.0]


def test_workers_that_share_cores_wait_less_before_they_sleep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waiting, "processor", lambda: replace(processor(), cores=4))
    assert waiting.patience(1) == waiting.patience(4) > waiting.patience(5) == waiting.patience(9)
