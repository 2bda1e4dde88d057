"""Rows of a delimited file by machine code, which converts numbers where they stand in the text.

The kernel lists the fields that it does not convert, and stops before a row that is no row of the
table. Depends on the layout that the engines define.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from steepest.data.files.packed import LONGEST_LINE
from steepest.engines.fields_layout import (
    FLOAT,
    FULL,
    INTEGER,
    MORE,
    SKIPPED,
    STATE,
    STRANGE,
    TEXT,
)

BLOCK = 1 << 17  # bytes that are read at a time
BEHIND = 2  # bytes behind them that the kernel may read: a newline and one more
PIECE_ROWS = 1 << 16  # the most rows for which memory is taken at once
LISTED = 1 << 12  # the most fields that Python converts at a time
_PLACES = {name: place for place, name in enumerate(STATE)}

Convert = Callable[[str, Sequence[str], Sequence[int]], np.ndarray]


class StrangeText(Exception):
    """The text has something that is no row of the table; Python's reader can say what."""


@dataclass(frozen=True)
class Form:
    """How a file is written, and the columns that are wanted of it."""

    names: tuple[str, ...]
    types: Mapping[str, np.dtype[Any]]
    delimiter: str
    encoding: str
    missing: frozenset[str]
    has_header: bool

    @property
    def is_simple(self) -> bool:
        """Whether the kernel knows the delimiter and the dtypes."""
        sign = self.delimiter
        plain = sign.isascii() and not sign.isalnum() and sign not in '+-."\r\n\0'
        return plain and all(dtype.itemsize <= 8 for dtype in self.types.values())


def fast_chunks(
    stream: Limited, form: Form, rows: int, run: Callable[..., int], convert: Convert
) -> Iterator[dict[str, np.ndarray]]:
    """Chunks of typed columns of a stream of bytes.

    `convert(name, texts, rows)` converts the fields of a column that the kernel lists. Raises
    `StrangeText` instead of a chunk that has something that is no row.
    """
    reading = _Reading(stream, form, run, convert)
    more = True
    while more:
        pieces = []
        wanted = rows
        while wanted and more:
            piece = _Columns(form, min(wanted, PIECE_ROWS))
            read = reading.fill(piece)
            wanted -= read
            more = read == piece.space
            if read:
                pieces.append(piece.first(read))
        if pieces:
            first, *others = pieces
            yield (
                {name: np.concatenate([piece[name] for piece in pieces]) for name in first}
                if others
                else first
            )


class _Columns:
    """Memory for some rows, into which the kernel writes."""

    def __init__(self, form: Form, space: int, stored: bool = True) -> None:
        self.space, self._form = space, form
        types = form.types if stored else {}
        self.kinds = np.array([_kind(types.get(name)) for name in form.names], np.uint8)
        self.arrays: dict[str, np.ndarray] = {}
        self.texts: dict[str, np.ndarray] = {}
        for name, kind in zip(form.names, self.kinds, strict=True):
            if kind == TEXT:
                self.arrays[name] = np.empty((space, 2), np.int64)
                self.texts[name] = np.empty(space, types[name])
            elif kind != SKIPPED:
                self.arrays[name] = np.empty(space, np.float64 if kind == FLOAT else np.int64)
        places = [
            self.arrays[name].ctypes.data if name in self.arrays else 0 for name in form.names
        ]
        self.targets = np.array(places, np.int64)

    def first(self, count: int) -> dict[str, np.ndarray]:
        """The first rows, with the dtypes that are wanted."""
        columns = {}
        for name, dtype in self._form.types.items():
            column = (self.arrays | self.texts)[name][:count]
            if dtype.kind in "iu" and dtype != np.int64 and name not in self.texts:
                limits = np.iinfo(dtype)
                if column.min() < limits.min or column.max() > limits.max:
                    raise StrangeText
            columns[name] = column.astype(dtype) if dtype != column.dtype else column
            if count < self.space and columns[name].base is not None:
                columns[name] = columns[name].copy()
        return columns


def _kind(dtype: np.dtype[Any] | None) -> int:
    if dtype is None:
        return SKIPPED
    if dtype.kind == "f":
        return FLOAT
    return INTEGER if dtype.kind in "iu" and np.can_cast(dtype, np.int64) else TEXT


class _Reading:
    """A stream of bytes with the kernel that reads it."""

    def __init__(
        self, stream: Limited, form: Form, run: Callable[..., int], convert: Convert
    ) -> None:
        self._form, self._run, self._convert = form, run, convert
        self._text, self._done = _Text(stream, form.encoding), 0
        self._listed = np.empty((max(LISTED, len(form.names)), 4), np.int64)
        marks = [_number(text) for text in form.missing]
        self._marked = np.array([mark for mark in marks if mark is not None], np.float64)
        self._state = np.zeros(len(STATE), np.int64)
        self._set(
            width=len(form.names),
            delimiter=ord(form.delimiter),
            blank=0 if form.delimiter == " " else ord(" "),
            most_found=len(self._listed),
            marks=len(self._marked),
            empty_is_nan="" in form.missing,
            longest=csv.field_size_limit(),
        )
        if form.has_header:
            self.fill(_Columns(form, 1, stored=False))
            self._done = 0

    def _set(self, **numbers: int) -> None:
        for name, number in numbers.items():
            self._state[_PLACES[name]] = number

    def _get(self, name: str) -> int:
        return int(self._state[_PLACES[name]])

    def fill(self, columns: _Columns) -> int:
        """Reads rows until the columns are full or the text ends; the number of rows."""
        text, row = self._text, 0
        self._set(row=0, most_rows=columns.space)
        while True:
            self._set(place=text.place, end=text.end, final=text.final, found=0)
            status = self._run(
                text.bytes, columns.kinds, columns.targets, self._state, self._listed, self._marked
            )
            if status == STRANGE:
                raise StrangeText
            place = self._get("place")
            text.check(place)
            before, row = row, self._get("row")
            self._finish(columns, before, row)
            text.place = place
            ended = status == MORE and not text.more()
            if ended and text.place < text.end:
                raise StrangeText  # a quote is never closed
            if ended or (status == FULL and row == columns.space):
                self._done += row
                return row

    def _finish(self, columns: _Columns, before: int, row: int) -> None:
        """Cuts out the texts of new rows, and converts the fields that the kernel listed."""
        for name, column in columns.texts.items():
            texts = self._text.cut(columns.arrays[name][before:row])
            rows = range(self._done + before + 1, self._done + row + 1)
            column[before:row] = self._convert(name, texts, rows)
        found = self._listed[: self._get("found")]
        for field in np.unique(found[:, 1]):
            entries, name = found[found[:, 1] == field], self._form.names[field]
            numbers = entries[:, 0]
            texts = self._text.cut(entries[:, 2:])
            values = self._convert(name, texts, (numbers + (self._done + 1)).tolist())
            columns.arrays[name][numbers] = values


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


class _Text:
    """A part of a stream as UTF-8, followed by a newline and a byte that the kernel may read."""

    def __init__(self, stream: Limited, encoding: str) -> None:
        name = codecs.lookup(encoding).name
        self._ascii_only = name == "ascii"
        if name not in ("utf-8", "utf-8-sig", "ascii"):
            text = io.TextIOWrapper(io.BufferedReader(stream), encoding, newline="")
            self._stream: io.RawIOBase = _Recoded(text)
        else:
            self._stream = stream
        self._held = bytearray(BLOCK + BEHIND)
        self.place = self.end = 0
        self.final = self._has_others = False
        self._view()
        self.more()
        if name == "utf-8-sig" and self._held.startswith(codecs.BOM_UTF8):
            self.place = len(codecs.BOM_UTF8)

    def _view(self) -> None:
        self.bytes = np.frombuffer(self._held, np.uint8)
        self.bytes[self.end] = ord("\n")

    def more(self) -> bool:
        """Reads on after what is not used yet; False if the stream had ended before."""
        if self.final:
            return False
        rest = self.bytes[self.place : self.end].copy()
        space = len(self._held) - BEHIND
        if 2 * len(rest) > space:
            if space > LONGEST_LINE:
                raise StrangeText
            self._held = bytearray(2 * space + BEHIND)
            space *= 2
        memory = memoryview(self._held)
        memory[: len(rest)] = rest.data
        read = self._stream.readinto(memory[len(rest) : space]) or 0
        self.place, self.end, self.final = 0, len(rest) + read, read == 0
        self._view()
        if read and self._held.find(b"\0", len(rest), self.end) >= 0:
            raise StrangeText
        self._has_others = bool(self.end) and int(self.bytes[: self.end].max()) > 127
        return True

    def check(self, stop: int) -> None:
        """Raises if the bytes up to `stop` are not of the encoding."""
        if self._has_others:
            try:
                self.bytes[self.place : stop].tobytes().decode(
                    "ascii" if self._ascii_only else "utf-8"
                )
            except UnicodeError:
                raise StrangeText from None

    def cut(self, places: np.ndarray) -> list[str]:
        """The texts of fields, without the quotes around them."""
        if self._has_others:
            whole = self._held
            texts = [whole[start:stop].decode() for start, stop in places.tolist()]
        else:
            text = self._held.decode("latin-1")
            texts = [text[start:stop] for start, stop in places.tolist()]
        return [text[1:-1].replace('""', '"') if text.startswith('"') else text for text in texts]


class Limited(io.RawIOBase):
    """A stream of at most so many bytes; more raise `StrangeText`."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        self._stream, self._left = stream, most

    def readable(self) -> bool:
        """It is read only."""
        return True

    def readinto(self, memory: Any) -> int:
        """Fills a part of the memory."""
        read = self._stream.readinto(memory)  # type: ignore[attr-defined]
        self._left -= read
        if self._left < 0:
            raise StrangeText
        return int(read)


class _Recoded(io.RawIOBase):
    """A text as a stream of UTF-8."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text

    def readinto(self, memory: Any) -> int:
        """Fills a part of the memory."""
        try:
            read = self._text.read(max(1, len(memory) // 4)).encode()
        except UnicodeError:
            raise StrangeText from None
        memory[: len(read)] = read
        return len(read)
