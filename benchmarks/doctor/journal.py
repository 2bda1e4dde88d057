"""A journal of rows that are done, so that a run goes on where it ended."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class Journal:
    """Rows by kind and name, in a file of one JSON object a line; without a path in memory."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        if path is not None and path.exists():
            for line in path.read_text("utf-8").splitlines():
                row = json.loads(line)
                self.rows[row["kind"], row["name"]] = row

    def add(self, kind: str, row: dict[str, Any]) -> None:
        """Enters a row and writes it."""
        row = {"kind": kind, **row}
        self.rows[kind, row["name"]] = row
        if self.path is not None:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        """The rows of a kind."""
        return [row for (own, _), row in self.rows.items() if own == kind]
