"""Watch: the callback that writes a run folder, which the studio shows while it grows."""

from __future__ import annotations

import contextlib
import math
import os
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from steepest.callbacks.callback import Callback
from steepest.doctor.doctor import setup_of_run
from steepest.doctor.examine import diagnose, examine
from steepest.doctor.report import Report
from steepest.doctor.writing import written
from steepest.errors import ArgumentError, ShapeError, SteepestError
from steepest.events import BatchesDone, Began, EpochDone, EpochsDone, Event, Found, Stopped
from steepest.finding import Finding
from steepest.plot.histograms import histograms_data
from steepest.registry import to_config
from steepest.studio.runs.writer import RunWriter
from steepest.version import VERSION

SHARE = 0.005
"""Of the time of a training that lines may take; histograms may take as much again."""
PAUSE = 0.05
"""Seconds between two lines at least."""
MOST_EPOCHS = 500
"""Epochs of one line; of more, evenly chosen ones are written."""
MOST_FILES = 100
"""Files of histograms after which only every second one is written, and so on."""
BINS = 30


class Watch(Callback):
    """Writes the course of each training to a new folder within `folder`, for `steepest studio`.

    Loss and metrics, findings, and histograms of the weights by layer; with rows `x` (some hundred
    are enough) those of activations, and with `y` of gradients. `name` is that of the run: "run-1"
    and so on by default. It writes from time to time, so that it takes about one percent of the
    training; the trained weights are the same with it and without. With `examine` the doctor proves
    what it suspects after the training, which takes some seconds.

    >>> import os, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> watch = st.studio.Watch(folder, "first")
    >>> _ = model.fit(np.eye(2), [1.0, 2.0], epochs=3, callbacks=[watch], verbose=0)
    >>> sorted(os.listdir(os.path.join(folder, "first")))[0]
    'events.jsonl'
    """

    joins_epochs = True

    def __init__(
        self,
        folder: str | os.PathLike[str] = "runs",
        name: str | None = None,
        x: Any = None,
        y: Any = None,
        examine: bool = False,
    ) -> None:
        super().__init__()
        is_name = isinstance(name, str) and name not in ("", ".", "..")
        if name is not None and not (is_name and not set(name) & set("/\\:\0")):
            raise ArgumentError(f"Watch: name: a name of a folder was expected, got {name!r}")
        if y is not None and x is None:
            raise ArgumentError("Watch: y: give x too, the inputs of these targets")
        if y is not None and np.shape(x)[:1] != np.shape(y)[:1]:
            rows = f"{np.shape(x)[:1]} and {np.shape(y)[:1]}"
            raise ShapeError(f"Watch: x and y have {rows} rows; give as many targets as rows")
        self.folder, self.name, self.x, self.y = os.fspath(folder), name, x, y
        self.examine = examine
        self.writer: RunWriter | None = None
        """What writes the last run; its `path` is that of the run."""
        self.report: Report | None = None
        """What the doctor found in the last run, once it has ended."""
        self._run: Any = None
        self._next = self._next_layers = 0.0

    def set_run(self, run: Any) -> None:
        """Notes the run whose events follow."""
        self._run = run

    def on_event(self, event: Event) -> None:
        """Writes what has happened, or notes it for the next line."""
        if isinstance(event, Began) and event.task == "train":
            self._begin(event)
        writer = self.writer
        if writer is None or not writer.is_open:
            return
        if isinstance(event, EpochDone | EpochsDone):
            self._epochs.append(event)
        elif isinstance(event, Found):
            self._found([event.finding])
        elif isinstance(event, Stopped):
            self._end(event.reason)
        elif isinstance(event, BatchesDone) and event.task != "train":
            return
        if (now := time.perf_counter()) >= self._next and writer.is_open:
            self._write(writer, event)
            self._next = time.perf_counter() + max(PAUSE, (time.perf_counter() - now) / SHARE)

    def close(self) -> None:
        """Writes that a training ended that has failed."""
        if self.writer is not None and self.writer.is_open:
            self._end("error")

    # ------------------------------------------------------------ beginning and end

    def _begin(self, event: Began) -> None:
        model: Any = self.model
        self._check_rows(model)
        layers = [
            {"name": one.name, "class": type(one).__name__, "parameters": one.count_params()}
            for one in getattr(model, "layers", ())
            if one.built
        ]
        optimizer = None
        with contextlib.suppress(SteepestError):  # its class may be a user's
            optimizer = to_config(model.optimizer)
        head = {
            "steepest": VERSION,
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "host": socket.gethostname(),
            "process": os.getpid(),
            "model": {"name": model.name, "layers": layers},
            "optimizer": optimizer,
            "fit": {name: self.params.get(name) for name in ("batch_size", "seed")},
        }
        self.report = None
        self.writer = RunWriter(self.folder, self.name, head)
        self._epochs: list[EpochDone | EpochsDone] = []
        self._findings: list[Finding] = []
        self._done, self._files, self._every = event.first_epoch, 0, 1
        self._next = self._next_layers = time.perf_counter()
        self.writer.line("began", epochs=event.epochs, batches=event.batches)
        self._layers(self.writer)

    def _check_rows(self, model: Any) -> None:
        """Raises for rows of another shape than the model's, before the training begins."""
        expected, given = getattr(model, "input_shape", None), np.shape(self.x)[1:] or (1,)
        if self.x is None or not isinstance(expected, tuple) or isinstance(self.x, list | dict):
            return
        if len(expected) != 1 + len(given) or any(
            size not in (None, other) for size, other in zip(expected[1:], given, strict=True)
        ):
            raise ShapeError(
                f"Watch: x: the model takes rows of shape {tuple(expected[1:])}, and these have "
                f"the shape {given}; give it rows as those of fit"
            )

    def _end(self, reason: str) -> None:
        writer, run = self.writer, self._run
        assert writer is not None
        self._found([one for one in run.findings if one not in self._findings])
        self._write_epochs(writer)
        if self._layers_step < self._step:
            self._layers(writer)
        with contextlib.suppress(SteepestError, ValueError, TypeError):  # a model of another kind
            self.report = self._report(proves=self.examine and reason != "error")
            writer.line("doctor", **_doctor_fields(self.report))
        writer.line("stopped", reason=reason, step=self._step, logs=_numbers(run.logs))
        writer.close()

    def _report(self, proves: bool) -> Report:
        model = self._run.model
        if not proves:
            return diagnose(model.history)
        rows = setup_of_run(self._run).rows
        return examine(model, model.history, rows.x, rows.y)

    # ------------------------------------------------------------ in between

    @property
    def _step(self) -> int:
        return int(self._run.model.optimizer.iterations)

    def _found(self, findings: Sequence[Finding]) -> None:
        for one in findings:
            self._findings.append(one)
            assert self.writer is not None
            self.writer.line(
                "found", rule=one.rule, severity=str(one.severity), sentence=str(one),
                where=str(one.where), remedy=one.remedy,
            )  # fmt: skip

    def _write(self, writer: RunWriter, event: Event) -> None:
        if self._epochs:
            self._write_epochs(writer)
            if self._done % self._every == 0 and time.perf_counter() >= self._next_layers:
                self._layers(writer)
        if isinstance(event, BatchesDone):
            logs = _numbers(event.logs)
            place = {"epoch": self._run.epoch, "done": event.done, "total": event.total}
            writer.line("batches", **place, step=self._step, logs=logs)

    def _write_epochs(self, writer: RunWriter) -> None:
        """One line of the epochs since the last one, a list of values for each name."""
        if not self._epochs:
            return
        numbers, logs = joined(self._epochs)
        self._done, self._epochs = numbers[-1] + 1, []
        chosen = np.unique(np.linspace(0, len(numbers) - 1, MOST_EPOCHS).astype(int))
        chosen = chosen if len(numbers) > MOST_EPOCHS else np.arange(len(numbers))
        values = {name: [_number(of[at]) for at in chosen] for name, of in logs.items()}
        writer.line("epochs", epochs=[numbers[at] for at in chosen], step=self._step, logs=values)

    def _layers(self, writer: RunWriter) -> None:
        begun = time.perf_counter()
        kinds = {"weights": True, "activations": self.x is not None,
                 "gradients": self.x is not None and self.y is not None}  # fmt: skip
        found = []
        for kind in (name for name, is_known in kinds.items() if is_known):
            with contextlib.suppress(SteepestError):  # a model of another kind
                rows = histograms_data(self.model, self.x, self.y, kind, BINS).rows
                found += [replace(one, label=f"{kind} of {one.label}") for one in rows]
        writer.layers(self._done, found)
        self._layers_step = self._step
        self._files += 1
        if self._files % MOST_FILES == 0:
            self._every *= 2
        now = time.perf_counter()
        self._next_layers = now + (now - begun) / SHARE


def _doctor_fields(report: Report) -> dict[str, Any]:
    """A report as the fields of an event, with the whole program after each change."""
    known = report.to_dict()
    for verdict, said in zip(report.verdicts, known["verdicts"], strict=True):
        if report.setup is not None and verdict.change is not None and not verdict.beside:
            said["program"] = written(verdict.change.applied(report.setup))
    return {
        "proved": report.setup is not None,
        "verdicts": known["verdicts"],
        "diff": known["diff"],
        "program": "" if report.repaired is None else written(report.repaired),
    }


def joined(events: Sequence[EpochDone | EpochsDone]) -> tuple[list[int], dict[str, list[Any]]]:
    """The numbers of epochs, and their values by name; None where an epoch lacks one.

    >>> joined([EpochDone(0, {"loss": 2.0}), EpochsDone(1, 2, {"loss": [1.0, 0.5]})])
    ([0, 1, 2], {'loss': [2.0, 1.0, 0.5]})
    """
    numbers: list[int] = []
    values: dict[str, list[Any]] = {}
    for event in events:
        new: Mapping[str, Sequence[Any]]
        if isinstance(event, EpochDone):
            new, count = {name: [value] for name, value in event.logs.items()}, 1
        else:
            new, count = event.values, event.count
        before = len(numbers)
        numbers += range(event.last - count + 1, event.last + 1)
        for name in new:
            values.setdefault(name, [None] * before)
        for name, of in values.items():
            of += new.get(name, [None] * count)
    return numbers, values


def _numbers(logs: Mapping[str, Any]) -> dict[str, float | None]:
    return {name: _number(value) for name, value in logs.items()}


def _number(value: Any) -> float | None:
    """A number of logs; None for what is none, or not finite."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
