"""The number of workers: the quickest is chosen, a wrong first measurement is soon corrected."""

from __future__ import annotations

import itertools

import pytest

from steepest.engines.batches import cut
from steepest.engines.cpu.run.thread_count import LATE, LEAST_SECONDS, TRIALS, ThreadChoice


def choices(choice: ThreadChoice, runs: int, seconds: dict[int, float], most: int = 2) -> list[int]:
    """The numbers of workers chosen, where a run of ten rows takes so long with each."""
    chosen = []
    for _ in range(runs):
        chosen.append(choice.choose(most))
        choice.record(chosen[-1], 10, seconds[chosen[-1]])
    return chosen


def test_all_are_tried_first_then_one_then_the_quicker() -> None:
    assert choices(ThreadChoice(), 4, {1: 0.02, 2: 0.01}) == [2, 1, 2, 2]
    assert choices(ThreadChoice(), 4, {1: 0.01, 2: 0.02}) == [2, 1, 1, 1]


def test_half_of_many_are_tried_too() -> None:
    assert choices(ThreadChoice(), 4, {1: 0.03, 4: 0.01, 8: 0.02}, most=8) == [8, 1, 4, 4]


def test_the_slower_is_tried_less_and_less_often() -> None:
    chosen = choices(ThreadChoice(), 200, {1: 0.02, 2: 0.01})
    tries = [number for number, workers in enumerate(chosen) if workers == 1]
    gaps = [after - before for before, after in itertools.pairwise(tries)]
    assert gaps[0] < 8 and gaps == sorted(gaps) and max(gaps) == LATE + 2


def test_a_wrong_first_measurement_is_soon_corrected() -> None:
    choice = ThreadChoice()
    choice.record(choice.choose(2), 10, 0.05)  # two workers, while another program was running
    chosen = choices(choice, 20, {1: 0.02, 2: 0.01})
    assert chosen.count(2) > 12 and chosen[-1] == 2


def test_a_machine_that_becomes_busy_is_noticed_at_once() -> None:
    choice = ThreadChoice()
    choices(choice, 50, {1: 0.02, 2: 0.01})
    chosen = choices(choice, 50, {1: 0.02, 2: 0.08})
    assert chosen.index(1) <= 4 and chosen.count(2) < 8


def test_times_of_short_runs_are_not_recorded() -> None:
    choice = ThreadChoice()
    choice.record(2, 10, 1e-4)
    choice.record(2, 0, 1.0)
    assert choice.choose(2) == 2 and not choice.seconds


@pytest.mark.parametrize("seconds", [0.05, 5.0])  # the trial is limited by time, or by its share
def test_a_number_is_tried_on_a_part_of_a_run(seconds: float) -> None:
    """Long enough to be measured, or a fixed fraction; the quicker number does the rest."""
    choice, run = ThreadChoice(), cut(8000, 10, None)
    assert list(choice.parts(2, run)) == [(2, run)]
    choice.record(2, run.rows, seconds)
    (workers, trial), (others, rest) = choice.parts(2, run)
    assert (workers, others) == (1, 2)
    assert trial.rows + rest.rows == run.rows and trial.rows % run.batch == 0
    measurable = LEAST_SECONDS / (seconds / run.rows)
    assert max(measurable, run.rows / TRIALS) <= trial.rows
    assert trial.rows <= max(2 * measurable, run.rows / TRIALS) + run.batch
    choice.record(1, trial.rows, trial.rows * 2 * seconds / run.rows)
    assert list(choice.parts(2, run)) == [(2, run)]


def test_the_quicker_number_runs_the_rest() -> None:
    choice, parts = ThreadChoice(), []
    choice.record(2, 8000, 0.05)
    for workers, part in choice.parts(2, cut(8000, 10, None)):
        parts.append((workers, part.rows))
        choice.record(workers, part.rows, part.rows * 5.5e-6)
    assert [workers for workers, _ in parts] == [1, 1]
    assert sum(rows for _, rows in parts) == 8000


def test_nothing_is_tried_on_a_run_too_short_to_measure() -> None:
    choice, run = ThreadChoice(), cut(1000, 10, None)
    choice.record(2, 8000, 0.05)
    assert list(choice.parts(2, run)) == [(2, run)]


def test_runs_of_several_epochs_are_not_divided() -> None:
    choice, run = ThreadChoice(), cut(8000, 10, 25)
    choice.record(2, 8000, 0.05)
    assert list(choice.parts(2, run)) == [(1, run)]
