"""Listeners to the events of a run: callbacks, the history, Ctrl-C and findings.

A listener is a function of an event. Depends on events and callbacks.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from steepest.callbacks.callback import Callback, CallbackList
from steepest.callbacks.history import History
from steepest.callbacks.progress import display_for
from steepest.errors import TrainingWarning, caution
from steepest.events import (
    BatchBegan,
    BatchesDone,
    Began,
    EpochBegan,
    EpochDone,
    EpochsDone,
    Event,
    Found,
    Stopped,
    Task,
    Validated,
)
from steepest.finding import Finding, Severity, report
from steepest.neuralnet.running.interrupt import Interrupt
from steepest.neuralnet.running.plan import Every
from steepest.neuralnet.running.run import CTRL_C, Run
from steepest.neuralnet.running.training_loop import Training
from steepest.protocols import TrainedModel

HOOKS = {"train": "train", "validate": "test", "evaluate": "test", "predict": "predict"}
"""The part of Keras's hook names that belongs to a task."""


def callbacks_with_display(
    given: Any, verbose: Any, model: TrainedModel, params: dict[str, Any]
) -> CallbackList:
    """The display that `verbose` asks for, then the given callbacks."""
    given = given or []
    callbacks = given if isinstance(given, (list, tuple)) else [given]
    return CallbackList([*display_for(verbose), *callbacks], model, params)


class Hooks:
    """Calls the hooks of callbacks in Keras's order; reads logs only for hooks that need them."""

    def __init__(self, callbacks: CallbackList) -> None:
        self._callbacks = callbacks
        self._task: Task = "train"
        self._has_batches_done = callbacks.wants_batches_done
        self._has_epochs_end = any(each.overrides("on_epoch_end") for each in callbacks.callbacks)
        self._every_batch: set[Task] = set()  # tasks of which each batch is reported
        if callbacks.wants_batches:
            self._every_batch.add("train")
        if callbacks.wants_test_batches:
            self._every_batch |= {"validate", "evaluate"}
        if callbacks.wants_predict_batches:
            self._every_batch.add("predict")

    def every(self, task: Task) -> Every:
        """How often the callbacks need an event of a task."""
        if task in self._every_batch:
            return "batch"
        callbacks = self._callbacks.callbacks
        late = all(vars(type(callback)).get("joins_epochs") for callback in callbacks)
        return "call" if late else "epoch"

    def __call__(self, event: Event) -> None:
        """Calls the hooks that belong to an event."""
        callbacks = self._callbacks
        match event:
            case BatchesDone():
                self._batches_done(event)
            case BatchBegan(task, batch):
                getattr(callbacks, f"on_{HOOKS[task]}_batch_begin")(batch, {})
            case EpochBegan(epoch):
                callbacks.on_epoch_begin(epoch, {})
            case EpochDone(epoch, logs):
                callbacks.on_epoch_end(epoch, logs)
            case EpochsDone() if self._has_epochs_end:
                for done in event.each():
                    callbacks.on_epoch_end(done.epoch, done.logs)
            case Began(task):
                self._task = task if task != "validate" else self._task
                getattr(callbacks, f"on_{HOOKS[task]}_begin")({})
            case Validated(logs):
                callbacks.on_test_end(logs)
            case Stopped(_, logs):
                getattr(callbacks, f"on_{HOOKS[self._task]}_end")(logs)

    def _batches_done(self, event: BatchesDone) -> None:
        task, every_batch = event.task, event.task in self._every_batch
        calls_hook = self._has_batches_done and task != "validate"
        logs = event.logs if every_batch or (calls_hook and task != "predict") else {}
        if every_batch:
            getattr(self._callbacks, f"on_{HOOKS[task]}_batch_end")(event.done - 1, logs)
        if calls_hook:
            metrics = {} if task == "predict" else logs
            self._callbacks.on_batches_done(event.done, event.total, metrics)


class Record:
    """Adds the epochs to a history; it listens after the callbacks, which may add to logs."""

    def __init__(self, history: History) -> None:
        self._history = history

    def __call__(self, event: Event) -> None:
        """Adds the logs of complete epochs."""
        if isinstance(event, EpochsDone):
            self._history.extend(range(event.first, event.last + 1), event.values)
        elif isinstance(event, EpochDone):
            self._history.on_epoch_end(event.epoch, event.logs)


class CtrlC:
    """Stops a training at the first Ctrl-C, and prints that."""

    def __init__(self, run: Training, interrupt: Interrupt, history: History) -> None:
        self._run, self._interrupt, self._history = run, interrupt, history

    def __call__(self, event: Event) -> None:
        """Checks whether Ctrl-C was pressed."""
        if not self._interrupt.pressed:
            return
        self._run.stop(CTRL_C)
        if isinstance(event, Stopped):
            self._history.interrupted = True
            print(
                f"\nstopped by Ctrl-C in epoch {self._run.epoch + 1}; "
                "weights and history are as the last batch left them",
                file=sys.stderr,
            )


class Findings:
    """Adds errors and warnings to a list of findings and reports them; collects advice.

    An error that a callback takes as a calm end is reported as a warning.
    """

    def __init__(self, found: list[Finding], callbacks: Sequence[Callback] = ()) -> None:
        self.found, self._callbacks = found, callbacks
        self.advice: list[Finding] = []

    def __call__(self, event: Event) -> None:
        """Reports a finding, except advice, which `fit` reports at its end."""
        if not isinstance(event, Found):
            return
        finding = event.finding
        is_error = finding.severity is Severity.ERROR
        if finding.severity is Severity.ADVICE:
            self.advice.append(finding)
        elif is_error and any(each.ends_calmly(finding) for each in self._callbacks):
            self.found.append(finding)
            caution(TrainingWarning(str(finding)))
        else:
            report([finding], self.found)


Listener = Callable[[Event], None]


def heard(run: Run, listeners: Sequence[Listener]) -> Iterator[Event]:
    """The events of a run, each after the listeners have heard it in turn."""
    with contextlib.closing(run.events()) as events:
        for event in events:
            for listener in listeners:
                listener(event)
            yield event


def listen(run: Run, listeners: Sequence[Listener]) -> None:
    """Advances a run to its end and passes each event to the listeners in turn."""
    for _ in heard(run, listeners):
        pass
