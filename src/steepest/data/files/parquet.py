"""Parquet files, read one row group at a time through pyarrow (extra `tables`).

Depends on the checks of this folder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from steepest.data.files.checks import (
    chunk_size,
    existing_file,
    import_extra,
    refuse_bomb,
    same_rows,
    select_columns,
)
from steepest.data.files.source import Array, Chunk
from steepest.errors import DataError

PAGES = 1 << 20  # bytes of the read buffer of a column


class ParquetFile:
    """A Parquet file of numbers and text; missing numbers become NaN, missing text "".

    >>> import tempfile, pathlib, pyarrow, pyarrow.parquet
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "set.parquet"
    >>> table = pyarrow.table({"age": [36, 41, 27], "name": ["Ada", "Alan", None]})
    >>> pyarrow.parquet.write_table(table, path)
    >>> source = ParquetFile(path, columns=["age"])
    >>> source.rows, [chunk["age"].tolist() for chunk in source.chunks(2)]
    (3, [[36, 41], [27]])
    """

    def __init__(self, path: str | Path, *, columns: Sequence[str] | None = None) -> None:
        self.path = existing_file(path)
        with self._opened() as file:
            schema = file.schema_arrow
            self._columns = select_columns(columns, schema.names, str(self.path))
            for name in self._columns:
                _refuse_nested(schema.field(name).type, f"{self.path}: {name}")
            self._rows = same_rows({"rows": file.metadata.num_rows}, str(self.path))
            values = self._rows * len(self._columns)
            refuse_bomb(values, self.path.stat().st_size, str(self.path))

    @property
    def columns(self) -> tuple[str, ...]:
        """The chosen columns."""
        return self._columns

    @property
    def rows(self) -> int:
        """The number of rows in the file's metadata."""
        return self._rows

    def chunks(self, rows_per_chunk: int) -> Iterator[Chunk]:
        """Chunks of at most `rows_per_chunk` rows; a chunk does not span two row groups."""
        chunk_size(rows_per_chunk)
        with self._opened() as file:
            for group in range(file.num_row_groups):
                # In batches, because a group may be larger than memory.
                parts = file.iter_batches(rows_per_chunk, [group], list(self._columns))
                for part in filter(len, parts):
                    yield {name: _values(part.column(name)) for name in self._columns}

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        parquet = import_extra("pyarrow.parquet", "tables")
        try:
            with parquet.ParquetFile(self.path, buffer_size=PAGES, pre_buffer=False) as file:
                yield file
        except DataError:
            raise
        except (OSError, ValueError, TypeError, KeyError, NotImplementedError) as error:
            raise DataError(f"{self.path}: is not a sound Parquet file ({error})") from error


def _refuse_nested(type_: Any, where: str) -> None:
    types = import_extra("pyarrow", "tables").types
    tests = (types.is_integer, types.is_floating, types.is_boolean, types.is_date,
             types.is_timestamp, types.is_string, types.is_large_string)  # fmt: skip
    if types.is_dictionary(type_):
        type_ = type_.value_type
    if not any(test(type_) for test in tests):
        raise DataError(f"{where}: contains {type_}, where numbers, dates or text were expected")


def _values(column: Any) -> Array:
    pyarrow = import_extra("pyarrow", "tables")
    types = pyarrow.types
    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if types.is_string(column.type) or types.is_large_string(column.type):
        return np.array([text or "" for text in column.to_pylist()] or [""], object)
    if column.null_count and (types.is_integer(column.type) or types.is_boolean(column.type)):
        column = column.cast(pyarrow.float64())
    return np.asarray(column.to_numpy(zero_copy_only=False))
