"""HDF5 files: their data sets as columns, read some rows at a time through h5py (extra `hdf5`).

Leans on the checks of this folder.
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
    """An HDF5 file; `columns` picks the data sets, which may lie in groups ("train/x").

    Links to other files are refused: a data file has no say in which files are opened. Files
    damaged on purpose are another matter: libhdf5 may read them for ever; trust their origin.

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
        """Some rows after the other, of all chosen data sets side by side."""
        ranges = list(row_ranges(self.rows, chunk_size(rows_per_chunk)))
        with self._opened() as file:
            for start, stop in ranges:
                yield {name: _values(file[name], start, stop) for name in self._columns}

    def mapped(self, name: str) -> Array | None:
        """A data set that lies in one piece, as a map of its place in the file; else None."""
        with self._opened() as file:
            found = in_place(file[name]) if self.rows and _lies_in_one_piece(file[name]) else None
        return found

    def read(self, name: str) -> Array:
        """One data set, whole, whatever the length of the others."""
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
    """The values of an open data set: mapped where they lie in one piece, else read into memory.

    Only of a file opened to be read: what is still to be written does not show in a map.
    """
    if not _lies_in_one_piece(data_set):
        _checked(data_set, data_set.name)
        return np.asarray(data_set)
    offset = data_set.id.get_offset()
    return np.memmap(data_set.file.filename, data_set.dtype, "r", offset, data_set.shape)


def _lies_in_one_piece(data_set: Any) -> bool:
    file, kind = data_set.file, data_set.dtype
    plain = file.mode == "r" and file.driver == "sec2" and not file.userblock_size
    numbers = not kind.hasobject and kind.kind != "V" and data_set.size
    apart = data_set.chunks is not None or data_set.is_virtual or data_set.external
    return bool(plain and numbers and not apart and data_set.id.get_offset() is not None)


def _data_sets(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every data set that lies in this very file, groups opened, links never followed."""
    h5py = import_extra("h5py", "hdf5")
    for name in group:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise DataError(f"the entry {prefix}{name} is a link; copy what it points to instead")
        entry = group[name]
        if isinstance(entry, h5py.Dataset):
            yield prefix + name, entry
        elif prefix.count("/") < 8:  # a group may hold itself
            yield from _data_sets(entry, f"{prefix}{name}/")


def _checked(data_set: Any, name: str) -> int:
    if data_set.is_virtual or data_set.external:
        raise DataError(f"{name} keeps its values in other files; copy them into this one")
    if data_set.ndim == 0 or data_set.shape is None:
        return 0
    kind = data_set.dtype
    if kind.hasobject and import_extra("h5py", "hdf5").check_string_dtype(kind) is None:
        raise DataError(f"{name} holds {kind}, neither numbers nor text")
    refuse_bomb(int(data_set.nbytes), int(data_set.id.get_storage_size()), name)
    return int(data_set.shape[0])


def _values(data_set: Any, start: int, stop: int) -> Array:
    if data_set.dtype.hasobject:
        data_set = data_set.asstr()
    return np.asarray(data_set[start:stop])
