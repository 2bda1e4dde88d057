"""Journal: the trials of a study in a folder, one line of JSON for each score.

A line is appended and flushed before the search goes on, so that a killed process loses at most the
runs that were active. A last line that was cut off is dropped. The states of paused trainings and
the best model are in files beside it. One process holds the folder's lock at a time.
Depends on storage and folder_lock.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from steepest.errors import ArgumentError, DataError
from steepest.storage.whole_file import write_whole
from steepest.tune.folder_lock import locked
from steepest.tune.trial import Trial, as_json

FORMAT = 1
FILE = "study.jsonl"
RECORDED = ("score", "parts", "epochs", "seconds", "history", "error")


class Journal:
    """The journal of a study in a folder, opened and locked; a new one gets the `head`.

    `head` is what makes the study what it is; if the folder holds one with another head, it is
    another study.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with Journal(folder, {"seed": 1}) as journal:
    ...         journal.add(Trial(0, {"units": 16}, seed=1, state="complete", score=0.5))
    ...     with Journal(folder, {"seed": 1}) as journal:
    ...         journal.records[0, 0]["score"]
    0.5
    """

    def __init__(self, folder: str | os.PathLike[str], head: Mapping[str, Any]) -> None:
        self.folder = Path(folder)
        self.path = self.folder / FILE
        if self.folder.exists() and not self.folder.is_dir():
            raise ArgumentError(f"storage: {str(folder)!r} is a file; give a folder")
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = locked(self.folder)
        self._handle = -1
        self.records: dict[tuple[int, int], dict[str, Any]] = {}
        self.metric: str | None = None  # of the scores, once there is one
        try:
            head = {"format": FORMAT, "study": as_json(head)}
            if self.path.exists():
                self._read(head)
            else:
                write_whole(self.path, _line(head))
            flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0)
            self._handle = os.open(self.path, flags)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

    def close(self) -> None:
        """Closes the files, which releases the lock."""
        for handle in (self._handle, self._lock):
            if handle >= 0:
                os.close(handle)
        self._handle = self._lock = -1

    def add(self, trial: Trial, metric: str | None = None) -> None:
        """Appends the result of a trial at its level, and flushes it to the disk."""
        record: dict[str, Any] = {"trial": trial.number, "level": trial.level, "state": trial.state}
        record |= {"options": trial.options, "seed": trial.seed, "metric": metric}
        record |= {name: getattr(trial, name) for name in RECORDED}
        rest = memoryview(_line(as_json(record)))
        try:
            while rest:
                rest = rest[os.write(self._handle, rest) :]
            os.fsync(self._handle)
        except OSError as error:
            raise OSError(
                error.errno,
                f"{str(self.path)!r}: trial {trial.number} could not be recorded "
                f"({error.strerror}); make room, and call search again to continue",
            ) from error

    def recall(self, trial: Trial, level: int) -> bool:
        """Sets a trial to its recorded result at a level; False if there is none."""
        record = self.records.get((trial.number, level))
        if record is None:
            return False
        if record["options"] != as_json(trial.options):
            raise ArgumentError(
                f"storage: {str(self.path)!r} belongs to another search: trial {trial.number} "
                f"had the options {record['options']}, here it has {as_json(trial.options)}; give "
                "another folder"
            )
        trial.level, trial.state = level, record["state"]
        for name in RECORDED:
            setattr(trial, name, record[name])
        return True

    def state_file(self, trial: Trial, place: int) -> Path:
        """The file for the state of a training."""
        return self.folder / f"trial-{trial.number:05d}-{place}.safetensors"

    def remove_states(self, trial: Trial) -> None:
        """Removes the files with the states of a trial."""
        for path in self.folder.glob(f"trial-{trial.number:05d}-*.safetensors"):
            path.unlink(missing_ok=True)

    def _read(self, head: dict[str, Any]) -> None:
        whole, newline, torn = self.path.read_bytes().rpartition(b"\n")
        if torn:  # the process was killed while it wrote this line
            os.truncate(self.path, len(whole) + len(newline))
        lines = read_lines(self.path, whole)
        _check_head(self.path, lines[0], head)
        for record in lines[1:]:
            self.records[record["trial"], record["level"]] = record
            self.metric = record["metric"] or self.metric


def read_lines(path: Path, content: bytes) -> list[dict[str, Any]]:
    """The head and the records of a journal, checked.

    >>> read_lines(Path("study.jsonl"), b"1")
    Traceback (most recent call last):
        ...
    steepest.errors.DataError: 'study.jsonl', line 1: this is not the journal of a study; ...
    """
    lines = []
    for number, text in enumerate(content.splitlines(), 1):
        remedy = "restore the file from a copy, or give another folder"
        try:
            line = json.loads(text)
        except ValueError as error:
            raise DataError(
                f"{str(path)!r}, line {number}: the journal is damaged ({error}); {remedy}"
            ) from None
        needed = {"format", "study"} if number == 1 else _NEEDED
        if not isinstance(line, dict) or not needed <= set(line):
            what = "this is not the journal of a study" if number == 1 else "the journal is damaged"
            raise DataError(f"{str(path)!r}, line {number}: {what}; {remedy}")
        lines.append(line)
    if not lines:
        raise DataError(f"{str(path)!r} is empty; remove it, or give another folder")
    if lines[0]["format"] != FORMAT:
        raise DataError(
            f"{str(path)!r} has format {lines[0]['format']}, and this version of steepest reads "
            f"{FORMAT}; install a newer one"
        )
    return lines


_NEEDED = {"trial", "level", "state", "options", "seed", "metric", *RECORDED}


def _check_head(path: Path, found: dict[str, Any], head: dict[str, Any]) -> None:
    before, now = found["study"], head["study"]
    for name in now:
        if before.get(name) != now[name]:
            raise ArgumentError(
                f"storage: {str(path)!r} holds a study with {name} = {before.get(name)!r:.200}, "
                f"and this search has {now[name]!r:.200}; give another folder, or the arguments "
                "of that study to continue it"
            )


def _line(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, allow_nan=False, separators=(",", ":")).encode() + b"\n"
