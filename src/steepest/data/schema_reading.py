"""Reads the schema of a table: a frame, a dictionary, a structured array, or a file.

Frames are recognised by their attributes, without importing their libraries; files are read some
rows at a time. Depends on column_kinds, frames and the readers of files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from steepest.data.column_kinds import ColumnReader, kind_of_type
from steepest.data.files import ParquetFile, Source, open_source
from steepest.data.files.checks import import_extra
from steepest.data.files.source import READ_ROWS
from steepest.data.frames import columns_of, is_frame
from steepest.data.table_schema import Schema
from steepest.errors import ArgumentError, DataError


def schema(table: Any, **options: Any) -> Schema:
    """The schema of a table: of each column its kind, missing values and categories.

    A table is a frame of pandas, polars or Arrow, a dictionary of columns, a structured array, a
    path of a file with named columns (CSV, Parquet, HDF5, npz; `options` are its reader's), or
    such a reader. `steepest.data.column_kinds` states the rules; all values are read.

    >>> import steepest as st
    >>> st.data.schema({"age": [36, None, 27], "town": ["Bonn", "Bonn", "Köln"]})
    3 rows, 2 columns
    name  kind      missing  values
    age   number    1        27 to 36
    town  category  0        Bonn (2), Köln (1)
    """
    readers: list[ColumnReader] = []
    for part in _parts(table, options):
        if not readers:
            readers = [ColumnReader(str(name)) for name, _ in part]
        for reader, (_, values) in zip(readers, part, strict=True):
            _read(reader, values)
    counts = {reader.rows for reader in readers}
    if len(counts) > 1:
        found = ", ".join(f"{reader.name!r} has {reader.rows:,}" for reader in readers[:8])
        raise DataError(f"schema: columns of equally many rows were expected; {found}")
    return Schema(counts.pop() if counts else 0, tuple(reader.schema() for reader in readers))


@dataclass(frozen=True)
class Table:
    """The columns of a file as arrays, and their schema.

    >>> Table({}, Schema(0, ()))
    Table(columns={}, schema=0 rows, 0 columns
    name  kind  missing  values)
    """

    columns: dict[str, np.ndarray]
    schema: Schema


def read_table(path: str | Path, **options: Any) -> Table:
    """All columns of a file with named columns, and their schema; `options` are its reader's.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "people.csv"
    >>> _ = path.write_text("age,town\\n36,Bonn\\n41,Bonn\\n")
    >>> table = read_table(path)
    >>> table.columns["age"], table.schema["town"].kind
    (array([36, 41]), 'category')
    """
    source = open_source(path, **options)
    parts: list[dict[str, np.ndarray]] = []
    found = schema(_Recording(source, parts))
    columns = {name: np.concatenate([part[name] for part in parts]) for name in source.columns}
    return Table(columns, found)


class _Recording:
    """A reader of a file that also collects its chunks in a list."""

    def __init__(self, source: Source, parts: list[dict[str, np.ndarray]]) -> None:
        self.source, self.parts, self.columns = source, parts, source.columns

    def chunks(self, rows_per_chunk: int) -> Iterator[dict[str, np.ndarray]]:
        """The chunks of the reader."""
        for chunk in self.source.chunks(rows_per_chunk):
            self.parts.append(chunk)
            yield chunk


# ---------------------------------------------------------------- tables as parts of columns

Part = list[tuple[Any, Any]]


def _parts(table: Any, options: dict[str, Any]) -> Iterator[Part]:
    """The columns of a table with their names: all rows at once, or part by part."""
    if isinstance(table, (str, Path)):
        table = open_source(table, **options)
    elif options:
        raise ArgumentError(f"schema: {sorted(options)} are for files, and no path was given")
    if isinstance(table, ParquetFile):
        yield from _arrow_parts(table)
    elif hasattr(table, "chunks") and hasattr(table, "columns"):
        for chunk in table.chunks(READ_ROWS):
            yield list(chunk.items())
    elif isinstance(table, Mapping):
        yield list(table.items())
    elif is_frame(table):
        yield list(columns_of(table))
    elif getattr(getattr(table, "dtype", None), "names", None):
        yield [(name, table[name]) for name in table.dtype.names]
    else:
        raise ArgumentError(
            "schema: a table with named columns was expected (a frame, a dictionary of columns, a "
            f"structured array, the path of a file), got {type(table).__name__}"
        )


def _arrow_parts(file: ParquetFile) -> Iterator[Part]:
    """The batches of a Parquet file, in Arrow's types, which have categories and missing values."""
    with import_extra("pyarrow.parquet", "tables").ParquetFile(file.path) as opened:
        batches: Iterable[Any] = opened.iter_batches(READ_ROWS, columns=list(file.columns))
        empty = opened.schema_arrow.empty_table().select(list(file.columns))
        yield list(zip(file.columns, empty.columns, strict=True))
        for batch in batches:
            yield [(name, batch.column(name)) for name in file.columns]


# ---------------------------------------------------------------- one column


def _read(reader: ColumnReader, values: Any) -> None:
    """Adds a column, or a part of one, to its reader, by the library that it comes from."""
    if hasattr(values, "null_count") and hasattr(values, "type"):
        _read_arrow(reader, values)
    elif hasattr(values, "null_count") and hasattr(values, "to_physical"):
        _read_polars(reader, values)
    elif hasattr(values, "isna") and getattr(values, "dtype", None) is not None:
        _read_pandas(reader, values)
    else:
        _read_array(reader, values)


def _read_array(reader: ColumnReader, values: Any) -> None:
    if isinstance(values, np.ndarray):
        reader.dtype = reader.dtype or str(values.dtype)
        if values.ndim != 1:
            raise DataError(
                f"schema: column {reader.name!r} has the shape {values.shape}; expected one value "
                "a row"
            )
        reader.kind_if_empty = kind_of_type(values.dtype.kind.replace("O", "f"))
        reader.add_array(values)
    else:
        reader.add_objects(list(values))


def _read_pandas(reader: ColumnReader, values: Any) -> None:
    reader.dtype = str(values.dtype)
    if hasattr(values, "cat"):
        names = [str(name) for name in values.cat.categories]
        codes = np.asarray(values.cat.codes)
        _declare(reader, names, np.bincount(codes[codes >= 0], minlength=len(names)).tolist())
        reader.add_missing(int(np.count_nonzero(codes < 0)))
        reader.rows += int(np.count_nonzero(codes >= 0))
        return
    if isinstance(values.dtype, np.dtype):
        reader.add_array(np.asarray(values))
        return
    # An extension type of pandas: missing values first, for NumPy's integers and flags have none.
    present = values[~values.isna()]
    reader.add_missing(len(values) - len(present))
    letter = getattr(values.dtype, "kind", "O")
    reader.kind_if_empty = kind_of_type(letter)
    if letter == "M" and getattr(values.dtype, "tz", None) is not None:
        present = present.dt.tz_convert("UTC").dt.tz_localize(None)
    reader.add_array(np.asarray(present) if letter in "biufmM" else np.asarray(present, object))


def _read_polars(reader: ColumnReader, values: Any) -> None:
    name = str(values.dtype)
    reader.dtype = name if len(name) < 40 else name.partition("(")[0]
    present = values.drop_nulls()
    reader.add_missing(len(values) - len(present))
    if name.startswith(("Enum", "Categorical")):
        known = values.dtype.categories.to_list() if name.startswith("Enum") else []
        _declare_texts(reader, known, present.to_list())
        return
    reader.kind_if_empty = kind_of_type({"B": "b", "D": "M", "S": "O"}.get(name[0], "f"))
    if name.startswith("Duration"):
        reader.kind_if_empty = "number"
    plain = name.startswith(("Int", "UInt", "Float", "Bool", "Date", "Duration"))
    if name.startswith("Datetime") and getattr(values.dtype, "time_zone", None):
        present = present.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    if plain:
        reader.add_array(present.to_numpy())
    else:
        reader.add_objects(present.to_list())


def _read_arrow(reader: ColumnReader, values: Any) -> None:
    type_name = str(values.type)
    reader.dtype = type_name.partition("<")[0]
    present = values.drop_null()
    reader.add_missing(len(values) - len(present))
    if type_name.startswith("dictionary"):
        chunks = values.chunks if hasattr(values, "chunks") else [values]
        known = [text for chunk in chunks for text in chunk.dictionary.to_pylist()]
        _declare_texts(reader, known, present.to_pylist())
        return
    letter = {"b": "b" if type_name == "bool" else "O", "d": "M", "t": "M", "s": "O", "l": "O"}
    reader.kind_if_empty = kind_of_type(letter.get(type_name[0], "f"))
    if type_name.startswith(("decimal", "duration")):
        reader.kind_if_empty = "number"
    if type_name.startswith(("int", "uint", "float", "double", "half", "bool", "date", "timestamp",
                        "duration")):  # fmt: skip
        reader.add_array(present.to_numpy(zero_copy_only=False))
    else:
        reader.add_objects(present.to_pylist())


def _declare_texts(reader: ColumnReader, known: list[Any], texts: list[Any]) -> None:
    """Counts declared categories; those that the type does not list are sorted."""
    _declare(reader, [str(name) for name in known], [0] * len(known))
    assert reader.declared is not None
    reader.declared.update(map(str, texts) if known else sorted(map(str, texts)))
    reader.rows += len(texts)


def _declare(reader: ColumnReader, names: list[str], counts: list[int]) -> None:
    reader.declared = Counter() if reader.declared is None else reader.declared
    for name, count in zip(names, counts, strict=True):
        reader.declared[name] += count
