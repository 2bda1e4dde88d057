"""IDX files, the format of MNIST: a magic number, the sizes, then the values, usually gzipped.

Depends on packed.py and the checks of this folder.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np

from steepest.data.files.checks import (
    chunk_size,
    existing_file,
    read_exactly,
    refuse_bomb,
    row_ranges,
)
from steepest.data.files.packed import is_gzipped, unpacked
from steepest.data.files.source import Array, Chunk
from steepest.errors import DataError

DTYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MOST_DIMENSIONS = 8


class IdxFile:
    """An IDX file, plain or gzipped, whose header has been checked against its size.

    >>> import struct, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "labels-idx1-ubyte"
    >>> _ = path.write_bytes(struct.pack(">BBBBI", 0, 0, 8, 1, 3) + bytes([7, 2, 1]))
    >>> file = IdxFile(path)
    >>> file.shape, file.read()
    ((3,), array([7, 2, 1], dtype=uint8))
    """

    def __init__(self, path: str | Path) -> None:
        self.path = existing_file(path)
        with unpacked(self.path) as stream:
            self._stored, self.shape = _header(stream, str(self.path))
        self.dtype = self._stored.newbyteorder("=")
        self._refuse_impossible_size()

    @property
    def columns(self) -> tuple[str, ...]:
        """One column, called "values"."""
        return ("values",)

    @property
    def rows(self) -> int:
        """The first declared size."""
        return self.shape[0]

    def read(self) -> Array:
        """All values, in this machine's byte order."""
        return next(self.chunks(self.rows))["values"]

    def chunks(self, rows_per_chunk: int) -> Iterator[Chunk]:
        """Chunks of rows, read when they are asked for."""
        row_bytes = math.prod(self.shape[1:]) * self._stored.itemsize
        with unpacked(self.path) as stream:
            _header(stream, str(self.path))
            for start, stop in row_ranges(self.rows, chunk_size(rows_per_chunk)):
                held = read_exactly(stream, (stop - start) * row_bytes, str(self.path))
                # Reading past the end of the last chunk makes gzip check its checksum.
                if stop == self.rows and stream.read(1):
                    raise DataError(f"{self.path}: contains more than the declared {self.shape}")
                values = np.frombuffer(held, self._stored).astype(self.dtype, copy=False)
                yield {"values": values.reshape(stop - start, *self.shape[1:])}

    def _refuse_impossible_size(self) -> None:
        declared = math.prod(self.shape) * self._stored.itemsize
        held = self.path.stat().st_size
        if is_gzipped(self.path):
            refuse_bomb(declared, held, str(self.path))
        elif declared + 4 + 4 * len(self.shape) != held:
            raise DataError(
                f"{self.path}: its header declares {self.shape}, which takes "
                f"{declared + 4 + 4 * len(self.shape):,} bytes, but the file has {held:,}"
            )


def read_idx(path: str | Path) -> Array:
    """The array in an IDX file, plain or gzipped.

    >>> import struct, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "labels-idx1-ubyte"
    >>> _ = path.write_bytes(struct.pack(">BBBBI", 0, 0, 8, 1, 3) + bytes([7, 2, 1]))
    >>> read_idx(path)
    array([7, 2, 1], dtype=uint8)
    """
    return IdxFile(path).read()


def _header(stream: IO[bytes], where: str) -> tuple[np.dtype[np.generic], tuple[int, ...]]:
    zero, code, dimensions = struct.unpack(">HBB", read_exactly(stream, 4, where))
    if zero != 0 or code not in DTYPES or not 1 <= dimensions <= MOST_DIMENSIONS:
        magic = struct.pack(">HBB", zero, code, dimensions).hex(" ")
        raise DataError(
            f"{where}: starts with the bytes {magic}, which no IDX file does "
            "(00 00, a type from 08 to 0e, the number of dimensions)"
        )
    shape = struct.unpack(f">{dimensions}I", read_exactly(stream, 4 * dimensions, where))
    if 0 in shape:
        raise DataError(f"{where}: declares the shape {shape}, which has no rows")
    return np.dtype(DTYPES[code]), shape
