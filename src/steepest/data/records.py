"""The rows of CSV files, read field by field in Python: with defaults, and without faulty rows.

`DelimitedFile` is faster; it knows no defaults. Depends on fields and files.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from steepest.data.fields import Field
from steepest.data.files import DelimitedFile
from steepest.data.files.packed import unpacked
from steepest.errors import ArgumentError, DataError


@dataclass
class Records:
    """How the rows of a file are read: a field for each chosen column.

    `skips_errors` leaves out the rows that have another number of fields, or one that is no value
    of its column.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "table.csv"
    >>> _ = path.write_text("1,2\\n3\\nx,4\\n")
    >>> records = Records([Field("int32"), Field("int32")], skips_errors=True)
    >>> list(records.rows(str(path)))
    [(array(1, dtype=int32), array(2, dtype=int32))]
    """

    fields: Sequence[Field]
    names: Sequence[str] = ()
    header: bool = False
    delimiter: str = ","
    quoted: bool = True
    missing: str = ""
    encoding: str = "utf-8"
    chosen: Sequence[int] | None = None
    skips_errors: bool = False

    def rows(self, path: str) -> Iterator[tuple[Any, ...]]:
        """Yields the rows of a file as tuples."""
        quoting: Any = csv.QUOTE_MINIMAL if self.quoted else csv.QUOTE_NONE
        with (
            unpacked(Path(path)) as packed,
            io.TextIOWrapper(packed, self.encoding, newline="") as stream,
        ):
            reader = csv.reader(stream, delimiter=self.delimiter, quoting=quoting)
            if self.header:
                next(reader, None)
            width = 0
            for number, texts in enumerate(filter(None, reader), 1):
                width = width or len(texts)
                try:
                    yield self._row(texts, width, f"{path}: row {number}")
                except DataError:
                    if not self.skips_errors:
                        raise

    def named_rows(self, path: str) -> Iterator[dict[str, Any]]:
        """Yields the rows of a file as dictionaries."""
        for row in self.rows(path):
            yield dict(zip(self.names, row, strict=True))

    def _row(self, texts: list[str], width: int, where: str) -> tuple[Any, ...]:
        if self.chosen is not None and len(texts) != width:
            raise DataError(f"{where} has {len(texts)} fields, the first row {width}")
        chosen = texts if self.chosen is None else [texts[place] for place in self.chosen]
        if len(chosen) != len(self.fields):
            raise DataError(
                f"{where} has {len(chosen)} fields, but record_defaults= has {len(self.fields)}"
            )
        return tuple(
            field.value(text, self.missing, f"{where}, column {place}")
            for place, (field, text) in enumerate(zip(self.fields, chosen, strict=True))
        )


def header_of(path: str, delimiter: str) -> list[str]:
    """The names in the first line of a file.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "table.csv"
    >>> _ = path.write_text("a,b\\n1,2\\n")
    >>> header_of(str(path), ",")
    ['a', 'b']
    """
    with unpacked(Path(path)) as packed, io.TextIOWrapper(packed, "utf-8-sig") as stream:
        return next(csv.reader(stream, delimiter=delimiter), [])


def records_of(
    source: DelimitedFile,
    defaults: Sequence[Any] | None,
    missing: str,
    header: bool,
    quoted: bool,
) -> Records:
    """The records of a file: by defaults of its columns, or the dtypes that its first rows have."""
    if defaults is not None and len(defaults) != len(source.columns):
        raise ArgumentError(
            f"column_defaults: one for each of the columns {list(source.columns)} was expected, "
            f"got {len(defaults)}"
        )
    if defaults is None:  # missing texts are empty, missing fractions NaN, missing integers refused
        types = [source.types[name] for name in source.columns]
        gaps = {"O": "", "f": np.nan}
        defaults = [np.array(gaps[t.kind], t) if t.kind in gaps else t for t in types]
    return Records(
        fields=[Field(default) for default in defaults],
        names=source.columns,
        header=header,
        delimiter=source.delimiter,
        quoted=quoted,
        missing=missing,
        encoding=source.encoding,
        chosen=[source.every_column.index(name) for name in source.columns],
    )
