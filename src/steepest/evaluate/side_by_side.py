"""SideBySide: how many jobs advance at once, and how many cores each of them has.

Depends on the pool of workers in engines/.
"""

from __future__ import annotations

import functools
from collections.abc import Generator, Iterator, Sequence
from functools import partial
from typing import Any

from steepest.arguments import whole
from steepest.backend import number_from_one
from steepest.config import config
from steepest.distribution.current import distribution
from steepest.engines.choose import joins
from steepest.engines.cores import CoreShare, usable_cores, use_share
from steepest.engines.machine import machine
from steepest.engines.many import Piece, Room, advance
from steepest.engines.meeting import Meeting, Seat, take_seat
from steepest.errors import caution, hold_back_cautions
from steepest.neuralnet.shared_recordings import (
    SharedRecordings,
    share_recordings,
    shared_recordings,
)
from steepest.processes import num_processes

MOST_JOINED = 64  # jobs that advance at once on an engine that makes their calls as one

SMALL_CACHE = 4 * 2**20


class SideBySide(Room):
    """Advances jobs, one for each core unless `workers` says otherwise; the last have more cores.

    What jobs warn of is in `cautions`, a list for each job. Layers made in a job are numbered
    separately. Models of equal structure are recorded once. `cores` are those that all jobs have
    together, by default all of them. Other threads of the program keep theirs.

    Unless other `workers` are given, no more trainings run at once than have their weights, slots
    and gradients in the processor's last cache together, as they would wait for the memory: fewer
    then share the cores. With `are_trainings` the second job waits until the size of the first is
    known.

    Where the `engine` of the jobs joins calls, all jobs advance at once and make their calls at a
    meeting, unless `joined` is false, as for jobs that have no data in common.

    >>> def job(number):
    ...     yield number
    ...     return -number
    >>> pool = SideBySide(2, workers=1)
    >>> [piece.value for piece in pool.pieces([job(3), job(4)])]
    [3, -3, 4, -4]
    """

    def __init__(
        self,
        jobs: int,
        workers: int | None = None,
        caller: str = "together",
        cores: int | None = None,
        are_trainings: bool = False,
        engine: str | None = None,
        joined: bool = True,
    ) -> None:
        self.jobs, self.cores = jobs, cores or config.threads or usable_cores()
        self._joins = joined and joins(engine)
        usual = MOST_JOINED if self._joins else self.cores
        most = usual if workers is None else whole(f"{caller}: workers", workers, 1)
        if distribution() is not None or num_processes() > 1:
            most = 1  # each uses all devices; processes must make their calls in one order
        self.workers = max(1, min(most, jobs))
        self._meeting = Meeting(jobs, self.workers)
        self.cautions: list[list[str | Warning]] = [[] for _ in range(jobs)]
        self._recordings = shared_recordings() or SharedRecordings()
        is_free = workers is None or workers == cores  # a search gives its cores as both
        self._is_limited = is_free and self.workers > 1 and not self._joins
        self._waits = are_trainings and self._is_limited
        self._shares: dict[int, CoreShare] = {}  # of the active jobs
        self._sizes: dict[int, int] = {}  # their working sets, where they are known
        self._latest: int | None = None
        self._fewest = self.workers  # that the cache had room for
        self._most = 0  # active at once so far

    def pieces(self, jobs: Sequence[Iterator[Any]]) -> Generator[Piece[Any], None, None]:
        """The pieces of the jobs as they are done."""
        prepared = [self._in_context(number, job) for number, job in enumerate(jobs)]
        for piece in advance(prepared, self.workers, room=self):
            if piece.is_over:
                self._shares.pop(piece.job, None)
                self._sizes.pop(piece.job, None)
                self._meeting.over(piece.job)
            yield piece

    def _in_context(self, number: int, job: Iterator[Any]) -> Generator[Any, None, Any]:
        """The job, after what holds for its computations is set in its own context."""
        hold_back_cautions(self.cautions[number])
        self._shares[number] = CoreShare(
            max(1, self.cores // self.workers), partial(self._note_size, number)
        )
        use_share(self._shares[number])
        number_from_one()
        share_recordings(self._recordings)
        take_seat(Seat(self._meeting, number) if self._joins and self.workers > 1 else None)
        return (yield from job)

    def _note_size(self, number: int, size: int) -> None:
        self._sizes[number] = self._latest = size
        begin_more = self.begin_more
        if begin_more is not None:
            begin_more()

    def admits(self, active: int) -> bool:
        """Whether another training fits into the cache, if it is as large as the latest one."""
        if not self._is_limited:
            return True
        if self._latest is None:
            return not self._waits
        known = list(self._sizes.values())
        total = sum(known) + (active - len(known) + 1) * self._latest
        if total <= _last_cache():
            return True
        self._fewest = min(self._fewest, active)
        return False

    def note_active(self, active: int) -> None:
        """Divides the cores among the active jobs."""
        self._most = max(self._most, active)
        for share in list(self._shares.values()):
            share.cores = max(1, self.cores // max(active, 1))

    def end(self) -> None:
        """Lets the jobs that wait at the meeting go on to their end."""
        self._meeting.open()

    def warn(self) -> None:
        """Gives each warning of the jobs once, at the line of the caller."""
        texts = [list(map(str, given)) for given in self.cautions]
        for text, message in {str(one): one for given in self.cautions for one in given}.items():
            count = sum(text in given for given in texts)
            where = f" (in {count} of {self.jobs} runs)" if self.jobs > 1 else ""
            caution(message if isinstance(message, Warning) else text + where)

    def __str__(self) -> str:
        if self._joins:
            return f"{self.workers} at a time"
        if self._fewest == self.workers:
            return f"{self.workers} at a time, {self._threads(self.workers)} each"
        reason = f"more do not fit into the cache of {_last_cache() / 2**20:.0f} MB"
        if self._most <= self._fewest:
            return f"{self._fewest} at a time, {self._threads(self._fewest)} each: {reason}"
        return (
            f"{self._fewest} to {self._most} at a time, {self._threads(self._fewest)} to "
            f"{self._threads(self._most)} each: for some networks {reason}"
        )

    def _threads(self, runs: int) -> str:
        threads = max(1, self.cores // runs)
        return f"{threads} thread{'s' * (threads > 1)}"


@functools.cache
def _last_cache() -> int:
    """The bytes of the last cache, which all cores share; those of a small one if unknown."""
    found = machine().cache_bytes
    return SMALL_CACHE if found is None else found[2]
