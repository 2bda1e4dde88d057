"""The number of workers: the quickest is found, a wrong first measurement is soon mended."""

from __future__ import annotations

import itertools

from steepest.engines.batches import cut
from steepest.engines.cpu.run.thread_count import LATE, Pace


def choices(pace: Pace, stretches: int, seconds: dict[int, float], most: int = 2) -> list[int]:
    """The numbers of workers chosen, where a stretch of ten rows takes so long with each."""
    chosen = []
    for _ in range(stretches):
        chosen.append(pace.choose(most))
        pace.note(chosen[-1], 10, seconds[chosen[-1]])
    return chosen


def test_all_are_tried_first_then_one_then_the_quicker() -> None:
    assert choices(Pace(), 4, {1: 0.02, 2: 0.01}) == [2, 1, 2, 2]
    assert choices(Pace(), 4, {1: 0.01, 2: 0.02}) == [2, 1, 1, 1]


def test_half_of_many_are_tried_too() -> None:
    assert choices(Pace(), 4, {1: 0.03, 4: 0.01, 8: 0.02}, most=8) == [8, 1, 4, 4]


def test_the_slower_is_tried_more_and_more_seldom() -> None:
    chosen = choices(Pace(), 200, {1: 0.02, 2: 0.01})
    tries = [place for place, workers in enumerate(chosen) if workers == 1]
    gaps = [after - before for before, after in itertools.pairwise(tries)]
    assert gaps[0] < 8 and gaps == sorted(gaps) and max(gaps) == LATE + 2


def test_a_wrong_first_measurement_is_soon_mended() -> None:
    pace = Pace()
    pace.note(pace.choose(2), 10, 0.05)  # two workers, while something else was running
    chosen = choices(pace, 20, {1: 0.02, 2: 0.01})
    assert chosen.count(2) > 12 and chosen[-1] == 2


def test_a_machine_that_becomes_busy_is_noticed_at_once() -> None:
    pace = Pace()
    choices(pace, 50, {1: 0.02, 2: 0.01})
    chosen = choices(pace, 50, {1: 0.02, 2: 0.08})
    assert chosen.index(1) <= 4 and chosen.count(2) < 8


def test_short_stretches_tell_nothing() -> None:
    pace = Pace()
    pace.note(2, 10, 1e-4)
    pace.note(2, 0, 1.0)
    assert pace.choose(2) == 2 and not pace.seconds


def test_a_number_is_tried_on_a_part_of_a_stretch() -> None:
    pace, stretch = Pace(), cut(8000, 10, None)
    assert list(pace.parts(2, stretch)) == [(2, stretch)]
    pace.note(2, 8000, 0.05)
    assert list(pace.parts(2, stretch)) == [(1, cut(1210, 10, None)), (2, cut(6790, 10, None))]
    pace.note(1, 1210, 0.012)
    assert list(pace.parts(2, stretch)) == [(2, stretch)]


def test_the_rest_goes_with_the_number_that_was_quicker() -> None:
    pace, parts = Pace(), []
    pace.note(2, 8000, 0.05)
    for workers, part in pace.parts(2, cut(8000, 10, None)):
        parts.append((workers, part.rows))
        pace.note(workers, part.rows, part.rows * 5.5e-6)
    assert parts == [(1, 1210), (1, 6790)]


def test_nothing_is_tried_on_a_stretch_too_short_to_tell() -> None:
    pace, stretch = Pace(), cut(1000, 10, None)
    pace.note(2, 8000, 0.05)
    assert list(pace.parts(2, stretch)) == [(2, stretch)]


def test_stretches_of_several_epochs_are_not_parted() -> None:
    pace, stretch = Pace(), cut(8000, 10, 25)
    pace.note(2, 8000, 0.05)
    assert list(pace.parts(2, stretch)) == [(1, stretch)]
