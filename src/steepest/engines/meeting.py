"""Meeting: the place where jobs that advance side by side make their engine calls together.

An engine that runs several calls as one, such as XLA on many networks of one shape, waits there
until all jobs have a call. Depends on Python's threads alone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 60.0  # seconds that others wait for a job which makes no call, as it compiles alone


@dataclass(eq=False)
class _Call:
    """The call of one job, and those with which it runs; it knows its result at the end."""

    key: Hashable
    given: Any
    group: list[_Call] = field(default_factory=list)
    is_done: bool = False
    result: Any = None


class Meeting:
    """Jobs by number, of which the first `seats` begin at once, and the others when one is over.

    A round begins when every job that runs has made a call. A job that makes none for a minute,
    as it computes elsewhere, is not waited for until its next call.

    >>> meeting = Meeting(jobs=1, seats=1)
    >>> meeting.call(0, "key", 5, lambda numbers: [2 * number for number in numbers])
    10
    """

    def __init__(self, jobs: int, seats: int) -> None:
        self._jobs, self._begun = jobs, min(jobs, seats)
        self._expected = set(range(self._begun))
        self._is_open = False
        self._calls: dict[int, _Call] = {}
        self._changed = threading.Condition()

    def call(
        self, job: int, key: Hashable, given: Any, run: Callable[[list[Any]], Sequence[Any] | None]
    ) -> Any:
        """The result for what a job gives, of `run`, which gets all that have an equal key.

        None where `run` has no results: then each job makes its call alone.
        """
        call = _Call(key, given)
        with self._changed:
            if job in self._calls:  # made by a thread of the job that reads ahead
                return None
            self._calls[job] = call
            if not self._is_open:
                self._expected.add(job)
            self._changed.notify_all()
            self._await_round(call)
        if call.group[0] is not call:
            with self._changed:
                self._changed.wait_for(lambda: call.is_done)
            return call.result
        results: Sequence[Any] | None = None
        try:
            results = run([one.given for one in call.group])
        finally:
            with self._changed:
                for place, one in enumerate(call.group):
                    one.result, one.is_done = results and results[place], True
                self._changed.notify_all()
        return call.result

    def over(self, job: int) -> None:
        """Waits for a job no longer, but for the next one, which begins."""
        with self._changed:
            self._expected.discard(job)
            if self._begun < self._jobs and not self._is_open:
                self._expected.add(self._begun)
                self._begun += 1
            self._changed.notify_all()

    def open(self) -> None:
        """Waits for no one any longer: jobs are ended."""
        with self._changed:
            self._is_open = True
            self._expected.clear()
            self._changed.notify_all()

    def _await_round(self, call: _Call) -> None:
        """Waits until the call belongs to a group; the first that sees all there makes groups."""
        end = time.monotonic() + PATIENCE
        while not call.group:
            if self._expected <= self._calls.keys():
                self._begin_round()
            elif time.monotonic() >= end:
                self._expected &= self._calls.keys()
            else:
                self._changed.wait(end - time.monotonic())

    def _begin_round(self) -> None:
        groups: dict[Hashable, list[_Call]] = {}
        for job in sorted(self._calls):
            one = self._calls[job]
            one.group = groups.setdefault(one.key, [])
            one.group.append(one)
        self._calls = {}
        self._changed.notify_all()


@dataclass(frozen=True)
class Seat:
    """The place of one job in a meeting."""

    meeting: Meeting
    job: int

    def call(
        self, key: Hashable, given: Any, run: Callable[[list[Any]], Sequence[Any] | None]
    ) -> Any:
        """The job's result of a call that others make at the same time."""
        return self.meeting.call(self.job, key, given, run)


_seat: ContextVar[Seat | None] = ContextVar("_seat", default=None)


def take_seat(seat: Seat | None) -> None:
    """Lets the engine calls of this context be made at a meeting, or alone.

    >>> take_seat(None)
    """
    _seat.set(seat)


def current_seat() -> Seat | None:
    """The place of the job that runs in this context, if it has one.

    >>> current_seat() is None
    True
    """
    return _seat.get()
