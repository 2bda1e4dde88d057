"""Jobs that make their engine calls together: rounds, groups, and who is waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from steepest.engines import meeting as meetings
from steepest.engines.many import Room, advance
from steepest.engines.meeting import Meeting


class RoomOf(Room):
    """Admits all jobs, and opens a meeting at the end."""

    def __init__(self, meeting: Meeting) -> None:
        self.end = meeting.open  # type: ignore[method-assign] # of this room alone


def test_a_round_begins_when_all_have_a_call_and_equal_keys_run_as_one() -> None:
    meeting, rounds = Meeting(4, 4), list[list[int]]()

    def run(given: list[int]) -> list[int]:
        rounds.append(given)
        return [10 * number for number in given]

    def job(number: int) -> list[int]:
        return [meeting.call(number, number % 2, number + step, run) for step in (0, 100)]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(job, range(4)))
    assert found == [[10 * number, 10 * number + 1000] for number in range(4)]
    assert sorted(rounds) == [[0, 2], [1, 3], [100, 102], [101, 103]]


def test_without_results_each_job_makes_its_call_alone() -> None:
    meeting = Meeting(2, 2)
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda number: meeting.call(number, 0, number, lambda _: None), range(2))
    assert list(found) == [None, None]


def test_an_error_of_the_common_call_leaves_the_others_to_run_alone() -> None:
    meeting = Meeting(2, 2)

    def fail(given: list[int]) -> None:
        raise RuntimeError(str(given))

    def job(number: int) -> str:
        try:
            return str(meeting.call(number, 0, number, fail))
        except RuntimeError as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(job, range(2))) == ["[0, 1]", "None"]


def test_no_one_waits_for_jobs_that_are_over_but_for_those_that_begin() -> None:
    meeting, sizes = Meeting(3, 2), list[int]()

    def job(number: int) -> Iterator[int]:
        for step in range(number + 1):
            meeting.call(number, step, 0, lambda given: sizes.append(len(given)) or given)
            yield step

    for piece in advance([job(number) for number in range(3)], 2, room=RoomOf(meeting)):
        if piece.is_over:
            meeting.over(piece.job)
    assert sum(sizes) == 6 and len(sizes) < 6


def test_a_job_that_computes_elsewhere_is_not_waited_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(meetings, "PATIENCE", 0.01)
    meeting = Meeting(2, 2)
    assert meeting.call(0, "key", 3, lambda given: given) == 3
    monkeypatch.setattr(meetings, "PATIENCE", 60.0)
    assert meeting.call(0, "key", 4, lambda given: given) == 4  # job 1 is expected no more


def test_a_second_thread_of_a_job_makes_its_call_alone() -> None:
    meeting = Meeting(2, 2)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(meeting.call, 0, "key", 1, lambda given: given)
        while not meeting._calls:
            pass
        assert meeting.call(0, "key", 2, lambda given: given) is None
        meeting.open()
        assert waiting.result() == 1


@pytest.mark.parametrize("ended", ["closed", "an error"])
def test_jobs_that_wait_do_not_hold_up_the_end(ended: str) -> None:
    meeting, run = Meeting(2, 2), list[Any]()

    def waits() -> Iterator[int]:
        yield 0
        meeting.call(0, "key", 1, lambda given: run.append(given) or given)
        yield 1

    def pauses() -> Iterator[int]:
        yield 0
        yield 1

    def first_of(take: Callable[[Any], Any]) -> None:
        pieces = advance([waits(), pauses()], 2, room=RoomOf(meeting))
        for piece in pieces:
            if piece.job == 1 and piece.value == 1:
                take(pieces)

    if ended == "closed":
        first_of(lambda pieces: pieces.close())
    else:
        with pytest.raises(ZeroDivisionError):
            first_of(lambda _: 1 / 0)
    assert run in ([], [[1]])
