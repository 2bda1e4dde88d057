"""TrialRun: the training of one trial as a job in pieces, which can be paused and continued.

Depends on recipe, measure, journal and the listeners of neuralnet/running.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from steepest.callbacks.callback import CallbackList
from steepest.callbacks.checkpoints import Backup
from steepest.callbacks.history import History
from steepest.core.variable import Variable
from steepest.errors import DataError
from steepest.events import EpochDone
from steepest.neuralnet.running.listeners import Findings, Hooks, Listener, Record
from steepest.storage.weights import assign_variables, read_groups, save_variables
from steepest.tune.journal import Journal
from steepest.tune.measure import Measure
from steepest.tune.recipe import Recipe
from steepest.tune.rows import Pair, Part
from steepest.tune.strategies import Task
from steepest.tune.trial import Trial, seed_of

Scores = tuple[float, list[float]]  # of all validation rows, and of their parts
PIECE = 0.05  # seconds between two pieces, at least


class PartRun:
    """The training of one model on one part of the rows."""

    def __init__(self, recipe: Recipe, trial: Trial, part: Part, place: int) -> None:
        self.part = part
        seed = seed_of(trial.seed, place)
        x, y = part.train
        if hasattr(
            x, "as_columns"
        ):  # a Dataset, which counts its epochs: each training has its own
            x = copy.copy(x)
        self.model = recipe.model(trial.options, (x, y), seed)
        self.run = self.model.training(
            x,
            y,
            validation_data=part.validation,
            seed=seed,
            **recipe.training(trial.options),
        )
        self.history = History()
        self.history.findings = self.run.findings
        self.model.history = self.history
        settings = {
            "epochs": self.run.plan.epochs, "steps": self.run.feed.batches, "verbose": 0,
            "initial_epoch": 0, "validates": True, "seed": seed,
        }  # fmt: skip
        self.callbacks = CallbackList(recipe.callbacks_for(trial.options), self.model, settings)
        self.callbacks.check_monitors(self.run.log_names())
        self._listeners: list[Listener] = [
            Findings(self.run.findings, self.callbacks.callbacks), Record(self.history)
        ]  # fmt: skip
        if self.callbacks.callbacks:
            hooks = Hooks(self.callbacks)
            self._listeners.insert(1, hooks)
            if hooks.every("train") == "batch":
                self.run.every = "batch"
            self.run.validation_every = hooks.every("validate")

    def advance(self, epochs: int | None) -> Iterator[None]:
        """Trains up to an epoch, or to the end; yields about every 50 milliseconds."""
        began = time.monotonic()
        for event in self.run.events():
            for listener in self._listeners:
                listener(event)
            if isinstance(event, EpochDone) and epochs is not None and event.epoch + 1 >= epochs:
                return
            if time.monotonic() - began > PIECE:
                yield None
                began = time.monotonic()

    @property
    def _state(self) -> list[Variable]:
        return [*self.model.variables, *self.model.optimizer.variables]

    def save(self, path: Path) -> None:
        """Writes the state of the training after its last epoch."""
        history = {
            name: values for name, values in self.history.history.items() if _are_numbers(values)
        }
        note = {"epochs": self.history.epoch, "history": history}
        save_variables(path, self._state, note)

    def restore(self, path: Path, epochs: int) -> None:
        """Continues from a file if it is whole and has the state after so many epochs."""
        try:
            groups, note = read_groups(str(path))
        except DataError:
            return
        if len(note["epochs"]) != epochs:
            return
        assign_variables(str(path), groups[""], self._state)
        self.history.epoch[:] = note["epochs"]
        self.history.history.update(note["history"])
        seed = self.run.plan.seed
        backup = Backup(epochs - 1, seed, note["epochs"], note["history"], None, [])
        self.run.resume_after(backup)

    def close(self) -> None:
        """Ends the training where it is."""
        self.run.events().close()
        self.callbacks.close()


class TrialRun:
    """The trainings of one trial: one for each part of the rows."""

    def __init__(
        self,
        recipe: Recipe,
        measure: Measure,
        parts: list[Part],
        trial: Trial,
        journal: Journal | None = None,
    ) -> None:
        self.recipe, self.measure, self.parts, self.trial = recipe, measure, parts, trial
        self.journal = journal
        self.runs: list[PartRun] = []

    def begin(self) -> None:
        """Prepares the training on the next part; continues it where the journal has its state."""
        place, trial = len(self.runs), self.trial
        run = PartRun(self.recipe, trial, self.parts[place], place)
        self.measure.resolve(run.run.log_names())
        # The state of callbacks is not stored: with them a training begins again.
        if self.journal is not None and trial.epochs and not run.callbacks.callbacks:
            path = self.journal.state_file(trial, place)
            if path.exists():
                run.restore(path, trial.epochs)
        self.runs.append(run)

    def job(self, task: Task) -> Generator[None, None, Scores]:
        """A job for `advance`: trains, then returns the score and those of the parts."""
        began = time.monotonic()
        scores = []
        for place, part in enumerate(self.parts):
            if place == len(self.runs):
                self.begin()
            yield from self.runs[place].advance(task.epochs)
            scores.append(self.measure.of(self.runs[place].model, part.validation))
            yield None
        self._describe(time.monotonic() - began)
        if len(scores) > 1:
            return sum(scores) / len(scores), scores
        run = self.runs[0]
        return scores[0], [self.measure.of(run.model, block) for block in run.part.blocks]

    def _describe(self, seconds: float) -> None:
        """Writes epochs, time and history, of several parts their means, into the trial."""
        trial, histories = self.trial, [run.history for run in self.runs]
        trial.seconds += seconds
        trial.epochs = round(sum(len(history.epoch) for history in histories) / len(histories))
        shortest = min(len(history.epoch) for history in histories)
        trial.history = {
            name: [
                sum(float(history.history[name][epoch]) for history in histories) / len(histories)
                for epoch in range(shortest)
            ]
            for name, values in histories[0].history.items()
            if all(_are_numbers(history.history.get(name, [])) for history in histories)
        }

    def trained_model(self) -> Any:
        """The model on the only part, trained for the epochs of the trial."""
        if not self.runs:
            self.begin()
        (run,), epochs = self.runs, self.trial.epochs
        if len(run.history.epoch) < epochs:
            for _ in run.advance(epochs if self.trial.state == "paused" else None):
                pass
            run.close()
        return run.model

    def fitted_on(self, rows: Pair) -> Any:
        """A new model, trained on rows for the epochs of the trial, without callbacks."""
        seed = seed_of(self.trial.seed, len(self.parts))
        model = self.recipe.model(self.trial.options, rows, seed)
        arguments = self.recipe.training(self.trial.options)
        model.fit(*rows, seed=seed, verbose=0, **{**arguments, "epochs": self.trial.epochs})
        return model

    def save(self, journal: Journal) -> None:
        """Writes the states of the trainings beside a journal."""
        for place, run in enumerate(self.runs):
            run.save(journal.state_file(self.trial, place))

    def close(self) -> None:
        """Ends the trainings where they are."""
        for run in self.runs:
            run.close()


def _are_numbers(values: list[Any]) -> bool:
    return all(isinstance(value, (int, float)) for value in values)
