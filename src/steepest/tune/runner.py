"""Runner: runs the rounds of a study on a pool of threads, and ends them in good order.

Depends on evaluate/side_by_side, run and journal.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import Any

from steepest.data.splitting.split import row_count
from steepest.engines.many import Piece
from steepest.errors import ArgumentError, SteepestError, TrainingWarning, caution
from steepest.evaluate.side_by_side import SideBySide
from steepest.functions import generators
from steepest.neuralnet.running.interrupt import Interrupt, watched
from steepest.tune.display import Display
from steepest.tune.honest import TestScore, score_interval
from steepest.tune.journal import Journal
from steepest.tune.measure import Measure, MetricMissing
from steepest.tune.recipe import Recipe
from steepest.tune.rows import Rows
from steepest.tune.run import TrialRun
from steepest.tune.strategies import Task
from steepest.tune.study import Study
from steepest.tune.trial import Trial, shown_options


class Runner:
    """Runs the trials of a study; what is done is in the study, whatever ends the run."""

    def __init__(
        self,
        study: Study,
        recipe: Recipe,
        measure: Measure,
        rows: Rows,
        journal: Journal | None,
        display: Display,
    ) -> None:
        self.study, self.recipe, self.measure, self.rows = study, recipe, measure, rows
        self.journal, self.display = journal, display
        self.runs: dict[int, TrialRun] = {}  # those that may be continued, and the best
        self.reason = ""  # why the run ends early
        self._again: list[Task] = []  # for which the memory was too small

    def run(self, workers: int, limit: float | None) -> None:
        """Runs all rounds, at most so many trials side by side, until a limit in seconds."""
        end = None if limit is None else time.monotonic() + limit
        if self.journal is not None and self.journal.metric is not None:
            self.measure.resolve([self.journal.metric])
        with generators.seeded(self.study.seed), watched() as interrupt:
            self._run_tasks(workers, interrupt, end)
        self._finish()

    def _run_tasks(self, workers: int, interrupt: Interrupt, end: float | None) -> None:
        """Runs one round after the other."""
        for tasks in self.study.rounds:
            self._drop_all_but(tasks)
            left = [
                task
                for task in tasks
                if self.journal is None or not self.journal.recall(task.trial, task.level)
            ]
            self._resolve_metric(left)
            self._round(left, SideBySide(len(left), workers, cores=workers), interrupt, end)
            again, self._again = self._again, []
            self._round(again, SideBySide(len(again), 1, cores=workers), interrupt, end)
            if self.reason:
                break

    def _round(
        self, tasks: list[Task], pool: SideBySide, interrupt: Interrupt, end: float | None
    ) -> None:
        """Runs tasks side by side."""
        if not tasks or self.reason:
            return
        self.display.begin(str(pool))
        jobs = [self.run_of(task.trial).job(task) for task in tasks]
        with contextlib.closing(pool.pieces(jobs)) as pieces:
            for piece in pieces:
                if piece.is_over:
                    self._done(tasks[piece.job], piece, pool.workers > 1)
                    self.display.begin(str(pool))  # shown again where it has changed
                self.reason = self.why_ended(interrupt, end)
                if self.reason:
                    break
        pool.warn()

    def _run_workers(
        self, workers: list[Iterator[None]], interrupt: Interrupt, end: float | None
    ) -> None:
        """Runs workers, which take tasks until there are none."""
        pool = SideBySide(len(workers), len(workers), cores=len(workers))
        self.display.begin(str(pool))
        with contextlib.closing(pool.pieces(workers)) as pieces:
            for piece in pieces:
                if piece.error is not None:
                    raise piece.error
                self.reason = self.why_ended(interrupt, end)
                if self.reason:
                    break
        pool.warn()

    def why_ended(self, interrupt: Interrupt, end: float | None) -> str:
        """Why the run ends now; empty if it goes on."""
        if interrupt.pressed:
            return "Ctrl-C"
        return "the time limit" if end is not None and time.monotonic() > end else ""

    def _done(self, task: Task, piece: Piece[Any], may_repeat: bool) -> None:
        """Records the end of a task; one that ran out of memory is run again alone."""
        trial, error = task.trial, piece.error
        if error is not None and not isinstance(error, Exception):
            raise error
        if isinstance(error, MemoryError) and may_repeat:
            self._again.append(task)
            self._drop(trial)
            return
        self.study.active.pop(trial.number, None)
        trial.level = task.level
        if error is not None:
            trial.fail(error)
        else:
            self.study.record(task, *piece.value)
        is_best = trial.has_score and trial is self.study.best
        if self.journal is not None:
            if trial.state == "paused" or is_best:
                self.runs[trial.number].save(self.journal)
            self.journal.add(trial, self.measure.name)
        if trial.state != "paused" and not is_best:
            self._drop(trial)
        elif is_best:
            for other in [run.trial for run in self.runs.values()]:
                if other is not trial and other.state == "complete":
                    self._drop(other)
        self.display.done(trial)

    def _resolve_metric(self, tasks: list[Task]) -> None:
        """Checks the metric by the first model that can be built, before any is trained."""
        for task in () if self.measure.is_resolved else tasks:
            try:
                self.run_of(task.trial).begin()
            except MetricMissing:
                raise
            except Exception:  # recorded when the trial runs
                self.runs.pop(task.trial.number, None)
                continue
            break
        if self.measure.is_resolved:
            self.study.metric, self.study.mode = str(self.measure.name), self.measure.mode

    def run_of(self, trial: Trial) -> TrialRun:
        """The trainings of a trial."""
        if trial.number not in self.runs:
            run = TrialRun(self.recipe, self.measure, self.rows.parts, trial, self.journal)
            self.runs[trial.number] = run
        return self.runs[trial.number]

    def _drop_all_but(self, tasks: list[Task]) -> None:
        """Frees the trainings that will not be continued."""
        needed = {task.trial.number for task in tasks}
        needed |= {trial.number for trial in self.study.ranked()[:1]}
        for trial in self.study.trials:
            if trial.state == "paused" and trial.number not in needed:
                self._drop(trial)

    def _drop(self, trial: Trial) -> None:
        """Frees the trainings of a trial, and removes their states."""
        run = self.runs.pop(trial.number, None)
        if run is not None:
            run.close()
        if self.journal is not None:
            self.journal.remove_states(trial)

    def _finish(self) -> None:
        """Reports why the run ended early; raises if every trial failed."""
        study = self.study
        failed = [trial for trial in study.trials if trial.state == "failed"]
        for run in self.runs.values():
            run.close()
        study.outcome = BestOf(self, study)
        if self.reason:
            done = sum(trial.has_score for trial in study.trials)
            text = f"search stopped by {self.reason}: {done} trials have a score"
            if self.reason == "Ctrl-C":
                print(f"\n{text}\n{study}", file=sys.stderr)
            else:
                caution(TrainingWarning(text))
        elif failed and len(failed) == len(study.trials):
            first = failed[0]
            error = first.exception or SteepestError(first.error)
            error.add_note(
                f"in trial 0, with {shown_options(first.options)}; all {len(failed)} trials failed"
            )
            raise error


class BestOf:
    """The best trial of a study as a trained model, and its score on the test rows."""

    def __init__(self, runner: Runner, study: Study) -> None:
        self._runner, self._study = runner, study
        self._models: dict[int, Any] = {}

    def model(self) -> Any:
        """The model of the best trial; after folds it is trained again on all rows but the test's.

        One that a journal has no state of is trained again as well, to the same bits.
        """
        best, runner = self._study.best, self._runner
        if best.number not in self._models:
            run = runner.run_of(best)
            if len(runner.rows.parts) > 1:
                model = run.fitted_on(runner.rows.seen)
            else:
                model = run.trained_model()
            self._models = {best.number: model}
        return self._models[best.number]

    def test_score(self) -> TestScore:
        """The score of the best model on the rows that the search did not see."""
        runner, study = self._runner, self._study
        if runner.rows.test is None:
            raise ArgumentError(
                "test_score: the search was given test=None; give a share or rows (x, y) that it "
                "does not see"
            )
        found = score_interval(runner.measure, self.model(), runner.rows.test, study.seed)
        rows, chosen = row_count(runner.rows.test[0]), study.best.score
        assert chosen is not None
        trials = sum(trial.has_score for trial in study.trials)
        return TestScore(study.metric, *found, rows=rows, trials=trials, chosen=chosen)
