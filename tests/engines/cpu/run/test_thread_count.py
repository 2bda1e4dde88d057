"""The number of workers: the quickest is chosen, a wrong first measurement is soon corrected."""

from __future__ import annotations

import itertools

from steepest.engines.batches import cut
from steepest.engines.cpu.run.thread_count import LATE, LEAST_SECONDS, PART, ThreadChoice


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


def run(choice: ThreadChoice, rows: int, each: dict[int, float]) -> list[tuple[int, int]]:
    """(workers, rows) of each part of a run, where a row takes so many seconds with each number."""
    done = []
    for workers, part in choice.parts(2, cut(rows, 10, None)):
        done.append((workers, part.rows))
        choice.record(workers, part.rows, part.rows * each[workers])
    return done


QUIET, BUSY = {1: 9e-6, 2: 6e-6}, {1: 9e-6, 2: 20e-6}


def test_the_parts_of_a_run_are_whole_batches_and_long_enough_to_measure() -> None:
    choice = ThreadChoice()
    assert run(choice, 8005, QUIET) == [(2, 8005)], "nothing is known of the first run"
    parts = run(choice, 8005, QUIET)
    assert sum(rows for _, rows in parts) == 8005
    assert all(rows % 10 == 0 for _, rows in parts[:-1])
    assert all(LEAST_SECONDS <= rows * QUIET[workers] <= 2 * PART for workers, rows in parts)
    assert [workers for workers, _ in parts][:2] == [1, 2], "one is tried, then the quicker goes on"


def test_one_worker_is_chosen_within_two_parts_when_the_machine_becomes_busy_and_left_later() -> (
    None
):
    choice = ThreadChoice()
    for _ in range(20):
        run(choice, 8000, QUIET)
    busy = [workers for _ in range(20) for workers, _ in run(choice, 8000, BUSY)]
    assert busy.index(1) <= 2 or busy[:4].count(1) >= 2
    assert busy.count(2) <= len(busy) // 8
    quiet = [workers for _ in range(20) for workers, _ in run(choice, 8000, QUIET)]
    assert quiet.index(2) <= LATE + 1
    assert quiet[LATE + 4 :].count(2) > 0.8 * len(quiet[LATE + 4 :])


def test_nothing_is_tried_on_a_run_too_short_to_measure() -> None:
    choice = ThreadChoice()
    choice.record(2, 8000, 0.05)
    assert len(run(choice, 1000, QUIET)) == 1


def test_runs_of_several_epochs_are_not_divided() -> None:
    choice, several = ThreadChoice(), cut(8000, 10, 25)
    choice.record(2, 8000, 0.05)
    assert list(choice.parts(2, several)) == [(1, several)]


def test_an_empty_batch_is_run() -> None:
    empty = cut(0, 10, None)
    assert list(ThreadChoice().parts(2, empty)) == [(2, empty)]
