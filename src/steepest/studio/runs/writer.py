"""RunWriter: makes a run folder and adds to it; what cannot be written never ends a training.

Depends on format, whole_file and errors.
"""

from __future__ import annotations

import json
import os
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from steepest.data.files.arrays import save_npz
from steepest.errors import caution
from steepest.plot.histograms import Histogram
from steepest.storage.whole_file import write_whole
from steepest.studio.frame import for_json
from steepest.studio.runs.format import EVENTS, HEAD, LAYERS, VERSION


class RunWriter:
    """A new run folder within `folder`, called `name`, or "name-2" where that is taken.

    >>> import tempfile
    >>> writer = RunWriter(tempfile.mkdtemp(), "adam", {"epochs": 3})
    >>> writer.line("began", epochs=3); writer.close()
    >>> (writer.path / EVENTS).read_text()
    '{"event":"began","epochs":3}\\n'
    """

    def __init__(
        self, folder: str | os.PathLike[str], name: str | None, head: dict[str, Any]
    ) -> None:
        self.path = Path(folder)
        self._file: BinaryIO | None = None
        try:
            self.path = _new_folder(Path(folder), name)
            known = {"format": "steepest run", "version": VERSION, "name": self.path.name, **head}
            write_whole(
                self.path / HEAD, json.dumps(for_json(known), indent=1, default=str).encode()
            )
            self._file = (self.path / EVENTS).open("ab", buffering=0)
        except OSError as error:
            self._give_up(error)

    @property
    def is_open(self) -> bool:
        """Whether something can be written."""
        return self._file is not None

    def line(self, event: str, **fields: Any) -> None:
        """Adds an event, in one piece."""
        if self._file is not None:
            text = json.dumps(
                {"event": event, **for_json(fields)}, separators=(",", ":"), default=str
            )
            try:
                self._file.write(text.encode() + b"\n")
            except OSError as error:
                self._give_up(error)

    def layers(self, epochs: int, histograms: list[Histogram]) -> None:
        """Writes the histograms after so many epochs, and a line that names them."""
        if self._file is None:
            return
        arrays = {"facts": np.array(
            [[one.mean, one.deviation, one.zeros, one.not_finite] for one in histograms], np.float32
        )}  # fmt: skip
        for at, one in enumerate(histograms):
            arrays[f"counts_{at}"] = one.counts.astype(np.int32)
            arrays[f"edges_{at}"] = one.edges.astype(np.float32)
        name = LAYERS.format(epochs)
        try:
            save_npz(self.path / name, **arrays)
        except OSError as error:
            self._give_up(error)
        self.line("layers", epochs=epochs, file=name, names=[one.label for one in histograms])

    def close(self) -> None:
        """Closes the file of events."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _give_up(self, error: OSError) -> None:
        self.close()
        where = error.filename or self.path
        caution(f"Watch: the run is no longer written: {where}: {error.strerror or error}")


def _new_folder(folder: Path, name: str | None) -> Path:
    """A folder that was not there: two processes never write to the same one."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in count(1):
        tried = f"run-{number}" if name is None else name if number == 1 else f"{name}-{number}"
        try:
            (folder / tried).mkdir()
            return folder / tried
        except FileExistsError:
            continue
    raise AssertionError
