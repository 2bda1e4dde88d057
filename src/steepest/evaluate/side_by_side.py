"""SideBySide: how many jobs advance at once, and how many cores each of them has.

Depends on the pool of workers in engines/.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any

from steepest.arguments import whole
from steepest.backend import number_from_one
from steepest.config import config
from steepest.distribution.current import distribution
from steepest.engines.choose import joins
from steepest.engines.cores import CoreShare, usable_cores, use_share
from steepest.engines.many import Piece, advance
from steepest.engines.meeting import Meeting, Seat, take_seat
from steepest.errors import caution, hold_back_cautions
from steepest.neuralnet.shared_recordings import (
    SharedRecordings,
    share_recordings,
    shared_recordings,
)
from steepest.processes import num_processes

MOST_JOINED = 64  # jobs that advance at once on an engine that makes their calls as one


class SideBySide:
    """Advances jobs, one for each core unless `workers` says otherwise; the last have more cores.

    What jobs warn of is in `cautions`, a list for each job. Layers made in a job are numbered
    separately. Models of equal structure are recorded once. `cores` are those that all jobs have
    together, by default all of them. Other threads of the program keep theirs.

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
        self._share = CoreShare(max(1, self.cores // self.workers))

    def pieces(self, jobs: Sequence[Iterator[Any]]) -> Generator[Piece[Any], None, None]:
        """The pieces of the jobs as they are done."""
        left = self.jobs
        prepared = [self._in_context(number, job) for number, job in enumerate(jobs)]
        for piece in advance(prepared, self.workers, at_end=self._meeting.open):
            if piece.is_over:
                left -= 1
                self._share.cores = max(1, self.cores // min(self.workers, max(left, 1)))
                self._meeting.over(piece.job)
            yield piece

    def _in_context(self, number: int, job: Iterator[Any]) -> Generator[Any, None, Any]:
        """The job, after what holds for its computations is set in its own context."""
        hold_back_cautions(self.cautions[number])
        use_share(self._share)
        number_from_one()
        share_recordings(self._recordings)
        take_seat(Seat(self._meeting, number) if self._joins and self.workers > 1 else None)
        return (yield from job)

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
        threads = max(1, self.cores // self.workers)
        return f"{self.workers} at a time, {threads} thread{'s' * (threads > 1)} each"
