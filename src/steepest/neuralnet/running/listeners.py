"""Listeners to the events of a run: callbacks, Ctrl-C, and what is found.

A listener is a function of an event. Leans on the events and callbacks.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence
from typing import Any

from steepest.callbacks.callback import CallbackList
from steepest.callbacks.history import History
from steepest.callbacks.progress import display_for
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
from steepest.neuralnet.running.run import Run, Training

HOOKS = {"train": "train", "validate": "test", "evaluate": "test", "predict": "predict"}
"""How Keras names the hooks of a task."""


def callback_list(given: Any, verbose: Any, model: Any, params: dict[str, Any]) -> CallbackList:
    """The display that `verbose` asks for, then the callbacks given."""
    given = given or []
    own = list(given) if isinstance(given, (list, tuple)) else [given]
    return CallbackList([*display_for(verbose), *own], model, params)


class Hooks:
    """Calls the hooks of callbacks in Keras's order; reads logs only where one asks for them."""

    def __init__(self, callbacks: CallbackList) -> None:
        self._callbacks = callbacks
        self._task: Task = "train"
        self._follows_calls = callbacks.wants_batches_done
        self._single: set[Task] = set()  # tasks of which each batch is reported
        if callbacks.wants_batches:
            self._single.add("train")
        if callbacks.wants_test_batches:
            self._single |= {"validate", "evaluate"}
        if callbacks.wants_predict_batches:
            self._single.add("predict")

    def every(self, task: Task) -> Every:
        """How often the callbacks need an event of a task."""
        if task in self._single:
            return "batch"
        callbacks = self._callbacks.callbacks
        return "call" if all(type(callback) is History for callback in callbacks) else "epoch"

    def __call__(self, event: Event) -> None:
        """Call the hooks that belong to an event."""
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
            case EpochsDone():
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
        task, single = event.task, event.task in self._single
        follows = self._follows_calls and task != "validate"
        logs = event.logs if single or (follows and task != "predict") else {}
        if single:
            getattr(self._callbacks, f"on_{HOOKS[task]}_batch_end")(event.done - 1, logs)
        if follows:
            shown = {} if task == "predict" else logs
            self._callbacks.on_batches_done(event.done, event.total, shown)


class Record:
    """Writes the epochs into a history; it listens after the callbacks, which may add to logs."""

    def __init__(self, history: History) -> None:
        self._history = history

    def __call__(self, event: Event) -> None:
        """Note what epochs gave."""
        if isinstance(event, EpochsDone):
            self._history.extend(range(event.first, event.last + 1), event.values)
        elif isinstance(event, EpochDone):
            self._history.on_epoch_end(event.epoch, event.logs)


class CtrlC:
    """Stops a training at the first Ctrl-C, and says so."""

    def __init__(self, run: Training, interrupt: Interrupt, history: History) -> None:
        self._run, self._interrupt, self._history = run, interrupt, history

    def __call__(self, event: Event) -> None:
        """Look whether Ctrl-C was pressed."""
        if not self._interrupt.pressed:
            return
        self._run.stop("Ctrl-C")
        if isinstance(event, Stopped):
            self._history.interrupted = True
            print(
                f"\nstopped by Ctrl-C in epoch {self._run.epoch + 1}; weights and history are kept",
                file=sys.stderr,
            )


class Findings:
    """Raises what ends a run, and adds it to the list of what was found; collects advice."""

    def __init__(self, found: list[Finding]) -> None:
        self.found = found
        self.advice: list[Finding] = []

    def __call__(self, event: Event) -> None:
        """Report a finding; advice waits until the run is over."""
        if not isinstance(event, Found):
            return
        if event.finding.severity is Severity.ADVICE:
            self.advice.append(event.finding)
        else:
            report([event.finding], self.found)


Listener = Callable[[Event], None]


def listen(run: Run, listeners: Sequence[Listener]) -> None:
    """Let a run go to its end, and give its events to the listeners in turn."""
    with contextlib.closing(run.events()) as events:
        for event in events:
            for listener in listeners:
                listener(event)
