"""What `steepest studio` is given: a model, a file of data, or a folder of runs.

Depends on view, the reader of runs, data and the doctor's reader of files.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

from steepest.data.files import GZIPPED, READERS
from steepest.data.schema_reading import Table, read_table
from steepest.doctor.data_files import FileRows, is_refused, rows_of_file, rows_of_table
from steepest.errors import ArgumentError, DataError, SteepestError
from steepest.storage.model_file import load_model
from steepest.studio.runs.reader import run_folders
from steepest.studio.view import Opened

MODELS = (".safetensors", ".keras")
TEXTS = (".csv", ".tsv", ".tab")
DELIMITERS = (b",", b";", b"\t", b"|")
MOST_BYTES = 500 << 20
MOST_ROWS = 1_000_000
MOST_COLUMNS = 1_000


def opened(path: str, data: str | None = None, target: str | None = None) -> Opened:
    """What is in a file or folder; `data` is a file of rows for a model.

    Columns of a table that are neither numbers nor categories are left out, and named in `words`.

    >>> folder = tempfile.mkdtemp()
    >>> path = Path(folder) / "towns.csv"
    >>> _ = path.write_text("name,age,rent\\nAda,36,9.5\\nBo,41,8\\nCy,29,8\\n")
    >>> found = opened(str(path), target="rent")
    >>> found.x.shape, found.names, found.target
    ((2, 1), ('age',), 'rent')
    """
    if not os.path.exists(path):
        raise DataError(f"{path}: there is no such file or folder; check the path and its spelling")
    if os.path.isdir(path):
        if not run_folders(path):
            raise DataError(
                f"{path}: is a folder without runs; st.studio.Watch(folder=...) among the "
                "callbacks of fit writes one"
            )
        if data is not None or target is not None:
            raise ArgumentError(f"{path}: a folder of runs is shown by itself, without data")
        return Opened(folder=path, title=Path(path).name)
    if path.endswith(MODELS):
        if data is None and target is not None:
            raise ArgumentError(f"{path}: --target {target} needs data, as the second argument")
        rows = Opened() if data is None else _rows(data, target)
        return replace(rows, model=load_model(path), title=Path(path).name)
    if data is not None and data.endswith(MODELS):
        raise ArgumentError(f"{path}: the model comes first: steepest studio {data} {path}")
    if data is not None:
        raise ArgumentError(f"{path}: a model ({' or '.join(MODELS)}) was expected beside {data}")
    return _rows(path, target)


def table_of_text(name: str, text: str) -> Table:
    """The table that a text holds as CSV.

    >>> table_of_text("towns", "age,town\\n36,Bonn\\n41,Bonn\\n").columns["age"].tolist()
    [36, 41]
    """
    with tempfile.TemporaryDirectory(prefix="steepest-studio-") as folder:
        path = Path(folder) / "table.csv"
        path.write_text(text, encoding="utf-8", errors="replace", newline="")
        try:
            return _table(path, name)
        except DataError as error:
            raise DataError(str(error).replace(str(path), name)) from None


def _rows(path: str, target: str | None) -> Opened:
    known = (*READERS, *GZIPPED)
    if not path.lower().endswith(known):
        raise DataError(
            f"{path}: a model ({', '.join(MODELS)}), a table or arrays ({', '.join(known)}), or a "
            "folder of runs was expected"
        )
    size = os.path.getsize(path) if os.path.isfile(path) else 0
    if size > MOST_BYTES:
        raise DataError(
            f"{path}: has {size:,} bytes; the studio reads files of at most {MOST_BYTES:,}: give "
            "it a part of the rows"
        )
    if path.lower().endswith(".npz"):
        try:
            return _of_rows(path, rows_of_file(path, target), target or "y")
        except SteepestError as error:  # the studio reads a file as the doctor does
            raise DataError(str(error).replace("doctor: ", f"{path}: ", 1)) from None
    table = _table(Path(path), path)
    if target is None:
        names = ", ".join(table.schema.names()[:20])
        raise ArgumentError(
            f"{path}: which column is to be predicted? Name it: --target COLUMN ({names})"
        )
    left_out = [one for one in table.schema if is_refused(one) and one.name != target]
    found = _of_rows(
        path, rows_of_table(path, table, target, [one.name for one in left_out]), target
    )
    if not left_out:
        return found
    words = ", ".join(f"{one.name!r} ({one.kind})" for one in left_out)
    return replace(found, words=f"{found.words}; left out: {words}")


def _table(path: Path, name: str) -> Table:
    """The table of a file, called `name` in errors; it has neither too many columns nor rows."""
    most = f"the studio shows tables of at most {MOST_ROWS:,} rows and {MOST_COLUMNS:,} columns"
    if path.suffix in TEXTS:
        with path.open("rb") as file:
            first = file.readline(1 << 22)
        columns = 1 + max(first.count(mark) for mark in DELIMITERS)
        if columns > MOST_COLUMNS:
            raise DataError(f"{name}: has {columns:,} columns; {most}: give it a part of them")
    table = read_table(path)
    columns, rows = len(table.schema), table.schema.rows
    if columns > MOST_COLUMNS or rows > MOST_ROWS:
        raise DataError(f"{name}: has {rows:,} rows and {columns:,} columns; {most}")
    return table


def _of_rows(path: str, rows: FileRows, target: str) -> Opened:
    training, held = rows.training, rows.validation
    return Opened(
        x=training.x, y=training.y, validation=(held.x, held.y), target=target,
        names=tuple(training.names or ()), title=Path(path).name, words=rows.words,
    )  # fmt: skip
