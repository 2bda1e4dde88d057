"""RunReader: reads a run folder, of a training that goes on or has ended. Depends on format."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from steepest.data.files.arrays import read_npz
from steepest.errors import DataError
from steepest.studio.runs.format import (
    EVENTS,
    HEAD,
    LAYERS,
    MOST_OF_EVENTS,
    MOST_OF_LAYERS,
    MOST_OF_LINE,
    json_of,
    read_head,
)

MOST_RUNS = 1000
BLOCK = 1 << 22
SILENT_SECONDS = 600.0


def run_folders(folder: str | os.PathLike[str]) -> dict[str, Path]:
    """The run folders in a folder by name, or the folder itself if it is one, oldest first.

    >>> import tempfile
    >>> run_folders(tempfile.mkdtemp())
    {}
    """
    path = Path(folder)
    if (path / HEAD).is_file():
        return {path.resolve().name: path}
    found = [each for each in path.iterdir() if (each / HEAD).is_file()]
    found.sort(key=lambda each: ((each / HEAD).stat().st_mtime_ns, each.name))
    return {each.name: each for each in found[-MOST_RUNS:]}


@dataclass(frozen=True)
class Layers:
    """The histograms of layers after some epochs: for each layer its counts and edges.

    The columns of `facts` are mean, deviation, the share of zeros, and how many are not finite.

    >>> Layers(2, [], np.zeros((0, 4)), [], []).epochs
    2
    """

    epochs: int
    names: list[str]
    facts: np.ndarray
    counts: list[np.ndarray]
    edges: list[np.ndarray]


class RunReader:
    """What is known of a run; `update` reads what was added since.

    `curves` are lists by the name of a metric, as long as `epochs`; None where an epoch has none.
    An unfinished last line is left for the next time. `faults` names lines that are no events.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / HEAD).write_text('{"format": "steepest run", "version": 1, "name": "a"}')
    >>> line = '{"event": "epochs", "epochs": [0, 1], "step": 8, "logs": {"loss": [2.0, 1.0]}}'
    >>> _ = (folder / EVENTS).write_text(line + "\\n" + line[:20])
    >>> reader = RunReader(folder)
    >>> reader.update(), reader.curves, reader.step
    (True, {'loss': [2.0, 1.0]}, 8)
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.head = read_head(self.path)
        self.epochs: list[int] = []
        self.curves: dict[str, list[float | None]] = {}
        self.batches: list[dict[str, Any]] = []
        """The places within epochs, and the metrics there, of epochs that take long."""
        self.step = 0
        self.planned: int | None = None
        self.findings: list[dict[str, Any]] = []
        self.verdicts: list[dict[str, Any]] = []
        self.proved = False
        self.diff = self.program = ""
        """What the doctor would change, and the whole program with it."""
        self.reason: str | None = None
        """Why it has stopped; None while it goes on."""
        self.layer_files: dict[int, tuple[str, list[str]]] = {}
        self.faults: list[str] = []
        self._offset = self._lines = 0
        self._rest = b""

    def update(self) -> bool:
        """Reads what was added; whether there was something."""
        path = self.path / EVENTS
        size = path.stat().st_size if path.is_file() else 0
        if size <= self._offset or self._offset > MOST_OF_EVENTS:
            return False
        with path.open("rb") as file:
            file.seek(self._offset)
            while block := file.read(BLOCK):
                self._offset += len(block)
                *lines, self._rest = (self._rest + block).split(b"\n")
                for line in lines:
                    self._read(line)
                if len(self._rest) > MOST_OF_LINE:
                    raise DataError(f"{path}: a line of more than {MOST_OF_LINE:,} bytes")
        return True

    @property
    def state(self) -> str:
        """ "running", the reason why it stopped, or "lost" if its process ended without a word."""
        if self.reason is not None:
            return self.reason
        return "running" if self._is_alive() else "lost"

    def layers(self, epochs: int) -> Layers:
        """The histograms after so many epochs."""
        name, names = self.layer_files[epochs]
        path = self.path / name
        if not path.is_file() or path.stat().st_size > MOST_OF_LAYERS:
            raise DataError(f"{path}: is missing, or has more than {MOST_OF_LAYERS:,} bytes")
        arrays = read_npz(path)
        try:
            facts = np.asarray(arrays["facts"], np.float32).reshape(len(names), 4)
            counts = [np.asarray(arrays[f"counts_{at}"], np.int32) for at in range(len(names))]
            edges = [np.asarray(arrays[f"edges_{at}"], np.float32) for at in range(len(names))]
        except (KeyError, ValueError) as error:
            raise DataError(f"{path}: is no file of histograms: {error}") from None
        if any(one.shape != (of.size + 1,) for one, of in zip(edges, counts, strict=True)):
            raise DataError(f"{path}: histograms with one more edge than counts were expected")
        return Layers(epochs, names, facts, counts, edges)

    # ------------------------------------------------------------ events

    def _read(self, line: bytes) -> None:
        self._lines += 1
        if not line.strip():
            return
        where = f"{EVENTS}, line {self._lines}"
        try:
            event = json_of(line, where)
            take = getattr(self, f"_take_{event.pop('event', '')}", None)
            if take is not None:  # events of later versions are left out
                take(**event)
        except (DataError, TypeError, ValueError, KeyError) as error:
            self.faults = [*self.faults, f"{where}: {error}"][-10:]

    def _take_began(self, epochs: int, **_: Any) -> None:
        self.planned = int(epochs)

    def _take_epochs(
        self, epochs: list[int], step: int, logs: dict[str, list[float | None]], **_: Any
    ) -> None:
        numbers = [int(each) for each in epochs]
        columns = {str(name): [_number(each) for each in of] for name, of in logs.items()}
        if any(len(of) != len(numbers) for of in columns.values()):
            raise ValueError("as many values as epochs were expected")
        before = len(self.epochs)
        self.epochs += numbers
        for name in columns:
            self.curves.setdefault(name, [None] * before)
        for name, of in self.curves.items():
            of += columns.get(name, [None] * len(numbers))
        self.step = int(step)

    def _take_batches(self, epoch: int, done: int, step: int, **event: Any) -> None:
        total = int(event.get("total") or 0)
        logs = {str(name): _number(value) for name, value in event.get("logs", {}).items()}
        at = int(epoch) + (int(done) / total if total else 0.0)
        self.batches = [*self.batches[-4000:], {"at": at, "logs": logs}]
        self.step = int(step)

    def _take_layers(self, epochs: int, file: str, names: list[str], **_: Any) -> None:
        if file != LAYERS.format(int(epochs)):  # never a path of the file's own choice
            raise ValueError(f"the file {file!r} is not that of its epochs")
        self.layer_files[int(epochs)] = (file, [str(name) for name in names])

    def _take_found(self, **finding: Any) -> None:
        self.findings = [*self.findings, finding][-100:]

    def _take_doctor(
        self, verdicts: list[Any], proved: bool, diff: str, program: str = "", **_: Any
    ) -> None:
        self.verdicts = [{**one, "effect": _effect(one.get("effect"))} for one in verdicts]
        self.proved, self.diff, self.program = bool(proved), str(diff), str(program)

    def _take_stopped(self, reason: str, **_: Any) -> None:
        self.reason = str(reason)

    def _is_alive(self) -> bool:
        process = self.head.get("process")
        if os.name == "posix" and self.head.get("host") == socket.gethostname():
            try:
                os.kill(int(str(process)), 0)  # asks whether there is such a process
            except (ProcessLookupError, ValueError, OverflowError):
                return False
            except PermissionError:
                pass
            return True
        path = self.path / EVENTS
        return path.is_file() and time.time() - path.stat().st_mtime < SILENT_SECONDS


def _effect(given: Any) -> dict[str, Any] | None:
    """What an experiment measured, as numbers; raises for anything else."""
    if given is None:
        return None
    before, after = ([float(each) for each in given[name]] for name in ("before", "after"))
    if not before or len(before) != len(after):
        raise ValueError("an effect with a score of each seed was expected")
    numbers = {name: float(given[name]) for name in ("gain", "low", "high")}
    score = str(given["score"])
    return {"score": score, "before": before, "after": after, **numbers, "seeds": len(before)}


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
