"""SharedRunner: several processes, also on several machines, that work on one study.

The study is in a storage of Optuna. Each active trial counts up a number there, its beat. If a
process sees that the beat of another's trial stands still for the lease, it marks that trial as
failed, which the storage allows only one process to do, and enqueues its options again.
Depends on runner and model_based.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import threading
import time
from collections.abc import Generator, Iterator
from typing import Any

from steepest.errors import ArgumentError, MissingExtra, SteepestError
from steepest.functions import generators
from steepest.neuralnet.running.interrupt import watched
from steepest.tune.display import Display
from steepest.tune.measure import Measure, MetricMissing
from steepest.tune.model_based import ModelBased, enqueue, imported, learn_from, proposed, quiet
from steepest.tune.recipe import Recipe
from steepest.tune.rows import Rows
from steepest.tune.run import TrialRun
from steepest.tune.runner import Runner
from steepest.tune.strategies import Task
from steepest.tune.study import Study
from steepest.tune.trial import Trial, as_json, seed_of

NAME = "steepest"
JOURNAL = "journal:"
WAIT = 0.2  # seconds between two looks for a trial to run
ATTEMPTS = 3  # to open a study
RESULT = ("state", "score", "parts", "epochs", "seconds", "history", "error")


def _storage_of(optuna: Any, storage: str) -> Any:
    """What Optuna takes as a storage: the address, or the journal in a folder."""
    if not storage.startswith(JOURNAL):
        return storage
    folder = storage.removeprefix(JOURNAL)
    os.makedirs(folder, exist_ok=True)
    journal, path = optuna.storages.journal, os.path.join(folder, "optuna.log")
    if sys.platform == "win32":  # where links need rights that few have
        lock = journal.JournalFileOpenLock(path)
        return optuna.storages.JournalStorage(journal.JournalFileBackend(path, lock_obj=lock))
    return optuna.storages.JournalStorage(journal.JournalFileBackend(path))


def _shown(storage: str) -> str:
    """The address of a storage without a password.

    >>> _shown("postgresql://ada:secret@host/studies")
    "'postgresql://ada:...@host/studies'"
    """
    return repr(re.sub(r"(://[^:@/]*:)[^@]*@", r"\1...@", storage))


def _first_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".partition("\n")[0]


def is_shared(storage: Any) -> bool:
    """Whether a storage is one of Optuna: "journal:FOLDER" or the address of a database.

    >>> is_shared("journal:study"), is_shared("sqlite:///study.db"), is_shared("study")
    (True, True, False)
    """
    return isinstance(storage, str) and (storage.startswith(JOURNAL) or "://" in storage)


class SharedRunner(Runner):
    """Runs trials of a study in a storage of Optuna, until all trials of the study are done."""

    def __init__(
        self,
        study: Study,
        recipe: Recipe,
        measure: Measure,
        rows: Rows,
        display: Display,
        storage: str,
        head: dict[str, Any],
    ) -> None:
        super().__init__(study, recipe, measure, rows, None, display)
        if not isinstance(study.strategy, ModelBased):
            raise ArgumentError(
                f"search: with storage={storage!r} the strategy is 'model'; give a folder for "
                "others, which one process uses at a time"
            )
        self.storage, self.lease = storage, study.strategy.lease
        self.optuna = imported()
        self.model = self._opened(storage, study.strategy.sampler)
        self._check_head(storage, json.dumps(as_json(head), sort_keys=True))
        self._claims = threading.Lock()
        self._active: dict[int, Any] = {}  # trials of Optuna that this process runs, by number
        self._beats: dict[int, tuple[int, float]] = {}  # of other processes: beat, and since when

    def run(self, workers: int, limit: float | None) -> None:
        """Runs trials, at most so many side by side, until a limit in seconds."""
        end = None if limit is None else time.monotonic() + limit
        over = threading.Event()
        heart = threading.Thread(target=self._beat, args=(over,), daemon=True)
        heart.start()
        try:
            with generators.seeded(self.study.seed), watched() as interrupt:
                jobs = [self._worker() for _ in range(workers)]
                self._run_workers(jobs, interrupt, end)
        except self.optuna.exceptions.StorageInternalError as error:
            raise SteepestError(
                f"storage: the study in {_shown(self.storage)} can no longer be reached "
                f"({_first_line(error)}); its trials so far are there: call search again to go on"
            ) from error
        finally:
            over.set()
            with contextlib.suppress(self.optuna.exceptions.StorageInternalError):
                for own in list(self._active.values()):
                    self._give_up(own.number, own.params)
                self._read()
            heart.join()
        self._finish()

    # ------------------------------------------------------------ trials

    def _worker(self) -> Iterator[None]:
        """Runs one trial after the other; waits while other processes may leave some."""
        while True:
            with self._claims:
                own = self._claimed()
                are_done = all(each.state.is_finished() for each in self._all())
                is_over = own is None and are_done and len(self._counted()) >= self._size
            if own is not None:
                yield from self._run(own)
            elif is_over:
                return
            else:
                time.sleep(WAIT)
                yield None

    def _run(self, own: Any) -> Generator[None, None, None]:
        """Runs a trial and tells its result."""
        trial = self._trial(own.number, own.params, own.user_attrs)
        run, task = TrialRun(self.recipe, self.measure, self.rows.parts, trial), Task(trial)
        try:
            score, parts = yield from run.job(task)
            self.study.record(task, score, parts)
        except MetricMissing:
            raise
        except Exception as error:
            trial.fail(error)
        run.close()
        with self._claims:
            if self.measure.is_resolved:
                self.model.set_user_attr("metric", self.measure.name)
                self.study.metric, self.study.mode = str(self.measure.name), self.measure.mode
            result = {name: getattr(trial, name) for name in RESULT}
            own.set_user_attr("result", as_json(result))
            self._active.pop(own.number)
            states = self.optuna.trial.TrialState
            if trial.has_score:
                self.model.tell(own, self.study.gain(trial))
            else:
                self.model.tell(own, state=states.FAIL)
            self._read(trial)
            if trial.has_score and trial is self.study.best:
                self.runs = {trial.number: run}
            self.display.done(trial)

    @property
    def _size(self) -> int:
        assert self.study.size is not None
        return self.study.size

    def _claimed(self) -> Any:
        """A trial to run, or None if there is none now."""
        self._free_expired()
        waiting = self.optuna.trial.TrialState.WAITING
        if len(self._counted()) >= self._size and all(
            each.state != waiting for each in self._all()
        ):
            return None
        own, _ = proposed(self.optuna, self.model, self.study.space)
        own.set_user_attr("beat", 1)
        numbers = [each.number for each in self._counted()]
        # It is enqueued twice, or another process has asked at the same moment.
        if own.number not in numbers[: self._size]:
            self.model.tell(own, state=self.optuna.trial.TrialState.FAIL)
            return None
        self._active[own.number] = own
        return own

    def _all(self) -> list[Any]:
        return self.model.get_trials(deepcopy=False)

    def _counted(self) -> list[Any]:
        """The trials of Optuna that are of the study: not given up, expired or refused.

        Processes that begin at once may all enqueue the first options: those of the lowest number
        count, on which all processes agree without waiting for each other.
        """
        found, places, failed = [], set(), self.optuna.trial.TrialState.FAIL
        for each in self._all():
            place = each.user_attrs.get("first")
            is_again = place is not None and place in places
            places.add(place)
            is_over = each.state == failed and "result" not in each.user_attrs
            if not (is_again or is_over or "earlier" in each.user_attrs):
                found.append(each)
        return found

    def _free_expired(self) -> None:
        """Enqueues again the trials of other processes that show no sign of life."""
        now = time.monotonic()
        running = self.optuna.trial.TrialState.RUNNING
        for each in self._all():
            if each.state != running or each.number in self._active:
                continue
            beat = each.user_attrs.get("beat", 0)
            last, since = self._beats.get(each.number, (-1, now))
            if beat != last:
                self._beats[each.number] = (beat, now)
            elif now - since > self.lease:
                self._give_up(each.number, each.params)

    def _give_up(self, number: int, params: dict[str, Any]) -> None:
        """Marks a trial as failed without a result; the process that does it enqueues it again."""
        each = self._all()[number]
        origin = each.user_attrs.get("origin", number)
        try:
            self.model.tell(number, state=self.optuna.trial.TrialState.FAIL)
        except (ValueError, self.optuna.exceptions.OptunaError, RuntimeError):
            return  # it is finished: another process was faster
        self._active.pop(number, None)
        self.model.enqueue_trial(params, user_attrs={"origin": origin})

    def _beat(self, over: threading.Event) -> None:
        """Counts up the beats of the trials of this process."""
        beat = 1
        while not over.wait(self.lease / 4):
            beat += 1
            for own in list(self._active.values()):
                with contextlib.suppress(Exception):  # it has just ended
                    own.set_user_attr("beat", beat)

    # ------------------------------------------------------------ the study

    def _opened(self, storage: str, sampler: Any) -> Any:
        optuna = self.optuna
        for attempt in range(ATTEMPTS):
            try:
                with quiet(optuna):
                    return optuna.create_study(
                        storage=_storage_of(optuna, storage),
                        study_name=NAME,
                        direction="maximize",
                        load_if_exists=True,
                        sampler=sampler or optuna.samplers.TPESampler(),
                    )
            except ImportError as error:
                raise MissingExtra(
                    f"storage: {_shown(storage)} needs a Python package for this kind of database "
                    "(psycopg2-binary for postgresql://, pymysql for mysql+pymysql://), or take "
                    "sqlite:///study.db, or 'journal:FOLDER', which need none"
                ) from error
            except Exception as error:
                if attempt == ATTEMPTS - 1:
                    raise SteepestError(
                        f"storage: the study in {_shown(storage)} could not be opened "
                        f"({_first_line(error)}); check the address, whether the server runs and "
                        "whether a file is damaged, or give another address"
                    ) from error
            time.sleep(WAIT)  # another process may just have made the same tables

    def _check_head(self, storage: str, head: str) -> None:
        before = self.model.user_attrs.get("head")
        if before is None:
            if not any("earlier" in each.user_attrs for each in self._all()):
                learn_from(self.optuna, self.model, self.study.space, self.study.earlier)
            for place, options in enumerate(self.study.first):
                enqueue(self.model, self.study.space, options, place)
            # Last: if this process is killed before, the next one enqueues them.
            self.model.set_user_attr("head", head)
        elif before != head:
            raise ArgumentError(
                f"storage: {_shown(storage)} holds another study: {before:.300}; this search is "
                f"{head:.300}; give another address"
            )

    def _read(self, latest: Trial | None = None) -> None:
        """Reads the trials of all processes into the study; `latest` stays the object it is."""
        known = {trial.number: trial for trial in (run.trial for run in self.runs.values())}
        if latest is not None:
            known[latest.number] = latest
        trials = []
        for each in self._counted():
            trial = self._trial(each.number, each.params, each.user_attrs)
            trials.append(known.get(trial.number, trial))
        self.study.trials = sorted(trials, key=lambda trial: trial.number)
        metric = self.model.user_attrs.get("metric")
        if metric is not None:
            self.measure.resolve([metric])
            self.study.metric, self.study.mode = metric, self.measure.mode

    def _trial(self, number: int, params: dict[str, Any], attributes: dict[str, Any]) -> Trial:
        """The trial of one of Optuna; one that is run again keeps its number and its seed."""
        number = attributes.get("origin", number)
        options = self.study.space.options(lambda path, _: params[path]) if params else {}
        trial = Trial(number, options, seed_of(self.study.seed, number))
        for name, value in attributes.get("result", {}).items():
            setattr(trial, name, value)
        return trial
