"""Source, the interface of readers of files: columns, rows, chunks; and read_columns.

Depends on NumPy only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Chunk = dict[str, Array]

READ_ROWS = 1 << 16


class Source(Protocol):
    """Rows in a file: named columns of equal length, read some rows at a time.

    A source reads only its header before `chunks` is iterated, can be iterated any number of
    times, and holds at most one chunk, so that files can be larger than memory.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "xor.csv"
    >>> _ = path.write_text("a,b,y\\n0,0,0\\n0,1,1\\n1,0,1\\n1,1,0\\n")
    >>> from steepest.data.files import DelimitedFile
    >>> source = DelimitedFile(path)
    >>> source.columns
    ('a', 'b', 'y')
    >>> [chunk["y"].tolist() for chunk in source.chunks(3)]
    [[0, 1, 1], [0]]
    """

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in the order of the file."""

    @property
    def rows(self) -> int | None:
        """The number of rows, or None where it is unknown before the end is read."""

    def chunks(self, rows_per_chunk: int) -> Iterator[Chunk]:
        """The rows in order, as dictionaries of arrays."""


def read_columns(source: Source) -> Chunk:
    """All rows of a source in memory.

    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "xor.csv"
    >>> _ = path.write_text("a,b,y\\n0,0,0\\n0,1,1\\n")
    >>> from steepest.data.files import DelimitedFile
    >>> read_columns(DelimitedFile(path))["y"]
    array([0, 1])
    """
    chunks = list(source.chunks(READ_ROWS))
    if len(chunks) == 1:
        return chunks[0]
    return {name: np.concatenate([chunk[name] for chunk in chunks]) for name in source.columns}
