"""CSV and TSV files, streamed: typed columns, and errors by row and column.

Depends on packed.py and the checks of this folder.
"""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike

from steepest.data.files.checks import (
    chunk_size,
    existing_file,
    refuse_duplicates,
    select_columns,
)
from steepest.data.files.packed import is_gzipped, lines_of, most_bytes, unpacked
from steepest.data.files.source import Array, Chunk, read_columns
from steepest.engines.fields import fields_kernel
from steepest.errors import ArgumentError, DataError

if TYPE_CHECKING:
    from _csv import Reader

    from steepest.data.files.fast_rows import Convert

# A column is read as numbers if this share of its sampled values are numbers: the others are then
# errors by row; one "n/a" in a million rows does not silently make the column text.
NUMBER_SHARE = 0.9
BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


class DelimitedFile:
    """A table in a text file, plain or gzipped, one row per line, read some rows at a time.

    Without `types`, the first `sample_rows` rows decide: integers, floats, or text. Values listed
    in `missing` become NaN in number columns. A file without a header line is read with
    `names=[...]`. The delimiter is inferred from the first line if none is given.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "people.csv"
    >>> _ = path.write_text('name,age,height\\n"Ada, L.",36,1.65\\nAlan,41,\\n')
    >>> table = next(DelimitedFile(path).chunks(100))
    >>> table["name"].tolist(), table["age"], table["height"]
    (['Ada, L.', 'Alan'], array([36, 41]), array([1.65,  nan]))
    """

    def __init__(
        self,
        path: str | Path,
        *,
        columns: Sequence[str] | None = None,
        types: Mapping[str, DTypeLike] | None = None,
        names: Sequence[str] | None = None,
        delimiter: str | None = None,
        encoding: str | None = None,
        missing: Sequence[str] = ("",),
        sample_rows: int = 10_000,
    ) -> None:
        self.path = existing_file(path)
        self.encoding = encoding or _encoding_of(self.path)
        self.delimiter = delimiter or self._guess_delimiter()
        self.missing = frozenset(missing)
        self._has_header = names is None
        self._names = self._header() if names is None else tuple(names)
        refuse_duplicates(self._names, str(self.path))
        self._columns = select_columns(columns, self._names, str(self.path))
        select_columns(list(types or {}), self._names, f"types= for {self.path}")
        self.types = self._column_types(dict(types or {}), sample_rows)

    @property
    def columns(self) -> tuple[str, ...]:
        """The chosen columns."""
        return self._columns

    @property
    def every_column(self) -> tuple[str, ...]:
        """All columns of the file, in order."""
        return self._names

    @property
    def rows(self) -> None:
        """None: unknown before the last line is read."""
        return None

    def chunks(self, rows_per_chunk: int) -> Iterator[Chunk]:
        """Chunks of typed columns."""
        from steepest.data.files.fast_rows import StrangeText

        chunk_size(rows_per_chunk)
        done = 0
        with suppress(StrangeText):  # Python reads on, and says what is wrong
            types = {name: self.types[name] for name in self._columns}
            for chunk in self._fast_chunks(rows_per_chunk, types, self._convert):
                done += len(chunk[self._columns[0]])
                yield chunk
            if done:
                return
        for texts in self._texts(rows_per_chunk, done):
            count = len(texts[0])
            rows = range(done + 1, done + count + 1)
            yield {
                name: self._convert(name, texts[self._names.index(name)], rows)
                for name in self._columns
            }
            done += count

    def _fast_chunks(
        self, rows: int, types: Mapping[str, np.dtype[Any]], convert: Convert
    ) -> Iterator[Chunk]:
        """Chunks by machine code; none if it does not pay. Raises where the text is no table."""
        from steepest.data.files.fast_rows import Form, Limited, fast_chunks

        form = Form(
            self._names, types, self.delimiter, self.encoding, self.missing, self._has_header
        )
        run = fields_kernel(self.path.stat().st_size) if types and form.is_simple else None
        if run is not None:
            with unpacked(self.path) as stream:
                limited = Limited(stream, most_bytes(self.path))
                yield from fast_chunks(limited, form, rows, run, convert)

    def _texts(self, rows_per_chunk: int, done: int = 0) -> Iterator[list[tuple[str, ...]]]:
        """Chunks of columns of text, after the rows that are done."""
        empty = not done
        with self._reader() as reader:
            lines = islice(self._whole_rows(reader), done, None)
            while block := list(islice(lines, rows_per_chunk)):
                empty = False
                yield list(zip(*block, strict=True))
        if empty:
            raise DataError(f"{self.path}: has no rows below its header")

    def _whole_rows(self, reader: Reader) -> Iterator[list[str]]:
        rows = filter(None, reader)
        if self._has_header:
            next(rows, None)
        for row, fields in enumerate(rows, 1):
            if len(fields) != len(self._names):
                raise DataError(
                    f"{self.path}: row {row} (line {reader.line_num}) has {len(fields)} fields, "
                    f"expected {len(self._names)} ({', '.join(self._names[:8])}); look for a "
                    f"missing quote or another delimiter than {self.delimiter!r}"
                )
            yield fields

    @contextmanager
    def _reader(self) -> Iterator[Reader]:
        try:
            with unpacked(self.path) as stream:
                text = io.TextIOWrapper(stream, self.encoding, newline="")
                lines = lines_of(text, self.path) if is_gzipped(self.path) else text
                yield csv.reader(_no_nul(lines, self.path), delimiter=self.delimiter, strict=True)
        except UnicodeError as error:
            if isinstance(error, UnicodeDecodeError) and b"\0" in error.object:
                raise DataError(
                    f"{self.path}: is no text: it holds bytes of another kind of file; write the "
                    "table as CSV, or load the file with what wrote it"
                ) from error
            raise DataError(
                f"{self.path}: is not text in {self.encoding} ({error}); for a text of another "
                "encoding pass encoding=, for instance 'latin-1', 'cp1252' or 'utf-16'"
            ) from error
        except csv.Error as error:
            raise DataError(
                f"{self.path}: {error}; look for a quote that is never closed"
            ) from error

    def _guess_delimiter(self) -> str:
        if self.path.name.removesuffix(".gz").endswith((".tsv", ".tab")):
            return "\t"
        self.delimiter = ","
        with self._reader() as reader:
            line = self.delimiter.join(next(reader, []))
        return max(",;\t|", key=line.count)

    def _header(self) -> tuple[str, ...]:
        with self._reader() as reader:
            fields = [field.strip() for field in next(filter(None, reader), [])]
        if not any(fields):
            raise DataError(f"{self.path}: its first line names no columns")
        if all(_is_number(field) for field in fields):
            warnings.warn(
                f"{self.path}: its first line is all numbers ({', '.join(fields[:4])}) and was "
                "read as the names of the columns; pass names=[...] if it is data",
                stacklevel=4,
            )
        return tuple(field or f"column_{place}" for place, field in enumerate(fields))

    def _column_types(
        self, given: dict[str, DTypeLike], sample_rows: int
    ) -> dict[str, np.dtype[np.generic]]:
        types = {name: _checked_type(name, dtype) for name, dtype in given.items()}
        unknown = [name for name in self._columns if name not in types]
        for kind in (np.int64, np.float64):
            of_kind = self._all_of(np.dtype(kind), unknown, chunk_size(sample_rows))
            types |= dict.fromkeys(of_kind, np.dtype(kind))
            unknown = [name for name in unknown if name not in types]
        if unknown:
            sample = next(self._texts(chunk_size(sample_rows)))
            for name in unknown:
                types[name] = self._infer(sample[self._names.index(name)])
        return types

    def _all_of(self, dtype: np.dtype[Any], names: list[str], rows: int) -> list[str]:
        """The columns that machine code can read as a dtype; of floats, values may be missing."""
        from steepest.data.files.fast_rows import StrangeText

        if any(map(_is_number, self.missing)):
            return []  # whether an integer is missing depends on how it is written
        others = set()

        def convert(name: str, texts: Sequence[str], _: Sequence[int]) -> Array:
            is_float = dtype.kind == "f"
            if not all(is_float and (t in self.missing or _is_number(t)) for t in texts):
                others.add(name)
            return np.zeros(len(texts), dtype)

        with suppress(StrangeText):
            for _ in self._fast_chunks(rows, dict.fromkeys(names, dtype), convert):
                return [name for name in names if name not in others]
        return []

    def _infer(self, texts: Sequence[str]) -> np.dtype[np.generic]:
        present = [text for text in texts if text not in self.missing]
        if not present or _number_count(present) < NUMBER_SHARE * len(present):
            return np.dtype(float if not present else object)
        whole = len(present) == len(texts) and all(map(_is_integer, present))
        return np.dtype(np.int64 if whole else np.float64)

    def _convert(self, name: str, texts: Sequence[str], rows: Sequence[int]) -> Array:
        dtype = self.types[name]
        if dtype.hasobject:
            return _text_array(texts)
        if dtype.kind == "f" and not self.missing.isdisjoint(texts):
            texts = ["nan" if text in self.missing else text for text in texts]
        try:
            return _text_array(texts).astype(dtype)
        except (ValueError, OverflowError) as error:
            place, text = _first_fault(texts, dtype)
            is_float = dtype.kind == "f"
            if not is_float and (text == "" or _is_number(text)):
                remedy = f"types={{{name!r}: float}}"
            else:
                remedy = f"missing=['', {text!r}] to read it as NaN, or types={{{name!r}: str}}"
            raise DataError(
                f"{self.path}: row {rows[place]}, column {name!r} holds {text!r} where a "
                f"{'number' if is_float else 'whole number'} was expected; correct it, or pass "
                f"{remedy}"
            ) from error


def read_csv(
    path: str | Path,
    *,
    columns: Sequence[str] | None = None,
    types: Mapping[str, DTypeLike] | None = None,
    names: Sequence[str] | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    missing: Sequence[str] = ("",),
) -> Chunk:
    """All columns of a CSV or TSV file, as a dictionary of arrays; see `DelimitedFile`.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "points.tsv"
    >>> _ = path.write_text("x\\ty\\n1\\t2.5\\n3\\t4.5\\n")
    >>> read_csv(path)
    {'x': array([1, 3]), 'y': array([2.5, 4.5])}
    """
    source = DelimitedFile(
        path,
        columns=columns,
        types=types,
        names=names,
        delimiter=delimiter,
        encoding=encoding,
        missing=missing,
    )
    return read_columns(source)


def _encoding_of(path: Path) -> str:
    """The encoding that a byte order mark declares, else UTF-8."""
    with unpacked(path) as stream:
        start = stream.read(3)
    return next(
        (name for mark, name in BYTE_ORDER_MARKS.items() if start.startswith(mark)), "utf-8"
    )


def _no_nul(lines: Iterator[str], path: Path) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if "\0" in line:
            raise DataError(f"{path}: line {number} holds a zero byte; this is not a text file")
        yield line


def _checked_type(name: str, dtype: DTypeLike) -> np.dtype[np.generic]:
    checked = np.dtype(dtype)
    if checked.kind in "UOT":
        return np.dtype(object)
    if checked.kind not in "fiu":
        raise ArgumentError(
            f"types[{name!r}]={dtype!r}: expected float, int, str or one of NumPy's"
        )
    return checked


def _text_array(texts: Sequence[str]) -> Array:
    array = np.empty(len(texts), object)
    array[:] = texts
    return array


def _number_count(texts: list[str]) -> int:
    try:
        list(map(float, texts))  # at once, as it is the usual case
    except ValueError:
        return sum(map(_is_number, texts))
    return sum("_" not in text for text in texts)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def _is_integer(text: str) -> bool:
    digits = text.strip().lstrip("+-")
    return digits.isascii() and digits.isdigit() and len(digits) < 19


def _first_fault(texts: Sequence[str], dtype: np.dtype[np.generic]) -> tuple[int, str]:
    for place, text in enumerate(texts):
        try:
            _text_array([text]).astype(dtype)
        except (ValueError, OverflowError):
            return place, text
    raise AssertionError("a column failed, but each of its values converts")
