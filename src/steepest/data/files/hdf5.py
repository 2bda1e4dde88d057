"""HDF5 files: data sets as columns, read some rows at a time through h5py (extra `hdf5`).

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
    row_ranges,
    same_rows,
    select_columns,
)
from steepest.data.files.source import Array, Chunk
from steepest.errors import DataError


class Hdf5File:
    """An HDF5 file; `columns` chooses the data sets, which may be in groups ("train/x").

    Links to other files are refused: a data file must not decide which files are opened. Read
    only files of a trusted origin: libhdf5 may never return from one damaged on purpose.

    >>> import tempfile, pathlib, h5py
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "set.h5"
    >>> with h5py.File(path, "w") as file:
    ...     file["x"], file["y"] = np.zeros((3, 2)), np.array([0, 1, 0])
    >>> source = Hdf5File(path)
    >>> source.columns, source.rows, next(source.chunks(3))["y"].tolist()
    (('x', 'y'), 3, [0, 1, 0])
    """

    def __init__(self, path: str | Path, *, columns: Sequence[str] | None = None) -> None:
        self.path = existing_file(path)
        with self._opened() as file:
            self._lengths = {name: _checked(found, name) for name, found in _data_sets(file)}
        self._columns = select_columns(columns, list(self._lengths), str(self.path))

    @property
    def columns(self) -> tuple[str, ...]:
        """The chosen data sets."""
        return self._columns

    @property
    def rows(self) -> int:
        """The common length of the chosen data sets."""
        return same_rows({name: self._lengths[name] for name in self._columns}, str(self.path))

    def chunks(self, rows_per_chunk: int) -> Iterator[Chunk]:
        """Chunks of rows of all chosen data sets."""
        ranges = list(row_ranges(self.rows, chunk_size(rows_per_chunk)))
        with self._opened() as file:
            for start, stop in ranges:
                yield {name: _values(file[name], start, stop) for name in self._columns}

    def mapped(self, name: str) -> Array | None:
        """A contiguous data set, mapped from the file; else None."""
        with self._opened() as file:
            return in_place(file[name]) if self.rows and _is_contiguous(file[name]) else None

    def read(self, name: str) -> Array:
        """One whole data set, whatever the length of the others."""
        select_columns([name], list(self._lengths), str(self.path))
        with self._opened() as file:
            return _values(file[name], 0, self._lengths[name])

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        h5py = import_extra("h5py", "hdf5")
        try:
            with h5py.File(self.path, "r") as file:
                yield file
        except DataError as error:
            raise DataError(f"{self.path}: {error}") from error.__cause__
        except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
            raise DataError(f"{self.path}: is not a sound HDF5 file ({error})") from error


def read_hdf5(path: str | Path, *, columns: Sequence[str] | None = None) -> Chunk:
    """The data sets of an HDF5 file by name, of whatever lengths.

    >>> import tempfile, pathlib, h5py
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "set.h5"
    >>> with h5py.File(path, "w") as file:
    ...     file["x"], file["names"] = np.zeros((3, 2)), np.array([b"no", b"yes"])
    >>> read_hdf5(path)["names"].tolist()
    [b'no', b'yes']
    """
    source = Hdf5File(path, columns=columns)
    return {name: source.read(name) for name in source.columns}


def in_place(data_set: Any) -> Array:
    """The values of an open data set: mapped if they are contiguous, else read into memory.

    Mapped only if the file is open for reading: a map does not show values not yet written.
    """
    if not _is_contiguous(data_set):
        _checked(data_set, data_set.name)
        return np.asarray(data_set)
    offset = data_set.id.get_offset()
    return np.memmap(data_set.file.filename, data_set.dtype, "r", offset, data_set.shape)


def _is_contiguous(data_set: Any) -> bool:
    file, dtype = data_set.file, data_set.dtype
    plain = file.mode == "r" and file.driver == "sec2" and not file.userblock_size
    numbers = not dtype.hasobject and dtype.kind != "V" and data_set.size
    in_parts = data_set.chunks is not None or data_set.is_virtual or data_set.external
    return bool(plain and numbers and not in_parts and data_set.id.get_offset() is not None)


def _data_sets(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every data set in the file itself, in groups too; a link is an error."""
    h5py = import_extra("h5py", "hdf5")
    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise DataError(f"the entry {prefix}{name} is a link; copy what it points to instead")
        entry = group[name]
        if isinstance(entry, h5py.Dataset):
            yield prefix + name, entry
        elif prefix.count("/") < 8:  # a group may contain itself
            yield from _data_sets(entry, f"{prefix}{name}/")


def _checked(data_set: Any, name: str) -> int:
    if data_set.is_virtual or data_set.external:
        raise DataError(f"{name} has its values in other files; copy them into this one")
    if data_set.ndim == 0 or data_set.shape is None:
        return 0
    dtype = data_set.dtype
    if dtype.hasobject and import_extra("h5py", "hdf5").check_string_dtype(dtype) is None:
        raise DataError(f"{name} contains {dtype}, neither numbers nor text")
    refuse_bomb(int(data_set.nbytes), int(data_set.id.get_storage_size()), name)
    return int(data_set.shape[0])


def _values(data_set: Any, start: int, stop: int) -> Array:
    if data_set.dtype.hasobject:
        data_set = data_set.asstr()
    return np.asarray(data_set[start:stop])
