"""NumPy files: .npy mapped into memory, .npz streamed or mapped; nothing is ever unpickled.

Depends on the checks of this folder.
"""

from __future__ import annotations

import io
import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Literal

import numpy as np
from numpy.lib import format as npy

from steepest.data.files.checks import (
    chunk_size,
    existing_file,
    read_exactly,
    refuse_bomb,
    refuse_duplicates,
    row_ranges,
    same_rows,
    select_columns,
)
from steepest.data.files.source import Array, Chunk
from steepest.errors import DataError

# The exceptions of NumPy's header parser for an invalid header.
HEADER_FAULTS = (
    ValueError, TypeError, SyntaxError, EOFError, KeyError, OverflowError, RecursionError,
    MemoryError, tokenize.TokenError,
)  # fmt: skip
PACKED_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error)
LONGEST_HEADER = 1 << 16
LOCAL_HEADER = struct.Struct("<4s22xHH")


@dataclass(frozen=True)
class Header:
    """The header of an .npy file, and its length."""

    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    fortran_order: bool
    length: int

    @property
    def order(self) -> Literal["C", "F"]:
        """NumPy's letter for the order of the axes."""
        return "F" if self.fortran_order else "C"

    @property
    def size(self) -> int:
        """The size of the values in bytes."""
        return math.prod(self.shape) * self.dtype.itemsize


class NumpyFile:
    """An .npy file, mapped into memory: rows are read from disk when they are touched.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.npy"
    >>> np.save(path, np.arange(6).reshape(3, 2))
    >>> NumpyFile(path).array[1].tolist(), NumpyFile(path).rows
    ([2, 3], 3)
    """

    def __init__(self, path: str | Path) -> None:
        self.path = existing_file(path)
        with self.path.open("rb") as stream:
            header = _header(stream, str(self.path))
        held = self.path.stat().st_size - header.length
        if header.size != held:
            raise DataError(
                f"{self.path}: declares {header.shape} of {header.dtype}, {header.size:,} bytes, "
                f"but has {held:,}; it was cut short or overwritten"
            )
        self.array = _map(self.path, header, header.length)

    @property
    def columns(self) -> tuple[str, ...]:
        """One column, called "values"."""
        return ("values",)

    @property
    def rows(self) -> int:
        """The length of the first axis."""
        return same_rows({"values": len(self.array)}, str(self.path))

    def mapped(self, name: str) -> Array | None:
        """The mapped array."""
        return self.array if self.rows else None

    def chunks(self, rows_per_chunk: int) -> Iterator[Chunk]:
        """Chunks of rows, copied from the mapped file."""
        for start, stop in row_ranges(self.rows, rows_per_chunk):
            yield {"values": np.array(self.array[start:stop])}


class NumpyArchive:
    """An .npz file: several named arrays; `columns` chooses those that are read as rows.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "set.npz"
    >>> np.savez(path, x=np.arange(6).reshape(3, 2), y=np.array([0, 1, 0]))
    >>> archive = NumpyArchive(path)
    >>> archive.columns, archive.rows
    (('x', 'y'), 3)
    >>> [chunk["y"].tolist() for chunk in archive.chunks(2)]
    [[0, 1], [0]]
    """

    def __init__(self, path: str | Path, *, columns: Sequence[str] | None = None) -> None:
        self.path = existing_file(path)
        self._members, self._headers = self._inspect()
        self._columns = select_columns(columns, list(self._members), str(self.path))

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the chosen arrays."""
        return self._columns

    @property
    def rows(self) -> int:
        """The common length of the chosen arrays."""
        shapes = {name: self._headers[name].shape for name in self._columns}
        for name, shape in shapes.items():
            if not shape:
                raise DataError(
                    f"{name!r} is a single number, not rows; choose others with columns=[...]"
                )
        return same_rows({name: shape[0] for name, shape in shapes.items()}, str(self.path))

    def read(self, name: str) -> Array:
        """One whole array: mapped if it is stored uncompressed, else read into memory."""
        select_columns([name], list(self._members), str(self.path))
        if self._members[name].compress_type == zipfile.ZIP_STORED:
            return self._map(name)
        with self._opened(), self._open_member(name) as stream:
            header = self._headers[name]
            held = read_exactly(stream, header.size, f"{self.path}: {name}")
            return np.frombuffer(held, header.dtype).reshape(header.shape, order=header.order)

    def mapped(self, name: str) -> Array | None:
        """An array that is stored uncompressed, mapped from the file; else None."""
        unpacked = self._members[name].compress_type == zipfile.ZIP_STORED
        return self.read(name) if unpacked and self.rows else None

    def chunks(self, rows_per_chunk: int) -> Iterator[Chunk]:
        """Chunks of rows of all chosen arrays."""
        ranges = list(row_ranges(self.rows, chunk_size(rows_per_chunk)))
        with self._opened(), ExitStack() as stack:
            streams = {name: stack.enter_context(self._open_member(name)) for name in self._columns}
            for start, stop in ranges:
                yield {
                    name: self._take(stream, name, start, stop) for name, stream in streams.items()
                }

    def _take(self, stream: IO[bytes], name: str, start: int, stop: int) -> Array:
        header = self._headers[name]
        if header.fortran_order and len(header.shape) > 1:
            return np.array(self.read(name)[start:stop])
        row_bytes = header.size // header.shape[0]
        held = read_exactly(stream, (stop - start) * row_bytes, f"{self.path}: {name}")
        return np.frombuffer(held, header.dtype).reshape(stop - start, *header.shape[1:])

    def _map(self, name: str) -> Array:
        member, header = self._members[name], self._headers[name]
        with self.path.open("rb") as stream:
            stream.seek(member.header_offset)
            head = read_exactly(stream, LOCAL_HEADER.size, str(self.path))
        mark, name_length, extra_length = LOCAL_HEADER.unpack(head)
        if mark != b"PK\3\4":
            raise DataError(f"{self.path}: the entry {name!r} is not where the index says")
        start = member.header_offset + LOCAL_HEADER.size + name_length + extra_length
        return _map(self.path, header, start + header.length)

    def _inspect(self) -> tuple[dict[str, zipfile.ZipInfo], dict[str, Header]]:
        with self._opened() as archive:
            members = archive.infolist()
            names = [_member_name(member, str(self.path)) for member in members]
            refuse_duplicates(names, str(self.path))
            if not names:
                raise DataError(f"{self.path}: contains no arrays")
            by_name = dict(zip(names, members, strict=True))
            headers = {name: self._inspect_member(by_name[name], name) for name in names}
        return by_name, headers

    def _inspect_member(self, member: zipfile.ZipInfo, name: str) -> Header:
        where = f"{self.path}: {name}"
        refuse_bomb(member.file_size, member.compress_size, where)
        with self._opened() as archive, archive.open(member) as stream:
            header = _header(stream, where)
        if header.length + header.size != member.file_size:
            raise DataError(
                f"{where}: declares {header.shape} of {header.dtype}, {header.size:,} bytes, "
                f"but the archive holds {member.file_size - header.length:,}"
            )
        return header

    @contextmanager
    def _open_member(self, name: str) -> Iterator[IO[bytes]]:
        with self._opened() as archive, archive.open(self._members[name]) as stream:
            read_exactly(stream, self._headers[name].length, str(self.path))
            yield stream

    @contextmanager
    def _opened(self) -> Iterator[zipfile.ZipFile]:
        try:
            with zipfile.ZipFile(self.path) as archive:
                yield archive
        except DataError:
            raise
        except (*PACKED_FAULTS, RuntimeError, OSError, ValueError) as error:
            raise DataError(f"{self.path}: is not a sound .npz archive ({error})") from error


def read_npy(path: str | Path) -> Array:
    """The array of an .npy file, mapped into memory and read-only; never unpickled.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.npy"
    >>> np.save(path, np.arange(3.0))
    >>> read_npy(path).tolist()
    [0.0, 1.0, 2.0]
    """
    return NumpyFile(path).array


def read_npz(path: str | Path, *, columns: Sequence[str] | None = None) -> Chunk:
    """The arrays of an .npz file by name; never unpickled.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "set.npz"
    >>> save_npz(path, x=np.arange(3.0), y=np.array([0, 1, 0]))
    >>> read_npz(path)["y"].tolist()
    [0, 1, 0]
    """
    archive = NumpyArchive(path, columns=columns)
    return {name: archive.read(name) for name in archive.columns}


def save_npz(path: str | Path, **arrays: Array) -> None:
    """Writes arrays by name, compressed and atomically; objects are an error.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "set.npz"
    >>> save_npz(path, x=np.arange(3.0))
    >>> sorted(read_npz(path))
    ['x']
    """
    for name, array in arrays.items():
        if np.asarray(array).dtype.hasobject:
            raise DataError(
                f"save_npz: {name!r} contains Python objects; convert it to numbers first"
            )
    path = Path(path)
    part = path.with_name(path.name + ".part")
    with part.open("wb") as stream:
        # Without allow_pickle, which older NumPy takes for an array; there are no objects here.
        np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]
    part.replace(path)


def _header(stream: IO[bytes], where: str) -> Header:
    head = io.BytesIO(stream.read(LONGEST_HEADER))  # so that no declared length is allocated
    try:
        version = npy.read_magic(head)
        read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}.get(version)
        if read is None:
            raise ValueError(f"version {version} of the format is not one of numbers")
        shape, fortran_order, dtype = read(head)
    except HEADER_FAULTS as error:
        raise DataError(f"{where}: is not a sound .npy array ({error})") from error
    if dtype.hasobject:
        raise DataError(
            f"{where}: contains Python objects, which only unpickling could read, and that could "
            "run any code; save numbers or text of fixed width instead"
        )
    if min(shape, default=0) < 0:
        raise DataError(f"{where}: declares the impossible shape {shape}")
    return Header(shape, dtype, fortran_order, head.tell())


def _map(path: Path, header: Header, offset: int) -> Array:
    if header.size == 0:
        return np.empty(header.shape, header.dtype)
    held = path.stat().st_size - offset
    if held < header.size:
        raise DataError(f"{path}: ends before the {header.size:,} bytes that it declares")
    return np.memmap(path, header.dtype, "r", offset, header.shape, header.order)


def _member_name(member: zipfile.ZipInfo, where: str) -> str:
    name = member.filename
    outside = PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive
    if outside or ".." in name.replace("\\", "/").split("/"):
        raise DataError(f"{where}: the entry {name!r} points outside the archive; refused")
    if not name.endswith(".npy"):
        raise DataError(f"{where}: holds {name!r}; an .npz archive holds .npy arrays only")
    return name.removesuffix(".npy")
