"""AsynchronousRunner: a task begins as soon as a worker is free. Depends on runner and halving."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from typing import Any

from steepest.engines.many import Piece
from steepest.evaluate.side_by_side import SideBySide
from steepest.neuralnet.running.interrupt import Interrupt
from steepest.tune.halving import Promotions
from steepest.tune.run import Scores
from steepest.tune.runner import Runner
from steepest.tune.strategies import Task

WAIT = 0.005  # seconds between two looks of a free worker for a task


class AsynchronousRunner(Runner):
    """Runs a study whose next task depends on the scores that are there when a worker is free."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._lock = threading.Lock()  # for all but trainings

    def _run_tasks(self, workers: int, interrupt: Interrupt, end: float | None) -> None:
        """Runs tasks until there are none."""
        self._recall()
        while not self.reason:
            self._run_workers([self._worker() for _ in range(workers)], interrupt, end)
            if not self._again:
                break
            again, self._again = self._again, []
            self._round(again, SideBySide(len(again), 1, cores=workers), interrupt, end)

    def _recall(self) -> None:
        """Brings the study to where its journal ends."""
        self._resolve_metric([])  # by the journal: scores are compared from here on
        for number, level in () if self.journal is None else self.journal.records:
            if number < (self.study.size or 0):  # more may have been recorded than are asked for
                trial = self._promotions.trial(number)
                assert self.journal is not None
                self.journal.recall(trial, level)
                self._promotions.note()

    @property
    def _promotions(self) -> Promotions:
        assert isinstance(self.study.rounds, Promotions)
        return self.study.rounds

    def _worker(self) -> Generator[None, None, None]:
        """Runs one task after the other; waits while the next one depends on active ones."""
        while True:
            with self._lock:
                task = self.study.next_task()
                if task is not None:
                    self._resolve_metric([task])
                    job = self.run_of(task.trial).job(task)
                elif len(self.study.active) == len(self._again):
                    return
            if task is None:
                time.sleep(WAIT)
                yield None
                continue
            piece = yield from _to_its_end(task, job)
            with self._lock:
                self._done(task, piece, may_repeat=True)
                self._drop_hopeless()

    def _drop_hopeless(self) -> None:
        """Frees the paused trainings that will not go on."""
        study = self.study
        for trial in [run.trial for run in self.runs.values() if run.trial.state == "paused"]:
            is_needed = trial.number in study.active or trial is study.best
            if not (is_needed or self._promotions.may_continue(trial)):
                self._drop(trial)


def _to_its_end(
    task: Task, job: Generator[None, None, Scores]
) -> Generator[None, None, Piece[Scores]]:
    """Runs a job; returns its last piece, which has its scores or its error."""
    try:
        return Piece(task.trial.number, (yield from job), is_over=True)
    except Exception as error:
        return Piece(task.trial.number, is_over=True, error=error)
