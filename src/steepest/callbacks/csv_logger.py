"""CSVLogger: the logs of each epoch as a line of a file."""

from __future__ import annotations

import csv
import os
from typing import Any, TextIO

from steepest.callbacks.callback import Callback
from steepest.constructors import checked
from steepest.errors import ArgumentError
from steepest.events import Logs
from steepest.processes import is_chief


class CSVLogger(Callback):
    """Writes each epoch's logs as a line, and flushes it, so that an interrupt loses none.

    >>> import steepest as st
    >>> log = st.callbacks.CSVLogger("training.csv", append=True)
    """

    @checked
    def __init__(
        self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False
    ) -> None:
        super().__init__()
        if len(separator) != 1:
            raise ArgumentError(f"CSVLogger: separator: one character, got {separator!r}")
        self.filename = os.fspath(filename)
        self.separator = separator
        self.append = append
        self._file: TextIO | None = None
        self._columns: list[str] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Opens the file."""
        if self.append and os.path.exists(self.filename):
            with open(self.filename, newline="") as file:
                self._columns = next(csv.reader(file, delimiter=self.separator), None)
        name = self.filename if is_chief() else os.devnull
        self._file = open(name, "a" if self.append else "w", newline="")  # noqa: SIM115 - open until close

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Writes a line, before the first one of a file the names of the columns."""
        assert self._file is not None
        row: dict[str, Any] = {"epoch": epoch, **(logs or {})}
        if self._columns is None:
            # Validation may come in later epochs only; its columns are there from the first.
            names = self.model.metrics_names if self.params.get("validates") else []
            validated = [f"val_{name}" for name in names if f"val_{name}" not in row]
            self._columns = [*row, *validated]
            self._writer().writeheader()
        self._writer().writerow({name: row.get(name, "NA") for name in self._columns})
        self._file.flush()

    def _writer(self) -> csv.DictWriter[str]:
        assert self._file is not None and self._columns is not None
        return csv.DictWriter(self._file, self._columns, delimiter=self.separator)

    def close(self) -> None:
        """Closes the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._columns = None
