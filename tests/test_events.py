"""Events of a run: logs are read from the run until more batches have run."""

from __future__ import annotations

import pytest

import steepest as st
from steepest.errors import SteepestError
from steepest.events import BatchesDone, EpochsDone, Logs


class Source:
    """Counts engine calls, and gives that number as a log."""

    calls = 1

    def logs(self) -> Logs:
        return {"loss": float(self.calls)}


def test_logs_are_those_of_the_source() -> None:
    source = Source()
    assert BatchesDone("train", 1, 2, source, 1).logs == {"loss": 1.0}
    assert BatchesDone("train", 1, 2).logs == {}


def test_logs_of_an_earlier_call_are_refused() -> None:
    source = Source()
    event = BatchesDone("train", 1, 2, source, 1)
    source.calls = 2
    with pytest.raises(SteepestError, match=r"read event\.logs before the next event"):
        _ = event.logs


def test_joined_epochs_give_one_event_each() -> None:
    event = EpochsDone(3, 2, {"loss": [0.5, 0.25]})
    assert event.last == 4
    assert event.logs == {"loss": 0.25}
    assert [(done.epoch, done.logs["loss"]) for done in event.each()] == [(3, 0.5), (4, 0.25)]


def test_events_are_compared_without_their_source() -> None:
    assert BatchesDone("train", 1, 2, Source(), 1) == st.events.BatchesDone("train", 1, 2)
